package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	bolt "go.etcd.io/bbolt"
)

// maxGroup is the most calls that share a transaction, so that none waits long for the others.
const maxGroup = 512

// group commits calls together: while one transaction is synced, the calls that arrive wait, and the first of them
// writes all of them in the next. A lone writer does not wait, and many writers share one sync (group commit).
type group struct {
	mu      sync.Mutex
	waiting []*call // the first leads, or will when the present leader is done
	leading bool
}

// call is one writer's part of a transaction.
type call struct {
	fn   func(*txn) error
	got  error     // of the last run of fn
	err  error     // what the caller gets, when the transaction has ended
	turn chan bool // true: lead the next transaction; false: err is final; nil in a call that leads at once
}

// errAborted is returned by calls whose leader's goroutine was ended from inside (runtime.Goexit in an updater).
var errAborted = errors.New("store: transaction aborted")

// updaterPanic carries a panic of a caller's function back to the caller's goroutine.
type updaterPanic struct {
	value any
	stack []byte
}

func (p *updaterPanic) Error() string {
	return fmt.Sprintf("panic in an updater: %v\n%s", p.value, p.stack)
}

// write runs fn in a write transaction and returns after it is on disk. fn may run more than once; when it returns an
// error, none of its writes is kept. It should return errors before its first write where it can: a later error costs the
// whole group a second run.
func (s *Store) write(ctx context.Context, fn func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.calls.Add(1)
	c := &call{err: errAborted}
	c.fn = func(t *txn) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return fn(t)
	}
	g := &s.group
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	lead := !g.leading
	if !lead {
		c.turn = make(chan bool, 1)
	}
	g.leading = true
	g.mu.Unlock()

	if lead || <-c.turn {
		s.lead()
	}
	if p, ok := errors.AsType[*updaterPanic](c.err); ok {
		panic(p)
	}
	return c.err
}

// lead commits the waiting calls, the first of which is the caller's own, and hands over.
func (s *Store) lead() {
	g := &s.group
	g.mu.Lock()
	n := min(len(g.waiting), maxGroup)
	calls := g.waiting[:n:n]
	g.waiting = g.waiting[n:]
	g.mu.Unlock()

	defer func() { // deferred, so that an updater that ends the goroutine does not leave the others waiting
		g.mu.Lock()
		if g.leading = len(g.waiting) > 0; g.leading {
			g.waiting[0].turn <- true
		} else {
			g.waiting = nil
		}
		g.mu.Unlock()
		for _, c := range calls[1:] {
			c.turn <- false
		}
	}()
	for todo := calls; len(todo) > 0; {
		todo = s.attempt(todo)
	}
}

// attempt runs the calls in one transaction. It returns those to run again: the others of a call that failed after
// it had written, for bbolt can only undo a transaction as a whole.
func (s *Store) attempt(calls []*call) []*call {
	failed := -1
	for _, c := range calls {
		c.got = nil
	}
	err := s.update(func(t *txn) error {
		for i, c := range calls {
			t.wrote = false
			if c.got = c.fn(t); c.got != nil && t.wrote {
				failed = i
				return c.got
			}
		}
		return nil
	})
	if failed >= 0 {
		calls[failed].err = s.translate(calls[failed].got)
		return append(calls[:failed:failed], calls[failed+1:]...)
	}
	for _, c := range calls {
		c.err = s.translate(cmp.Or(c.got, err))
	}
	return nil
}

// update runs fn in a write transaction and commits what it wrote. A panic under it (from a damaged page, also during
// the commit) ends all writing: the file on disk is as the last commit left it, but the state of bbolt in memory may not be.
func (s *Store) update(fn func(*txn) error) (err error) {
	if p := s.broken.Load(); p != nil {
		return *p
	}
	tx, err := s.db.Begin(true)
	if err != nil {
		return err
	}
	s.db.NoFreelistSync = s.unlisted.Load() // which only writers read
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	ended := false
	defer func() {
		if p := recover(); p != nil {
			failure := s.damaged(p)
			s.broken.Store(&failure)
			err = failure
			defer func() {
				if recover() != nil {
					s.stuck.Store(true)
				}
			}()
		}
		if !ended {
			_ = tx.Rollback() // it fails only on a closed transaction
		}
	}()
	t := &txn{tx: tx}
	if err := fn(t); err != nil || !t.dirty {
		return err
	}
	err = tx.Commit()
	ended = true
	s.full.Store(isFull(err))
	if err == nil {
		s.commits.Add(1)
	}
	return err
}

// txn is a write transaction that knows whether anything was written.
type txn struct {
	tx    *bolt.Tx
	wrote bool // by the present call
	dirty bool // by any call
}

// fuller is how full the first of two pages is after a page was split, in the buckets whose rows come in runs: the rows of a town, or of a moment.
// bbolt's own half leaves such pages half empty.
const fuller = 0.75

func (t *txn) bucket(name []byte) *bolt.Bucket {
	b := t.tx.Bucket(name)
	switch &name[0] {
	case &bucketStories[0], &bucketPlaces[0], &bucketExpiry[0]:
		b.FillPercent = fuller
	}
	return b
}

func (t *txn) put(b *bolt.Bucket, k, v []byte) error {
	t.wrote, t.dirty = true, true
	return b.Put(k, v)
}

func (t *txn) delete(b *bolt.Bucket, k []byte) error {
	t.wrote, t.dirty = true, true
	return b.Delete(k)
}

// next counts the bucket's own sequence up: 1, 2, 3, ...
func (t *txn) next(b *bolt.Bucket) (uint64, error) {
	t.wrote, t.dirty = true, true
	return b.NextSequence()
}
