package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"excursobot/bot/telegram"

	tele "gopkg.in/telebot.v3"

	"excursobot/store"
)

// allowedUpdates is what Telegram is asked for, in both ways of ingest.
var allowedUpdates = []string{"message", "edited_message", "callback_query", "my_chat_member", "pre_checkout_query"}

// updateTimeout bounds the handling of one update, so that no lane is blocked for good. The guide's own limits are below a minute.
const updateTimeout = 2 * time.Minute

// verdict is what became of an update that came in.
type verdict uint8

const (
	accepted  verdict = iota // in a lane
	settled                  // dealt with at arrival
	repeated                 // done already, or under way
	ignored                  // nothing for us in it
	parked                   // it can't be read
	dropped                  // over the person's limit
	chatFull                 // the chat has too much under way
	roomFull                 // the bot has
	stopping                 // the bot takes nothing, yet or any more
	faulty                   // the store can't say whether it is done, or can't keep it
	forwarded                // another replica's chat: it answers
)

var verdictNames = [...]string{"taken", "settled", "repeated", "ignored", "parked", "dropped", "chat_full", "room_full", "stopping", "fault", "forwarded"}

func (v verdict) String() string { return verdictNames[v] }

var errNoID = errors.New("no update_id")

// readID returns an update's id, which is all that must be readable for it to be dealt with.
func readID(raw []byte) (int64, error) {
	var head struct {
		ID *int64 `json:"update_id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return 0, err
	}
	if head.ID == nil {
		return 0, errNoID
	}
	return *head.ID, nil
}

// arrival is an update on its way in.
type arrival struct {
	raw     []byte
	u       *update // nil if it can't be read
	job     job
	verdict verdict // accepted = it has room, is noted as under way, and goes on
	owner   string  // the replica that the chat belongs to, if that is another one
	kept    bool    // in the inbox
}

// accept decides on updates in their order and puts those that it takes into their lanes, after they are in the inbox. It stops at the first
// that must come again, so that none overtakes it: there may be fewer verdicts than updates.
func (b *Bot) accept(ctx context.Context, updates ...received) []verdict {
	arrivals := make([]*arrival, 0, len(updates))
	for i, in := range updates {
		a := b.consider(ctx, in)
		if arrivals = append(arrivals, a); a.verdict.again() {
			b.checkoutsAmong(updates[i+1:])
			break
		}
	}
	b.keep(ctx, arrivals)
	verdicts := make([]verdict, 0, len(arrivals))
	for _, a := range arrivals {
		if a.verdict == accepted {
			b.place(ctx, a)
		}
		verdicts = append(verdicts, a.verdict)
		b.note(a)
	}
	return verdicts
}

// place puts an accepted update into its lane, behind what other replicas heard of the chat before, or leaves it to the chat's replica. What
// could not be kept is answered here, and so is a refusal, which is over at once.
func (b *Bot) place(ctx context.Context, a *arrival) {
	switch {
	case a.owner != "" && a.kept:
		a.verdict = forwarded
		b.giveUp(a.u)
		b.replicas.hand(ctx, a.owner, a.u.Chat, nil)
		return
	case a.kept && b.replicas != nil:
		if err := b.pull(ctx, a.u.ID, a.u.Chat); err != nil {
			b.log.Error("inbox", "error", err) // a round finds it
		}
	case a.owner != "":
		a.u.anywhere = true
	}
	b.enter(a.u, a.job)
}

// received is an update as it came, with its id, which is all that must be readable of it.
type received struct {
	id  int64
	raw []byte
}

// again says that Telegram is to send the update again, and what follows it after it.
func (v verdict) again() bool { return v == roomFull || v == stopping || v == faulty }

// note counts what became of an update.
func (b *Bot) note(a *arrival) {
	b.observe.Update(a.job.kind, a.verdict.String())
	switch a.verdict {
	case parked:
		b.counts.parked.Add(1)
		b.log.Error("update_parked", "bytes", len(a.raw), "why", "unreadable")
	case dropped:
		b.counts.dropped.Add(1)
	case chatFull, roomFull, stopping, faulty:
		b.counts.refused.Add(1)
	}
}

// consider decides whether an update is to be taken. Everything that refuses it without harm comes before what costs the person a token, and
// tokens come before any write.
func (b *Bot) consider(ctx context.Context, in received) *arrival {
	arrived := time.Now()
	b.counts.heard.Store(arrived.UnixNano())
	b.heard()
	a := &arrival{raw: in.raw, job: job{kind: "unreadable"}, verdict: parked}
	u, err := decode(in.raw)
	if err != nil {
		return a
	}
	u.ID, u.Arrived = in.id, arrived
	if u.Checkout != nil {
		u.kept = make(chan error, 1)
		a.u, a.job, a.verdict = u, job{kind: "checkout"}, b.takeCheckout(u)
		return a
	}
	if b.guarded(u.ID, func() error { a.u, a.job = u, b.route(u); return nil }) != nil {
		return a // it would end each process that polls for it, or come for ever
	}
	if b.replicas != nil && a.job.run != nil && b.takes() {
		if owner := b.replicas.owner(ctx, u.Chat); owner != b.replicas.id {
			a.owner = owner
		}
	}
	if a.owner != "" && a.job.now != nil {
		a.verdict = dropped
		if b.limits.updates.Allow(u.Person) {
			a.verdict = forwarded
			b.replicas.hand(ctx, a.owner, u.Chat, in.raw)
		}
		return a
	}
	if now := a.job.now; now != nil && b.takes() && b.limits.updates.Allow(u.Person) && now() {
		a.verdict = settled
		return a
	}
	switch err := b.roomFor(u, &a.job); {
	case a.job.run == nil:
		a.verdict = ignored
		return a
	case errors.Is(err, errChatFull):
		a.verdict = chatFull
		return a
	case err != nil:
		a.verdict = roomFull
		return a
	}
	// Only now: what Run does not find open has been reserved before, and is waited for.
	if a.verdict = b.begin(u.ID); a.verdict != accepted {
		b.lanes.cancel(u.Chat)
		return a
	}
	if a.verdict = b.admit(ctx, u, &a.job); a.verdict != accepted {
		b.giveUp(u)
	}
	return a
}

func (b *Bot) roomFor(u *update, job *job) error {
	switch {
	case job.run == nil:
		return nil
	case job.money:
		b.lanes.force(u.Chat)
		return nil
	}
	return b.lanes.reserve(u.Chat)
}

// giveUp forgets an update that was under way and did not get to its lane.
func (b *Bot) giveUp(u *update) {
	b.forget(u.ID)
	b.lanes.cancel(u.Chat)
}

// enter puts an update with reserved room into its lane.
func (b *Bot) enter(u *update, job job) {
	if job.lane == telling && u.Callback != nil && b.lanes.reserve(u.Chat) == nil {
		b.lanes.run(u.Chat, control, func() { b.acknowledge(u) }) // the button's story waits for its turn, its spinner does not
	}
	b.lanes.run(u.Chat, job.lane, func() { b.perform(u, job) })
}

// admit takes the person's tokens and asks the store whether the update is done.
func (b *Bot) admit(ctx context.Context, u *update, job *job) verdict {
	if job.money {
		return b.admitMoney(ctx, u, job)
	}
	if !b.limits.updates.Allow(u.Person) {
		return dropped
	}
	if job.now != nil {
		return accepted
	}
	done, err := b.cfg.Store.Done(ctx, u.ID)
	if errors.Is(err, store.ErrAway) && !job.vital && !job.lasting {
		err = nil // answered from the caches; what Telegram sends twice just then is answered twice
	}
	if err != nil {
		b.observe.Error("store")
		b.log.Error("update_unknown", "update", u.ID, "error", fmt.Errorf("ask whether it is done: %w", err))
		return faulty
	}
	if done {
		return repeated
	}
	if b.pause.closedFor(ctx, u) {
		*job = b.reply.refusal(job.kind, "error.maintenance", 0)
	}
	if job.story {
		switch {
		case !job.lasting && b.late(u):
			*job = b.reply.away(job.kind)
		case !b.limits.stories.Allow(u.Person):
			*job = b.reply.refusal(job.kind, "limit.story", b.limits.storyIn)
		case !b.limits.all.Allow(struct{}{}):
			b.log.Warn("overload", "what", "story requests")
			u.Brief = true // what is written already costs nothing; only without it are they asked to come again
		}
	}
	return accepted
}

// perform runs one job under the work context: in its lane, never panicking, and remembered as done unless the work was cut off.
func (b *Bot) perform(u *update, job job) {
	defer b.forget(u.ID)
	ctx, cancel := context.WithTimeout(b.workContext(), updateTimeout)
	defer cancel()
	if !u.anywhere && !b.replicas.ours(ctx, u.Chat) {
		return // this process stood still for longer than its lease: another answers
	}
	err := b.guarded(u.ID, func() error {
		b.people.meet(ctx, u)
		if u.user.Banned && !job.money {
			return nil
		}
		return job.run(ctx, u)
	})
	switch {
	case err != nil && b.workContext().Err() != nil:
		return // cut off by the stop: it is not done
	case errors.Is(err, telegram.ErrUnreachable):
		if u.Private { // out of a group is not out of reach
			b.people.unreachable(ctx, u.Person)
		}
	case err != nil:
		b.observe.Error("bot")
		b.log.Error("update", "update", u.ID, "kind", job.kind, "error", err)
		if !job.money { // what was paid is stored, whatever became of the thanks
			_ = b.guarded(u.ID, func() error { return b.reply.apologise(u, job.story, err) })
		}
	}
	if u.done || job.now != nil {
		return
	}
	// Neither the update's own time nor a stop just now keeps an answer that was given from being remembered.
	ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), recordMost)
	defer cancel()
	if err := b.done(ctx, u.ID); err != nil {
		b.observe.Error("store")
		b.log.Error("update_done", "update", u.ID, "error", err)
	}
}

// acknowledge ends a button's spinner.
func (b *Bot) acknowledge(u *update) {
	_ = b.guarded(u.ID, func() error {
		b.out.AnswerCallback(b.workContext(), u.Callback.ID, "")
		return nil
	})
}

// guarded turns a panic into an error: it fails that update (0 = none) alone. Every goroutine of the bot is under it.
func (b *Bot) guarded(update int64, run func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			b.counts.panics.Add(1)
			b.observe.Error("panic")
			b.log.Error("panic", "update", update, "value", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return run()
}

// guard is guarded for what has no error.
func (b *Bot) guard(run func()) {
	_ = b.guarded(0, func() error { run(); return nil }) // logged there
}

// decode reads a whole update. telebot's decoder panics on some odd shapes (a photo without sizes).
func decode(raw []byte) (u *update, err error) {
	defer func() {
		if r := recover(); r != nil {
			u, err = nil, fmt.Errorf("decode update: %v", r)
		}
	}()
	var full tele.Update
	if err := json.Unmarshal(raw, &full); err != nil {
		return nil, fmt.Errorf("decode update: %w", err)
	}
	u = newUpdate(&full)
	u.Refunded = refundIn(raw)
	return u, nil
}

// takes says whether updates are taken.
func (b *Bot) takes() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stage == taking
}

func (b *Bot) workContext() context.Context {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.work
}

// begin notes that an update is under way, unless it is already or nothing is taken any more.
func (b *Bot) begin(id int64) verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stage != taking {
		return stopping
	}
	if _, ok := b.inflight[id]; ok {
		return repeated
	}
	b.inflight[id] = struct{}{}
	return accepted
}

func (b *Bot) forget(id int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.inflight, id)
}
