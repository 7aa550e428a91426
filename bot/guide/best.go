package guide

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

const (
	// bestPlaces bounds the places whose articles' lengths are looked up to rank stories.
	bestPlaces = 500
	// bestVote is how many metres a vote is worth, and bestVotes how many votes count at most.
	bestVote, bestVotes = 50, 3
	// bestFar says how much nearer counts: a story ten metres farther away is one metre worse.
	bestFar = 0.1
)

// Best returns the best stories in the language within radius metres of p that can be told at once, whoever was told about them: at most most, the
// nearest first. It sends no request and claims nothing.
func (g *Guide) Best(ctx context.Context, p geo.Point, radius float64, language string, interests []string, most int) ([]store.Story, error) {
	near, err := g.library.settled(ctx, p, radius, language)
	if err != nil {
		return nil, err
	}
	described, err := g.cfg.Store.PlacesIn(ctx, language, geo.RangesWithin(p, radius), bestPlaces)
	if err != nil {
		return nil, fmt.Errorf("read known places: %w", err)
	}
	known := make(map[string]*places.Place, len(described))
	for i := range described {
		known[described[i].ID] = &described[i]
	}
	worth := make(map[*store.Story]float64, len(near)) // lower is better
	for _, n := range near {
		place := storyOf(n.story, 0).Place
		if k := known[n.story.Place]; k != nil {
			place = *k
		}
		votes := min(max(n.story.Likes-n.story.Dislikes, -bestVotes), bestVotes)
		worth[n.story] = places.Weight(place, bestFar*n.distance, interests) - bestVote*float64(votes)
	}
	slices.SortStableFunc(near, func(a, b nearStory) int { return cmp.Compare(worth[a.story], worth[b.story]) })
	list, err := g.firstNotTakenBack(ctx, near, most)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b nearStory) int { return cmp.Compare(a.distance, b.distance) })
	stories := make([]store.Story, len(list))
	for i, r := range list {
		stories[i] = *r.story
	}
	return stories, nil
}
