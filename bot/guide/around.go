package guide

import (
	"context"
	"strings"
	"sync"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
)

const (
	// nameWithin is how long a person who has nothing else waits for the names and descriptions of places that only other editions know.
	nameWithin = 400 * time.Millisecond
	// exploreAtOnce is how many editions are searched at once before the first content: with the details of one of them and the names of its places
	// that makes four requests.
	exploreAtOnce = 2
	// describeReach is the radius in metres around a person in which read-ahead describes what only other editions know.
	describeReach = 600
)

// own returns the edition that is asked first: that of the person's language, or in the small mode the local one if the first one had nothing.
func (s *search) own() string {
	if s.instead != "" {
		return s.instead
	}
	return s.editions()[0]
}

// others returns the other editions.
func (s *search) others() []string {
	if s.instead != "" {
		return nil
	}
	return s.editions()[1:]
}

// editions returns the editions to ask around the person, their own first.
func (s *search) editions() []string {
	if s.asked == nil {
		s.asked = s.g.editionsAt(s.req.Point, s.req.Language)
	}
	return s.asked
}

// editionsAt returns the editions that describe what is at p for people who read the language, their own first.
func (g *Guide) editionsAt(p geo.Point, language string) []string {
	if g.cfg.Places == nil {
		return []string{language}
	}
	return g.cfg.Places.Editions(p, language)
}

// sourceContext returns the context of the search's requests to the sources, in the class of the request.
func sourceContext(ctx context.Context, class limiter.Class) context.Context {
	switch {
	case class >= ReadAhead:
		return places.Background(ctx)
	case class >= LiveTick:
		return places.Tick(ctx)
	}
	return ctx
}

// explore starts the searches of the editions around the person, once.
func (s *search) explore(ctx context.Context) {
	if s.explored || s.sourceDown() {
		return
	}
	s.explored = true
	list := s.editions()
	s.g.cfg.Places.Explore(ctx, s.req.Point, walkable, list[:1])
	if s.req.Class < ReadAhead {
		ctx = places.Tick(ctx) // until somebody waits for them
	}
	s.g.cfg.Places.Explore(ctx, s.req.Point, walkable, list[1:min(len(list), exploreAtOnce)])
}

// withKnown adds to the cards of the person's own edition what is stored of the other editions and has a name that the person can read.
func (s *search) withKnown(ctx context.Context, cards []Card, inner, outer float64) ([]Card, error) {
	if len(s.others()) == 0 {
		return cards, nil
	}
	known, err := s.g.cfg.Places.KnownNamed(ctx, s.req.Point, outer, s.others(), s.req.Language)
	if err != nil || len(known) == 0 {
		return cards, err
	}
	list := make([]places.Place, 0, len(cards)+len(known))
	for _, c := range cards {
		list = append(list, c.Place)
	}
	for _, p := range known {
		if geo.Distance(s.req.Point, p.Point) > inner {
			list = append(list, p)
		}
	}
	merged, err := s.untoldCards(ctx, places.Merge(list, s.req.Language))
	return s.rank(merged), err
}

// untoldOthers returns the untold places between the two radii that the other editions know, best first, under names that the person can read. The
// first local edition is asked alone, because each edition costs requests.
func (s *search) untoldOthers(ctx context.Context, inner, outer float64) ([]Card, error) {
	others := s.others()
	for _, some := range [][]string{others[:min(len(others), 1)], others[min(len(others), 1):]} {
		if len(some) == 0 || s.sourceDown() {
			continue
		}
		cards, err := s.untoldOf(ctx, inner, outer, some)
		if err != nil || len(cards) > 0 {
			return cards, err
		}
	}
	if s.sourceDown() {
		return s.knownOthers(ctx, inner, outer)
	}
	return nil, nil
}

// untoldOf is untoldOthers for some editions, which are asked at once.
func (s *search) untoldOf(ctx context.Context, inner, outer float64, editions []string) ([]Card, error) {
	near, err := s.nearOthers(ctx, editions, inner, outer)
	if err != nil {
		return nil, err
	}
	for n := range detailBatches {
		described, more, err := s.detailsOfOthers(ctx, near, n)
		if err != nil {
			return nil, err
		}
		cards, err := s.untoldCards(ctx, s.namedPlaces(ctx, described))
		if err != nil || len(cards) > 0 {
			return s.rank(cards), err
		}
		if !more || s.sourceDown() {
			break
		}
	}
	return nil, nil
}

