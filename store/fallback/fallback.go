// Package fallback answers questions while the database is away. It remembers in memory what was lately read or written
// through it: people, what they were told, where they were last, tiles, places, voices and what is withheld. It makes no write succeed that the database did not confirm.
package fallback

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// Bounds of what a Store remembers. Each may be exceeded up to twice: some MB in all.
const (
	maxPeople  = 2000
	maxTold    = 60 // places of one person, the last ones
	maxTiles   = 40
	maxPlaces  = 1000
	maxVoices  = 1000
	maxReports = 1000 // extracts and places withheld
)

// Store is a store.Store that goes on answering while the store under it is away (store.ErrAway). It answers questions about
// people and places from what was lately read or written through it, and other questions about the library with nothing.
// Writes fail as the store under it fails. So people get stories from the caches or from the sources, and nobody hears
// again what they heard lately.
type Store struct {
	store.Store
	users  *recent[int64, store.User]
	told   *recent[int64, []string]
	tiles  *recent[store.TileKey, store.Tile]
	places *recent[placeKey, store.Place]

	points   *recent[personIn, store.LastPoint]
	stories  *recent[personIn, store.LastStory]
	voices   *recent[store.VoiceKey, store.Voice]
	withheld *recent[store.ReportKey, struct{}]
}

type placeKey struct{ id, language string }

// New returns a Store over s. Its Close closes s.
func New(s store.Store) *Store {
	return &Store{
		Store:  s,
		users:  newRecent[int64, store.User](maxPeople),
		told:   newRecent[int64, []string](maxPeople),
		tiles:  newRecent[store.TileKey, store.Tile](maxTiles),
		places: newRecent[placeKey, store.Place](maxPlaces),

		points:   newRecent[personIn, store.LastPoint](maxPeople),
		stories:  newRecent[personIn, store.LastStory](maxPeople),
		voices:   newRecent[store.VoiceKey, store.Voice](maxVoices),
		withheld: newRecent[store.ReportKey, struct{}](maxReports),
	}
}

var _ store.Store = (*Store)(nil)

func away(err error) bool { return errors.Is(err, store.ErrAway) }

// User implements store.Users.
func (s *Store) User(ctx context.Context, id int64) (store.User, error) {
	u, err := s.Store.User(ctx, id)
	if known, ok := s.users.get(id); away(err) && ok {
		known.Interests = slices.Clone(known.Interests)
		return known, nil
	}
	if err == nil {
		s.rememberUser(u)
	}
	return u, err
}

// UpdateUser implements store.Users.
func (s *Store) UpdateUser(ctx context.Context, id int64, fn func(*store.User) error) (store.User, error) {
	u, err := s.Store.UpdateUser(ctx, id, fn)
	if err == nil {
		s.rememberUser(u)
	}
	return u, err
}

func (s *Store) rememberUser(u store.User) {
	u.Interests = slices.Clone(u.Interests)
	s.users.put(u.ID, u)
}

// Told implements store.Told. A person who is not remembered was told nothing.
func (s *Store) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	told, err := s.Store.Told(ctx, person, places)
	switch {
	case err == nil:
		for i, heard := range told {
			if heard {
				s.rememberTold(person, places[i])
			}
		}
	case away(err):
		heard, _ := s.told.get(person)
		told, err = make([]bool, len(places)), nil
		for i, p := range places {
			told[i] = slices.Contains(heard, p)
		}
	}
	return told, err
}

// Delivered implements store.Deliveries.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	err := s.Store.Delivered(ctx, d)
	if err == nil || away(err) { // it was told, whether that is written down or not
		s.rememberTold(d.Person, d.Place)
		if p, ok := d.LastPoint(); ok {
			s.rememberPoint(p)
		}
		if l, ok := d.LastStory(); ok {
			s.rememberStory(l)
		}
	}
	return err
}

func (s *Store) rememberTold(person int64, place string) {
	s.told.update(person, func(heard []string) []string {
		if slices.Contains(heard, place) {
			return heard
		}
		return append(slices.Clone(heard[max(0, len(heard)-maxTold+1):]), place) // a clone: readers hold the old one
	})
}

