//go:build chaos

package killpoint

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var (
	chaosSeeds = flag.Int("seeds", 5, "number of seeds of TestChaos")
	chaosBin   = flag.String("bin", "", "a binary built with the tag chaos; empty = it is built now")
	chaosFirst = flag.Uint64("first", 1, "the first seed of TestChaos")
)

// TestChaos runs the real binary against simulated servers that fail, kills it again and again at named points and at random moments, and
// then counts the answers that people got. It takes about 30 s a seed. Run it with "make chaos".
func TestChaos(t *testing.T) {
	bin := buildBinary(t)
	var total audit
	var spread [2]audit // with the default message limits, and without
	fmt.Println(auditHead)
	var mu sync.Mutex // guards total and spread
	t.Run("seeds", func(t *testing.T) {
		for seed := *chaosFirst; seed < *chaosFirst+uint64(*chaosSeeds); seed++ {
			t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
				t.Parallel() // a run waits most of the time
				r := newCrashRun(t, seed, bin, shortDir(t))
				defer r.close()
				r.run()
				a := r.audit()
				if file := os.Getenv("CHAOS_OUT"); file != "" {
					_ = os.WriteFile(file, []byte(r.out.String()+r.errs.String()+r.transcript()), 0o600)
				}
				mu.Lock()
				defer mu.Unlock()
				fmt.Println(a.row(fmt.Sprint(seed), r.describe()))
				total.add(a)
				if r.ownPace {
					spread[0].add(a)
				} else {
					spread[1].add(a)
				}
				if len(a.faults) > 0 {
					t.Errorf("seed %d:\n%s\nlast log lines:\n%s", seed, strings.Join(a.faults, "\n"), r.out.tail(30))
				}
			})
		}
	})
	fmt.Println(total.row("all", ""))
	fmt.Println("crashes:", total.named())
	fmt.Println("stories repeated by one crash, with the default message limits:", spread[0].spread())
	fmt.Println("stories repeated by one crash, forty times as fast:", spread[1].spread())
}

// shortDir returns a new directory with a short name, because the path of a socket in it may have at most 108 bytes.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "xc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

// buildBinary builds the binary that can be killed and whose clock can be set.
func buildBinary(t *testing.T) string {
	t.Helper()
	if *chaosBin != "" {
		return *chaosBin
	}
	bin := filepath.Join(t.TempDir(), "excursobot")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", clockOverlay(t), "-tags", "chaos", "-o", bin, "excursobot") //nolint:gosec // our own
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}
