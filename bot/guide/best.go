package guide

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

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
	near, err := g.library.near(ctx, p, radius, language, store.Short)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	described, err := g.cfg.Store.PlacesIn(ctx, language, geo.RangesWithin(p, radius), bestPlaces)
	if err != nil {
		return nil, fmt.Errorf("read known places: %w", err)
	}
	known := make(map[string]*places.Place, len(described))
	for i := range described {
		known[described[i].ID] = &described[i]
	}
	type rated struct {
		nearStory
		worth float64 // lower is better
	}
	var list []rated
	for _, n := range near {
		if isPending(n.story, now) {
			continue
		}
		if fromPack(n.story) {
			retired, err := g.library.packedRetired(ctx, n.story)
			if err != nil {
				return nil, err
			}
			if retired {
				continue
			}
		}
		place := storyOf(n.story, 0).Place
		if k := known[n.story.Place]; k != nil {
			place = *k
		}
		votes := min(max(n.story.Likes-n.story.Dislikes, -bestVotes), bestVotes)
		list = append(list, rated{n, places.Weight(place, bestFar*n.distance, interests) - bestVote*float64(votes)})
	}
	slices.SortStableFunc(list, func(a, b rated) int { return cmp.Compare(a.worth, b.worth) })
	list = list[:min(len(list), most)]
	slices.SortStableFunc(list, func(a, b rated) int { return cmp.Compare(a.distance, b.distance) })
	stories := make([]store.Story, len(list))
	for i, r := range list {
		stories[i] = *r.story
	}
	return stories, nil
}
