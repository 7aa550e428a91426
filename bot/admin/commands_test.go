package admin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/store/boltstore"
)

// Exit codes of the program.
const (
	exitClean   = 0
	exitRuntime = 1
	exitUsage   = 2
)

// Main runs a command and returns its exit code. It stands in for package cli, which imports this one.
func Main(args []string, stdout, stderr io.Writer, environ []string) int {
	err := command(context.Background(), args, stdout, stderr, environ)
	switch {
	case err == nil:
		return exitClean
	case errors.As(err, new(config.UsageError)):
		_, _ = io.WriteString(stderr, err.Error())
		return exitUsage
	}
	_, _ = io.WriteString(stderr, err.Error())
	return exitRuntime
}

func command(ctx context.Context, args []string, stdout, stderr io.Writer, environ []string) error {
	cfg, err := config.Load(os.DevNull, config.NewEnvironment(environ))
	if err != nil {
		return config.UsageError{Err: err}
	}
	value := func(name string) string {
		if i := slices.Index(args, name); i >= 0 {
			return args[i+1]
		}
		return ""
	}
	file := ""
	if len(args) > 1 && !strings.HasPrefix(args[1], "--") {
		file = args[1]
	}
	force := slices.Contains(args, "--force")
	switch args[0] {
	case "backup":
		path, err := Backup(ctx, cfg, file)
		_, _ = io.WriteString(stdout, path+"\n")
		return err
	case "restore":
		if cfg.Store.Postgres != "" {
			return RestoreDatabase(ctx, cfg, file, force, stdout, stderr)
		}
		return Restore(ctx, cfg, file, stdout)
	case "compact":
		return Compact(ctx, cfg, stdout)
	case "dead-letters":
		return DeadLetters(ctx, cfg, stdout)
	case "payments":
		return Payments(ctx, cfg, slices.Contains(args, "--json"), stdout)
	case "migrate":
		return Migrate(ctx, cfg, value("--from"), value("--to"), force, stdout, stderr)
	case "pack":
		open := func() (*Packs, func(bool) error, error) { return nil, nil, errors.New("the command began to collect") }
		return BuildPack(ctx, cfg, pack.Order{}, file, true, open, strings.NewReader(""), stdout, stderr)
	case "export":
		return Export(ctx, cfg, value("--from"), file, "test", stdout)
	case "import":
		if file != "" {
			return Import(ctx, cfg, file, value("--to"), force, stdout, stderr)
		}
		return ImportLegacy(ctx, cfg, value("--legacy"), stdout)
	}
	return errors.New("no such command: " + args[0])
}

// run runs a command whose configured store is in dir.
func run(dir string, args ...string) (code int, out, errs string) {
	var stdout, stderr bytes.Buffer
	code = Main(args, &stdout, &stderr, []string{"DATA_DIR=" + dir})
	return code, stdout.String(), stderr.String()
}

// running is the open store of a bot that runs, in a directory with a short name: a socket's path has at most 108 bytes.
type running struct {
	dir   string
	store *boltstore.Store
}

func newRunning(t *testing.T) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "xb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(dir, "excursobot.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() }) // a test that closes it checks the error
	return &running{dir, s}
}

func (r *running) storeFile() string { return filepath.Join(r.dir, "excursobot.db") }

// command runs a command on the directory.
func (r *running) command(args ...string) (code int, out, errs string) { return run(r.dir, args...) }

// control serves the socket until the returned function is called, which returns what Run does.
func (r *running) control(t *testing.T) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	c := &Control{Dir: r.dir, File: r.store, Store: r.store, Log: slog.New(slog.DiscardHandler)}
	go func() { ended <- c.Run(ctx) }()
	for {
		if _, err := os.Stat(filepath.Join(r.dir, controlSocket)); err == nil {
			return func() error { cancel(); return <-ended }
		}
		runtime.Gosched()
	}
}
