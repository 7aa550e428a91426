package sim

import "time"

// Event tells a subscriber what changed in a chat.
type Event struct {
	Kind    string // "message", "edit", "delete", "typing", "callback_answer", "precheckout_answer"
	Chat    int64
	Message Message // of message, edit and delete; a person's own too, FromBot tells
	Text    string  // of answers (a refused checkout's reason, "" = accepted), the action of typing
	At      time.Time
}

// events hands events to subscribers in order. Telegram.mu guards it.
type events struct {
	subscribers []*subscriber
	waiting     []Event
	telling     bool // somebody is in tell
}

type subscriber struct{ fn func(Event) }

// Subscribe calls fn for every event, in order, without a lock held that people's calls need; the returned function ends it.
// fn runs in the goroutine of whoever caused an event, which may be a call of the bot: it may act as a person, it may not wait for the bot.
func (t *Telegram) Subscribe(fn func(Event)) (cancel func()) {
	s := &subscriber{fn: fn}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.events.subscribers = append(t.events.subscribers, s)
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		rest := make([]*subscriber, 0, len(t.events.subscribers))
		for _, other := range t.events.subscribers {
			if other != s {
				rest = append(rest, other)
			}
		}
		t.events.subscribers = rest
	}
}

// emitLocked queues an event; tell delivers it.
func (t *Telegram) emitLocked(e Event) {
	if len(t.events.subscribers) == 0 {
		return
	}
	e.At = time.Now()
	t.events.waiting = append(t.events.waiting, e)
}

// tell delivers what waits, one caller at a time, so that the order holds; the others leave their events to it.
func (t *Telegram) tell() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.events.telling {
		return
	}
	t.events.telling = true
	defer func() { t.events.telling = false }()
	for len(t.events.waiting) > 0 {
		e := t.events.waiting[0]
		t.events.waiting = t.events.waiting[1:]
		t.tellUnlocked(e, t.events.subscribers)
	}
	t.events.waiting = nil
}

// tellUnlocked lets go of the lock while subscribers hear of e.
func (t *Telegram) tellUnlocked(e Event, subscribers []*subscriber) {
	t.mu.Unlock()
	defer t.mu.Lock()
	for _, s := range subscribers {
		s.fn(e)
	}
}
