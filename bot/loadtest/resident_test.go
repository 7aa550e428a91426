package loadtest

import (
	"os"
	"strings"
	"testing"
)

// smaps has a mapping of the program, one of it that was written to, the store's file and the heap.
const smaps = `00400000-00f5c000 r-xp 00000000 fe:00 1 /usr/bin/excursobot
Size:              11632 kB
Rss:                9328 kB
Pss:                9328 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
01bcb000-01d08000 rw-p 017c0000 fe:00 1 /usr/bin/excursobot
Rss:                1076 kB
Anonymous:           300 kB
7fdc40000000-7fdc80000000 r--s 00000000 fe:00 2 /data/excursobot.db
Rss:                1632 kB
Anonymous:             0 kB
2c3cf2400000-2c3cf4c00000 rw-p 00000000 00:00 0 
Rss:               25800 kB
Anonymous:         25800 kB
`

func TestResidentByKindOfPage(t *testing.T) {
	got, want := readSmaps(strings.NewReader(smaps)), resident{Anonymous: 26100, Program: 10104, Store: 1632}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if text := got.String(); text != "36.9 (25.5 + 9.9 + 1.6)" {
		t.Errorf("shown as %s", text)
	}
}

func TestResidentOfThisProcess(t *testing.T) {
	if _, err := os.Stat("/proc/self/smaps"); err != nil {
		t.Skip("no /proc here")
	}
	if r := residentOf(os.Getpid()); r.Anonymous < 1000 || r.Program < 1000 {
		t.Errorf("%+v", r)
	}
	if r := residentOf(0); r != (resident{}) {
		t.Errorf("of no process: %+v", r)
	}
}

func TestResidentSummary(t *testing.T) {
	median, peak := summary([]resident{{Anonymous: 3}, {Anonymous: 1}, {Anonymous: 2}})
	if median.Anonymous != 2 || peak.Anonymous != 3 {
		t.Errorf("median %v, peak %v", median, peak)
	}
	if median, peak := summary(nil); median != (resident{}) || peak != (resident{}) {
		t.Error("no samples gave a value")
	}
}
