package guide

import (
	"cmp"
	"context"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

// readyRadius is how far away in metres a story may be that is offered for somebody's chat.
const readyRadius = 3000

// headStart is by how many metres a picture, and each of at most five votes for a story, bring it nearer.
const headStart = 100

// Ready returns at most limit stories within 3 km of p that can be told at once, the near and the good ones first. It asks neither a source nor the model, and
// claims nothing.
func (g *Guide) Ready(ctx context.Context, p geo.Point, language string, limit int) ([]Story, error) {
	var found []nearStory
	for _, radius := range [...]float64{cachedRadius, readyRadius} {
		var err error
		if found, err = g.library.settled(ctx, p, radius, language); err != nil {
			return nil, err
		}
		if len(found) >= limit {
			break
		}
	}
	slices.SortStableFunc(found, func(a, b nearStory) int { return cmp.Compare(a.rank(), b.rank()) })
	found, err := g.firstNotTakenBack(ctx, found, limit)
	if err != nil {
		return nil, err
	}
	ready := make([]Story, len(found))
	for i, n := range found {
		ready[i] = storyOf(n.story, n.distance)
	}
	return ready, nil
}

// settled returns the short stories within radius metres of p that wait for no judge, the nearest first.
func (l *library) settled(ctx context.Context, p geo.Point, radius float64, language string) ([]nearStory, error) {
	all, err := l.near(ctx, p, radius, language, store.Short)
	now := time.Now()
	return slices.DeleteFunc(all, func(n nearStory) bool { return isPending(n.story, now) }), err
}

// firstNotTakenBack returns at most limit of the stories: the first that can still be told.
func (g *Guide) firstNotTakenBack(ctx context.Context, stories []nearStory, limit int) ([]nearStory, error) {
	var kept []nearStory
	for _, n := range stories {
		if len(kept) >= limit {
			break
		}
		gone, err := g.takenBack(ctx, n.story)
		if err != nil {
			return nil, err
		}
		if !gone {
			kept = append(kept, n)
		}
	}
	return kept, nil
}

// rank is the distance at which a story competes.
func (n nearStory) rank() float64 {
	rank := n.distance - headStart*float64(min(max(n.story.Likes-n.story.Dislikes, -5), 5))
	if n.story.Picture != "" && places.Credited(n.story.Credit) {
		rank -= headStart
	}
	return rank
}

// ReadyNamed returns the story of the place that has the name in the language, if it can be told at once; else the error is ErrNothing. The only request that
// it makes is for the article of that name.
func (g *Guide) ReadyNamed(ctx context.Context, name, language string) (Story, error) {
	id := g.library.packNamed(name)
	if id == "" && g.cfg.Places != nil {
		found, err := g.cfg.Places.Named(ctx, name, language)
		if err != nil {
			return Story{}, ErrNothing
		}
		id = found
	}
	if id == "" {
		return Story{}, ErrNothing
	}
	found, err := g.lookUp(ctx, &Request{Place: id, Language: language, Length: store.Short}, []string{language})
	switch {
	case err != nil:
		return Story{}, err
	case found == nil || found.card != nil || found.Pending:
		return Story{}, ErrNothing
	}
	return found.Story, nil
}

// packNamed returns the id of the place of the pack with a name, "" if there is none.
func (l *library) packNamed(name string) string {
	if l.pack == nil {
		return ""
	}
	return l.pack.Named(name)
}
