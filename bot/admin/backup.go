package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

const (
	backupDir    = "backups" // inside store.dir
	backupPrefix = "excursobot-"
	backupSuffix = ".db"
	backupForm   = "20060102T150405.000Z" // of the UTC time in the middle, so that names sort by age
)

// backupName returns the file name of a backup made at t.
func backupName(t time.Time) string { return backupPrefix + t.UTC().Format(backupForm) + backupSuffix }

// writeBackup lets fill write a file, checks that it is an undamaged store, adds its checksum, and only then gives it the name path.
func writeBackup(ctx context.Context, path string, fill func(file string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	err := boltstore.Replace(path, func(temp string) error {
		if err := fill(temp); err != nil {
			return err
		}
		if err := boltstore.Verify(ctx, temp); err != nil {
			return err
		}
		return boltstore.Seal(temp)
	})
	if err != nil {
		return fmt.Errorf("backup %s: %w", path, err)
	}
	return nil
}

// streamed returns a function that fills a file with the bytes that copyTo writes.
func streamed(copyTo func(io.Writer) error) func(file string) error {
	return func(file string) error {
		f, err := os.OpenFile(file, os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(copyTo(f), f.Sync(), f.Close())
	}
}

// copied returns a function that fills a file with the content of a database at one moment.
func copied(ctx context.Context, still func(context.Context, func(store.RowReader) error) error) func(file string) error {
	return func(file string) error {
		return still(ctx, func(from store.RowReader) (err error) {
			to, err := boltstore.Open(boltstore.Config{Path: file})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, to.Close()) }()
			_, err = fill(ctx, to, dump.Batches(ctx, from, batchRows), newProgress(io.Discard, "backup"))
			return err
		})
	}
}

// backupFiles returns the names of the backups in the directory, oldest first. It ignores other files.
func backupFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, ok := backupTime(e.Name()); ok && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func backupTime(name string) (time.Time, bool) {
	s, ok := strings.CutPrefix(name, backupPrefix)
	s, ok2 := strings.CutSuffix(s, backupSuffix)
	t, err := time.Parse(backupForm, s)
	return t, ok && ok2 && err == nil
}

// prune removes all but the newest keep backups in the directory.
func prune(dir string, keep int) error {
	names, err := backupFiles(dir)
	var errs []error
	for len(names) > keep {
		errs = append(errs, os.Remove(filepath.Join(dir, names[0])))
		names = names[1:]
	}
	return errors.Join(append(errs, err)...)
}

// Backup copies the configured store, file or database, to a file and returns the file's path. If the bot runs, it makes the copy. With path ""
// the file is a new one in the backup directory, where the oldest beyond backup.keep are removed.
func Backup(ctx context.Context, cfg config.Config, path string) (string, error) {
	scheduled := path == ""
	if scheduled {
		path = filepath.Join(cfg.Store.Dir, backupDir, backupName(time.Now()))
	}
	if err := mayWrite(cfg, aBackup, path); err != nil {
		return "", err
	}
	if cfg.Store.Postgres == "" {
		if err := statStore(cfg.StoreFile()); err != nil {
			return "", err
		}
	}
	if err := writeBackup(ctx, path, func(file string) error { return fillBackup(ctx, cfg, file) }); err != nil {
		return "", err
	}
	if !scheduled {
		return path, nil
	}
	return path, prune(filepath.Dir(path), cfg.Backup.Keep)
}

// fillBackup fills a file with the configured store. A database is read while bots use it.
func fillBackup(ctx context.Context, cfg config.Config, file string) (err error) {
	if cfg.Store.Postgres == "" {
		return streamed(func(w io.Writer) error { return copyStore(ctx, cfg, w) })(file)
	}
	source, err := openComplete(ctx, configured(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return copied(ctx, source.still)(file)
}

// copyStore writes the store's file to w: from the running bot, otherwise from the disk.
func copyStore(ctx context.Context, cfg config.Config, w io.Writer) error {
	ask := func() error { return askBot(ctx, cfg.Store.Dir, askBackup, w) }
	return askOrOpen(ctx, ask, func() error {
		s, err := boltstore.Open(boltstore.Config{Path: cfg.StoreFile()})
		if err != nil {
			return err
		}
		return errors.Join(s.Backup(ctx, w), s.Close())
	})
}
