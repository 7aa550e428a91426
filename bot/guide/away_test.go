package guide

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/fallback"
)

// fragile is a store whose database can go away. It covers the methods that Tell calls.
type fragile struct {
	store.Store
	away atomic.Bool
}

func (f *fragile) err() error {
	if f.away.Load() {
		return store.ErrAway
	}
	return nil
}

func (f *fragile) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.Told(ctx, person, places)
}

func (f *fragile) StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]store.Story, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.StoriesIn(ctx, language, ranges, limit, now)
}

func (f *fragile) Stories(ctx context.Context, keys []store.StoryKey, now time.Time) ([]store.Story, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.Stories(ctx, keys, now)
}

func (f *fragile) Tile(ctx context.Context, key store.TileKey, now time.Time) (store.Tile, error) {
	if err := f.err(); err != nil {
		return store.Tile{}, err
	}
	return f.Store.Tile(ctx, key, now)
}

func (f *fragile) PlacesByPage(ctx context.Context, language string, pages []int64) ([]store.Place, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.PlacesByPage(ctx, language, pages)
}

func (f *fragile) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]store.Place, error) {
	if err := f.err(); err != nil {
		return nil, err
	}
	return f.Store.PlacesIn(ctx, language, ranges, limit)
}

func (f *fragile) Delivered(ctx context.Context, d store.Delivery) error {
	if err := f.err(); err != nil {
		return err
	}
	return f.Store.Delivered(ctx, d)
}

func (f *fragile) Spent(ctx context.Context, day store.Day, person int64) (store.Spent, error) {
	if err := f.err(); err != nil {
		return store.Spent{}, err
	}
	return f.Store.Spent(ctx, day, person)
}

func TestWithoutTheDatabaseCachesAndSourcesSpeak(t *testing.T) {
	db := &fragile{}
	var steadied store.Store
	steady := func(c *Config) {
		db.Store = c.Store.(store.Store)
		steadied = fallback.New(db)
		c.Store = steadied
		c.DailyTokens = 1_000_000
	}
	run(t, setting{articles: articles(12, 40, "ru"), guide: steady}, func(w *world) {
		told := map[string]bool{}
		tell := func(req Request) Story {
			t.Helper()
			story, claim, err := w.Tell(w.t.Context(), req, nil)
			must(t, err)
			if told[story.Place.ID] {
				t.Errorf("%s was told twice", story.Place.ID)
			}
			told[story.Place.ID] = true
			recorded := claim.Confirm()
			err = steadied.Delivered(w.t.Context(), store.Delivery{Person: req.Person, Place: story.Place.ID, At: time.Now()})
			if err == nil { // else the bot saves the delivery later and keeps the claim until then
				recorded()
			}
			return story
		}
		tell(ask(1))
		time.Sleep(time.Minute) // two more stories are written ahead
		tell(ask(1))
		db.away.Store(true)
		calls := w.model.Stats().Calls
		for range 4 { // from the cache as far as possible
			if s := tell(ask(1)); s.Source != FromLibrary && s.Reason != ModelDown {
				t.Errorf("got the extract because %q, want %q: nobody knows the budget", s.Reason, ModelDown)
			}
		}
		if n := w.model.Stats().Calls; n != calls {
			t.Errorf("%d calls while nobody could count their tokens", n-calls)
		}
		db.away.Store(false)
		tell(ask(1))
	})
}

func TestACallWaitsForItsSlotAmongAllProcesses(t *testing.T) {
	held := &atomic.Int64{}
	set := setting{
		articles: town(), slots: 3,
		model: sim.ModelConfig{Latency: func(int) time.Duration { return 4 * time.Second }},
		guide: func(c *Config) {
			c.PlacesPerCall = 1
			slots := make(chan struct{}, 1)
			c.Slot = func(ctx context.Context) (func(), error) {
				select {
				case slots <- struct{}{}:
					held.Add(1)
					return func() { <-slots }, nil
				case <-ctx.Done():
					return nil, ctx.Err()
				}
			}
		},
	}
	run(t, set, func(w *world) {
		stories := make(chan Story, 3)
		for i := range 3 {
			req := ask(int64(i + 1))
			req.Point = geo.Offset(square, 90, 40*float64(4*i)) // each person is near other places
			go func() {
				s, claim, err := w.Tell(w.t.Context(), req, nil)
				if err != nil {
					t.Error(err)
				}
				claim.Release()
				stories <- s
			}()
		}
		for range 3 {
			<-stories
		}
		if peak := w.model.Stats().Peak; peak != 1 || held.Load() < 3 {
			t.Errorf("%d calls at once with one slot, %d slots taken", peak, held.Load())
		}
	})
}

func TestWithoutASlotTheSourceSpeaks(t *testing.T) {
	none := func(c *Config) {
		c.Slot = func(context.Context) (func(), error) { return nil, errors.New("nobody knows") }
	}
	run(t, setting{articles: town(), guide: none}, func(w *world) {
		if s := w.mustTell(ask(1)); s.Source != FromExtract || s.Reason != ModelDown {
			t.Errorf("got %s (%s), want the extract (%s)", s.Source, s.Reason, ModelDown)
		}
		if n := w.model.Stats().Calls; n != 0 {
			t.Errorf("%d calls without a slot", n)
		}
	})
}
