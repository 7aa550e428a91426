package guide

import (
	"context"
	"log/slog"
	"sync"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// batches asks the model for stories, several places in one call. Requests for a story that is being written share its batch.
type batches struct {
	model   *model.Client
	gate    *limiter.Gate
	slot    func(context.Context) (release func(), err error) // may be nil
	library *library
	budget  *budget
	judging *judging
	tasks   *tasks
	counts  *counters
	log     *slog.Logger
	size    int            // most places in one batch
	witness *Witness       // may be nil
	sources *places.Finder // nil = stories are written from intros
	passage int            // most characters of an article for the model
	rests   rests

	mu    sync.Mutex
	open  map[store.StoryKey]*item // at most size for each job in the gate
	later int                      // batches that wait for a server to recover, at most maxLater
}

// batch is one call to the model. It runs in the best class of those who wait for it. While it is queued, it ends when nobody waits any more; once it
// has started, its stories always reach the library.
type batch struct {
	more     *more // nil = stories themselves; else there is one item, which is more about a place
	rewrite  bool  // its stories are there already
	person   int64 // whose tokens it spends; 0 = nobody's
	language string
	length   store.Length
	items    []*item
	ticket   *limiter.Ticket

	queued context.Context //nolint:containedctx // the wait in the queue belongs to no single caller: it ends when the last one leaves
	cancel context.CancelFunc

	// Guarded by batches.mu.
	tries     int // earlier batches about these places that failed
	waiters   int
	class     limiter.Class // best of the waiters'
	started   bool
	abandoned bool
}

// item is the story of one place in a batch.
type item struct {
	batch *batch
	place store.Place
	key   store.StoryKey
	pending

	// Written once before done is closed.
	story  store.Story
	reason Reason // why there is no story
	done   chan struct{}
}

func (b *batches) addItemLocked(bt *batch, p store.Place) {
	it := &item{
		batch: bt, place: p, done: make(chan struct{}),
		key: store.StoryKey{Place: p.ID, Language: bt.language, Length: bt.length},
	}
	if bt.more != nil {
		it.key.Aspect = bt.more.aspect
		it.material.Store(bt.more.source)
	}
	bt.items = append(bt.items, it)
	b.open[it.key] = it
}

// findLocked returns the item that is being written about a place. A story of the other length is good enough.
func (b *batches) findLocked(place, language string, length store.Length, m *more) *item {
	key := store.StoryKey{Place: place, Language: language}
	if m != nil {
		key.Aspect = m.aspect
	}
	for _, key.Length = range [...]store.Length{length, otherLength(length)} {
		if it, ok := b.open[key]; ok {
			return it
		}
	}
	return nil
}

func (b *batches) removeLocked(it *item) {
	if b.open[it.key] == it {
		delete(b.open, it.key)
	}
}

// len returns how many stories are being written.
func (b *batches) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.open)
}

// finish publishes the result of an item, unless it has one. The story is in the store by now, so the next request finds it there.
func (b *batches) finish(it *item, story store.Story, reason Reason) {
	if it.finished() {
		return
	}
	it.story, it.reason = story, reason
	close(it.done)
	b.mu.Lock()
	b.removeLocked(it)
	b.mu.Unlock()
}

func (it *item) finished() bool {
	select {
	case <-it.done:
		return true
	default:
		return false
	}
}

func unfinished(items []*item) []*item {
	var open []*item
	for _, it := range items {
		if !it.finished() {
			open = append(open, it)
		}
	}
	return open
}
