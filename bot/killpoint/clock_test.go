//go:build chaos

package killpoint

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The clock of one process cannot be set alone: Go asks the kernel directly, and a time namespace shifts only the monotonic clock. So the binary is
// built with a changed time.Now, which has one more line: it adds the seconds that the test writes to the file named by EXCURSOBOT_CHAOS_CLOCK. The
// monotonic clock and all timers are not changed, as when a clock is really set.

const (
	clockFile = "excursobot_chaos.go" // in package time
	nowReads  = "	sec, nsec, mono := runtimeNow()\n	if mono == 0 {\n"
	nowJumps  = "	sec, nsec, mono := runtimeNow()\n	sec += wallJump()\n	if mono == 0 {\n"
	jumpCode  = `package time

import (
	"sync/atomic"
	"syscall"
	"unsafe"
)

var jumped = mapJump()

// wallJump returns the offset of the clock in seconds.
func wallJump() int64 {
	if jumped == nil {
		return 0
	}
	return atomic.LoadInt64(jumped)
}

func mapJump() *int64 {
	name, ok := syscall.Getenv("EXCURSOBOT_CHAOS_CLOCK")
	if !ok {
		return nil
	}
	fd, err := syscall.Open(name, syscall.O_RDONLY, 0)
	if err != nil {
		panic(err)
	}
	mem, err := syscall.Mmap(fd, 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return (*int64)(unsafe.Pointer(&mem[0]))
}
`
)

// clockOverlay writes the file for "go build -overlay" and returns its path.
func clockOverlay(t *testing.T) string {
	t.Helper()
	root, err := exec.CommandContext(t.Context(), "go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	pkg := filepath.Join(strings.TrimSpace(string(root)), "src", "time")
	source, err := os.ReadFile(filepath.Join(pkg, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(source), nowReads) != 1 {
		t.Fatal("time.Now differs in this version of Go: see nowReads")
	}
	dir := t.TempDir()
	replace := map[string]string{}
	for name, content := range map[string]string{"time.go": strings.Replace(string(source), nowReads, nowJumps, 1), clockFile: jumpCode} {
		replace[filepath.Join(pkg, name)] = filepath.Join(dir, name)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(path, list, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// setClock sets the bot's wall clock to the machine's plus d, also for processes that start later.
func (r *crashRun) setClock(d time.Duration) {
	var word [8]byte
	binary.NativeEndian.PutUint64(word[:], uint64(int64(d/time.Second)))
	if _, err := r.clock.WriteAt(word[:], 0); err != nil { // not truncated: the bot has it mapped
		r.t.Error(err)
	}
}

// clockOffsets are the offsets of the clock in a seed that sets it.
var clockOffsets = []time.Duration{0, 20 * time.Minute, 3 * time.Hour, -3 * time.Hour, 26 * time.Hour}

// jumpClock sets the clock if the seed's plan does so.
func (r *crashRun) jumpClock() {
	if r.plan.clock {
		r.setClock(clockOffsets[r.rng.IntN(len(clockOffsets))])
	}
}
