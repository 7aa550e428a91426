package app

import (
	"bufio"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mapping returns a mapping as /proc shows it.
func mapping(head, size, anonymous, swap string) string {
	return head + "\nSize: " + size + " kB\nRss: 4 kB\nAnonymous: " + anonymous + " kB\nSwap: " + swap + " kB\nVmFlags: rd mr mw me\n"
}

func TestOnlyCleanPagesOfTheProgramAreDropped(t *testing.T) {
	const program = "/opt/my bot/excursobot (deleted)"
	smaps := mapping("00400000-00401000 r-xp 00000000 fe:00 1                              "+program, "4", "0", "0") +
		mapping("00401000-00403000 r--p 00001000 fe:00 1 "+program, "8", "0", "0") +
		mapping("00403000-00404000 r--p 00003000 fe:00 1 "+program, "4", "4", "0") + // relocated at the start
		mapping("00404000-00405000 r--p 00004000 fe:00 1 "+program, "4", "0", "4") + // the same, swapped out
		mapping("00405000-00406000 rw-p 00005000 fe:00 1 "+program, "4", "0", "0") +
		mapping("00406000-00407000 r--s 00006000 fe:00 1 "+program, "4", "0", "0") +
		mapping("00407000-00408000 r-xp 00000000 fe:00 2 /lib/libc.so.6", "4", "0", "0") +
		mapping("00408000-00409000 r--s 00000000 fe:00 3 /data/excursobot.db", "4", "0", "0") +
		mapping("00409000-0040a000 r--p 00000000 00:00 0", "4", "0", "0") +
		mapping("broken r-xp 00000000 fe:00 1 "+program, "4", "0", "0")
	got := cleanMappings(strings.NewReader(smaps), program)
	if want := []span{{0x400000, 0x401000}, {0x401000, 0x403000}}; !slices.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
	if got := cleanMappings(strings.NewReader(smaps[:100]), program); got != nil {
		t.Errorf("of a file that was cut: %x", got)
	}
}

func TestProgramPagesAreGivenBack(t *testing.T) {
	before := residentProgram(t)
	if err := unmapProgram(); err != nil {
		t.Fatal(err)
	}
	if after := residentProgram(t); after > before/2 {
		t.Errorf("%d KiB of the program were mapped, %d KiB still are", before, after)
	}
}

// residentProgram returns how much of this program's code and constants is mapped, in KiB.
func residentProgram(t *testing.T) (sum int) {
	t.Helper()
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Skip("no /proc here")
	}
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	ours := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, isField := strings.Cut(lines.Text(), ": ")
		switch {
		case !isField:
			_, ours = head(name, self)
		case name == "Rss" && ours:
			kib, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(value), " kB"))
			if err != nil {
				t.Fatal(err)
			}
			sum += kib
		}
	}
	return sum
}