// knownOthers returns the untold places of the other editions that the store knows, named or not.
func (s *search) knownOthers(ctx context.Context, inner, outer float64) ([]Card, error) {
	var list []places.Place
	for _, edition := range s.others() {
		known, err := s.g.cfg.Places.Known(ctx, s.req.Point, outer, edition)
		if err != nil {
			return nil, err
		}
		for _, p := range known {
			if geo.Distance(s.req.Point, p.Point) > inner {
				list = append(list, p)
			}
		}
	}
	cards, err := s.untoldCards(ctx, places.Merge(list, s.req.Language))
	return s.rank(cards), err
}

// nearOthers asks the editions at once for the candidates between the two radii.
func (s *search) nearOthers(ctx context.Context, editions []string, inner, outer float64) ([][]places.Candidate, error) {
	asking, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	near, errs := make([][]places.Candidate, len(editions)), make([]error, len(editions))
	var wg sync.WaitGroup
	for i, edition := range editions {
		wg.Go(func() { near[i], errs[i] = s.g.cfg.Places.Near(asking, s.req.Point, outer, edition) })
	}
	wg.Wait()
	for i := range near {
		for len(near[i]) > 0 && near[i][0].Distance <= inner {
			near[i] = near[i][1:]
		}
	}
	return near, s.checkAll(ctx, asking, errs)
}

// detailsOfOthers asks the editions at once to describe the n-th batch of their candidates. more reports whether there are further ones.
func (s *search) detailsOfOthers(ctx context.Context, near [][]places.Candidate, n int) (described []places.Place, more bool, _ error) {
	asking, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	found, errs := make([][]places.Place, len(near)), make([]error, len(near))
	var wg sync.WaitGroup
	for i, list := range near {
		if n*detailBatch >= len(list) {
			continue
		}
		batch := list[n*detailBatch : min(len(list), (n+1)*detailBatch)]
		more = more || (n+1)*detailBatch < len(list)
		wg.Go(func() { found[i], errs[i] = s.g.cfg.Places.Details(asking, batch) })
	}
	wg.Wait()
	for _, list := range found {
		described = append(described, list...)
	}
	return places.Merge(described, s.req.Language), more, s.checkAll(ctx, asking, errs)
}

// checkAll checks the errors of requests that were sent together.
func (s *search) checkAll(ctx, asking context.Context, errs []error) error {
	for _, err := range errs {
		if err := s.checkSource(ctx, asking, err); err != nil {
			return err
		}
	}
	return nil
}

// namedPlaces adds names and descriptions to places that other editions describe, and leaves out what these show to be no sight. It waits a moment
// for them; a place without them has its own title.
func (s *search) namedPlaces(ctx context.Context, list []places.Place) []places.Place {
	if len(list) == 0 {
		return nil
	}
	asking, cancel := context.WithDeadline(ctx, s.nameBy())
	defer cancel()
	named, err := s.g.cfg.Places.Names(asking, list, s.req.Language, s.editionNames())
	if err != nil && ctx.Err() == nil {
		s.g.log.Debug("names_missing", "places", len(list), "error", err)
	}
	var kept []places.Place
	for _, p := range named {
		if places.Worthwhile(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// nameBy returns until when the search waits for names.
func (s *search) nameBy() time.Time {
	if s.req.Class >= ReadAhead {
		return s.deadline
	}
	return time.Now().Add(nameWithin)
}

// editionNames returns the editions whose articles Wikidata is asked for.
func (s *search) editionNames() []string {
	list := s.editions()
	if s.instead != "" {
		list = append([]string{s.instead}, list...)
	}
	return list
}

// describeOthers describes and names what the other editions know near the person, so that the next story may be about it. It does so once an hour
// at the same place, because it reads all of that again.
func (s *search) describeOthers(ctx context.Context) error {
	if s.g.known.has(s.req.Point, s.req.Language) || s.sourceDown() {
		return nil
	}
	if len(s.others()) == 0 {
		s.g.known.mark(s.req.Point, s.req.Language)
		return nil
	}
	near, err := s.nearOthers(ctx, s.others(), 0, describeReach)
	if err != nil || s.sourceDown() {
		return err
	}
	described, _, err := s.detailsOfOthers(ctx, near, 0)
	if err != nil || s.sourceDown() {
		return err
	}
	asking, cancel := context.WithDeadline(ctx, s.deadline)
	defer cancel()
	if _, err := s.g.cfg.Places.Names(asking, described, s.req.Language, s.editionNames()); err != nil {
		return s.checkSource(ctx, asking, err)
	}
	s.g.known.mark(s.req.Point, s.req.Language)
	return nil
}

// editionKind returns the kind of Wikipedia that an address of an article is in, for people who read the language, or "" for any other address.
func editionKind(address, language string) string {
	own, _, _ := strings.Cut(language, "-")
	switch places.EditionOf(address) {
	case "":
		return ""
	case own:
		return "own"
	case "en":
		return "english"
	}
	return "local"
}
