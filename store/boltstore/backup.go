package boltstore

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// Backup writes a compacted copy of the store, as it is at this moment, to w. The pages that bbolt freed are left out, because they hold what was
// deleted, such as people who asked to be forgotten. The copy is made beside the store first. Readers and writers continue meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if err := s.view(ctx, func(*bolt.Tx) error { return nil }); err != nil { // closed, or ctx ended
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(s.path), ".backup-")
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_ = temp.Close()                                                           // only its name is needed
	compact, err := bolt.Open(temp.Name(), 0o600, &bolt.Options{NoSync: true}) // it does not outlive this call
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() { _ = compact.Close() }()
	const batch = 1 << 20 // bytes in one transaction
	if err := bolt.Compact(compact, s.db, batch); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return copyTo(ctx, compact, w)
}

// copyTo writes the bytes of a file to w.
func copyTo(ctx context.Context, db *bolt.DB, w io.Writer) error {
	var failed error // kept apart from the store's own errors: a full disk may be the target's
	err := db.View(func(tx *bolt.Tx) error {
		_, failed = tx.WriteTo(writerFunc(func(b []byte) (int, error) {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			return w.Write(b)
		}))
		return nil
	})
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil && failed != nil: // bbolt does not wrap it
		return ctx.Err()
	case failed != nil:
		return fmt.Errorf("store: backup: %w", failed)
	}
	return nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
