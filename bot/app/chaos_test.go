//go:build chaos

package app

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var (
	chaosSeeds = flag.Int("seeds", 5, "seeds of TestChaos")
	chaosBin   = flag.String("bin", "", "a binary built with the tag chaos; empty = it is built now")
	chaosFirst = flag.Uint64("first", 1, "the first of them")
)

// TestChaos runs the real binary against simulated servers that fail, kills it again and again at named points and at random moments, and
// then counts what people got. It takes about 25 s a seed. Run it by "make chaos".
func TestChaos(t *testing.T) {
	bin := buildChaos(t)
	var total audit
	fmt.Println(auditHead)
	for seed := *chaosFirst; seed < *chaosFirst+uint64(*chaosSeeds); seed++ {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			dir, err := os.MkdirTemp("", "xc") // a socket's path is short
			if err != nil {
				t.Fatal(err)
			}
			defer os.RemoveAll(dir)
			r := newRampage(t, seed, bin, dir)
			defer r.close()
			r.run()
			a := r.audit()
			if file := os.Getenv("CHAOS_OUT"); file != "" {
				_ = os.WriteFile(file, []byte(r.output.String()+r.transcript()), 0o600)
			}
			fmt.Println(a.row(fmt.Sprint(seed)))
			total.add(a)
			if len(a.faults) > 0 {
				t.Errorf("seed %d:\n%s\nlast log lines:\n%s", seed, strings.Join(a.faults, "\n"), r.output.tail(30))
			}
		})
	}
	fmt.Println(total.row("all"))
	fmt.Println("crashes:", total.points())
}

// buildChaos builds the binary that can be killed.
func buildChaos(t *testing.T) string {
	t.Helper()
	if *chaosBin != "" {
		return *chaosBin
	}
	bin := filepath.Join(t.TempDir(), "excursobot")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "chaos", "-o", bin, "excursobot") //nolint:gosec // our own
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return bin
}
