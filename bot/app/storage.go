package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"excursobot/bot/monitor"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore"
)

// openStore opens the database that store.postgres names, else the file in store.dir.
func (a *App) openStore() error {
	if a.cfg.Store.Postgres != "" {
		return a.openDatabase()
	}
	path, err := dataFile(a.cfg)
	if err != nil {
		return err
	}
	s, err := boltstore.Open(boltstore.Config{Path: path, Log: a.log.With("part", "store")})
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	a.store, a.file = chaosStore(s), s
	a.stop.push("store", s.Close)
	return nil
}

func (a *App) openDatabase() error {
	s, err := pgstore.Open(context.Background(), pgstore.Config{
		URL:              a.cfg.Store.Postgres,
		MaxConns:         int32(a.cfg.Store.PostgresConns),
		StatementTimeout: a.cfg.Store.PostgresTimeout,
		Log:              a.log.With("part", "store"),
	})
	if err != nil {
		return fmt.Errorf("store.postgres (%s): %w", a.cfg.origin("store.postgres"), err)
	}
	a.store, a.database = chaosStore(s), s
	a.stop.push("store", s.Close)
	return nil
}

// storeFull says whether the last write found no room.
func (a *App) storeFull() bool {
	if a.database != nil {
		return a.database.Stats().Full
	}
	return a.file.Stats().Full
}

// readStore returns what the dashboard says of the store.
func (a *App) readStore(ctx context.Context) monitor.Store {
	if a.database == nil {
		file := a.file.Stats()
		return monitor.Store{SizeBytes: file.SizeBytes, Writes: file.Writes, Commits: file.Commits}
	}
	st := a.database.Stats()
	size, err := a.database.Size(ctx)
	if err != nil {
		size = 0 // /readyz says that the store is ill
	}
	return monitor.Store{SizeBytes: size, Writes: st.Writes, Commits: st.Commits}
}

// onlyFile refuses a command that knows the file alone, and says what to do with a database.
func (c *Config) onlyFile(instead string) error {
	if c.Store.Postgres == "" {
		return nil
	}
	return usageError{fmt.Errorf("store.postgres (%s) is set, and this command is for the file in store.dir alone: %s", c.origin("store.postgres"), instead)}
}

// dataFile makes the data directory and proves that it can be written, because the store's own error names neither the key nor the cure.
func dataFile(cfg Config) (string, error) {
	dir := cfg.Store.Dir
	explain := func(err error) error {
		hint := ""
		if errors.Is(err, fs.ErrPermission) {
			hint = fmt.Sprintf(" (it must belong to user %d; on Railway set RAILWAY_RUN_UID=0)", os.Getuid())
		}
		if errors.Is(err, syscall.EROFS) {
			hint = " (the file system is read-only)"
		}
		return fmt.Errorf("store.dir (%s): cannot write to %s: %w%s", cfg.origin("store.dir"), dir, err, hint)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", explain(err)
	}
	probe, err := os.CreateTemp(dir, ".write-test-")
	if err != nil {
		return "", explain(err)
	}
	if err := errors.Join(probe.Close(), os.Remove(probe.Name())); err != nil {
		return "", explain(err)
	}
	return storePath(cfg), nil
}

func storePath(cfg Config) string { return filepath.Join(cfg.Store.Dir, "excursobot.db") }
