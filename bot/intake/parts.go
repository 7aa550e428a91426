package intake

import (
	"log/slog"
	"sync/atomic"
	"time"

	"excursobot/bot/intake/cluster"
	"excursobot/bot/telegram"
)

const (
	// staleAfter is the age from which a request for a story is answered with an apology: the person has walked on.
	staleAfter = 15 * time.Minute
	// skewFrom is from which difference to Telegram's clock on this machine's is taken for wrong.
	skewFrom = 2 * time.Minute
)

// parts are what the steps of an update's way share.
type parts struct {
	cfg       Config
	log       *slog.Logger
	guard     *Guard
	state     *state
	lanes     *lanes
	limits    buckets
	unsaved   *unsaved
	performer *performer
	checkouts *checkouts
	queries   *queries
	member    *cluster.Member // nil without Config.Cluster
	clock     clock
	heard     heard
	counts    counters
}

type counters struct {
	deadLetters, resumed, dropped, refused atomic.Uint64
	lastIngest                             atomic.Int64 // Unix nanoseconds
}

// heard is when updates last came in, or would have if there had been any. It keeps the monotonic clock: a clock that is set does not look like
// silence.
type heard struct{ at atomic.Pointer[time.Time] }

func (h *heard) now() {
	now := time.Now()
	h.at.Store(&now)
}

func (h *heard) ago() time.Duration { return time.Since(*h.at.Load()) }

// clock compares this machine's clock with Telegram's, by which the inbox keeps its times too.
type clock struct{ ahead func() time.Duration }

// skew is by how much this machine's clock is wrong, 0 if it is about right. With a wrong clock every request would be stale and every walk over,
// or none.
func (c clock) skew() time.Duration {
	if ahead := c.ahead(); ahead.Abs() >= skewFrom {
		return ahead.Round(time.Minute)
	}
	return 0
}

// local turns a time of Telegram's clock into one of this machine's.
func (c clock) local(t time.Time) time.Time { return t.Add(c.skew()) }

// route returns the plan of an update's job.
func (p *parts) route(u *telegram.Update) plan {
	if u.Checkout != nil && u.Person != 0 { // an earlier process left it: a new one is answered at arrival
		return plan{kind: checkoutKind, money: true, run: p.checkouts.answerLeft}
	}
	return p.cfg.Hooks.Route(u).plan()
}

// refuse replaces the job of an update with a sentence. A refusal is over at once, and the inbox does not keep it; an apology for a stale request
// may have to replace what the person sees of the answer.
func (p *parts) refuse(to *plan, r Refusal) {
	*to = plan{kind: to.kind, skipInbox: r.Reason != Stale, run: p.cfg.Hooks.Refuse(r)}
}

// stale reports whether the person has walked on since: the update waited in the inbox, or at Telegram while no process ran. An update that arrived
// while one ran is never stale.
func (p *parts) stale(u *telegram.Update) bool {
	waited := time.Since(u.Arrived)
	if u.Message != nil {
		if sent := time.Since(p.clock.local(u.Message.Time())); sent > p.state.sinceStart() {
			waited = sent
		}
	}
	return waited > staleAfter
}

// ingestedAt returns when Telegram last answered a poll or posted an update, the zero time if it never did.
func (c *counters) ingestedAt() time.Time {
	if at := c.lastIngest.Load(); at != 0 {
		return time.Unix(0, at)
	}
	return time.Time{}
}
