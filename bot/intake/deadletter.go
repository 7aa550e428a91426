package intake

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	// suspectFrom is the number of tries from which an update is a suspect: that many processes ended within suspectFor of its beginning, but beside it
	// other updates were as young.
	suspectFrom = 2
	// loneAgain is how long a process runs before it tries a suspect that a process ended over alone. A process that is killed by something else soon
	// after its start, again and again, must not make a dead letter of a suspect.
	loneAgain = 10 * time.Second
)

// turnFor waits until a task may begin, or ctx ends.
func (p *performer) turnFor(ctx context.Context, plan plan) (*turn, error) {
	if plan.tries < suspectFrom || plan.tries >= store.MaxTries {
		return p.turns.take(ctx)
	}
	if plan.tries > suspectFrom {
		if err := limiter.Sleep(ctx, loneAgain-p.state.sinceStart()); err != nil {
			return nil, err
		}
	}
	return p.turns.takeAlone(ctx)
}

// begin runs the job of a task that has its turn. The try of an update that an earlier process left is counted before.
func (p *performer) begin(ctx context.Context, t *Task, plan plan, turn *turn) error {
	switch {
	case plan.tries >= store.MaxTries:
		return p.deadLetter(ctx, t, plan.money)
	case plan.resumed:
		switch _, err := p.store.Retry(ctx, t.ID); {
		case errors.Is(err, store.ErrNotFound): // it was done meanwhile
			t.recorded = true
			return nil
		case err != nil && (plan.tries >= suspectFrom || !errors.Is(err, store.ErrFull) && !errors.Is(err, store.ErrAway)):
			return fmt.Errorf("count the try: %w", err) // without the count it might end one process after the other
		}
	}
	if t.kept {
		defer p.survivors.begin(t.ID)()
	}
	turn.begin()
	return plan.run(ctx, t)
}

// deadLetter ends an update over which processes ended, with an apology. The apology may come twice, if the process ends on the way. A place that was
// chosen for the answer counts as told, because it may have been. A payment is stored, and its payer hears of no failure.
func (p *performer) deadLetter(ctx context.Context, t *Task, money bool) error {
	p.counts.deadLetters.Add(1)
	p.observe.Error("parked")
	p.log.Error("update_dead_lettered", "update", t.ID, "why", "processes ended over it")
	if !money {
		if err := p.hooks.DeadLetter(ctx, t); err != nil {
			if p.state.workContext().Err() != nil {
				return err // a stop: the next process apologises
			}
			p.log.Warn("apology_failed", "update", t.ID, "error", err)
		}
	}
	if t.Shown.Place != "" {
		err := p.unsaved.store.Delivered(ctx, store.Delivery{Person: t.Person, Place: t.Shown.Place, At: time.Now()})
		if err != nil {
			return fmt.Errorf("end a dead letter: %w", err)
		}
	}
	_, err := p.store.Retry(ctx, t.ID)
	t.recorded = err == nil
	return err
}
