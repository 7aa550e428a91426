package boltstore

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// TestFailedCallLeavesNothing mixes calls that fail after they wrote with calls that do not: each keeps its own outcome.
func TestFailedCallLeavesNothing(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			own := fmt.Errorf("call %d", i)
			err := s.write(ctx, func(tx *txn) error {
				if err := tx.put(tx.bucket(bucketUsers), idKey(int64(i)), []byte("x")); err != nil || i%4 != 0 {
					return err
				}
				return own
			})
			if i%4 == 0 && !errors.Is(err, own) || i%4 != 0 && err != nil {
				t.Errorf("call %d: got error %v", i, err)
			}
		})
	}
	wg.Wait()
	err := s.view(ctx, func(tx *bolt.Tx) error {
		for i := range 200 {
			if got, want := tx.Bucket(bucketUsers).Get(idKey(int64(i))) != nil, i%4 != 0; got != want {
				t.Errorf("row %d: got %v, want %v", i, got, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestCallsShareATransaction(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	before := s.Stats().Commits
	inside, release := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() { // the first one holds the transaction until all others wait behind it
		_, err := s.UpdateUser(ctx, 1, func(u *store.User) error { close(inside); <-release; u.Language = "ru"; return nil })
		if err != nil {
			t.Error(err)
		}
	})
	<-inside
	for i := range int64(100) {
		wg.Go(func() {
			if err := s.MarkDone(ctx, i+1); err != nil {
				t.Error(err)
			}
		})
	}
	for waiting := 0; waiting < 100; runtime.Gosched() {
		s.group.mu.Lock()
		waiting = len(s.group.waiting)
		s.group.mu.Unlock()
	}
	close(release)
	wg.Wait()
	if got := s.Stats().Commits - before; got != 2 {
		t.Errorf("got %d commits for 1 call and 100 behind it, want 2", got)
	}
}

func TestUnchangedWritesNothing(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	d := store.Delivery{Update: 1, Person: 7, Place: "Q1", At: time.Now()}
	twice := func() {
		_, err := s.UpdateUser(ctx, 7, func(u *store.User) error { u.Language = "ru"; return nil })
		if err = errors.Join(err, s.Delivered(ctx, d), s.MarkDone(ctx, 1)); err != nil {
			t.Fatal(err)
		}
	}
	twice()
	before := s.Stats().Commits
	twice()
	if got := s.Stats().Commits - before; got != 0 {
		t.Errorf("got %d commits, want 0", got)
	}
}

func TestUpdaterThatEndsItsGoroutine(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			_, err := s.UpdateUser(ctx, int64(i), func(u *store.User) error {
				if i%10 == 0 {
					runtime.Goexit()
				}
				u.Language = "ru"
				return nil
			})
			if err != nil && !errors.Is(err, errAborted) {
				t.Error(err)
			}
		})
	}
	wg.Wait() // the test is that nobody waits forever
	if err := s.MarkDone(ctx, 1); err != nil {
		t.Error(err)
	}
}

func TestDamageMetInAWriteEndsWriting(t *testing.T) {
	ctx, s := t.Context(), open(t, t.TempDir())
	if err := s.MarkDone(ctx, 1); err != nil {
		t.Fatal(err)
	}
	err := s.write(ctx, func(*txn) error { panic("page 7 is not what it was") })
	if err == nil {
		t.Fatal("got no error")
	}
	wantParts(t, err.Error(), s.path, "page 7")
	if err := s.MarkDone(ctx, 2); err == nil {
		t.Error("wrote on after damage")
	}
	if done, err := s.Done(ctx, 1); err != nil || !done {
		t.Errorf("got %v, %v: reading should go on", done, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// BenchmarkCommit compares the ways to write one small row durably.
func BenchmarkCommit(b *testing.B) {
	key := func(i int64) []byte { return idKey(i % 10_000) }
	value := make([]byte, 60)
	put := func(tx *bolt.Tx, i int64) error { return tx.Bucket(bucketUsers).Put(key(i), value) }
	for _, way := range []struct {
		name  string
		delay time.Duration
		write func(s *Store, i int64) error
	}{
		{"Update", 0, func(s *Store, i int64) error {
			return s.db.Update(func(tx *bolt.Tx) error { return put(tx, i) })
		}},
		{"Batch10ms", 10 * time.Millisecond, func(s *Store, i int64) error {
			return s.db.Batch(func(tx *bolt.Tx) error { return put(tx, i) })
		}},
		{"Batch2ms", 2 * time.Millisecond, func(s *Store, i int64) error {
			return s.db.Batch(func(tx *bolt.Tx) error { return put(tx, i) })
		}},
		{"Group", 0, func(s *Store, i int64) error {
			return s.write(b.Context(), func(t *txn) error { return t.put(t.bucket(bucketUsers), key(i), value) })
		}},
	} {
		for _, writers := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/writers=%d", way.name, writers), func(b *testing.B) {
				s, err := Open(Config{Path: filepath.Join(b.TempDir(), "x.db")})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				s.db.MaxBatchDelay = way.delay
				var n, left atomic.Int64
				left.Store(int64(b.N))
				var wg sync.WaitGroup
				b.ResetTimer()
				for range writers {
					wg.Go(func() {
						for left.Add(-1) >= 0 {
							if err := way.write(s, n.Add(1)); err != nil {
								b.Error(err)
							}
						}
					})
				}
				wg.Wait()
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
			})
		}
	}
}
