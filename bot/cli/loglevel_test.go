package cli

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"excursobot/bot/config"
)

func TestHangupChangesTheLogLevel(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.yaml")
	write := func(level string) {
		t.Helper()
		if err := os.WriteFile(file, []byte("log: {level: "+level+"}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("warn")
	p := &process{stdout: new(bytes.Buffer), file: file, env: config.Environment{}}
	level := new(slog.LevelVar)
	level.Set(slog.LevelWarn)
	log := slog.New(slog.DiscardHandler)
	configured := slog.LevelWarn

	steps := []struct {
		name, file string
		want       slog.Level
	}{
		{"nothing changed: debug", "warn", slog.LevelDebug},
		{"again: back", "warn", slog.LevelWarn},
		{"the file changed", "error", slog.LevelError},
		{"debug again", "error", slog.LevelDebug},
		{"the file changed during debug", "info", slog.LevelInfo},
		{"a broken file changes nothing", "loud", slog.LevelInfo},
	}
	for _, s := range steps {
		write(s.file)
		configured = p.changeLevel(level, configured, log)
		if level.Level() != s.want {
			t.Errorf("%s: level %v, want %v", s.name, level.Level(), s.want)
		}
	}
}

func TestHangupIsHeard(t *testing.T) {
	p := &process{stdout: new(bytes.Buffer), env: config.Environment{}, hangups: make(chan os.Signal, 1)}
	said := make(chan string, 1)
	log := slog.New(slog.NewTextHandler(lineWriter(said), nil))
	level := new(slog.LevelVar)
	stop := p.followHangups(level, log)
	p.hangups <- syscall.SIGHUP
	if line := <-said; !strings.Contains(line, "log_level_changed") || level.Level() != slog.LevelDebug {
		t.Errorf("said %q, level %v", line, level.Level())
	}
	stop()
}

// lineWriter sends what is written to it.
type lineWriter chan string

func (w lineWriter) Write(p []byte) (int, error) {
	w <- string(p)
	return len(p), nil
}
