package sim

import "time"

// Event describes a change in a chat.
type Event struct {
	Kind    string // "message", "edit", "delete", "typing", "draft", "callback_answer", "precheckout_answer"
	Chat    int64
	Message Message // of the kinds message, edit and delete, also a person's own (see FromBot)
	Topic   int     // of the kind typing
	Text    string  // of an answer (the reason of a refused checkout, "" = accepted) or a draft, or the action of the kind typing
	At      time.Time
}

// events delivers events to subscribers in order. Telegram.mu guards it.
type events struct {
	subscribers []*subscriber
	waiting     []Event
	delivering  bool // a goroutine is in deliverEvents
}

type subscriber struct{ fn func(Event) }

// Subscribe calls fn for every event, in order and without holding a lock. The returned function ends the subscription.
// fn runs in the goroutine that caused an event, which may be a call of the bot: fn may act as a person, but must not wait for the bot.
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

// emitLocked queues an event for deliverEvents.
func (t *Telegram) emitLocked(e Event) {
	if len(t.events.subscribers) == 0 {
		return
	}
	e.At = time.Now()
	t.events.waiting = append(t.events.waiting, e)
}

// deliverEvents delivers the queued events. Only one goroutine delivers at a time, which keeps the order; the others leave their events to it.
func (t *Telegram) deliverEvents() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.events.delivering {
		return
	}
	t.events.delivering = true
	defer func() { t.events.delivering = false }()
	for len(t.events.waiting) > 0 {
		e := t.events.waiting[0]
		t.events.waiting = t.events.waiting[1:]
		t.deliverUnlocked(e, t.events.subscribers)
	}
	t.events.waiting = nil
}

// deliverUnlocked calls the subscribers without the lock.
func (t *Telegram) deliverUnlocked(e Event, subscribers []*subscriber) {
	t.mu.Unlock()
	defer t.mu.Lock()
	for _, s := range subscribers {
		s.fn(e)
	}
}
