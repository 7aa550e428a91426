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
	"excursobot/bot/pack"
	"excursobot/store/boltstore"
)

// Restore replaces the store's file with a backup and writes what it did to stdout. The old file is kept beside it under another name.
func Restore(ctx context.Context, cfg config.Config, file string, stdout io.Writer) error {
	path := cfg.StoreFile()
	if err := backupOf(path, file); err != nil {
		return err
	}
	if err := os.MkdirAll(cfg.Store.Dir, 0o700); err != nil {
		return err
	}
	aside := path + ".before-restore-" + time.Now().UTC().Format(backupForm)
	sealed := true
	err := boltstore.Replace(path, func(temp string) (err error) {
		if sealed, err = take(ctx, temp, file); err != nil {
			return err
		}
		killpoint.Step("restore.copied")
		if err := unused(path); err != nil {
			return err
		}
		err = os.Link(path, aside) // a rename would leave a moment without a store, in which a bot would create an empty one
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
	_, err = fmt.Fprintf(stdout, "%s was restored from %s.\n", path, file)
	if err == nil && !sealed {
		_, err = fmt.Fprintf(stdout, unsealedWarning, file)
	}
	if err == nil && aside != "" {
		_, err = fmt.Fprintf(stdout, "The old store is kept as %s\n", aside)
	}
	return err
}

const unsealedWarning = "Warning: %s has no checksum (it was made by an older version, or is no backup), so some kinds of damage cannot be noticed. Look whether everything is there.\n"

// backupOf returns why a file cannot be a backup that replaces the store, as far as it can be seen without reading it.
func backupOf(store, file string) error {
	f, err := openInput(file, "a backup")
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if sameFile(where{file: store}, where{file: file}) {
		return config.UsageError{Err: fmt.Errorf("%s is the store itself", file)}
	}
	header, err := dumpHeader(file)
	switch {
	case err != nil:
		return nil //nolint:nilerr // it is no dump, as it should be
	case header.Content == pack.Content:
		return config.UsageError{Err: fmt.Errorf("%s is a pack: \"excursobot pack import\" puts it into the store", file)}
	}
	return config.UsageError{Err: fmt.Errorf("%s is a dump: \"excursobot import\" puts it into a store", file)}
}

// RestoreDatabase replaces the data of the configured database with a backup. Without force the database must be empty.
func RestoreDatabase(ctx context.Context, cfg config.Config, file string, force bool, stdout, stderr io.Writer) error {
	if err := backupOf("", file); err != nil {
		return err
	}
	err := boltstore.CheckSeal(file)
	unsealed := errors.Is(err, boltstore.ErrUnsealed)
	if err != nil && !unsealed {
		return fmt.Errorf("restore: %s is not an undamaged backup, nothing was changed: %w", file, err)
	}
	if err := Migrate(ctx, cfg, file, "", force, stdout, stderr); err != nil || !unsealed {
		return err
	}
	_, err = fmt.Fprintf(stdout, unsealedWarning, file)
	return err
}

// take copies a backup to temp and checks it. It reports whether the backup has a checksum: those of older versions have none.
func take(ctx context.Context, temp, file string) (sealed bool, err error) {
	if err := boltstore.CopyFile(temp, file); err != nil {
		return false, err
	}
	err = boltstore.Unseal(temp)
	if sealed = !errors.Is(err, boltstore.ErrUnsealed); sealed && err != nil {
		return false, fmt.Errorf("%s is not an undamaged backup, nothing was changed: %w", file, err)
	}
	err = boltstore.Verify(ctx, temp)
	if errors.Is(err, boltstore.ErrNewer) {
		return false, fmt.Errorf("nothing was changed: %s %w", file, boltstore.ErrNewer)
	}
	if err != nil {
		return false, fmt.Errorf("%s is not an undamaged backup, nothing was changed: %w", file, err)
	}
	return sealed, nil
}

// unused returns an error if another process holds the store. A damaged store is not an error: it will be replaced.
func unused(path string) error {
	if _, err := os.Stat(path); err != nil {
		return nil //nolint:nilerr // a missing file is not in use
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
		return config.UsageError{Err: fmt.Errorf("store.postgres (%s) is set: there is no file to compact", cfg.Origin("store.postgres"))}
	}
	if err := statStore(cfg.StoreFile()); err != nil {
		return err
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
