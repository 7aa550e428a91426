package guide

import (
	"context"
	"fmt"
	"sync"

	"excursobot/store"
)

// Claim is the exclusive right to tell one place to one person, from the choice of the place until its delivery is recorded or given up. While it is
// held, no other request of that person chooses the place. The caller of Tell ends it: with Release if the story did not reach the person, with
// Confirm if it did. `defer claim.Release()` right after Tell is correct for both: after Confirm, Release does nothing. A nil Claim holds nothing.
//
// A Claim is used by one goroutine at a time.
type Claim struct {
	claims *claims
	key    claimKey
	over   bool // released or confirmed
}

// Release gives the place back, unless Release or Confirm was called before.
func (c *Claim) Release() {
	if c == nil || c.over {
		return
	}
	c.over = true
	c.claims.remove(c.key)
}

// Confirm takes note that the story reached the person. The place stays claimed until recorded is called; call it when the store has the delivery,
// or when the delivery will never be stored.
func (c *Claim) Confirm() (recorded func()) {
	if c == nil || c.over {
		return func() {}
	}
	c.over = true
	return sync.OnceFunc(func() { c.claims.remove(c.key) })
}

// claims holds the claims of the requests in progress.
type claims struct {
	told store.Told

	mu    sync.Mutex
	held  map[claimKey]struct{}
	ended uint64 // claims, ever
}

// claimKey identifies a claim: at most one is held for a person and a place.
type claimKey struct {
	person int64
	place  string
}

func newClaims(told store.Told) *claims {
	return &claims{told: told, held: make(map[claimKey]struct{})}
}

// try claims the place for the person. It returns nil if the place is claimed or told already. The told rows are read while the claim is held: an
// earlier holder recorded its delivery before its claim ended.
func (c *claims) try(ctx context.Context, person int64, place string) (*Claim, error) {
	claim, _ := c.take(person, place)
	if claim == nil {
		return nil, nil //nolint:nilnil // no claim
	}
	told, err := c.told.Told(ctx, person, []string{place})
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

// tryUntold is try for a place that was untold at a moment. If no claim ended since then, it still is.
func (c *claims) tryUntold(ctx context.Context, person int64, place string, since uint64) (*Claim, error) {
	claim, now := c.take(person, place)
	if claim == nil || now == since {
		return claim, nil
	}
	claim.Release()
	return c.try(ctx, person, place)
}

// moment returns a number that grows when a claim ends.
func (c *claims) moment() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ended
}

// take claims the place at a moment, whether it was told or not; nil if it is claimed already.
func (c *claims) take(person int64, place string) (claim *Claim, moment uint64) {
	key := claimKey{person, place}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.held[key]; taken {
		return nil, c.ended
	}
	c.held[key] = struct{}{}
	return &Claim{claims: c, key: key}, c.ended
}

func (c *claims) remove(key claimKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.held, key)
	c.ended++
}

// untold reports for each place whether it is neither told to the person nor claimed.
func (c *claims) untold(ctx context.Context, person int64, ids []string) ([]bool, error) {
	flags, err := c.told.Told(ctx, person, ids)
	if err != nil {
		return nil, fmt.Errorf("read told places: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, told := range flags {
		_, claimed := c.held[claimKey{person, ids[i]}]
		flags[i] = !told && !claimed
	}
	return flags, nil
}

func (c *claims) len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.held)
}
