//go:build chaos

package killpoint

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

var readyStarts = flag.Int("starts", 0, "how often TestReady starts the bot; 0 = it is left out")

// TestReady starts the real binary again and again, on a new store and then on a copy of FILE, and reports the time until it is ready and the processor time that
// it took until then. On a busy machine only the second says something.
func TestReady(t *testing.T) {
	if *readyStarts == 0 {
		t.Skip("without -starts")
	}
	r := newFaultless(t, buildBinary(t), false)
	if *limitFile != "" {
		if out, err := exec.Command("cp", *limitFile, filepath.Join(r.dir, "excursobot.db")).CombinedOutput(); err != nil { //nolint:gosec // the operator's own file
			t.Fatalf("%v %s", err, out)
		}
	}
	var waits, cpu []time.Duration
	for range *readyStarts {
		began := time.Now()
		cmd := r.startBot("")
		for readyStatus(r.addr) != http.StatusOK {
			time.Sleep(2 * time.Millisecond)
		}
		waits, cpu = append(waits, time.Since(began)), append(cpu, cpuTime(t, cmd.Process.Pid))
		r.stopped(cmd)
	}
	for _, list := range [][]time.Duration{waits, cpu} {
		slices.Sort(list)
	}
	load, _ := os.ReadFile("/proc/loadavg")
	n := len(waits)
	fmt.Printf("%d starts: ready in %v (median), %v (fastest); processor time %v (median), %v (least); load %s", n, waits[n/2].Round(time.Millisecond),
		waits[0].Round(time.Millisecond), cpu[n/2], cpu[0], load)
}
