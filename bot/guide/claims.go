package guide

import (
	"context"
	"fmt"
	"sync"
)

// Claim is the exclusive right to tell one place to one person, from the choice of the place until its delivery is recorded or given up. While it is
// held, no other request of that person chooses the place. The caller of Tell ends it: with Release if the story did not reach the person, with
// Confirm if it did. `defer claim.Release()` right after Tell is correct for both: after Confirm, Release does nothing. A nil Claim holds nothing.
//
// A Claim is used by one goroutine at a time.
type Claim struct {
	g    *Guide
	key  claimKey
	over bool // released or confirmed
}

// claimKey identifies a claim: at most one is held for a place and a person.
type claimKey struct {
	person int64
	place  string
}

// Release gives the place back, unless Release or Confirm was called before.
func (c *Claim) Release() {
	if c == nil || c.over {
		return
	}
	c.over = true
	c.g.unclaim(c.key)
}

// Confirm takes note that the story reached the person. The place stays claimed until recorded is called; call it when the store has the delivery,
// or when the delivery will never be stored.
func (c *Claim) Confirm() (recorded func()) {
	if c == nil || c.over {
		return func() {}
	}
	c.over = true
	return sync.OnceFunc(func() { c.g.unclaim(c.key) })
}

// tryClaim claims the place for the person. It returns nil if the place is claimed or told already. The told rows are read while the claim is held:
// an earlier holder recorded the delivery before the claim ended.
func (g *Guide) tryClaim(ctx context.Context, person int64, place string) (*Claim, error) {
	key := claimKey{person, place}
	g.mu.Lock()
	_, taken := g.claims[key]
	if !taken {
		g.claims[key] = struct{}{}
	}
	g.mu.Unlock()
	if taken {
		return nil, nil //nolint:nilnil // no claim
	}
	claim := &Claim{g: g, key: key}
	told, err := g.cfg.Store.Told(ctx, person, []string{place})
	if err != nil {
		claim.Release()
		return nil, fmt.Errorf("read told places: %w", err)
	}
	if told[0] {
		claim.Release()
		return nil, nil //nolint:nilnil // no claim
	}
	return claim, nil
}

func (g *Guide) unclaim(key claimKey) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.claims, key)
}

// untoldPlaces reports for each place whether it is neither told nor claimed for the person.
func (g *Guide) untoldPlaces(ctx context.Context, person int64, ids []string) ([]bool, error) {
	told, err := g.cfg.Store.Told(ctx, person, ids)
	if err != nil {
		return nil, fmt.Errorf("read told places: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	untold := make([]bool, len(ids))
	for i, id := range ids {
		_, claimed := g.claims[claimKey{person, id}]
		untold[i] = !told[i] && !claimed
	}
	return untold, nil
}
