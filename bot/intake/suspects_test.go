package intake

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// lives are processes, one after the other, on one inbox.
type lives struct {
	t     *testing.T
	store *boltstore.Store
	kill  context.CancelFunc // ends the process that runs, as a crash would

	mu      sync.Mutex
	ran     []string // texts, each when its handler came to its end
	letters []int64
}

func newLives(t *testing.T) *lives {
	t.Helper()
	db, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "bot.db")})
	if err != nil {
		t.Fatal(err)
	}
	return &lives{t: t, store: db}
}

// accept puts updates into the inbox, as a process did that ended then. The n-th text has update n and chat n.
func (l *lives) accept(texts ...string) {
	l.t.Helper()
	for i, text := range texts {
		id := int64(i + 1)
		_, err := l.store.Accept(l.t.Context(), store.Entry{Update: id, Chat: id, Arrived: time.Now(), Raw: []byte(say(i+1, id, text))})
		if err != nil {
			l.t.Fatal(err)
		}
	}
}

// live runs one process until it is killed, at the latest after most. It returns how long that took.
func (l *lives) live(most time.Duration, handlers map[string]Handler) time.Duration {
	l.t.Helper()
	f, closeStore := newBare(l.t, &pollAPI{answer: func(int, int64) ([]byte, error) { return []byte(`{"ok":true,"result":[]}`), nil }}, func(c *Config) {
		c.Store = l.store
		c.Hooks.DeadLetter = func(_ context.Context, t *Task) error {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.letters = append(l.letters, t.ID)
			return nil
		}
	})
	defer closeStore()
	for text, run := range handlers {
		f.handlers[text] = func(ctx context.Context, t *Task) error {
			if err := run(ctx, t); err != nil {
				return err
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			l.ran = append(l.ran, text)
			return nil
		}
	}
	ctx, kill := context.WithTimeout(l.t.Context(), most)
	defer kill()
	l.kill = kill
	began := time.Now()
	if err := f.Run(ctx, ctx); err != nil {
		l.t.Fatal(err)
	}
	return time.Since(began)
}

func (l *lives) tries() map[int64]int {
	l.t.Helper()
	entries, err := l.store.Pending(l.t.Context(), math.MinInt64, 100)
	if err != nil {
		l.t.Fatal(err)
	}
	tries := map[int64]int{}
	for _, e := range entries {
		tries[e.Update] = e.Tries
	}
	return tries
}

func sleeping(d time.Duration) Handler {
	return func(ctx context.Context, _ *Task) error { return limiter.Sleep(ctx, d) }
}

func TestAnUpdateThatLivesOnIsNotBlamed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLives(t)
		l.accept("/slow")
		for range 3 * store.MaxTries { // each process is killed while the update waits for the model
			l.live(3*time.Second, map[string]Handler{"/slow": sleeping(time.Minute)})
			if tries := l.tries(); tries[1] != 0 {
				t.Fatalf("tries %v, want none", tries)
			}
		}
		l.live(time.Hour, map[string]Handler{"/slow": sleeping(time.Minute)})
		if len(l.letters) != 0 || !slices.Equal(l.ran, []string{"/slow"}) || len(l.tries()) != 0 {
			t.Errorf("dead letters %v, done %q, left %v", l.letters, l.ran, l.tries())
		}
		if err := l.store.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestOnlyTheUpdateThatEndsProcessesBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLives(t)
		l.accept("/slow", "/poison", "/quick", "/slow", "/quick")
		handlers := map[string]Handler{
			"/slow":  sleeping(30 * time.Second),
			"/quick": sleeping(suspectFor / 5),
			"/poison": func(ctx context.Context, _ *Task) error {
				if err := limiter.Sleep(ctx, suspectFor/10); err != nil {
					return err
				}
				l.kill()
				return ctx.Err()
			},
		}
		deaths := 0
		for ; len(l.tries()) > 0 && deaths < 20; deaths++ {
			l.live(time.Hour, handlers)
		}
		if !slices.Equal(l.letters, []int64{2}) {
			t.Errorf("dead letters %v, want the poisonous update alone", l.letters)
		}
		slices.Sort(l.ran)
		if want := []string{"/quick", "/quick", "/slow", "/slow"}; !slices.Equal(l.ran, want) {
			t.Errorf("done %q, want %q", l.ran, want)
		}
		if want := store.MaxTries; deaths != want { // the first process died before the test began
			t.Errorf("%d processes, want %d, of which all but the last are killed", deaths, want)
		}
		if err := l.store.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestProcessesThatAreKilledEarlyMakeNoDeadLetter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLives(t)
		l.accept("/quick", "/quick", "/quick")
		handlers := map[string]Handler{"/quick": sleeping(suspectFor / 2)}
		for range 20 { // by somebody else, whatever has begun
			l.live(suspectFor/4, handlers)
		}
		l.live(time.Hour, handlers)
		if len(l.letters) != 0 || len(l.ran) != 3 {
			t.Errorf("dead letters %v, %d done of 3", l.letters, len(l.ran))
		}
		if err := l.store.Close(); err != nil {
			t.Error(err)
		}
	})
}

// TestUpdatesThatMayEndProcessesRunOneAtATime resumes an inbox: updates over which two processes ended run one after the other, the others together.
func TestUpdatesThatMayEndProcessesRunOneAtATime(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		retries int
		most    int // at once
		least   time.Duration
	}{
		{"no process ended", 0, 3, 0},
		{"two processes ended", 1, 1, 3 * suspectFor / 2},
		{"a process ended over each alone", 2, 1, loneAgain},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l := newLives(t)
				l.accept("/x", "/x", "/x")
				for id := range int64(3) {
					for range tt.retries {
						if _, err := l.store.Retry(t.Context(), id+1); err != nil {
							t.Fatal(err)
						}
					}
				}
				var running, most, ran atomic.Int32
				var ended atomic.Int64
				began := time.Now()
				l.live(time.Minute, map[string]Handler{"/x": func(ctx context.Context, _ *Task) error {
					most.Store(max(most.Load(), running.Add(1)))
					defer running.Add(-1)
					ran.Add(1)
					defer func() { ended.Store(int64(time.Since(began))) }()
					return limiter.Sleep(ctx, suspectFor/2)
				}})
				if got := int(most.Load()); got != tt.most || ran.Load() != 3 || time.Duration(ended.Load()) < tt.least {
					t.Errorf("%d of %d updates ran at once until %v, want %d of 3, at least %v", got, ran.Load(), time.Duration(ended.Load()), tt.most, tt.least)
				}
				if err := l.store.Close(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestAFullStoreSparesUpdatesThatAreNotSuspect(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, closeStore := newBare(t, &pollAPI{answer: func(int, int64) ([]byte, error) { return []byte(`{"ok":true,"result":[]}`), nil }}, func(c *Config) { c.Store = untried{c.Store} })
		defer closeStore()
		ran := 0
		f.handlers["/x"] = func(context.Context, *Task) error { ran++; return nil }
		if _, err := f.store.Accept(t.Context(), store.Entry{Update: 1, Chat: 1, Arrived: time.Now(), Raw: []byte(say(1, 1, "/x"))}); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := f.Run(ctx, t.Context()); err != nil || ran != 1 || len(f.failures) != 0 {
			t.Errorf("ran %d times, error %v, failures %v", ran, err, f.failures)
		}
	})
}

// untried is a store that has no room to count tries.
type untried struct{ Store }

func (untried) Retry(context.Context, int64) (bool, error) {
	return false, errors.Join(errors.New("disk"), store.ErrFull)
}
