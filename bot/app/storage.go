package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/bot/monitor"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore"
)

// openStore opens what the bot remembers in: a database if the configuration names one, else the file in store.dir.
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
	a.store, a.file = killpoint.Store(s), s
	a.stop.push("store", s.Close)
	return nil
}

// openDatabase is for a bot that may have others beside it, and a store that may be away for a while.
func (a *App) openDatabase() error {
	const patience = time.Minute // migrations of a large database take longer, and have a time of their own
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := a.cfg.Store
	s, err := pgstore.Open(ctx, pgstore.Config{
		URL: c.Postgres, MaxConns: int32(c.PostgresConns), StatementTimeout: c.PostgresTimeout, //nolint:gosec // at most 1000
		Log: a.log.With("part", "store"),
	})
	if err != nil {
		return fmt.Errorf("store.postgres (%s): %w", a.cfg.Origin("store.postgres"), err)
	}
	a.store, a.database = store.NewSteady(killpoint.Store(s)), s
	a.replica = replicaName(a.env)
	a.log = a.log.With("replica", a.replica)
	a.stop.push("store", s.Close)
	return nil
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

// dataFile makes the data directory and proves that it can be written, because the store's own error names neither the key nor the cure.
func dataFile(cfg config.Config) (string, error) {
	dir := cfg.Store.Dir
	explain := func(err error) error {
		hint := ""
		if errors.Is(err, fs.ErrPermission) {
			hint = fmt.Sprintf(" (it must belong to user %d; on Railway set RAILWAY_RUN_UID=0)", os.Getuid())
		}
		if errors.Is(err, syscall.EROFS) {
			hint = " (the file system is read-only)"
		}
		return fmt.Errorf("store.dir (%s): cannot write to %s: %w%s", cfg.Origin("store.dir"), dir, err, hint)
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
	return cfg.StoreFile(), nil
}

// storeAnswers asks the store itself: what stands before it would answer for it.
func (a *App) storeAnswers(ctx context.Context) error {
	var s store.Store = a.file
	if a.database != nil {
		s = a.database
	}
	_, err := s.Done(ctx, 0)
	return err
}

// storeTakes says why the store is not as it should be. One without room is still read: people get what the library and the sources have.
func (a *App) storeTakes(ctx context.Context) error {
	if err := a.storeAnswers(ctx); err != nil {
		return err
	}
	if a.file != nil && a.file.Stats().Full || a.database != nil && a.database.Stats().Full {
		return store.ErrFull
	}
	return nil
}

// alive says whether the process is: one that waits for its database is not helped by a new start.
func (a *App) alive(ctx context.Context) error {
	if a.database != nil {
		return nil
	}
	return a.storeAnswers(ctx)
}
