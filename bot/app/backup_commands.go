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

// Run copies the store, through the running bot if there is one. Of a database it makes a file.
func (c backupCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	return p.untilSignalled(func(ctx context.Context) error {
		path := c.File
		if path == "" {
			path = filepath.Join(cfg.Store.Dir, backupDir, backupName(time.Now()))
		}
		if err := writeBackup(ctx, path, func(file string) error { return fillBackup(ctx, cfg, file) }); err != nil {
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

// fillBackup fills a file with the configured store. A database is read beside the bots that use it.
func fillBackup(ctx context.Context, cfg Config, file string) (err error) {
	if cfg.Store.Postgres == "" {
		return streamed(func(w io.Writer) error { return copyStore(ctx, cfg, w) })(file)
	}
	source, err := openSource(ctx, configured(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return moved(ctx, source.still)(file)
}

// copyStore asks the running bot for its store; without one the file is free to be read.
func copyStore(ctx context.Context, cfg Config, w io.Writer) error {
	err := askBot(ctx, cfg.Store.Dir, askBackup, w)
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
	File  string `arg:"" help:"The backup."`
	Force bool   `help:"Empty the Postgres database that it goes into. A file is set aside and needs no force."`
}

// Run puts a backup in the place of the store. A file that was there stays beside it under another name; a database must be empty.
func (c restoreCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	if cfg.Store.Postgres != "" {
		return migrateCommand{From: c.File, Force: c.Force}.Run(p)
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
			chaosStep("restore.copied")
			if err := unused(path); err != nil {
				return err
			}
			err := os.Link(path, aside) // not renamed: at no moment is there no store, of which the bot would make a new one
			if errors.Is(err, fs.ErrNotExist) {
				aside = ""
				return nil
			}
			chaosStep("restore.aside")
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
	if cfg.Store.Postgres != "" {
		return usageError{fmt.Errorf("store.postgres (%s) is set: there is no file to be made smaller", cfg.origin("store.postgres"))}
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
