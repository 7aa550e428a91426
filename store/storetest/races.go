package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"excursobot/store"
)

// testConcurrentInbox accepts and ends each update from several goroutines: it is new at most once, and no update that is done stays in the inbox.
func testConcurrentInbox(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const updates = 100
	var fresh [updates + 1]atomic.Int32
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for id := int64(1); id <= updates; id++ {
				var err error
				switch w % 4 {
				case 0, 1:
					var is []bool
					if is, err = s.Accept(ctx, store.Entry{Update: id, Arrived: noon}, store.Entry{Update: id + updates, Arrived: noon}); err == nil && is[0] {
						fresh[id].Add(1)
					}
				case 2:
					err = s.Delivered(ctx, store.Delivery{Update: id, Person: 1, Place: fmt.Sprint("Q", id), At: noon})
				case 3:
					err = s.MarkDone(ctx, id+updates, id)
				}
				if err != nil {
					t.Errorf("update %d: %v", id, err)
				}
			}
		})
	}
	wg.Wait()
	for id := range fresh {
		if n := fresh[id].Load(); n > 1 {
			t.Errorf("update %d was new %d times", id, n)
		}
	}
	play(t, s, []op{pending("nothing is left", 0, 10), done("the first", 1, true), done("the last", 2*updates, true)})
}

// testConcurrentWalks saves, tells in and closes walks from several goroutines: each counts once for its person, and no stop is left.
func testConcurrentWalks(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	_, err := s.UpdateUser(ctx, 7, func(u *store.User) error { u.Seen = noon; return nil })
	must(t, err)
	const walks = 50
	id := func(i int) string { return fmt.Sprint("7:", i) }
	var begun []store.Walk
	for i := range walks {
		begun = append(begun, aWalk(id(i), 1))
	}
	must(t, s.SaveWalks(ctx, begun))
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := range walks {
				var err error
				switch w % 4 {
				case 0:
					err = s.SaveWalks(ctx, []store.Walk{aWalk(id(i), 2), aWalk(id(walks-1-i), 2)})
				case 1:
					err = s.SaveWalks(ctx, []store.Walk{closed(aWalk(id(i), 0), 3, noon)})
				case 2:
					err = s.Delivered(ctx, store.Delivery{Person: 7, Place: fmt.Sprint("Q", w), Walk: id(i), Number: w + 1, At: noon})
				case 3:
					_, err = s.UpdateUser(ctx, 7, func(u *store.User) error { u.HintAt = noon; return nil })
				}
				if err != nil {
					t.Errorf("walk %d: %v", i, err)
				}
			}
		})
	}
	wg.Wait()
	var metres float64
	for range walks {
		metres += begun[0].Metres
	}
	play(t, s, []op{
		user("each walk counts once", 7, store.User{ID: 7, HintAt: noon, Seen: noon, Walks: walks, Metres: metres}, nil),
		openWalks("none is open"),
	})
	for i := range walks {
		play(t, s, []op{stops("of none", id(i))})
	}
}
