package intake

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"excursobot/bot/intake/cluster"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// updateTimeout bounds the work on one update, so that no lane is blocked for good. The guide's own limits are below a minute.
const updateTimeout = 2 * time.Minute

// performer runs jobs in the lanes.
type performer struct {
	out     *telegram.Sender
	hooks   Hooks
	observe Observe
	log     *slog.Logger
	guard   *Guard
	state   *state
	lanes   *lanes
	unsaved *unsaved
	member  *cluster.Member
	store   store.Inbox
	counts  *counters

	turns     *turns
	survivors *survivors
}

// enqueue puts a task with reserved room into its lane.
func (p *performer) enqueue(t *Task, plan plan) {
	if plan.lane == Telling && t.Callback != nil && p.lanes.reserve(t.Chat) == nil {
		p.lanes.run(t.Chat, Control, func() { p.acknowledge(t) }) // the button's story waits for its turn, its spinner does not
	}
	p.lanes.run(t.Chat, plan.lane, func() { p.perform(t, plan) })
}

// acknowledge ends a button's spinner.
func (p *performer) acknowledge(t *Task) {
	_ = p.guard.Do(t.ID, func() error {
		p.out.AnswerCallback(p.state.workContext(), t.Callback.ID, "")
		return nil
	})
}

// perform runs one job under the work context, in its lane. It never panics. The update is marked as done, unless the work was cut off.
func (p *performer) perform(t *Task, plan plan) {
	defer p.state.end(t.ID)
	turn, err := p.turnFor(p.state.workContext(), plan)
	if err != nil {
		return // a stop: the next process does it
	}
	defer turn.end()
	ctx, cancel := context.WithTimeout(p.state.workContext(), updateTimeout)
	defer cancel()
	if !t.anywhere && !p.member.Owns(ctx, t.Chat) {
		return // this process stood still for longer than its lease: another one answers
	}
	err = p.guard.Do(t.ID, func() error { return p.begin(ctx, t, plan, turn) })
	if err != nil {
		if p.state.workContext().Err() != nil {
			return // cut off by the stop: it is not done
		}
		p.fail(ctx, t, plan, err)
	}
	if t.recorded || plan.move != nil { // a newer step of the walk makes an older one worthless
		return
	}
	// Neither the update's own time nor a stop just now keeps an answer that was given from being recorded.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), recordMost)
	defer cancel()
	if err := p.unsaved.done(ctx, t.ID); err != nil {
		p.observe.Error("store")
		p.log.Error("update_not_done", "update", t.ID, "error", err)
	}
}

// fail tells that a job failed. A person who blocked the bot is not a fault.
func (p *performer) fail(ctx context.Context, t *Task, plan plan, cause error) {
	if !errors.Is(cause, telegram.ErrUnreachable) {
		p.observe.Error("bot")
		p.log.Error("update_failed", "update", t.ID, "kind", plan.kind, "error", cause)
	}
	_ = p.guard.Do(t.ID, func() error {
		p.hooks.Failed(ctx, t, Failure{Cause: cause, Story: plan.story, Money: plan.money})
		return nil
	})
}
