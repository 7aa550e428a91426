package loadtest

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/limiter"
)

// resident is the resident set of a process in KiB, by what its pages hold. Only anonymous pages belong to the process alone: pages of files can be
// dropped and read again.
type resident struct {
	Anonymous int // heap, stacks, and data that the program has changed
	Store     int // pages of the bbolt file
	Program   int // the binary: code and constants; libraries, if it has any
}

func (r resident) total() int { return r.Anonymous + r.Store + r.Program }

// String returns the sum and the parts in MiB.
func (r resident) String() string {
	mib := func(kib int) float64 { return float64(kib) / 1024 }
	return fmt.Sprintf("%.1f (%.1f + %.1f + %.1f)", mib(r.total()), mib(r.Anonymous), mib(r.Program), mib(r.Store))
}

// residentOf returns the resident set of a process, the zero value without /proc or when the process has ended.
func residentOf(pid int) resident {
	f, err := os.Open(fmt.Sprintf("/proc/%d/smaps", pid))
	if err != nil {
		return resident{}
	}
	defer f.Close()
	return readSmaps(f)
}

// readSmaps reads a file in the format of /proc/PID/smaps.
func readSmaps(r io.Reader) (sum resident) {
	store, rss := false, 0
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		kib, err := strconv.Atoi(fields[1])
		switch {
		case err != nil: // "400000-500000 r-xp 00000000 fd:00 1234 /path", the head of the next mapping
			if strings.Contains(fields[0], "-") {
				store = strings.HasSuffix(fields[len(fields)-1], ".db")
			}
		case fields[0] == "Rss:":
			rss = kib
		case fields[0] == "Anonymous:": // after its Rss
			sum.Anonymous += kib
			if store {
				sum.Store += rss - kib
			} else {
				sum.Program += rss - kib
			}
		}
	}
	return sum
}

// watchResident samples the resident set of the process that pid returns (0 = none at the moment), twice a second until ctx ends.
func watchResident(ctx context.Context, pid func() int) (list []resident) {
	for {
		if r := residentOf(pid()); r.total() > 0 {
			list = append(list, r)
		}
		if limiter.Sleep(ctx, 500*time.Millisecond) != nil {
			return list
		}
	}
}

// summary returns the sample in the middle and the highest one, zero values of no samples.
func summary(list []resident) (median, peak resident) {
	if len(list) == 0 {
		return median, peak
	}
	sorted := slices.SortedFunc(slices.Values(list), func(a, b resident) int { return cmp.Compare(a.total(), b.total()) })
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}
