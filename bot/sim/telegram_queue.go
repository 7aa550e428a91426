package sim

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Bounds of the queue. Telegram drops what nobody fetched: messages after a day, what a person waits for much sooner.
const (
	maxPending   = 100_000 // updates; over it new ones are dropped and counted in Dropped
	messageLife  = 24 * time.Hour
	questionLife = 150 * time.Second
)

// update is one event for the bot.
type update struct {
	id      int64
	kind    string
	body    json.RawMessage
	expires time.Time
	gone    bool // confirmed, delivered or expired
	lane    *lane
}

// lane is what waits of one chat: the webhook gets it one at a time and in order.
type lane struct {
	updates []*update // none gone
	held    bool      // it is among the ready or the retries, or its first update is on its way
	due     time.Time // not before: a failed post is tried again
	fails   int
	delay   time.Duration // the last one between two tries
}

// queue holds the updates that the bot has not confirmed, by id. Telegram.mu guards it.
type queue struct {
	next    int64
	all     []*update // by id; those gone are dropped from its front, and from inside once they are half of it
	pending int       // of all, not gone
	dropped int
	lanes   map[int64]*lane // by chat; as many as there are chats
	ready   []*lane         // with something to post, oldest first
	retries []*lane         // not due yet
	allowed []string        // nil = Telegram's default kinds
	wake    chan struct{}   // closed and renewed when there is something new
	poll    chan error      // of the running long poll: gets why it must end
}

func newQueue(first int64) queue { return queue{next: first, lanes: map[int64]*lane{}} }

// unwanted are the kinds that come only when asked for.
var unwanted = []string{"chat_member", "message_reaction", "message_reaction_count"}

// wants says whether the bot asked for the kind; what has none it cannot refuse.
func (q *queue) wants(kind string) bool {
	if len(q.allowed) == 0 {
		return !slices.Contains(unwanted, kind)
	}
	return kind == "" || slices.Contains(q.allowed, kind)
}

// push queues an update and returns its id, 0 if the bot did not ask for its kind or the queue is full. object is the update's own part.
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
	if kind == "callback_query" || kind == "pre_checkout_query" {
		return questionLife
	}
	return messageLife
}

// signal wakes whoever waits for the queue or the webhook to change.
func (q *queue) signal() {
	if q.wake != nil {
		close(q.wake)
		q.wake = nil
	}
}

// changed returns what signal closes next. It is made by the waiting goroutine, so it belongs to its synctest bubble.
func (q *queue) changed() <-chan struct{} {
	if q.wake == nil {
		q.wake = make(chan struct{})
	}
	return q.wake
}

// drop forgets an update.
func (q *queue) drop(u *update) {
	if u.gone {
		return
	}
	u.gone, u.body = true, nil
	q.pending--
	for l := u.lane; len(l.updates) > 0 && l.updates[0].gone; {
		l.updates = l.updates[1:]
		l.fails, l.delay, l.due = 0, 0, time.Time{} // they were the dropped one's
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

// confirm forgets all updates below offset.
func (q *queue) confirm(offset int64) {
	for len(q.all) > 0 && q.all[0].id < offset {
		q.drop(q.all[0])
	}
}

// first returns the bodies of at most limit updates that wait.
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

// Pending returns how many updates the bot has not confirmed.
func (t *Telegram) Pending() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.pending
}

// Dropped returns how many updates were lost because 100 000 waited.
func (t *Telegram) Dropped() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue.dropped
}
