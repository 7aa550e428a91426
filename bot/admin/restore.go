package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/store/boltstore"
)

// Restore puts a backup in the place of the store's file and writes what it did. The file that was there stays beside it under another name.
func Restore(ctx context.Context, cfg config.Config, file string, stdout io.Writer) error {
	path := cfg.StoreFile()
	if err := os.MkdirAll(cfg.Store.Dir, 0o700); err != nil {
		return err
	}
	aside := path + ".before-restore-" + time.Now().UTC().Format(backupForm)
	err := boltstore.Replace(path, func(temp string) error {
		if err := boltstore.CopyFile(temp, file); err != nil {
			return err
		}
		if err := boltstore.Verify(ctx, temp); err != nil {
			return fmt.Errorf("%s is no good backup, nothing was changed: %w", file, err)
		}
		killpoint.Step("restore.copied")
		if err := unused(path); err != nil {
			return err
		}
		err := os.Link(path, aside) // not renamed: at no moment is there no store, of which the bot would make a new one
		if errors.Is(err, fs.ErrNotExist) {
			aside = ""
			return nil
		}
		killpoint.Step("restore.aside")
		return err
	})
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	_, err = fmt.Fprintf(stdout, "%s is now what %s holds.\n", path, file)
	if err == nil && aside != "" {
		_, err = fmt.Fprintf(stdout, "The store that was there is %s\n", aside)
	}
	return err
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

// Compact makes the store's file as small as it can be. The bot must not run.
func Compact(ctx context.Context, cfg config.Config, stdout io.Writer) error {
	if cfg.Store.Postgres != "" {
		return config.UsageError{Err: fmt.Errorf("store.postgres (%s) is set: there is no file to be made smaller", cfg.Origin("store.postgres"))}
	}
	before, after, err := boltstore.Compact(ctx, cfg.StoreFile())
	if errors.Is(err, boltstore.ErrInUse) {
		return fmt.Errorf("stop the bot first: %w", err)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: %d KiB, was %d KiB\n", cfg.StoreFile(), after>>10, before>>10)
	return err
}
