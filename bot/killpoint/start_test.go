//go:build chaos

package killpoint

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/store/boltstore"
)

// command runs one command of the binary to its end.
func (r *rampage) command(at string, args ...string) (code int, killed bool, errs string) {
	r.t.Helper()
	var stderr output
	cmd := exec.Command(r.bin, args...) //nolint:gosec // built just now
	cmd.Env = append(append([]string(nil), r.env...), "EXCURSOBOT_CHAOS="+at)
	cmd.Stderr = &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return cmd.ProcessState.ExitCode(), ok && ws.Signaled(), stderr.String()
}

// served starts the bot, has it answer somebody, and returns it.
func (r *rampage) served(person int64) *exec.Cmd {
	r.t.Helper()
	cmd := r.child("")
	p := r.tg.Person(sim.Profile{ID: person, FirstName: "P", LanguageCode: "en"})
	p.Say("/help")
	r.until("an answer", func() bool { return len(p.Messages()) > 1 })
	return cmd
}

func (r *rampage) stopped(cmd *exec.Cmd) {
	r.t.Helper()
	r.end(cmd.Process)
	if err := cmd.Wait(); err != nil {
		r.t.Errorf("stop: %v\n%s", err, r.errs.tail(10))
	}
}

// TestChaosStart holds what the binary does when it cannot begin: the exit code, and what it says.
func TestChaosStart(t *testing.T) {
	r := newRampage(t, 6, buildChaos(t), shortDir(t))
	defer r.close()
	r.weather = weather{calm: true}
	path := filepath.Join(r.dir, "excursobot.db")

	first := r.served(1)
	began := time.Now()
	r.env = append(r.env, "HTTP_ADDR=127.0.0.1:0") // the later of two holds
	code, _, errs := r.command("", "run")
	if took := time.Since(began); code != exitRuntime || !strings.Contains(errs, "in use") || !strings.Contains(errs, path) || took > 5*time.Second {
		t.Errorf("a second one on the same file: code %d after %v, %s", code, took, errs)
	}
	r.env = r.env[:len(r.env)-1]
	if err := r.backup(); err != nil {
		t.Error(err)
	}
	r.stopped(first)

	// Killed between the steps of a restore: the store is the old one or the new one, whole.
	names, err := backups(filepath.Join(r.dir, backupDir))
	if err != nil || len(names) == 0 {
		t.Fatalf("backups %v (%v)", names, err)
	}
	for _, at := range []string{"restore.copied:1", "restore.aside:1"} {
		if _, killed, errs := r.command(at, "restore", filepath.Join(r.dir, backupDir, names[0])); !killed {
			t.Errorf("restore was not killed at %s: %s", at, errs)
		}
		if err := boltstore.Verify(t.Context(), path); err != nil {
			t.Errorf("after a kill at %s: %v", at, err)
		}
	}
	r.stopped(r.served(2))

	// A crash that nothing recovers must not look like a wrong configuration, after which nobody starts the bot again.
	r.env = append(r.env, "EXCURSOBOT_CHAOS_HOW=panic")
	r.tg.Person(sim.Profile{ID: 3, FirstName: "P", LanguageCode: "en"}).Say("/help")
	if code, killed, _ := r.command("accept.after:1", "run"); code == exitUsage || !killed {
		t.Errorf("a panic ended the process with code %d", code)
	}
	r.env = r.env[:len(r.env)-1]

	// Damage: the file is named, stays as it is, and no new one takes its place.
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for i := 2 * page; i < len(whole); i += page {
		whole[i+page/2] ^= 0x55
		whole[i+8] ^= 0x0f // the kind of page
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs = r.command("", "run")
	after, err := os.ReadFile(path)
	if code != exitRuntime || !strings.Contains(errs, path) || !strings.Contains(errs, "excursobot restore") || strings.Contains(errs, "goroutine") {
		t.Errorf("a damaged store: code %d, %s", code, errs)
	}
	if err != nil || string(after) != string(whole) {
		t.Errorf("the damaged file was changed (%v)", err)
	}
}
