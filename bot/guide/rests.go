package guide

import (
	"sync"
	"time"

	"excursobot/store"
)

const (
	// firstRest is how long the model is not asked about a place again after its texts failed the checks, or it wrote none; each further failure makes it
	// restTimes as long, up to longestRest.
	firstRest   = 10 * time.Minute
	restTimes   = 6
	longestRest = 24 * time.Hour
	// maxRests bounds the places in languages that rest, about 250 bytes each.
	maxRests = 4096
)

// rests remembers which stories the model could not write, so that not every person who comes by costs a call: meanwhile people get the words of the
// source at once. It is kept in memory: a restart, which may bring other rules, and each replica ask once more.
type rests struct {
	mu  sync.Mutex
	all map[store.StoryKey]rest // at most maxRests
}

// rest is one story that could not be written.
type rest struct {
	reason   Reason
	revision int64         // of the text that people are shown instead
	until    time.Time     // no call before
	lasts    time.Duration // this time
}

// fail notes that a story could not be written. If there is no room, the one whose rest ends first makes it.
func (r *rests) fail(key store.StoryKey, revision int64, reason Reason, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = make(map[store.StoryKey]rest)
	}
	lasts := firstRest
	if before, known := r.all[key]; known && before.revision == revision {
		lasts = min(restTimes*before.lasts, longestRest)
	}
	if _, known := r.all[key]; !known && len(r.all) >= maxRests {
		var first store.StoryKey
		var ends time.Time
		for k, one := range r.all {
			if ends.IsZero() || one.until.Before(ends) {
				first, ends = k, one.until
			}
		}
		delete(r.all, first)
	}
	r.all[key] = rest{reason: reason, revision: revision, until: now.Add(lasts), lasts: lasts}
}

// forget ends the rest of a story that was written.
func (r *rests) forget(key store.StoryKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.all, key)
}

// of returns why a story could not be written, and whether the model may be asked again; NoReason if nothing is known of it. A text of another revision is
// another text.
func (r *rests) of(key store.StoryKey, revision int64, now time.Time) (reason Reason, again bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, known := r.all[key]
	if !known {
		return NoReason, true
	}
	if one.revision != revision {
		delete(r.all, key)
		return NoReason, true
	}
	return one.reason, !now.Before(one.until)
}

func (r *rests) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.all)
}

// retry reports whether the caller is the first to ask again after a rest. Others may if it does not come to it within aheadWithin.
func (r *rests) retry(key store.StoryKey, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, known := r.all[key]
	if !known || now.Before(one.until) {
		return false
	}
	one.until = now.Add(aheadWithin)
	r.all[key] = one
	return true
}

// unable notes why a story of the batch was not written, if asking again at once would end the same way, and finishes its item. Ended is false if
// the call failed: then only what the model wrote, or declined to write, says anything about the place.
func (b *batches) unable(it *item, reason Reason, ended bool) {
	switch {
	case reason == Unfit, reason == Declined, reason == Silent && ended:
		b.rests.fail(it.key, it.revision(), reason, time.Now())
	}
	b.finish(it, store.Story{}, reason)
}

// revision returns the revision of the text that people are shown instead of the item's story.
func (it *item) revision() int64 {
	if it.batch.more != nil {
		return it.batch.more.source.revision
	}
	return it.place.Revision
}

// resting reports whether a story about a place is not to be asked for now, and why. People who come by get the words of the source; when the rest is
// over, the first of them lets it be written as read-ahead.
func (s *search) resting(p store.Place) (Reason, bool) {
	key := store.StoryKey{Place: p.ID, Language: s.req.Language, Length: s.req.Length}
	reason, again := s.g.batches.rests.of(key, p.Revision, time.Now())
	if reason == NoReason {
		return NoReason, false
	}
	s.g.counts.spared.Add(1)
	if again && s.g.batches.rests.retry(key, time.Now()) {
		s.g.writeAfterRest(s.req, p)
	}
	return reason, true
}

// writeAfterRest starts a batch about a place, on nobody's account. If it fails, the rest begins again.
func (g *Guide) writeAfterRest(req Request, p store.Place) {
	g.tasks.start(func() {
		again := Request{Point: req.Point, Language: req.Language, Length: req.Length, Class: ReadAhead}
		if reason, err := g.mayCall(g.tasks.ctx, again); err != nil || reason != NoReason {
			return
		}
		// If the gate is full, the next person who comes by is the next try.
		if _, err := g.batches.join(again, time.Now().Add(aheadWithin), p, nil); err == nil {
			g.counts.prepared.Add(1)
		}
	})
}
