package guide

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// sightsWithin is how long the sources may take to name the sights of a tour. A tour is planned with the places that are known by then.
	sightsWithin = 4 * time.Second
	// sightBatches is the most requests for descriptions of one edition's places; a host with few requests makes one.
	sightBatches = 3
	// fewSights is the number of sights below which the first local edition is asked, too.
	fewSights = 12
	// sightSpacing is about how far from each other in metres places are described: a tour needs them everywhere, not only around its start.
	sightSpacing = 300.0
)

// Sight is a place that a tour may lead to: Tell would tell it to the person.
type Sight struct {
	Place store.Place // as the person is shown it
	Value float64     // places.Worth
	Rich  bool        // there is much to tell about it
	Ready bool        // its story is written
}

// Sights returns the untold places within radius metres of the request's point, in no order. If the sources do not answer in time, it returns those
// that are known. Without any, the error is ErrNothing, ErrAllTold, ErrSource or ErrOverloaded.
func (g *Guide) Sights(ctx context.Context, req Request, radius float64) ([]Sight, error) {
	if !req.Point.Valid() {
		return nil, fmt.Errorf("sights: %v,%v is not a valid point", req.Point.Lat, req.Point.Lon)
	}
	if req.Length == "" {
		req.Length = store.Short
	}
	s := g.newSearch(req, nil, sightsWithin)
	ctx = sourceContext(ctx, req.Class)
	ready, err := s.readyWithin(ctx, radius)
	if err != nil {
		return nil, err
	}
	cards, err := s.cardsWithin(ctx, radius)
	if err != nil {
		return nil, err
	}
	sights := make([]Sight, 0, len(cards)+len(ready))
	for _, c := range cards {
		_, written := ready[c.Place.ID]
		delete(ready, c.Place.ID)
		sights = append(sights, Sight{Place: c.Place, Value: places.Worth(c.Place, req.Interests, written), Rich: places.Rich(c.Place), Ready: written})
	}
	for _, story := range ready { // of the pack, or of places that are no longer stored
		sights = append(sights, Sight{Place: story.Place, Value: places.Worth(story.Place, req.Interests, true), Rich: places.Rich(story.Place), Ready: true})
	}
	if len(sights) > 0 {
		return sights, nil
	}
	return nil, s.whyNothing()
}

// readyWithin returns the stories within radius metres that can be told to the person, by place.
func (s *search) readyWithin(ctx context.Context, radius float64) (map[string]Story, error) {
	stories, err := s.g.library.near(ctx, s.req.Point, radius, s.req.Language, s.req.Length)
	if err != nil {
		return nil, err
	}
	ready := make(map[string]Story, len(stories))
	for batch := range slices.Chunk(stories, toldBatch) {
		untold, err := s.g.claims.untold(ctx, s.req.Person, placesOf(batch))
		if err != nil {
			return nil, err
		}
		list := make([]places.Place, len(batch))
		for i, near := range batch {
			list[i] = store.Place{ID: near.story.Place}
		}
		withheld, err := s.g.withheld(ctx, list...)
		if err != nil {
			return nil, err
		}
		for i, near := range batch {
			if !untold[i] {
				s.skipped = true
				continue
			}
			if withheld[i] || !s.mayTell(near.story) {
				continue
			}
			if fromPack(near.story) {
				retired, err := s.g.library.packedRetired(ctx, near.story)
				if err != nil {
					return nil, err
				}
				if retired {
					continue
				}
			}
			ready[near.story.Place] = storyOf(near.story, near.distance)
		}
	}
	return ready, nil
}