// ForgetUser implements store.Store.
func (s *Store) ForgetUser(ctx context.Context, person int64, at time.Time) error {
	err := s.Store.ForgetUser(ctx, person, at)
	if err == nil {
		s.users.delete(person)
		s.told.delete(person)
		theirs := func(k personIn) bool { return k.person == person || k.chat == person }
		s.points.deleteFunc(theirs)
		s.stories.deleteFunc(theirs)
	}
	return err
}

// MoveUser implements store.Store.
func (s *Store) MoveUser(ctx context.Context, from, to int64) error {
	err := s.Store.MoveUser(ctx, from, to)
	if err == nil {
		for _, id := range []int64{from, to} {
			s.users.delete(id)
			s.told.delete(id)
		}
	}
	return err
}

// Tile implements store.Places.
func (s *Store) Tile(ctx context.Context, key store.TileKey, now time.Time) (store.Tile, error) {
	t, err := s.Store.Tile(ctx, key, now)
	switch {
	case err == nil:
		s.rememberTile(t)
	case away(err):
		known, ok := s.tiles.get(key)
		if !ok || !known.Expires.IsZero() && !known.Expires.After(now) {
			return store.Tile{}, store.ErrNotFound
		}
		known.Pages = slices.Clone(known.Pages)
		return known, nil
	}
	return t, err
}

// PutTile implements store.Places.
func (s *Store) PutTile(ctx context.Context, tile store.Tile) error {
	s.rememberTile(tile)
	return s.Store.PutTile(ctx, tile)
}

func (s *Store) rememberTile(t store.Tile) {
	t.Pages = slices.Clone(t.Pages)
	s.tiles.put(t.TileKey, t)
}

// Place implements store.Places.
func (s *Store) Place(ctx context.Context, id, language string) (store.Place, error) {
	p, err := s.Store.Place(ctx, id, language)
	if away(err) {
		if known, ok := s.places.get(placeKey{id, language}); ok {
			return own(known), nil
		}
		return store.Place{}, store.ErrNotFound
	}
	if err == nil {
		s.rememberPlaces(p)
	}
	return p, err
}

// PlacesByPage implements store.Places.
func (s *Store) PlacesByPage(ctx context.Context, language string, pages []int64) ([]store.Place, error) {
	found, err := s.Store.PlacesByPage(ctx, language, pages)
	if away(err) {
		return s.rememberedPlaces(func(p *store.Place) bool {
			return p.Language == language && p.PageID != 0 && slices.Contains(pages, p.PageID)
		}), nil
	}
	s.rememberPlaces(found...)
	return found, err
}

// PlacesIn implements store.Places.
func (s *Store) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]store.Place, error) {
	found, err := s.Store.PlacesIn(ctx, language, ranges, limit)
	if away(err) {
		known := s.rememberedPlaces(func(p *store.Place) bool {
			leaf := geo.Leaf(p.Point)
			return p.Language == language && slices.ContainsFunc(ranges, func(r geo.CellRange) bool { return r.Contains(leaf) })
		})
		return known[:min(len(known), max(limit, 0))], nil
	}
	s.rememberPlaces(found...)
	return found, err
}

// PutPlaces implements store.Places.
func (s *Store) PutPlaces(ctx context.Context, places []store.Place) error {
	s.rememberPlaces(places...)
	return s.Store.PutPlaces(ctx, places)
}

func (s *Store) rememberPlaces(places ...store.Place) {
	for _, p := range places {
		s.places.put(placeKey{p.ID, p.Language}, own(p))
	}
}

// own returns a place that shares no memory with the one given.
func own(p store.Place) store.Place {
	p.Names, p.Sitelinks = maps.Clone(p.Names), slices.Clone(p.Sitelinks)
	return p
}

// rememberedPlaces returns the remembered places that match, ordered by leaf cell.
func (s *Store) rememberedPlaces(match func(*store.Place) bool) []store.Place {
	var found []store.Place
	s.places.all(func(_ placeKey, p store.Place) {
		if match(&p) {
			found = append(found, own(p))
		}
	})
	slices.SortFunc(found, func(a, b store.Place) int {
		return cmp.Or(cmp.Compare(geo.Leaf(a.Point), geo.Leaf(b.Point)), cmp.Compare(a.ID, b.ID))
	})
	return found
}
