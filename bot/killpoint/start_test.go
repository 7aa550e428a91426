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

// command runs a command of the binary until it ends.
func (r *crashRun) command(at string, args ...string) (code int, killed bool, errs string) {
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

// served starts the bot, waits for its answer to a person, and returns its process.
func (r *crashRun) served(person int64) *exec.Cmd {
	r.t.Helper()
	cmd := r.startBot("")
	p := r.tg.Person(sim.Profile{ID: person, FirstName: "P", LanguageCode: "en"})
	p.Say("/help")
	r.until("an answer", func() bool { return len(p.Messages()) > 1 })
	return cmd
}

func (r *crashRun) stopped(cmd *exec.Cmd) {
	r.t.Helper()
	r.terminate(cmd.Process)
	if err := cmd.Wait(); err != nil {
		r.t.Errorf("stop: %v\n%s", err, r.errs.tail(10))
	}
}

// TestChaosStart checks the exit code and the message of a binary that cannot start.
func TestChaosStart(t *testing.T) {
	r := newCrashRun(t, 6, buildBinary(t), shortDir(t))
	defer r.close()
	r.plan = faultPlan{none: true}
	path := filepath.Join(r.dir, "excursobot.db")

	first := r.served(1)
	began := time.Now()
	r.env = append(r.env, "HTTP_ADDR=127.0.0.1:0") // the last value counts
	code, _, errs := r.command("", "run")
	if took := time.Since(began); code != exitRuntime || !strings.Contains(errs, "in use") || !strings.Contains(errs, path) || took > 5*time.Second {
		t.Errorf("a second one on the same file: code %d after %v, %s", code, took, errs)
	}
	r.env = r.env[:len(r.env)-1]
	if err := r.backup(); err != nil {
		t.Error(err)
	}
	r.stopped(first)

	// Killed between the steps of a restore: the store is the whole old one or the whole new one.
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

	// An unrecovered panic must not look like a wrong configuration, because service managers do not restart the bot after that.
	r.env = append(r.env, "EXCURSOBOT_CHAOS_HOW=panic")
	r.tg.Person(sim.Profile{ID: 3, FirstName: "P", LanguageCode: "en"}).Say("/help")
	if code, killed, _ := r.command("accept.after:1", "run"); code == exitUsage || !killed {
		t.Errorf("a panic ended the process with code %d", code)
	}
	r.env = r.env[:len(r.env)-1]

	// A damaged file is named in the error, is not changed, and is not replaced by a new one.
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	for i := 2 * page; i < len(whole); i += page {
		whole[i+page/2] ^= 0x55
		whole[i+8] ^= 0x0f // the page's type
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
