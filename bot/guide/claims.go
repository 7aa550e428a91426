package guide

import (
	"context"
	"fmt"
	"sync"
)

// claim says that a place is being told to a person: from the choice until the story was delivered or given up. A walk's tick
// and a question of the same person at the same moment thus never choose the same place.
type claim struct {
	person int64
	place  string
}

// tryClaim claims the place for the person if it is neither claimed nor told. The told rows are read after the claim is held:
// whoever held it before has recorded the delivery before letting go.
func (g *Guide) tryClaim(ctx context.Context, person int64, place string) (release func(), ok bool, err error) {
	c := claim{person, place}
	g.mu.Lock()
	_, taken := g.claims[c]
	if !taken {
		g.claims[c] = struct{}{}
	}
	g.mu.Unlock()
	if taken {
		return nil, false, nil
	}
	release = sync.OnceFunc(func() {
		g.mu.Lock()
		delete(g.claims, c)
		g.mu.Unlock()
	})
	told, err := g.cfg.Store.Told(ctx, person, []string{place})
	if err != nil {
		release()
		return nil, false, fmt.Errorf("read what was told: %w", err)
	}
	if told[0] {
		release()
		return nil, false, nil
	}
	return release, true, nil
}

// unheard says for each place whether the person has neither heard of it nor is about to.
func (g *Guide) unheard(ctx context.Context, person int64, ids []string) ([]bool, error) {
	fresh, err := g.cfg.Store.Told(ctx, person, ids)
	if err != nil {
		return nil, fmt.Errorf("read what was told: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, told := range fresh {
		_, claimed := g.claims[claim{person, ids[i]}]
		fresh[i] = !told && !claimed
	}
	return fresh, nil
}
