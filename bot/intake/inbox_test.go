package intake

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"excursobot/bot/telegram"
	"excursobot/store"
)

func TestThePauseSilencesUpdates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &gatedAPI{open: make(chan struct{})}
		close(api.open)
		f, stop := newFront(t, api, nil)
		f.paused = true
		post(f, hookSecret, say(1, 1, "/help"))
		synctest.Wait()
		f.paused = false
		post(f, hookSecret, say(2, 1, "/help"))
		stop()
		if got, want := api.texts(), []string{"refused", "/help"}; !slices.Equal(got, want) {
			t.Errorf("answers %q, want %q", got, want)
		}
	})
}

func TestUnsavedDeliveriesAreBounded(t *testing.T) {
	t.Parallel()
	var u unsaved
	var released []int64
	for i := range int64(unsavedMost + 3) {
		u.add(unsavedDelivery{store.Delivery{Update: i}, func() { released = append(released, i) }})
	}
	if !slices.Equal(released, []int64{0, 1, 2}) || u.len() != unsavedMost {
		t.Errorf("%d kept, claims given back: %v", u.len(), released)
	}
}

func TestWithoutRoomPeopleAreAnsweredAndPaymentsWait(t *testing.T) {
	t.Parallel()
	f, stop := newFront(t, discardAPI{}, func(c *Config) { c.Store = fullStore{c.Store} })
	defer stop()
	if w := post(f, hookSecret, say(1, 5, "/help")); w.Code != http.StatusOK {
		t.Errorf("status %d, want 200", w.Code)
	}
	a := &arrival{task: &Task{Update: &telegram.Update{ID: 7, Chat: 5}}, plan: plan{kind: "payment", mustPersist: true}}
	after := &arrival{task: &Task{Update: &telegram.Update{ID: 8, Chat: 5}}}
	for _, a := range []*arrival{a, after} {
		if err := f.parts.lanes.reserve(5); err != nil {
			t.Fatal(err)
		}
		a.verdict = f.parts.state.begin(a.task.ID, 1, true)
	}
	f.door.persist(t.Context(), []*arrival{a, after})
	if a.verdict != faulty || after.verdict != faulty {
		t.Errorf("a payment that cannot be stored: %v, the update after it: %v, want faults", a.verdict, after.verdict)
	}
}

// BenchmarkAccepted measures what the inbox costs: updates that are accepted a second, polled (100 in an answer) and posted (one at a time).
func BenchmarkAccepted(b *testing.B) {
	for _, inbox := range []bool{true, false} {
		for _, at := range []int{1, 100} {
			b.Run(fmt.Sprintf("inbox=%v/together=%d", inbox, at), func(b *testing.B) {
				f, stop := newFront(b, discardAPI{}, func(c *Config) {
					c.Limits = Limits{StoryRate: -1, UpdateRate: -1, AllStoryRate: -1}
					c.MaxInflight, c.PerChat = math.MaxInt32, math.MaxInt32
				})
				defer stop()
				id := 0
				for b.Loop() {
					var arrivals []*arrival
					for range at {
						id++
						a := f.door.classify(b.Context(), received{id: int64(id), raw: []byte(say(id, int64(id%64+1), "/help"))})
						a.plan.skipInbox = !inbox
						arrivals = append(arrivals, a)
					}
					f.door.persist(b.Context(), arrivals)
					for _, a := range arrivals {
						f.door.release(a.task.Update)
					}
				}
				b.ReportMetric(float64(id)/b.Elapsed().Seconds(), "updates/s")
			})
		}
	}
}

// refusingStore takes no updates while it is broken.
type refusingStore struct {
	Store
	broken atomic.Bool
}

func (s *refusingStore) Accept(ctx context.Context, entries ...store.Entry) ([]bool, error) {
	if s.broken.Load() {
		return nil, errors.New("column is of another type")
	}
	return s.Store.Accept(ctx, entries...)
}

func TestNotReadyWhileUpdatesCannotBeKept(t *testing.T) {
	db := new(refusingStore)
	f, stop := newFront(t, discardAPI{}, func(c *Config) { db.Store, c.Store = c.Store, db })
	defer stop()
	for id, broken := range []bool{false, true, true, false} {
		db.broken.Store(broken)
		w := post(f, hookSecret, say(id+1, 7, "/x"))
		if refused := w.Code == http.StatusServiceUnavailable; refused != broken {
			t.Errorf("update %d was answered %d", id+1, w.Code)
		}
		err := f.Ready()
		if (err != nil) != broken {
			t.Errorf("after update %d: ready is %v", id+1, err)
		}
		if err != nil && strings.Contains(err.Error(), "column") {
			t.Errorf("the reason holds the store's words: %v", err)
		}
	}
}
