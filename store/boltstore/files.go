package boltstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// ErrInUse means that another process holds the file.
var ErrInUse = errors.New("in use by another process")

// Verify reads the whole file and returns what is wrong with it. The file must exist, and no process may have it open. A file of an
// older version is upgraded.
func Verify(ctx context.Context, path string) error {
	if err := checkFile(path); err != nil {
		return err
	}
	s, err := Open(Config{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(s.Check(ctx), s.Close())
}

// Compact packs the records that an older version wrote, rewrites the file without its free pages, which bbolt never returns to the system, and returns the sizes before and after in
// bytes. No process may have the file open. The old file stays until the new one is complete: there must be room for both.
func Compact(ctx context.Context, path string) (before, after int64, err error) {
	if before, err = size(path); err != nil {
		return 0, 0, err
	}
	s, err := Open(Config{Path: path})
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if err := s.packOlder(ctx, 0); err != nil {
		return 0, 0, err
	}
	if err := s.Check(ctx); err != nil { // a damaged copy must not replace a file that may still be repaired
		return 0, 0, err
	}
	err = Replace(path, func(temp string) error {
		db, err := bolt.Open(temp, 0o600, nil)
		if err != nil {
			return err
		}
		const batch = 1 << 20 // bytes in one transaction
		err = bolt.Compact(db, s.db, batch)
		if err == nil {
			err = db.Update(func(*bolt.Tx) error { return nil }) // the older header, too, leads to all rows
		}
		err = errors.Join(err, db.Close())
		if err != nil {
			return err
		}
		return Verify(ctx, temp)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("store: compact %s: %w", path, err)
	}
	after, err = size(path)
	return before, after, err
}

func size(path string) (int64, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("store: %w", err)
	}
	return fi.Size(), nil
}

// Replace replaces the file at path, whole or not at all, also if the machine stops. write fills a temporary file in the same directory,
// which is synced and renamed.
func Replace(path string, write func(temp string) error) (err error) {
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+"-") // 0600
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) { // the name of the temporary file would only confuse
			err = fmt.Errorf("write in directory %s: %w", dir, pe.Err)
		}
		return err
	}
	temp := f.Name()
	defer func() {
		if err != nil {
			_ = os.Remove(temp)
		}
	}()
	if err := f.Close(); err != nil {
		return err
	}
	if err := write(temp); err != nil {
		return err
	}
	if err := syncPath(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		return err
	}
	return syncPath(dir)
}

// syncPath writes the content of a file or directory to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// CopyFile copies the file from, which no process may have open, to the file to.
func CopyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
