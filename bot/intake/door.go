package intake

import (
	"context"
	"time"

	"excursobot/bot/telegram"
)

// received is an update as it came, with its id. Nothing else in it must be readable.
type received struct {
	id     int64
	raw    []byte
	update *telegram.Update // decoded from raw; nil = not yet
}

// arrival is the decision about an update that comes in.
type arrival struct {
	raw     []byte
	task    *Task // nil if the update is unreadable
	plan    plan
	verdict verdict    // accepted = it has room, is noted as under way, and goes on
	owner   string     // the replica that owns the chat, if it is another one
	kept    bool       // in the inbox
	stored  chan error // of a checkout: the error of storing it; nil = it is not to be stored
}

// door decides on updates that come in.
type door struct {
	*parts
	backlog *backlog
}

// accept decides on updates in their order and puts those that it accepts into their lanes, after they are in the inbox. It stops at the first update
// that must come again, so that none overtakes it: there may be fewer verdicts than updates.
func (d *door) accept(ctx context.Context, updates ...received) []verdict {
	arrivals := make([]*arrival, 0, len(updates))
	for i, in := range updates {
		a := d.classify(ctx, in)
		if arrivals = append(arrivals, a); a.verdict.comesAgain() {
			d.answerCheckouts(updates[i+1:])
			break
		}
	}
	d.persist(ctx, arrivals)
	verdicts := make([]verdict, 0, len(arrivals))
	for _, a := range arrivals {
		if a.verdict == accepted {
			d.dispatch(ctx, a)
		}
		verdicts = append(verdicts, a.verdict)
		d.count(a)
	}
	return verdicts
}

// count counts what became of an update.
func (d *door) count(a *arrival) {
	d.cfg.Observe.Update(a.plan.kind, a.verdict.String())
	switch a.verdict {
	case unreadable:
		d.counts.deadLetters.Add(1)
		d.log.Error("update_dead_lettered", "bytes", len(a.raw), "why", "unreadable")
	case dropped:
		d.counts.dropped.Add(1)
	case chatFull, allFull, stopping, faulty:
		d.counts.refused.Add(1)
	}
}

// answerCheckouts answers the checkouts among updates that have to come again, because Telegram waits for the answers meanwhile.
func (d *door) answerCheckouts(updates []received) {
	for _, in := range updates {
		if !telegram.MayBeCheckout(in.raw) {
			continue
		}
		if u, err := telegram.Decode(in.raw); err == nil && u.Checkout != nil {
			u.ID, u.Arrived = in.id, time.Now()
			d.checkouts.take(u, nil)
		}
	}
}
