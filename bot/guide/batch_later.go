package guide

import (
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/limiter"
	"excursobot/store"
)

// People do not wait for a server that fails: they get the extract. Their places are tried again later, for the library.
const (
	maxLaterTries = 2               // of one batch
	maxLater      = 16              // batches that wait at once; further ones are left to the next person who asks
	firstLater    = 5 * time.Second // from the failure to the first later try; the second comes laterTimes as long after it
	laterTimes    = 6
	longestLater  = 10 * time.Minute // if the server asks for more time, the next person's question is the next try
)

// tryLater asks again about the items that a failure of the server left without a story, as read-ahead. The caller finished the items.
func (b *batches) tryLater(bt *batch, left []*item, err error) {
	after, ok := chat.Again(err)
	if !ok || bt.more != nil || len(left) == 0 || after > longestLater || b.tasks.ctx.Err() != nil {
		return
	}
	wait, ok := b.beginLater(bt)
	if !ok {
		return
	}
	wait = max(limiter.Jitter(wait), after)
	places := make([]store.Place, len(left))
	for i, it := range left {
		places[i] = it.place
	}
	started := b.tasks.start(func() {
		defer b.endLater()
		if limiter.Sleep(b.tasks.ctx, wait) == nil {
			b.joinLater(bt, places)
		}
	})
	if !started {
		b.endLater()
	}
}

// beginLater returns how long the next try of a batch is away, or false if there is none.
func (b *batches) beginLater(bt *batch) (time.Duration, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.later >= maxLater || bt.tries >= maxLaterTries {
		return 0, false
	}
	b.later++
	if bt.tries > 0 {
		return laterTimes * firstLater, true
	}
	return firstLater, true
}

func (b *batches) endLater() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.later--
}

// joinLater starts a batch for nobody about the places.
func (b *batches) joinLater(failed *batch, places []store.Place) {
	req := Request{Person: failed.person, Language: failed.language, Length: failed.length, Class: ReadAhead}
	if ok, err := b.budget.allows(b.tasks.ctx, req.Class, req.Person); err != nil || !ok {
		return
	}
	it, err := b.join(req, time.Now().Add(aheadWithin), places[0], places[1:])
	if err != nil {
		return // the gate is full: the next person who asks is the next try
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	it.batch.tries = max(it.batch.tries, failed.tries+1)
}
