package storetest

import (
	"context"
	"math"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

func accept(name string, want []bool, entries ...store.Entry) op {
	return op{name: name, want: want, do: func(ctx context.Context, s store.Store) (any, error) { return s.Accept(ctx, entries...) }}
}

func pending(name string, after int64, limit int, want ...store.Entry) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Pending(ctx, after, limit)
	}}
}

func note(name string, update int64, place string, message int) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) {
		return nil, s.Note(ctx, update, place, message)
	}}
}

func retry(name string, update int64, want bool, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Retry(ctx, update)
	}}
}

func survived(name string, updates ...int64) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.Survived(ctx, updates...) }}
}

func parked(name string, want ...store.Entry) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.DeadLetters(ctx) }}
}

func inboxStats(name string, want store.InboxStats) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.InboxStats(ctx) }}
}

// entry is an update as it is accepted; tried returns it as it is kept.
func entry(update int64) store.Entry {
	return store.Entry{Update: update, Chat: -update, Arrived: noon, Raw: []byte{'{', 0, 255, byte(update)}}
}

func tried(e store.Entry, times int) store.Entry {
	e.Tries = times
	return e
}

func inboxOps() []op {
	const first = math.MinInt64
	noted := tried(entry(5), 1)
	noted.Place, noted.Message = "Q1", 77
	changed := entry(5)
	changed.Raw = []byte("other")
	withNote := entry(6)
	withNote.Tries, withNote.Place, withNote.Message = 9, "Q9", 9
	ops := []op{
		pending("nothing", first, 10),
		inboxStats("nothing", store.InboxStats{}),
		accept("none", []bool{}),
		accept("two, in any order", []bool{true, true}, entry(7), entry(5)),
		accept("one that is there, and one twice", []bool{false, true, false}, changed, withNote, changed),
		pending("by update; only what Accept says it keeps", first, 10, tried(entry(5), 1), tried(entry(6), 1), tried(entry(7), 1)),
		pending("a page", 5, 1, tried(entry(6), 1)),
		pending("no page", 5, 0),
		pending("after the last", 7, 10),
		pending("after all", math.MaxInt64, 10),
		inboxStats("three", store.InboxStats{Pending: 3}),
		done("what is in the inbox is not done", 5, false),

		note("place and message", 5, "Q1", 77),
		note("of no update", 4, "Q1", 77),
		pending("noted", first, 1, noted),
		delivered("a story takes it out", store.Delivery{Update: 5, Person: 1, Place: "Q1", At: noon}),
		markDone("so does an end without one", 7, 4),
		pending("one is left", first, 10, tried(entry(6), 1)),
		accept("what is done is not new", []bool{false, false, true}, entry(5), entry(7), entry(8)),
		note("nor does a note bring it back", 5, "Q1", 78),
		pending("two", first, 10, tried(entry(6), 1), tried(entry(8), 1)),

		retry("of none", 5, false, store.ErrNotFound),
		retry("second try", 6, true, nil),
		retry("third try", 6, true, nil),
		pending("counted", first, 1, tried(entry(6), 3)),
		survived("none"),
		survived("one that is not there, and one twice", 5, 6, 6),
		pending("not tried", first, 1, tried(entry(6), 0)),
		survived("again", 6),
		retry("a first try", 6, true, nil),
		retry("a second try", 6, true, nil),
		retry("a third try", 6, true, nil),
		retry("a fourth try", 6, true, nil),
		retry("it is parked", 6, false, nil),
		survived("one that was parked", 6),
		retry("it is not there any more", 6, false, store.ErrNotFound),
		done("it is done", 6, true),
		markDone("again", 6),
		accept("and stays out", []bool{false}, entry(6)),
		pending("the other", first, 10, tried(entry(8), 1)),
		parked("it is to be seen", tried(entry(6), store.MaxTries)),
		inboxStats("one of each", store.InboxStats{Pending: 1, DeadLetters: 1}),
	}
	for range store.MaxTries {
		ops = append(ops, retry("the other too", 8, true, nil))
	}
	ops[len(ops)-1].want = false
	return append(ops,
		parked("the last one first", tried(entry(8), store.MaxTries), tried(entry(6), store.MaxTries)),
		inboxStats("two parked", store.InboxStats{DeadLetters: 2}),
		op{name: "a person is forgotten", do: func(ctx context.Context, s store.Store) (any, error) {
			return nil, s.ForgetUser(ctx, -8, noon)
		}},
		parked("with what was parked of theirs", tried(entry(6), store.MaxTries)),
	)
}

// testInboxBounds makes more dead letters than are kept, and accepts enough updates to fill many pages.
func testInboxBounds(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const n = store.DeadLettersKept + 5
	entries := make([]store.Entry, n)
	for i := range entries {
		entries[i] = store.Entry{Update: int64(i + 1), Arrived: noon, Raw: make([]byte, 500)}
	}
	fresh, err := s.Accept(ctx, entries...)
	must(t, err)
	for i, is := range fresh {
		if !is {
			t.Fatalf("entry %d is not new", i)
		}
	}
	var seen int64
	for page := entries[:1]; len(page) > 0; {
		page, err = s.Pending(ctx, seen, 100)
		must(t, err)
		for _, e := range page {
			if seen++; e.Update != seen {
				t.Fatalf("got update %d, want %d", e.Update, seen)
			}
		}
	}
	if seen != n {
		t.Errorf("%d entries, want %d", seen, n)
	}
	var wg sync.WaitGroup
	for w := range writers { // dead letters are in the order of their last tries
		wg.Go(func() {
			for i := w; i < n; i += writers {
				for range store.MaxTries - 1 {
					if again, err := s.Retry(ctx, int64(i+1)); err != nil || !again {
						t.Errorf("update %d: %v, error %v", i+1, again, err)
					}
				}
			}
		})
	}
	wg.Wait()
	for i := range entries {
		_, err := s.Retry(ctx, int64(i+1))
		must(t, err)
	}
	list, err := s.DeadLetters(ctx)
	must(t, err)
	if len(list) != store.DeadLettersKept || list[0].Update != n || list[len(list)-1].Update != n-store.DeadLettersKept+1 {
		t.Errorf("%d parked from %d to %d", len(list), list[len(list)-1].Update, list[0].Update)
	}
}

// testInboxFields checks that nothing handed out or in shares memory with the store.
func testInboxFields(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	e := entry(5)
	_, err := s.Accept(ctx, e)
	must(t, err)
	e.Raw[0] = 'x'
	must(t, s.Note(ctx, 5, "Q1", 3))
	want := tried(entry(5), 1)
	want.Place, want.Message = "Q1", 3
	want.Arrived = want.Arrived.Truncate(time.Microsecond)
	for range 2 { // what the first round spoils is the caller's own
		got, err := s.Pending(ctx, 0, 10)
		must(t, err)
		if diff := cmp.Diff([]store.Entry{want}, got, sameTime); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		got[0].Raw[1] = 'x'
	}
}
