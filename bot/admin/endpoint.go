package admin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore"
)

// endpoint is an open store that is read or filled.
type endpoint struct {
	store.Store
	name string // for people; no password in it
	// still calls fn with a snapshot of the store.
	still func(ctx context.Context, fn func(store.RowReader) error) error
	// For a database: erase empties it, and idle refuses a database that bots use. A file is set aside, and no other process has it open.
	erase, idle func(ctx context.Context) error
}

// refuseInUse refuses a store that a bot uses.
func (e endpoint) refuseInUse(ctx context.Context) error {
	if e.idle == nil {
		return nil
	}
	return e.idle(ctx)
}

// where is a store that is not open: a file, or a Postgres database if there is a URL.
type where struct{ file, url string }

// parseWhere parses an argument: a file, or the address of a database. Everything that looks like an address is taken for one, so that no
// error about a file shows a password.
func parseWhere(text string) where {
	if strings.Contains(text, "://") || strings.Contains(text, "password=") || strings.HasPrefix(text, "host=") || strings.HasPrefix(text, "dbname=") {
		return where{url: text}
	}
	return where{file: text}
}

// configured is the store that the bot uses.
func configured(cfg config.Config) where {
	if cfg.Store.Postgres != "" {
		return where{url: cfg.Store.Postgres}
	}
	return where{file: cfg.StoreFile()}
}

// whereOf returns the store that an argument names, the configured one if it is empty.
func whereOf(cfg config.Config, text string) where {
	if text != "" {
		return parseWhere(text)
	}
	return configured(cfg)
}

// openSource opens a store that is to be read and must exist.
func openSource(ctx context.Context, w where) (endpoint, error) {
	if w.url != "" {
		return openDatabase(ctx, w.url, true)
	}
	if err := statStore(w.file); err != nil {
		return endpoint{}, err
	}
	source, err := openFile(w.file, true)
	if errors.Is(err, boltstore.ErrOlder) {
		return openOlder(w.file)
	}
	return source, err
}

// openComplete opens a store that is to be read, and refuses one that was not filled to its end.
func openComplete(ctx context.Context, w where) (endpoint, error) {
	source, err := openSource(ctx, w)
	if err != nil {
		return endpoint{}, err
	}
	cut, err := incomplete(ctx, source)
	if err == nil && cut {
		err = fmt.Errorf("%s is not complete: a migration or an import into it did not end", source.name)
	}
	if err != nil {
		return endpoint{}, errors.Join(err, source.Close())
	}
	return source, nil
}

// openOlder opens a copy of a file of an older version and upgrades the copy. Close removes the copy.
func openOlder(path string) (_ endpoint, err error) {
	dir, err := os.MkdirTemp("", "excursobot-")
	if err != nil {
		return endpoint{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	file := filepath.Join(dir, filepath.Base(path))
	if err := boltstore.CopyFile(file, path); err != nil {
		return endpoint{}, err
	}
	source, err := openFile(file, false)
	if err != nil {
		return endpoint{}, err
	}
	source.Store, source.name = temporary{source.Store, dir}, path
	return source, nil
}

// temporary is a store in a directory that Close removes.
type temporary struct {
	store.Store
	dir string
}

// Close implements store.Store.
func (t temporary) Close() error { return errors.Join(t.Store.Close(), os.RemoveAll(t.dir)) }

// openTarget opens a store that is to be written, and creates it if it does not exist.
func openTarget(ctx context.Context, w where) (endpoint, error) {
	if w.url != "" {
		return openDatabase(ctx, w.url, false)
	}
	if info, err := os.Stat(w.file); err == nil && info.IsDir() {
		return endpoint{}, config.UsageError{Err: fmt.Errorf("%s is a directory: name a file in it", w.file)}
	}
	return openFile(w.file, false)
}

func openFile(path string, readOnly bool) (endpoint, error) {
	s, err := boltstore.Open(boltstore.Config{Path: path, ReadOnly: readOnly, Wait: time.Second})
	if errors.Is(err, boltstore.ErrInUse) {
		return endpoint{}, fmt.Errorf("stop the bot first: %w", err)
	}
	if err != nil {
		return endpoint{}, err
	}
	// Nobody writes to a file that this process holds.
	still := func(_ context.Context, fn func(store.RowReader) error) error { return fn(s) }
	return endpoint{Store: s, name: path, still: still}, nil
}

// sameFile reports whether both are one file, perhaps under two names.
func sameFile(a, b where) bool {
	if a.file == "" || b.file == "" {
		return false
	}
	infoA, errA := os.Stat(a.file)
	infoB, errB := os.Stat(b.file)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// setAside renames a store's file that is to be replaced, and returns the new name.
func setAside(path string, at time.Time) (string, error) {
	if err := unused(path); err != nil {
		return "", err
	}
	aside := path + ".before-migrate-" + at.UTC().Format(backupForm)
	return aside, os.Rename(path, aside)
}

// removeFile removes a store's file that is to be written from the beginning.
func removeFile(path string) error {
	if err := unused(path); err != nil {
		return err
	}
	return os.Remove(path)
}

// statementTimeout is for one statement on a database that is copied: some empty whole tables.
const statementTimeout = 5 * time.Minute

func openDatabase(ctx context.Context, url string, readOnly bool) (endpoint, error) {
	s, err := pgstore.Open(ctx, pgstore.Config{URL: url, StatementTimeout: statementTimeout, ReadOnly: readOnly})
	if err != nil {
		return endpoint{}, err
	}
	idle := func(ctx context.Context) error {
		n, err := s.Replicas(ctx)
		if err == nil && n > 0 {
			err = fmt.Errorf("stop the bot first: %d processes use %s (one that was killed counts for store.lease)", n, s.Name())
		}
		return err
	}
	return endpoint{Store: s, name: s.Name(), still: s.Still, erase: s.Erase, idle: idle}, nil
}