// cardsWithin returns the untold places within radius metres that are stored, and describes more where there are gaps between them.
func (s *search) cardsWithin(ctx context.Context, radius float64) ([]Card, error) {
	if s.g.cfg.Places == nil {
		return nil, nil
	}
	known, err := s.g.cfg.Places.Known(ctx, s.req.Point, radius, s.own())
	if err != nil {
		return nil, err
	}
	named, err := s.g.cfg.Places.KnownNamed(ctx, s.req.Point, radius, s.others(), s.req.Language)
	if err != nil {
		return nil, err
	}
	list := slices.Concat(known, named)
	near, err := s.askNear(ctx, radius, s.own())
	if err != nil {
		return nil, err
	}
	described, err := s.describeGaps(ctx, near, list)
	if err != nil {
		return nil, err
	}
	list = append(list, described...)
	cards, err := s.untoldCards(ctx, places.Merge(list, s.req.Language))
	if err != nil || len(cards) >= fewSights || len(s.others()) == 0 || s.sourceDown() {
		return cards, err
	}
	local, err := s.nearOthers(ctx, s.others()[:1], 0, radius)
	if err != nil || len(local) == 0 {
		return cards, err
	}
	if described, err = s.describeGaps(ctx, local[0], list); err != nil {
		return nil, err
	}
	return s.untoldCards(ctx, places.Merge(append(list, s.namedPlaces(ctx, described)...), s.req.Language))
}

// describeGaps asks the source to describe some of the candidates: those in squares without a known place first, one of each square.
func (s *search) describeGaps(ctx context.Context, near []places.Candidate, known []places.Place) ([]places.Place, error) {
	taken := map[patch]int{}
	pages := map[int64]bool{}
	for _, p := range known {
		taken[patchOf(s.req.Point, p.Point)]++
		pages[p.PageID] = true
	}
	type turn struct {
		c    places.Candidate
		turn int // of its square
	}
	var turns []turn
	for _, c := range near { // nearest first
		if pages[c.ID] {
			continue
		}
		at := patchOf(s.req.Point, c.Point)
		turns = append(turns, turn{c, taken[at]})
		taken[at]++
	}
	slices.SortStableFunc(turns, func(a, b turn) int { return cmp.Compare(a.turn, b.turn) })
	batches := sightBatches
	if s.g.cfg.Places.Small() {
		batches = 1
	}
	var described []places.Place
	for batch := range slices.Chunk(turns, detailBatch) {
		if batches == 0 || s.sourceDown() || batch[0].turn > 1 && len(known)+len(described) >= 5*fewSights {
			break
		}
		batches--
		candidates := make([]places.Candidate, len(batch))
		for i, t := range batch {
			candidates[i] = t.c
		}
		found, err := s.askDetails(ctx, candidates)
		if err != nil {
			return nil, err
		}
		described = append(described, found...)
	}
	return described, nil
}

// patch is a square of sightSpacing around a person.
type patch struct{ north, east int }

func patchOf(from, p geo.Point) patch {
	north, east := geo.Distance(from, geo.Point{Lat: p.Lat, Lon: from.Lon}), geo.Distance(geo.Point{Lat: p.Lat, Lon: from.Lon}, p)
	sq := patch{int(north / sightSpacing), int(east / sightSpacing)}
	if p.Lat < from.Lat {
		sq.north = -1 - sq.north
	}
	if b := geo.Bearing(from, p); b > 180 {
		sq.east = -1 - sq.east
	}
	return sq
}

// PrepareStops starts one call for the stories of the first of these places that have none, in the class of the stops of a tour. Nobody waits for it.
func (g *Guide) PrepareStops(ctx context.Context, req Request, ids []string) error {
	if len(ids) == 0 || g.cfg.Places == nil {
		return nil
	}
	if req.Length == "" {
		req.Length = store.Short
	}
	req.Class = NextTick
	var cards []Card
	for _, id := range ids {
		p, err := g.storedPlace(ctx, req, store.StoryKey{Place: id, Language: req.Language})
		switch {
		case err == nil:
			cards = append(cards, Card{Place: places.ForPerson(p, req.Language)})
		case !errors.Is(err, places.ErrUnavailable):
			return fmt.Errorf("read the place of a stop: %w", err)
		}
	}
	if len(cards) == 0 {
		return nil
	}
	return g.writeAhead(ctx, req, cards)
}
