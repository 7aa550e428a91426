package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"

	"excursobot/bot/config"
)

func TestExitCodes(t *testing.T) {
	token := "TELEGRAM_BOT_TOKEN=" + testToken
	file := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name       string
		args, env  []string
		code       int
		out, err   string // contained in standard output and error
		wholeLines int    // of standard error
	}{
		{name: "version", args: []string{"version"}, out: "excursobot "},
		{name: "help", args: []string{"--help"}, out: "healthcheck"},
		{name: "check", args: []string{"check"}, env: []string{token}, out: "max_inflight: 2000"},
		{name: "check without a token", args: []string{"check"}, code: exitUsage, out: "max_inflight", err: "no bot token", wholeLines: 1},
		{name: "no token", code: exitUsage, err: "no bot token: set TELEGRAM_BOT_TOKEN", wholeLines: 1},
		{name: "no token, named command", args: []string{"run"}, code: exitUsage, err: "TELEGRAM_BOT_TOKEN", wholeLines: 1},
		{name: "postgres that is not there", env: []string{token, "DATABASE_URL=postgres://u:secret@127.0.0.1:1/d"}, code: exitRuntime, err: "store.postgres (environment variable DATABASE_URL): store: open the database", wholeLines: 1},
		{name: "no address of a database", env: []string{token, "DATABASE_URL=postgres://u:p@secret@h/d"}, code: exitUsage, err: "store.postgres (environment variable DATABASE_URL): this is not the address of a Postgres database", wholeLines: 1},
		{name: "check with a database", args: []string{"check"}, env: []string{token, "DATABASE_URL=postgres://u:secret@127.0.0.1:1/d"}, out: "postgres: '***'"},
		{name: "bad value", env: []string{token, "BACKUP_KEEP=0"}, code: exitUsage, err: "backup.keep (environment variable BACKUP_KEEP)", wholeLines: 1},
		{name: "removed key", args: []string{"check"}, env: []string{token, "QUEUE_SIZE=many"}, out: "max_inflight: 2000", err: "queue.size (environment variable QUEUE_SIZE) has no effect any more: it is always 100", wholeLines: 1},
		{name: "file that is not there", args: []string{"-c", "absent.yaml", "check"}, code: exitUsage, err: "absent.yaml", wholeLines: 1},
		{name: "unknown command", args: []string{"fly"}, code: exitUsage, err: "fly"},
		{name: "unknown flag", args: []string{"run", "--fast"}, code: exitUsage, err: "--fast"},
		{name: "healthcheck of nobody", args: []string{"healthcheck"}, env: []string{"HTTP_ADDR=127.0.0.1:9"}, code: exitRuntime, err: "health check", wholeLines: 1},
		{name: "directory that is a file", env: []string{token, "DATA_DIR=" + file}, code: exitRuntime, err: "store.dir (environment variable DATA_DIR): cannot write to " + file, wholeLines: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			var stdout, stderr bytes.Buffer
			code := Main(tt.args, &stdout, &stderr, tt.env)
			if code != tt.code {
				t.Errorf("exit code %d, want %d", code, tt.code)
			}
			if !strings.Contains(stdout.String(), tt.out) || !strings.Contains(stderr.String(), tt.err) {
				t.Errorf("stdout:\n%s\nstderr:\n%s\nwant %q and %q", &stdout, &stderr, tt.out, tt.err)
			}
			if n := strings.Count(stderr.String(), "\n"); tt.wholeLines > 0 && n != tt.wholeLines {
				t.Errorf("%d lines on standard error, want %d:\n%s", n, tt.wholeLines, &stderr)
			}
			if strings.Contains(stderr.String()+stdout.String(), "secret@") || strings.Contains(stderr.String()+stdout.String(), testToken) {
				t.Error("a secret was printed")
			}
		})
	}
}

func TestSecondSignalDoesNotWait(t *testing.T) {
	p := &process{signals: make(chan os.Signal, 2)}
	stuck := make(chan struct{})
	defer close(stuck)
	p.signals <- syscall.SIGTERM
	p.signals <- syscall.SIGTERM
	err := p.untilSignalled(func(ctx context.Context) error { <-stuck; return nil })
	if !errors.Is(err, errSecondSignal) {
		t.Errorf("error %v, want %v", err, errSecondSignal)
	}
}

func TestFirstSignalEndsTheIntake(t *testing.T) {
	p := &process{signals: make(chan os.Signal, 2)}
	p.signals <- os.Interrupt
	if err := p.untilSignalled(func(ctx context.Context) error { <-ctx.Done(); return nil }); err != nil {
		t.Error(err)
	}
}

// Wherever a command notices that it was interrupted, the operator reads one sentence, and the exit code tells a script.
func TestAnInterruptedCommandSaysSo(t *testing.T) {
	p := &process{signals: make(chan os.Signal, 2)}
	p.signals <- os.Interrupt
	err := p.untilSignalled(func(ctx context.Context) error {
		<-ctx.Done()
		return fmt.Errorf("the backup is damaged: %w", ctx.Err())
	})
	if !errors.Is(err, errInterrupted) {
		t.Errorf("error %v, want %v", err, errInterrupted)
	}
}

// waitWriter lets a test wait for a text that another goroutine writes.
type waitWriter struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // holds a token after each write
}

func newWaitWriter() *waitWriter { return &waitWriter{more: make(chan struct{}, 1)} }

func (w *waitWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case w.more <- struct{}{}:
	default:
	}
	return w.text.Write(p)
}

// find blocks until the text matches, and returns the match's groups; nil when done is closed before.
func (w *waitWriter) find(pattern string, done <-chan struct{}) []string {
	re := regexp.MustCompile(pattern)
	for {
		w.mu.Lock()
		found := re.FindStringSubmatch(w.text.String())
		w.mu.Unlock()
		if found != nil {
			return found
		}
		select {
		case <-w.more:
		case <-done:
			return nil
		}
	}
}

func TestDemoFromStartToStop(t *testing.T) {
	t.Chdir(t.TempDir())
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	stderr := newWaitWriter()
	p := &process{stdout: io.Discard, stderr: stderr, env: config.Environment{"HTTP_ADDR": "127.0.0.1:0"}, signals: make(chan os.Signal, 2)}
	ended := make(chan struct{})
	code := -1
	go func() {
		defer close(ended)
		code = p.main([]string{"run", "--or-demo"})
	}()
	found := stderr.find(`(http://127\.0\.0\.1:\d+)/`, ended)
	if found == nil {
		t.Fatalf("the demo ended with %d: %s", code, &stderr.text)
	}
	for path, want := range map[string]string{
		"/": "<title>Excursobot", "/main.js": "import", "/look.css": ":root", "/demo/world": `"realModel":false`, "/healthz": `"alive":true`,
	} {
		resp, err := http.Get(found[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: %s, %v, want %q in:\n%.200s", path, resp.Status, err, want, body)
		}
	}
	p.signals <- syscall.SIGTERM
	<-ended
	if code != exitClean {
		t.Errorf("exit code %d, want 0:\n%s", code, &stderr.text)
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

const testToken = "123456:test-token-of-nobody"
