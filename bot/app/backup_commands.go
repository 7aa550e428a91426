package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"excursobot/store/boltstore"
)

type backupCommand struct {
	File string `arg:"" optional:"" help:"Where to (default: a new file in store.dir/backups, of which backup.keep are kept)."`
}

// Run copies the store, through the running bot if there is one.
func (c backupCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := cfg.onlyFile(`pg_dump "$DATABASE_URL" >FILE copies a database, and so may its host`); err != nil {
		return err
	}
	return p.untilSignalled(func(ctx context.Context) error {
		path := c.File
		if path == "" {
			path = filepath.Join(cfg.Store.Dir, backupDir, backupName(time.Now()))
		}
		if err := writeBackup(ctx, path, func(w io.Writer) error { return copyStore(ctx, cfg, w) }); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(p.stdout, path); err != nil {
			return err
		}
		if c.File != "" {
			return nil
		}
		return prune(filepath.Dir(path), cfg.Backup.Keep)
	})
}

// copyStore asks the running bot for its store; without one the file is free to be read.
func copyStore(ctx context.Context, cfg Config, w io.Writer) error {
	err := fetchBackup(ctx, cfg.Store.Dir, w)
	if !errors.Is(err, errNotRunning) {
		return err
	}
	path := storePath(cfg)
	if _, err := os.Stat(path); err != nil { // Open would make one
		return err
	}
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(s.Backup(ctx, w), s.Close())
}

type restoreCommand struct {
	File string `arg:"" help:"The backup."`
}

// Run puts a backup in the place of the store. What was there stays beside it under another name.
func (c restoreCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := cfg.onlyFile(`a database is filled from a copy by psql "$DATABASE_URL" <FILE`); err != nil {
		return err
	}
	path := storePath(cfg)
	return p.untilSignalled(func(ctx context.Context) error {
		if err := os.MkdirAll(cfg.Store.Dir, 0o700); err != nil {
			return err
		}
		aside := path + ".before-restore-" + time.Now().UTC().Format(backupForm)
		err := boltstore.Replace(path, func(temp string) error {
			if err := boltstore.CopyFile(temp, c.File); err != nil {
				return err
			}
			if err := boltstore.Verify(ctx, temp); err != nil {
				return fmt.Errorf("%s is no good backup, nothing was changed: %w", c.File, err)
			}
			if err := unused(path); err != nil {
				return err
			}
			err := os.Link(path, aside) // not renamed: at no moment is there no store, of which the bot would make a new one
			if errors.Is(err, fs.ErrNotExist) {
				aside = ""
				return nil
			}
			return err
		})
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		_, err = fmt.Fprintf(p.stdout, "%s is now what %s holds.\n", path, c.File)
		if err == nil && aside != "" {
			_, err = fmt.Fprintf(p.stdout, "The store that was there is %s\n", aside)
		}
		return err
	})
}

// unused says whether another process holds the store. A damaged store does not matter: it is to be replaced.
func unused(path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // what is not there is not in use
	}
	s, err := boltstore.Open(boltstore.Config{Path: path, Wait: time.Second})
	if errors.Is(err, boltstore.ErrInUse) {
		return fmt.Errorf("stop the bot first: %w", err)
	}
	if err != nil {
		return nil //nolint:nilerr // damaged
	}
	return s.Close()
}

type compactCommand struct{}

// Run gives the disk back what the store does not need. The bot must not run.
func (compactCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if err := cfg.onlyFile(`a database gives its space back by itself, or by VACUUM FULL`); err != nil {
		return err
	}
	return p.untilSignalled(func(ctx context.Context) error {
		before, after, err := boltstore.Compact(ctx, storePath(cfg))
		if errors.Is(err, boltstore.ErrInUse) {
			return fmt.Errorf("stop the bot first: %w", err)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s: %d KiB, was %d KiB\n", storePath(cfg), after>>10, before>>10)
		return err
	})
}
