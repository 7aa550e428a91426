package app

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// unmapProgram gives back the pages of the program's code and constants. The kernel maps 64 KiB around each one that is touched, and many are needed only
// at the start. Those that are needed again come back from the page cache, each at the cost of a minor fault (about a microsecond).
func unmapProgram() error {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("name of the program: %w", err)
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		return fmt.Errorf("mappings: %w", err)
	}
	defer f.Close()
	for _, s := range cleanMappings(f, self) {
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, s.from, s.to-s.from, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give back pages of the program: %w", errno)
		}
	}
	return nil
}

// span is a part of the address space.
type span struct{ from, to uintptr }

// cleanMappings returns the mappings of a file, in the format of /proc/PID/smaps, that hold exactly what the file holds: they cannot be written to, and no
// page of them has been changed, as a debugger or the relocation of a program does. Only such pages can be dropped.
func cleanMappings(smaps io.Reader, file string) (list []span) {
	var s span
	candidate, size := false, 0
	lines := bufio.NewScanner(smaps)
	for lines.Scan() {
		name, value, isField := strings.Cut(lines.Text(), ": ")
		value = strings.TrimSpace(value)
		switch {
		case !isField: // the head of the next mapping
			s, candidate = head(name, file)
		case name == "Size":
			size, _ = strconv.Atoi(strings.TrimSuffix(value, " kB"))
		case name == "Anonymous" || name == "Swap":
			candidate = candidate && value == "0 kB"
		case name == "VmFlags": // the last field
			if candidate && s.to-s.from == uintptr(size)<<10 {
				list = append(list, s)
			}
			candidate = false
		}
	}
	return list
}

// head reads "400000-f57000 r-xp 00000000 fe:00 1234 /path" and reports whether the mapping is a read-only one of the file.
func head(line, file string) (s span, ok bool) {
	fields := strings.Fields(line)
	slash := strings.IndexByte(line, '/')
	if len(fields) < 6 || slash < 0 || line[slash:] != file || fields[1] != "r-xp" && fields[1] != "r--p" {
		return s, false
	}
	from, to, _ := strings.Cut(fields[0], "-")
	a, errFrom := strconv.ParseUint(from, 16, strconv.IntSize)
	b, errTo := strconv.ParseUint(to, 16, strconv.IntSize)
	return span{uintptr(a), uintptr(b)}, errFrom == nil && errTo == nil && a < b
}
