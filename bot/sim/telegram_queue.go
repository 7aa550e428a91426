package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Bounds of the queue. Telegram drops updates that are not fetched: messages after a day, callbacks and checkouts much sooner.
const (
	maxPending   = 100_000 // updates; further ones are dropped and counted in Dropped
	messageLife  = 24 * time.Hour
	questionLife = 150 * time.Second
	inlineLife   = 10 * time.Second // a client gives up on an inline query then
	guestLife    = 30 * time.Second
)

// update is an update for the bot.
type update struct {
	id      int64
	kind    string
	body    json.RawMessage
	expires time.Time
	gone    bool // confirmed, delivered or expired
	lane    *lane
}

// lane holds the pending updates of a chat. The webhook gets them one at a time and in order.
type lane struct {
	updates []*update // without those that are gone
	held    bool      // it is in ready or retries, or its first update is being posted
	due     time.Time // earliest time of the next attempt after a failed post
	fails   int
	delay   time.Duration // the last delay between two attempts
}

// queue holds the updates that the bot has not confirmed. Telegram.mu guards it.
type queue struct {
	next    int64
	all     []*update // by id; gone updates are removed from the front, and from the middle when they are half of it
	pending int       // updates in all that are not gone
	dropped int
	lanes   map[int64]*lane // by chat
	ready   []*lane         // lanes with an update to post, oldest first
	retries []*lane         // not due yet
	allowed []string        // nil = Telegram's default kinds
	wake    chan struct{}   // closed and replaced when the queue changes
	poll    chan error      // of the running long poll; receives the reason to end
}

func newQueue(first int64) queue { return queue{next: first, lanes: map[int64]*lane{}} }

// optIn lists the kinds that the bot gets only if it requests them.
var optIn = []string{"chat_member", "message_reaction", "message_reaction_count"}

// wants reports whether the bot gets updates of the kind; an update without a kind always arrives.
func (q *queue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return !slices.Contains(optIn, kind)
	}
	return kind == "" || slices.Contains(q.allowed, kind)
}

// push queues an update and returns its id, 0 if the bot does not get its kind or the queue is full. object is the content of the update.
func (q *queue) push(chat int64, kind string, object json.RawMessage) int64 {
	body := append([]byte(`{`+strconv.Quote(kind)+`:`), object...)
	return q.pushRaw(chat, kind, append(body, '}'))
}

// pushRaw queues a whole update, a JSON object without update_id.
func (q *queue) pushRaw(chat int64, kind string, object json.RawMessage) int64 {
	if !q.wants(kind) {
		return 0
	}
	if q.pending >= maxPending {
		q.dropped++
		return 0
	}
	u := &update{id: q.next, kind: kind, expires: time.Now().Add(life(kind))}
	q.next++
	u.body = append(u.body, `{"update_id":`+strconv.FormatInt(u.id, 10)...)
	if rest := object[1:]; len(rest) > 1 {
		u.body = append(append(u.body, ','), rest...)
	} else {
		u.body = append(u.body, '}')
	}
	q.all = append(q.all, u)
	q.pending++
	u.lane = q.lanes[chat]
	if u.lane == nil {
		u.lane = &lane{}
		q.lanes[chat] = u.lane
	}
	u.lane.updates = append(u.lane.updates, u)
	if !u.lane.held {
		u.lane.held = true
		q.ready = append(q.ready, u.lane)
	}
	q.signal()
	return u.id
}

func life(kind string) time.Duration {
	switch kind {
	case "callback_query", "pre_checkout_query":
		return questionLife
	case "inline_query":
		return inlineLife
	case "guest_message":
		return guestLife
	}
	return messageLife
}

// signal wakes the goroutines that wait for a change of the queue or the webhook.
func (q *queue) signal() {
	if q.wake != nil {
		close(q.wake)
		q.wake = nil
	}
}

// changed returns a channel that the next signal closes. The waiting goroutine makes it, so it belongs to that goroutine's synctest bubble.
func (q *queue) changed() <-chan struct{} {
	if q.wake == nil {
		q.wake = make(chan struct{})
	}
	return q.wake
}

// drop removes an update.
func (q *queue) drop(u *update) {
	if u.gone {
		return
	}
	u.gone, u.body = true, nil
	q.pending--
	for l := u.lane; len(l.updates) > 0 && l.updates[0].gone; {
		l.updates = l.updates[1:]
		l.fails, l.delay, l.due = 0, 0, time.Time{} // they belonged to the dropped update
	}
	head := 0
	for head < len(q.all) && q.all[head].gone {
		head++
	}
	q.all = q.all[head:]
	if len(q.all) > 64 && q.pending*2 < len(q.all) {
		q.all = slices.DeleteFunc(slices.Clone(q.all), func(u *update) bool { return u.gone })
	}
}

// confirm removes all updates below offset.
func (q *queue) confirm(offset int64) {
	for len(q.all) > 0 && q.all[0].id < offset {
		q.drop(q.all[0])
	}
}

// first returns the bodies of at most limit pending updates.
func (q *queue) first(limit int) []json.RawMessage {
	now := time.Now()
	out := []json.RawMessage{}
	var expired []*update
	for i := 0; i < len(q.all) && len(out) < limit; i++ {
		switch u := q.all[i]; {
		case u.gone:
		case now.After(u.expires):
			expired = append(expired, u)
		default:
			out = append(out, u.body)
		}
	}
	for _, u := range expired {
		q.drop(u)
	}
	return out
}

// Pending returns the number of updates that the bot has not confirmed.
func (t *Telegram) Pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.pending
}

// Dropped returns the number of updates that were lost because 100 000 were pending.
func (t *Telegram) Dropped() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.dropped
}
