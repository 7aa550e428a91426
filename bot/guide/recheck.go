package guide

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// recheckedSetting holds how far the recheck has come: "VERSION LANGUAGE LEAF", or "VERSION done".
	recheckedSetting = "guide.rechecked"
	// recheckPage stories are read and checked at a time, recheckPause apart: one core is busy for less than a tenth of the time.
	recheckPage  = 100
	recheckPause = time.Second
)

// recheck goes once through the stories that were written under older rules and withdraws those that say something which the stored opening of their
// article refutes. It goes on where the last process stopped. Several replicas may do it at once: a second look changes nothing.
func (g *Guide) recheck(ctx context.Context) {
	err := g.recheckFrom(ctx)
	if err != nil && ctx.Err() == nil {
		g.log.Warn("recheck_failed", "error", err) // the next start goes on
	}
}

func (g *Guide) recheckFrom(ctx context.Context) error {
	done := fmt.Sprintf("%d done", storyVersion)
	state, err := g.cfg.Store.Setting(ctx, recheckedSetting)
	if err != nil || state == done {
		return err
	}
	var version int
	var language string
	var leaf geo.Cell
	if _, err := fmt.Sscanf(state, "%d %s %d", &version, &language, &leaf); err != nil || version != storyVersion {
		language, leaf = "", 0 // never begun, or begun under other rules
	}
	languages := model.Languages
	if i := slices.Index(languages, language); i > 0 {
		languages = languages[i:]
	}
	for _, l := range languages {
		if l != language {
			leaf = 0
		}
		for more := true; more; {
			if leaf, more, err = g.recheckStories(ctx, l, leaf); err != nil {
				return err
			}
			if more {
				if err := g.cfg.Store.SetSetting(ctx, recheckedSetting, fmt.Sprintf("%d %s %d", storyVersion, l, leaf)); err != nil {
					return err
				}
				if err := limiter.Sleep(ctx, recheckPause); err != nil {
					return err
				}
			}
		}
	}
	return g.cfg.Store.SetSetting(ctx, recheckedSetting, done)
}

// recheckStories looks at one page of the stories in the language from the leaf cell on. It returns the leaf cell of the next page, and whether there
// is one.
func (g *Guide) recheckStories(ctx context.Context, language string, from geo.Cell) (next geo.Cell, more bool, err error) {
	rest := []geo.CellRange{{Min: from, Max: math.MaxUint64}}
	page, err := g.cfg.Store.StoriesIn(ctx, language, rest, recheckPage, time.Now())
	if err != nil {
		return from, false, err
	}
	for i := range page {
		if s := &page[i]; s.Version < storyVersion && !fromPack(s) {
			if err := g.recheckStory(ctx, *s); err != nil {
				return from, false, err
			}
		}
	}
	if len(page) < recheckPage {
		return from, false, nil
	}
	// The last leaf cell is read again: it may hold more stories than the page had room for. If it filled the page alone, the rest of it stays unread;
	// that takes a hundred stories within a centimetre.
	if next = geo.Leaf(page[len(page)-1].Point); next == from {
		next++
	}
	return next, true, nil
}

// recheckStory withdraws the story if the place's stored text refutes it. The next request for the place has it written again.
func (g *Guide) recheckStory(ctx context.Context, s store.Story) error {
	place, err := g.storedPlace(ctx, Request{Point: s.Point}, s.StoryKey)
	if errors.Is(err, places.ErrUnavailable) {
		return nil // nothing to compare with; the story is written again when it is told
	}
	if err != nil {
		return err
	}
	e := model.Refuted(place, s.Language, s.Text)
	if e == nil {
		return nil
	}
	if now, err := g.cfg.Store.Stories(ctx, []store.StoryKey{s.StoryKey}, time.Now()); err != nil || len(now) == 0 || now[0].Text != s.Text {
		return err // it was written again meanwhile
	}
	s.Expires = time.Now()
	if err := g.library.save(ctx, s); err != nil {
		return err
	}
	g.log.Info("story_withdrawn", "place", s.Place, "language", s.Language, "cause", "older rules", "rule", e.Rule)
	return nil
}
