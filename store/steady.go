package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/geo"
)

// Bounds of what a Steady remembers, each up to twice: some MB in all.
const (
	steadyPeople = 2000
	steadyTold   = 60 // places of a person, the last ones
	steadyTiles  = 40
	steadyPlaces = 1000
)

// Steady is a Store that goes on answering while the one under it is away: questions about people and places from what was lately read or
// written through it, other questions about the library with nothing. Writes fail as they do. So people get stories from the caches
// or the sources' own words, and nobody hears again what they heard lately.
type Steady struct {
	Store
	users  *recent[int64, User]
	told   *recent[int64, []string]
	tiles  *recent[TileKey, Tile]
	places *recent[placeKey, Place]
}

type placeKey struct{ id, language string }

// NewSteady returns a Steady over s, which it closes.
func NewSteady(s Store) *Steady {
	return &Steady{
		Store:  s,
		users:  newRecent[int64, User](steadyPeople),
		told:   newRecent[int64, []string](steadyPeople),
		tiles:  newRecent[TileKey, Tile](steadyTiles),
		places: newRecent[placeKey, Place](steadyPlaces),
	}
}

var _ Store = (*Steady)(nil)

func away(err error) bool { return errors.Is(err, ErrAway) }

// User implements Users.
func (s *Steady) User(ctx context.Context, id int64) (User, error) {
	u, err := s.Store.User(ctx, id)
	if known, ok := s.users.get(id); away(err) && ok {
		known.Interests = slices.Clone(known.Interests)
		return known, nil
	}
	if err == nil {
		s.keepUser(u)
	}
	return u, err
}

// UpdateUser implements Users.
func (s *Steady) UpdateUser(ctx context.Context, id int64, fn func(*User) error) (User, error) {
	u, err := s.Store.UpdateUser(ctx, id, fn)
	if err == nil {
		s.keepUser(u)
	}
	return u, err
}

func (s *Steady) keepUser(u User) {
	u.Interests = slices.Clone(u.Interests)
	s.users.put(u.ID, u)
}

// Told implements Told. Of a person who is not remembered nothing was told.
func (s *Steady) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	told, err := s.Store.Told(ctx, person, places)
	switch {
	case err == nil:
		for i, heard := range told {
			if heard {
				s.keepTold(person, places[i])
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

// Delivered implements Deliveries.
func (s *Steady) Delivered(ctx context.Context, d Delivery) error {
	err := s.Store.Delivered(ctx, d)
	if err == nil || away(err) { // it was told, whether that is written down or not
		s.keepTold(d.Person, d.Place)
	}
	return err
}

func (s *Steady) keepTold(person int64, place string) {
	s.told.update(person, func(heard []string) []string {
		if slices.Contains(heard, place) {
			return heard
		}
		return append(slices.Clone(heard[max(0, len(heard)-steadyTold+1):]), place) // a clone: readers hold the old one
	})
}

// ForgetUser implements Store.
func (s *Steady) ForgetUser(ctx context.Context, person int64, at time.Time) error {
	err := s.Store.ForgetUser(ctx, person, at)
	if err == nil {
		s.users.delete(person)
		s.told.delete(person)
	}
	return err
}

// Tile implements Places.
func (s *Steady) Tile(ctx context.Context, key TileKey, now time.Time) (Tile, error) {
	t, err := s.Store.Tile(ctx, key, now)
	switch {
	case err == nil:
		s.keepTile(t)
	case away(err):
		known, ok := s.tiles.get(key)
		if !ok || !known.Expires.IsZero() && !known.Expires.After(now) {
			return Tile{}, ErrNotFound
		}
		known.Pages = slices.Clone(known.Pages)
		return known, nil
	}
	return t, err
}

// PutTile implements Places.
func (s *Steady) PutTile(ctx context.Context, tile Tile) error {
	s.keepTile(tile)
	return s.Store.PutTile(ctx, tile)
}

func (s *Steady) keepTile(t Tile) {
	t.Pages = slices.Clone(t.Pages)
	s.tiles.put(t.TileKey, t)
}

// Place implements Places.
func (s *Steady) Place(ctx context.Context, id, language string) (Place, error) {
	p, err := s.Store.Place(ctx, id, language)
	if away(err) {
		if known, ok := s.places.get(placeKey{id, language}); ok {
			return known, nil
		}
		return Place{}, ErrNotFound
	}
	if err == nil {
		s.keepPlaces(p)
	}
	return p, err
}

// PlacesByPage implements Places.
func (s *Steady) PlacesByPage(ctx context.Context, language string, pages []int64) ([]Place, error) {
	found, err := s.Store.PlacesByPage(ctx, language, pages)
	if away(err) {
		return s.knownPlaces(func(p *Place) bool {
			return p.Language == language && p.PageID != 0 && slices.Contains(pages, p.PageID)
		}), nil
	}
	s.keepPlaces(found...)
	return found, err
}

// PlacesIn implements Places.
func (s *Steady) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]Place, error) {
	found, err := s.Store.PlacesIn(ctx, language, ranges, limit)
	if away(err) {
		known := s.knownPlaces(func(p *Place) bool {
			leaf := geo.Leaf(p.Point)
			return p.Language == language && slices.ContainsFunc(ranges, func(r geo.CellRange) bool { return r.Contains(leaf) })
		})
		return known[:min(len(known), max(limit, 0))], nil
	}
	s.keepPlaces(found...)
	return found, err
}

// PutPlaces implements Places.
func (s *Steady) PutPlaces(ctx context.Context, places []Place) error {
	s.keepPlaces(places...)
	return s.Store.PutPlaces(ctx, places)
}

func (s *Steady) keepPlaces(places ...Place) {
	for _, p := range places {
		s.places.put(placeKey{p.ID, p.Language}, p)
	}
}

// knownPlaces returns the remembered places that match, ordered by leaf cell.
func (s *Steady) knownPlaces(match func(*Place) bool) []Place {
	var found []Place
	s.places.all(func(_ placeKey, p Place) {
		if match(&p) {
			found = append(found, p)
		}
	})
	slices.SortFunc(found, func(a, b Place) int {
		return cmp.Or(cmp.Compare(geo.Leaf(a.Point), geo.Leaf(b.Point)), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// Stories implements Stories: an absent library has none.
func (s *Steady) Stories(ctx context.Context, keys []StoryKey, now time.Time) ([]Story, error) {
	found, err := s.Store.Stories(ctx, keys, now)
	if away(err) {
		return nil, nil
	}
	return found, err
}
