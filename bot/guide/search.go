package guide

import (
	"context"
	"slices"
	"time"

	"excursobot/store"
)

// rings are the radii in metres that a search tries one after the other. The first ring with an untold place wins: a small radius alone often finds
// nothing, and a large one finds the most famous sight of the city from everywhere.
var rings = [...]float64{300, 600, walkable, 10_000}

const walkable = 1200

// rings returns the rings of the search, the last of which is as wide as the request allows.
func (s *search) rings() []float64 {
	for i, ring := range rings {
		if s.req.Within > 0 && ring >= s.req.Within {
			return append(slices.Clone(rings[:i]), s.req.Within)
		}
	}
	return rings[:]
}

// reach returns the radius in metres of the last ring.
func (s *search) reach() float64 {
	list := s.rings()
	return list[len(list)-1]
}

const (
	// startWithin is how soon a call must start so that the person gets a card and is asked to wait. Otherwise the answer is the extract.
	startWithin = 9 * time.Second
	// answerWithin is when the extract replaces the card, counted from the request: people have their answer within 12 s.
	answerWithin = 11900 * time.Millisecond
	// lonelyWithin is the same while nobody else waits for the model: then a slow server has a little more time.
	lonelyWithin = 14 * time.Second
	// tickGrace is how long after its due time a walk's story waits for the model.
	tickGrace = 2 * time.Second
	// sourcePatience is how long the source may take while something else can be told: a place within walking distance that the library or the
	// store knows.
	sourcePatience = 1200 * time.Millisecond
	// retryPatience is how long the source may take in each further pass over the rings, while they hold nothing to tell.
	retryPatience = 500 * time.Millisecond
	// sourceWithin is how long the passes go on in all.
	sourceWithin = 10 * time.Second
	// detailBatch is the number of places in one request to the source for details; detailBatches is the most requests in one ring.
	detailBatch   = 20
	detailBatches = 5
	// minExtract is the length in bytes below which an extract holds nothing worth telling.
	minExtract = 40
	// toldBatch is how many places are checked for "told" in one query.
	toldBatch = 20
)

// search is one request on its way through the rings.
type search struct {
	g      *Guide
	req    Request
	onCard func(Card) // nil after the card was shown
	carded bool       // the card was shown, so the answer is about its place
	start  time.Time

	asked    []string // editions around the person, their own first
	instead  string   // the edition that is asked instead, in the small mode
	explored bool     // the searches of the editions were started

	aside     []nearStory // stories that the judge has not seen, written for others
	anyStatus bool        // such stories are better than nothing

	withheld   []string  // places whose text in some edition is withheld
	skipped    bool      // a place was left out because it is told or claimed
	deadline   time.Time // until then the search waits for the source
	sourceErr  error     // why the source did not answer; it is not asked again in this pass
	sourceSlow bool      // sourceErr is that the deadline passed
}

func (g *Guide) newSearch(req Request, onCard func(Card), patience time.Duration) *search {
	now := time.Now()
	return &search{g: g, req: req, onCard: onCard, start: now, deadline: now.Add(patience)}
}

// answer is a story with the claim on its place. Functions that look for one return nil if they find none.
type answer struct {
	story Story
	claim *Claim
	left  int // other ready stories within walking distance that the person was not told, at least
}

func (s *search) sourceDown() bool { return s.sourceErr != nil }

// latest returns when a call for the request must have started, and when its story must be there.
func (s *search) latest() (startBy, answerBy time.Time) {
	if s.req.Class == Interactive {
		return s.start.Add(startWithin), s.start.Add(answerWithin)
	}
	by := s.req.Due.Add(tickGrace)
	return by, by
}

// claimNearest claims the first of the stories whose place is neither told nor claimed; nil if there is none.
func (s *search) claimNearest(ctx context.Context, stories []nearStory) (*answer, error) {
	for len(stories) > 0 {
		batch := stories[:min(len(stories), toldBatch)]
		stories = stories[len(batch):]
		since := s.g.claims.moment()
		untold, err := s.g.claims.untold(ctx, s.req.Person, placesOf(batch))
		if err != nil {
			return nil, err
		}
		for i, near := range batch {
			if !untold[i] {
				s.skipped = true
				continue
			}
			if !s.mayTell(near.story) {
				s.aside = append(s.aside, near)
				continue
			}
			retired, err := s.g.takenBack(ctx, near.story)
			if err != nil {
				return nil, err
			}
			if retired {
				continue
			}
			claim, err := s.g.claims.tryUntold(ctx, s.req.Person, near.story.Place, since)
			if err != nil {
				return nil, err
			}
			if claim != nil {
				return &answer{storyOf(near.story, near.distance), claim, walkableBut(i, batch, untold)}, nil
			}
			s.skipped = true
		}
	}
	return nil, nil //nolint:nilnil // no answer
}

// walkableBut counts the stories within walking distance that are untold, without the one at index told.
func walkableBut(told int, stories []nearStory, untold []bool) int {
	n := 0
	for i, near := range stories {
		if i != told && untold[i] && near.distance <= walkable {
			n++
		}
	}
	return n
}

// mayTell reports whether a ready story can be told in this search. One that the judge has not seen is for those for whom it was written. Others get it
// only instead of an extract: when its place is chosen, or at the end of the search.
func (s *search) mayTell(story *store.Story) bool {
	return s.anyStatus || !isPending(story, time.Now()) || story.Place == s.req.Place || s.g.judging.wroteFor(story.StoryKey, s.req.Person)
}

func placesOf(stories []nearStory) []string {
	ids := make([]string, len(stories))
	for i, s := range stories {
		ids[i] = s.story.Place
	}
	return ids
}

// without returns the places of the cards that have no story.
func without(stories map[string]*store.Story, cards []Card) []store.Place {
	var missing []store.Place
	for _, c := range cards {
		if _, ok := stories[c.Place.ID]; !ok {
			missing = append(missing, c.Place)
		}
	}
	return missing
}
