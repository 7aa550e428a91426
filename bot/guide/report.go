package guide

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// maxDoubted bounds the sources that are read again at once because people call them wrong. Beyond it the next report tries again.
	maxDoubted = 8
	// doubtWithin bounds reading one of them.
	doubtWithin = 30 * time.Second
)

// doubted holds the extracts whose sources are being read again.
type doubted struct {
	mu   sync.Mutex
	open map[store.ReportKey]struct{} // at most maxDoubted
}

func (d *doubted) begin(key store.ReportKey) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, open := d.open[key]; open || len(d.open) >= maxDoubted {
		return false
	}
	if d.open == nil {
		d.open = make(map[store.ReportKey]struct{})
	}
	d.open[key] = struct{}{}
	return true
}

func (d *doubted) end(key store.ReportKey) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.open, key)
}

// reportKey names the text that an extract of the place shows.
func reportKey(p places.Place) store.ReportKey {
	return store.ReportKey{Place: p.ID, Language: p.Language, Revision: p.Revision}
}

// ReportKey names the text that an extract shows; the zero key for a story of the model or the pack.
func (s Story) ReportKey() store.ReportKey {
	if s.Source != FromExtract {
		return store.ReportKey{}
	}
	return reportKey(s.Place)
}

// Report notes that a person calls an extract wrong; store.ErrNotFound if its place was not told to that person. If enough experienced people do, the
// source is read again in the background: an extract that has changed there is replaced, and one that has not is withheld.
func (g *Guide) Report(ctx context.Context, person int64, key store.ReportKey) error {
	told, err := g.cfg.Store.Told(ctx, person, []string{key.Place})
	if err != nil {
		return err
	}
	if !told[0] {
		return store.ErrNotFound
	}
	title := ""
	place, err := g.cfg.Store.Place(ctx, key.Place, key.Language)
	switch {
	case err == nil:
		title = place.Title
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	r, err := g.cfg.Store.ReportExtract(ctx, key, person, title, time.Now())
	if err != nil {
		return err
	}
	g.counts.reported.Add(1)
	if r.Withheld || len(r.WrongBy) < 2 || !g.doubted.begin(key) {
		return nil
	}
	started := g.tasks.start(func() {
		defer g.doubted.end(key)
		ctx, cancel := context.WithTimeout(places.Tick(g.tasks.ctx), doubtWithin)
		defer cancel()
		if err := g.doubt(ctx, key, title); err != nil && ctx.Err() == nil {
			g.log.Error("report_unheard", "place", key.Place, "language", key.Language, "error", err) // the next report tries again
		}
	})
	if !started {
		g.doubted.end(key)
	}
	return nil
}

// doubt reads the source of an extract again and withholds the extract if it is the same. If the source does not answer, the word of the people counts.
func (g *Guide) doubt(ctx context.Context, key store.ReportKey, title string) error {
	shown, err := g.cfg.Store.Place(ctx, key.Place, key.Language)
	if errors.Is(err, store.ErrNotFound) || err == nil && shown.Revision != key.Revision {
		return nil // nobody is shown that text any more
	}
	if err != nil {
		return err
	}
	if g.cfg.Places != nil {
		fresh, err := g.cfg.Places.Refresh(ctx, shown)
		switch {
		case err == nil && fresh.Extract != shown.Extract:
			g.log.Info("extract_replaced", "place", key.Place, "language", key.Language, "revision", fresh.Revision)
			return g.rereadArticle(ctx, shown)
		case err == nil:
			key.Revision = fresh.Revision // another part of the page was edited
		case ctx.Err() != nil && g.tasks.ctx.Err() != nil:
			return err
		default:
			g.log.Warn("source_unread", "place", key.Place, "language", key.Language, "error", err)
		}
	}
	g.log.Warn("extract_withheld", "place", key.Place, "language", key.Language, "revision", key.Revision)
	return g.cfg.Store.Withhold(context.WithoutCancel(ctx), key, title, time.Now())
}

// rereadArticle reads the stored article of a place again: what was wrong in its opening may stand in the rest too.
func (g *Guide) rereadArticle(ctx context.Context, p places.Place) error {
	a, err := g.cfg.Places.StoredArticle(ctx, store.ArticleKey{Edition: p.Language, Page: p.PageID})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err == nil {
		_, err = g.cfg.Places.Reread(ctx, a)
	}
	if errors.Is(err, places.ErrUnavailable) {
		return nil // it is read again when it is used and old
	}
	return err
}

// withheld reports for each of the places whether its text, or the place as a whole, is withheld.
func (g *Guide) withheld(ctx context.Context, list ...places.Place) ([]bool, error) {
	keys := make([]store.ReportKey, len(list))
	for i, p := range list {
		keys[i] = reportKey(p)
	}
	return g.cfg.Store.Withheld(ctx, keys)
}

// offered returns the cards whose texts are not withheld. A place whose text in one edition is withheld is not told from another one in the same search.
func (s *search) offered(ctx context.Context, cards []Card) ([]Card, error) {
	if len(cards) == 0 {
		return cards, nil
	}
	list := make([]places.Place, len(cards))
	for i, c := range cards {
		list[i] = c.Place
	}
	withheld, err := s.g.withheld(ctx, list...)
	if err != nil {
		return nil, err
	}
	kept := cards[:0]
	for i, c := range cards {
		switch {
		case withheld[i]:
			s.withheld = append(s.withheld, c.Place.ID)
		case !slices.Contains(s.withheld, c.Place.ID):
			kept = append(kept, c)
		}
	}
	return kept, nil
}
