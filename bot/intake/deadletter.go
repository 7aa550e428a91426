package intake

import (
	"context"
	"fmt"
	"sync"
	"time"

	"excursobot/store"
)

// suspectFor is how long an update that ends processes may take to end this one.
const suspectFor = 250 * time.Millisecond

// suspects lets updates over which processes may have ended run one at a time: an update that runs beside one of them would be blamed too.
type suspects struct {
	turn chan struct{} // holds a token while a suspect runs
}

func newSuspects() suspects { return suspects{turn: make(chan struct{}, 1)} }

// wait waits for the turn. The next suspect gets it after end, or when this one has run for suspectFor.
func (s suspects) wait(ctx context.Context) (end func(), err error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	free := sync.OnceFunc(func() { <-s.turn })
	late := time.AfterFunc(suspectFor, free)
	return func() { late.Stop(); free() }, nil
}

// again returns the handler of an update that earlier processes tried so many times.
func (b *backlog) again(p plan, tries int) Handler {
	return func(ctx context.Context, t *Task) error {
		if tries >= store.MaxTries {
			return b.deadLetter(ctx, t, p.money)
		}
		if tries > 1 { // two processes ended while it was tried
			end, err := b.suspects.wait(ctx)
			if err != nil {
				return err
			}
			defer end()
		}
		if _, err := b.cfg.Store.Retry(ctx, t.ID); err != nil { // without the count it might end one process after the other
			return fmt.Errorf("count the try: %w", err)
		}
		return p.run(ctx, t)
	}
}

// deadLetter ends an update that was tried too often, with an apology. The apology may come twice, if the process ends on the way. A place that was
// chosen for the answer counts as told, because it may have been. A payment is stored, and its payer hears of no failure.
func (b *backlog) deadLetter(ctx context.Context, t *Task, money bool) error {
	b.counts.deadLetters.Add(1)
	b.cfg.Observe.Error("parked")
	b.log.Error("update_dead_lettered", "update", t.ID, "why", "tried too often")
	if !money {
		if err := b.cfg.Hooks.DeadLetter(ctx, t); err != nil {
			if b.state.workContext().Err() != nil {
				return err // a stop: the next process apologises
			}
			b.log.Warn("apology_failed", "update", t.ID, "error", err)
		}
	}
	if t.Shown.Place != "" {
		err := b.cfg.Store.Delivered(ctx, store.Delivery{Person: t.Person, Place: t.Shown.Place, At: time.Now()})
		if err != nil {
			return fmt.Errorf("end a dead letter: %w", err)
		}
	}
	_, err := b.cfg.Store.Retry(ctx, t.ID)
	t.recorded = err == nil
	return err
}
