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
	"excursobot/store/fallback"
	"excursobot/store/pgstore"
)

// openStore opens the database if one is configured, otherwise the file in store.dir.
func (a *App) openStore() error {
	if a.cfg.Store.Postgres != "" {
		return a.openDatabase()
	}
	path, err := dataFile(a.cfg)
	if err != nil {
		return err
	}
	s, err := boltstore.Open(boltstore.Config{Path: path, Articles: int64(a.cfg.Store.Articles), Log: a.log.With("part", "store")})
	if err != nil {
		return fmt.Errorf("open the store: %w", err)
	}
	a.store, a.file = killpoint.Store(s), s
	a.stop.push("store", s.Close)
	return nil
}

// openDatabase opens a store that other replicas can share and that can be away for a while.
func (a *App) openDatabase() error {
	const patience = time.Minute // migrations of a large database can take longer and have their own limit
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := a.cfg.Store
	s, err := pgstore.Open(ctx, pgstore.Config{
		URL: c.Postgres, MaxConns: int32(c.PostgresConns), StatementTimeout: statementTimeout, //nolint:gosec // at most 1000
		Articles: int64(c.Articles), Log: a.log.With("part", "store"),
	})
	if err != nil {
		return fmt.Errorf("store.postgres (%s): %w", a.cfg.Origin("store.postgres"), err)
	}
	a.store, a.database = fallback.New(killpoint.Store(s)), s
	a.replica = replicaName(a.env)
	a.log = a.log.With("replica", a.replica)
	a.stop.push("store", s.Close)
	return nil
}

// readStore returns the dashboard's numbers of the store.
func (a *App) readStore(ctx context.Context) monitor.Store {
	if a.database == nil {
		file := a.file.Stats()
		return monitor.Store{SizeBytes: file.SizeBytes, FreeBytes: file.FreeBytes, Writes: file.Writes, Commits: file.Commits}
	}
	st := a.database.Stats()
	size, err := a.database.Size(ctx)
	if err != nil {
		size = 0 // /readyz reports the store
	}
	return monitor.Store{SizeBytes: size, Writes: st.Writes, Commits: st.Commits}
}

// dataFile makes the data directory and checks that it can be written, because the store's own error has neither the key nor the remedy.
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

// fileAnswers asks the store of a file.
func (a *App) fileAnswers(ctx context.Context) error {
	_, err := a.file.Done(ctx, 0)
	return err
}

// errStore is the public reason for a store that fails in a way without a sentinel. The log has the cause.
var errStore = errors.New("store: it does not work")

// storeTakes returns why the store takes no writes. It asks the store itself, because the cache in front of it answers during an outage. A full store
// is still read. The reason is for everybody: it names neither the database nor its user.
func (a *App) storeTakes(ctx context.Context) error {
	ask := a.fileAnswers
	if a.database != nil {
		ask = a.database.Writable
	}
	switch err := ask(ctx); {
	case err == nil:
	case errors.Is(err, store.ErrAway), errors.Is(err, context.DeadlineExceeded):
		return store.ErrAway
	case errors.Is(err, pgstore.ErrReadOnly):
		return pgstore.ErrReadOnly
	default:
		return errStore
	}
	if a.file != nil && a.file.Stats().Full || a.database != nil && a.database.Stats().Full {
		return store.ErrFull
	}
	return nil
}

// alive returns why the process should be restarted. A restart does not help a process that waits for its database.
func (a *App) alive(ctx context.Context) error {
	if a.database != nil {
		return nil
	}
	return a.fileAnswers(ctx)
}
