package guide

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// maxRenewing bounds the renewals in progress. Further ones are skipped, because the next use asks again.
	maxRenewing = 4
	// maxRenewed bounds the stories that are looked at in a day.
	maxRenewed = 10_000
	// renewWithin bounds one renewal without its call to the model.
	renewWithin = 30 * time.Second
)

// renewals remembers what was looked at on the current UTC day.
type renewals struct {
	mu      sync.Mutex
	day     store.Day
	done    map[store.StoryKey]struct{} // at most maxRenewed
	running int
}

// begin reports whether the story may be looked at now: once a day, and not too many at once.
func (r *renewals) begin(key store.StoryKey) bool {
	today := store.DayOf(time.Now())
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.day != today {
		r.day, r.done = today, make(map[store.StoryKey]struct{})
	}
	if _, done := r.done[key]; done || len(r.done) >= maxRenewed || r.running >= maxRenewing {
		return false
	}
	r.done[key] = struct{}{}
	r.running++
	return true
}

func (r *renewals) forget(key store.StoryKey) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.done, key)
}

func (r *renewals) end() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.running--
}

// outdated reports whether a better story could be written: the story follows older rules, or was written from an intro.
func outdated(s *store.Story) bool {
	return !fromPack(s) && (s.Version < storyVersion || s.Article.Page == 0)
}

// renew looks in the background after a place that was just told: it reads its texts again if they are old, takes back a story whose quotes are no
// longer in the article, and has an outdated story written again.
func (g *Guide) renew(req Request, told Story) {
	if g.cfg.Places == nil || g.cfg.Places.Small() && !told.Place.Packed || told.Source != FromLibrary && told.Source != FromExtract {
		return
	}
	key := told.Key
	if key.Place == "" { // an extract
		key = store.StoryKey{Place: told.Place.ID, Language: req.Language, Length: req.Length}
	}
	if !g.renewals.begin(key) {
		return
	}
	started := g.tasks.start(func() {
		defer g.renewals.end()
		ctx, cancel := context.WithTimeout(places.Background(g.tasks.ctx), renewWithin)
		defer cancel()
		err := g.renewStory(ctx, req, key, told.Source == FromLibrary)
		if err != nil && told.Place.Packed {
			g.renewals.forget(key) // it stays labelled, so the next use tries again
		}
		if err != nil && ctx.Err() == nil && !errors.Is(err, places.ErrUnavailable) {
			g.log.Warn("renewal_failed", "place", key.Place, "error", err)
		}
	})
	if !started {
		g.renewals.end()
	}
}

func (g *Guide) renewStory(ctx context.Context, req Request, key store.StoryKey, written bool) error {
	place, err := g.storedPlace(ctx, req, key)
	if err != nil {
		return err
	}
	if place.Packed || places.Stale(place, time.Now()) {
		if place, err = g.cfg.Places.Refresh(ctx, place); err != nil {
			return err
		}
	}
	if !written {
		return nil
	}
	found, err := g.cfg.Store.Stories(ctx, []store.StoryKey{key}, time.Now())
	if err != nil || len(found) == 0 || found[0].Retired {
		return err
	}
	story := found[0]
	again := outdated(&story)
	if story.Packed {
		again, err = g.comparePacked(ctx, story, place)
		if err != nil {
			return err
		}
	} else if story.Article.Page != 0 {
		holds, err := g.stillHolds(ctx, story)
		if err != nil {
			return err
		}
		if !holds {
			again = true
			if err := g.withdraw(ctx, story, "its quotes left the article"); err != nil {
				return err
			}
		}
	}
	if !again {
		return nil
	}
	return g.writeAgain(ctx, req, key, place)
}

// storedPlace returns the place of a story as the store describes it for people who read the language.
func (g *Guide) storedPlace(ctx context.Context, req Request, key store.StoryKey) (places.Place, error) {
	for _, edition := range g.editionsAt(req.Point, key.Language) {
		p, err := g.cfg.Store.Place(ctx, key.Place, edition)
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return p, err
		}
	}
	return places.Place{}, places.ErrUnavailable
}

// stillHolds reads the article again if it is old, and reports whether all quotes of the story are in it.
func (g *Guide) stillHolds(ctx context.Context, story store.Story) (bool, error) {
	a, err := g.cfg.Places.StoredArticle(ctx, story.Article)
	if errors.Is(err, store.ErrNotFound) { // it had to make room for others
		a, err = store.Article{ArticleKey: story.Article, Place: story.Place, Fetched: story.Created}, nil
	}
	if err != nil || !places.StaleArticle(a, time.Now()) {
		return true, err
	}
	if a, err = g.cfg.Places.Reread(ctx, a); err != nil {
		return true, err
	}
	text := wikitext.Fold(a.Text)
	for _, quote := range story.Quotes {
		if !strings.Contains(text, wikitext.Fold(quote)) {
			return false, nil
		}
	}
	return true, nil
}

// writeAgain starts a batch about the place, on nobody's account. It is written only from the whole article.
func (g *Guide) writeAgain(ctx context.Context, req Request, key store.StoryKey, place places.Place) error {
	again := Request{Point: req.Point, Language: key.Language, Length: key.Length, Class: ReadAhead, rewrite: true}
	if !g.batches.mayWrite(again, place) {
		return nil
	}
	if reason, err := g.mayCall(ctx, again); err != nil || reason != NoReason {
		return err
	}
	_, err := g.batches.join(again, time.Now().Add(aheadWithin), places.ForPerson(place, key.Language), nil)
	switch {
	case errors.Is(err, limiter.ErrFull), errors.Is(err, limiter.ErrLate), errors.Is(err, limiter.ErrClosed):
		return nil
	case err == nil:
		g.counts.rewritten.Add(1)
	}
	return err
}
