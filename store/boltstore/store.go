// Package boltstore keeps the bot's memory in one bbolt file: no service to install, one writer at a time, and readers that
// do not wait. It implements the contract of package store and decides the layout of records and keys. It does not decide what
// is kept or for how long.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"excursobot/store"
)

var _ store.Store = (*Store)(nil)

// Config describes the file.
type Config struct {
	Path     string        // of the file; its directory is created (0700) if missing
	Log      *slog.Logger  // nil = no log
	MaxSize  int64         // most bytes of the file, writes beyond it are store.ErrFull; 0 = no limit
	Articles int64         // most bytes of all articles' texts, as stored; 0 = store.ArticleBudget
	Wait     time.Duration // for another process to close the file, default 3 s
	ReadOnly bool          // the file must exist, and every write fails
}

// Store is an open file.
type Store struct {
	db       *bolt.DB
	path     string
	log      *slog.Logger
	articles int64 // budget of their texts

	group   group
	broken  atomic.Pointer[error] // set when a write panicked: the state of bbolt in memory cannot be trusted any more
	stuck   atomic.Bool           // that write's lock could not be released either
	close   sync.Once
	full    atomic.Bool // the last commit found no room
	calls   atomic.Uint64
	commits atomic.Uint64

	listMost int64        // bytes of free pages of which the list is written
	unlisted atomic.Bool  // commits leave the list of free pages in memory
	free     atomic.Int64 // bytes of free pages, as of the last list in the file
}

// Close waits for running transactions and closes the file.
func (s *Store) Close() error {
	var err error
	s.close.Do(func() {
		if s.stuck.Load() { // db.Close would wait for the lost lock forever; the end of the process frees the file
			err = fmt.Errorf("store: %s was left open: %w", s.path, *s.broken.Load())
			return
		}
		if s.unlisted.Swap(false) && s.broken.Load() == nil { // so that the next start need not read the whole file
			err = s.update(func(t *txn) error { t.dirty = true; return nil })
		}
		err = errors.Join(err, s.db.Close())
	})
	return err
}

// Stats counts what a Store did since it was opened.
type Stats struct {
	SizeBytes int64  // of the file
	FreeBytes int64  // of its pages that hold nothing: they are used again, and Compact removes them
	Writes    uint64 // calls that asked for a write transaction
	Commits   uint64 // transactions written and synced for them
	Full      bool   // the last one found no room
}

// Stats returns the counters.
func (s *Store) Stats() Stats {
	st := Stats{Writes: s.calls.Load(), Commits: s.commits.Load(), Full: s.full.Load()}
	if fi, err := os.Stat(s.path); err == nil {
		st.SizeBytes = fi.Size()
	}
	switch free, err := freePages(s.path); {
	case err == nil:
		st.FreeBytes = free
	case errors.Is(err, errUnlisted):
		st.FreeBytes = s.free.Load()
	} // else it is unknown for once
	return st
}

// view runs fn in a read transaction. A damaged page must not end the process: bbolt panics on some and follows others
// out of the mapped file, which SetPanicOnFault turns into a panic too.
func (s *Store) view(ctx context.Context, fn func(tx *bolt.Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = s.damaged(p)
		}
	}()
	return s.translate(s.db.View(fn))
}

// damaged turns a panic of bbolt into an error, and logs its stack.
func (s *Store) damaged(p any) error {
	s.log.Error("store_damaged", "file", s.path, "error", fmt.Sprint(p), "stack", string(debug.Stack()))
	return damage(s.path, fmt.Errorf("%v", p))
}

// translate turns bbolt's errors into those of package store; every other error passes unchanged.
func (s *Store) translate(err error) error {
	switch {
	case errors.Is(err, berrors.ErrDatabaseNotOpen):
		return store.ErrClosed
	case isFull(err):
		return fmt.Errorf("%w: %s: %w", store.ErrFull, s.path, err)
	case errors.Is(err, errRecord):
		return damage(s.path, err)
	}
	return err
}

// isFull reports whether a write found no room: on the disk, in a quota, in a limit on file sizes, or in MaxSize.
func isFull(err error) bool {
	return errors.Is(err, berrors.ErrMaxSizeReached) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

// damage returns an error that names the damaged file and the remedy.
func damage(path string, cause error) error {
	return fmt.Errorf(`store: %s is damaged (%w); "excursobot restore" puts a backup in its place`, path, cause)
}
