package bot

import (
	"context"
	"fmt"
	"time"

	"excursobot/store"
)

// singly lets one of several replicas do a piece of work.
type singly struct {
	cluster store.Cluster // nil = there is no other process
	replica string
	kind    string        // of the work
	lease   time.Duration // if the process dies, another one may begin after it; longer than the work, or renewed meanwhile
}

// begin takes the work for this process. It reports false if another one has it; otherwise the caller ends it.
func (s singly) begin(ctx context.Context) (end func(), ok bool, err error) {
	if s.cluster == nil {
		return func() {}, true, nil
	}
	slot, ok, err := s.cluster.Take(ctx, s.kind, 1, s.replica, s.lease)
	if err != nil || !ok {
		return nil, false, err
	}
	return func() {
		// If this fails, the lease ends it.
		_ = s.cluster.Return(context.WithoutCancel(ctx), s.kind, slot, s.replica)
	}, true, nil
}

// renew prolongs the lease of work that is under way. It reports false if the lease has ended meanwhile.
func (s singly) renew(ctx context.Context) (bool, error) {
	if s.cluster == nil {
		return true, nil
	}
	slots, err := s.cluster.Renew(ctx, s.kind, s.replica, s.lease)
	if err != nil {
		return false, fmt.Errorf("renew the lease of %s: %w", s.kind, err)
	}
	return len(slots) > 0, nil
}
