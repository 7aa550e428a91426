package limiter

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// PaceConfig sets a Pace. A rate of 0 or less is no limit.
type PaceConfig struct {
	Rate       float64 // all together, a second
	Burst      int     // default 1
	KeyRate    float64 // each key, a second
	KeyBurst   int     // default 1
	MaxKeys    int     // keys remembered without callers that wait, default 10 000; a forgotten key starts afresh
	MaxWaiting int     // callers that may wait at once, default 1000; over it Wait returns ErrFull
}

// Pace makes callers wait until they keep to the rate of their key and of all together, first come first served per key.
//
// The first caller of each key waits for its key alone; only when that may go does it queue for the common bucket.
// So a key with a long queue holds at most one place in the common queue and no token.
type Pace[K comparable] struct {
	cfg PaceConfig

	mu      sync.Mutex
	keys    map[K]*paceKey[K]
	idle    list.List // of *paceKey[K] without waiters, the most recently used in front
	common  bucket
	ready   list.List // of *paceWaiter[K]: heads of their keys that lack only a common token, the longest ready in front
	waiting int
}

// paceKey is what is known of one key.
type paceKey[K comparable] struct {
	key     K
	tokens  bucket
	waiters list.List     // of *paceWaiter[K], first come first served
	inIdle  *list.Element // nil while somebody waits
}

// paceWaiter is a caller inside Wait.
type paceWaiter[K comparable] struct {
	key     *paceKey[K]
	inKey   *list.Element // nil once the caller may go on
	inReady *list.Element // nil while it lacks a token of its key
	wake    chan struct{} // tells the caller to look again; holds one signal
}

// NewPace returns a Pace with full buckets.
func NewPace[K comparable](cfg PaceConfig) *Pace[K] {
	cfg.Burst = max(cfg.Burst, 1)
	cfg.KeyBurst = max(cfg.KeyBurst, 1)
	if cfg.MaxKeys <= 0 {
		cfg.MaxKeys = defaultMaxKeys
	}
	if cfg.MaxWaiting <= 0 {
		cfg.MaxWaiting = 1000
	}
	return &Pace[K]{
		cfg:    cfg,
		keys:   make(map[K]*paceKey[K]),
		common: newBucket(cfg.Rate, cfg.Burst),
	}
}

// SetRate changes the rate of all together, a second; burst and keys stay. It does nothing to a Pace without such a rate, and a rate of 0
// or less to none.
func (p *Pace[K]) SetRate(perSecond float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.common.tokens == nil || perSecond <= 0 {
		return
	}
	p.common.tokens.SetLimitAt(time.Now(), rate.Limit(perSecond))
	p.wakeFrontLocked() // who stands there counted with the old one
}

// Wait blocks until the caller may go on, or returns ctx's error (at once if its deadline is too near) or ErrFull.
func (p *Pace[K]) Wait(ctx context.Context, key K) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := p.enter(ctx, key)
	if w == nil {
		return err
	}
	for {
		left, gone := p.look(w)
		if gone {
			return nil
		}
		var due <-chan time.Time
		if left > 0 {
			due = time.After(left)
		}
		select {
		case <-due:
		case <-w.wake:
		case <-ctx.Done():
			if p.leave(w) {
				return ctx.Err()
			}
			return nil // the tokens are taken: as good as gone
		}
	}
}

// enter returns nil and nil if the caller may go on at once, else it queues the caller or says why not.
func (p *Pace[K]) enter(ctx context.Context, key K) (*paceWaiter[K], error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	k := p.keyLocked(key)
	if k.waiters.Len() == 0 && p.ready.Len() == 0 && k.tokens.wait(now, 0) == 0 && p.common.wait(now, 0) == 0 {
		p.spendLocked(k, now)
		return nil, nil
	}
	if p.waiting >= p.cfg.MaxWaiting {
		return nil, ErrFull
	}
	// Those who are ready go first for certain, others perhaps: a lower bound, so nobody is refused who could have gone.
	soonest := max(k.tokens.wait(now, k.waiters.Len()), p.common.wait(now, p.ready.Len()))
	if deadline, has := ctx.Deadline(); has && now.Add(soonest).After(deadline) {
		return nil, context.DeadlineExceeded
	}
	w := &paceWaiter[K]{key: k, wake: make(chan struct{}, 1)}
	w.inKey = k.waiters.PushBack(w)
	if k.inIdle != nil {
		p.idle.Remove(k.inIdle)
		k.inIdle = nil
	}
	p.waiting++
	return w, nil
}

// look moves the queues on as far as they go now and says whether w has gone through. If not, w
// looks again when it is woken or after left; 0 means that only a wake can help.
func (p *Pace[K]) look(w *paceWaiter[K]) (left time.Duration, gone bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if w.inKey != nil && w.inKey == w.key.waiters.Front() && w.inReady == nil {
		left = w.key.tokens.wait(now, 0)
		if left > 0 {
			return left, false
		}
		w.inReady = p.ready.PushBack(w)
	}
	p.serveLocked(now)
	if w.inReady != nil && w.inReady == p.ready.Front() {
		left = p.common.wait(now, 0)
	}
	return left, w.inKey == nil
}

// serveLocked lets those who are ready go on while there are common tokens. Who stands in front of the
// rest watches the clock for all.
func (p *Pace[K]) serveLocked(now time.Time) {
	moved := false
	for p.ready.Len() > 0 {
		w := p.ready.Front().Value.(*paceWaiter[K])
		held := w.key.tokens.wait(now, 0) > 0 // paused since it was ready: it must not hold up the others
		if !held && p.common.wait(now, 0) > 0 {
			break
		}
		if held {
			p.ready.Remove(w.inReady)
			w.inReady = nil
		} else {
			p.spendLocked(w.key, now)
			p.removeLocked(w)
		}
		w.signal()
		moved = true
	}
	if moved {
		p.wakeFrontLocked()
	}
}

func (p *Pace[K]) wakeFrontLocked() {
	if front := p.ready.Front(); front != nil {
		front.Value.(*paceWaiter[K]).signal()
	}
}

// leave takes w out and reports true, or reports false if it has gone through already.
func (p *Pace[K]) leave(w *paceWaiter[K]) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.inKey == nil {
		return false
	}
	p.removeLocked(w)
	p.wakeFrontLocked()
	return true
}

// removeLocked takes w out of its queues and wakes the next of its key.
func (p *Pace[K]) removeLocked(w *paceWaiter[K]) {
	k := w.key
	k.waiters.Remove(w.inKey)
	w.inKey = nil
	if w.inReady != nil {
		p.ready.Remove(w.inReady)
		w.inReady = nil
	}
	p.waiting--
	if first := k.waiters.Front(); first != nil {
		first.Value.(*paceWaiter[K]).signal()
		return
	}
	k.inIdle = p.idle.PushFront(k)
	p.forgetLocked()
}

func (w *paceWaiter[K]) signal() {
	select {
	case w.wake <- struct{}{}:
	default: // a signal is there already
	}
}

func (p *Pace[K]) spendLocked(k *paceKey[K], now time.Time) {
	k.tokens.spend(now)
	p.common.spend(now)
}

// keyLocked returns what is known of key, which counts as used now.
func (p *Pace[K]) keyLocked(key K) *paceKey[K] {
	k := p.keys[key]
	if k == nil {
		k = &paceKey[K]{key: key, tokens: newBucket(p.cfg.KeyRate, p.cfg.KeyBurst)}
		p.keys[key] = k
		k.inIdle = p.idle.PushFront(k)
		p.forgetLocked()
		return k
	}
	if k.inIdle != nil {
		p.idle.MoveToFront(k.inIdle)
	}
	return k
}

// forgetLocked drops the least recently used key if there are too many. Keys with waiters are not among those.
func (p *Pace[K]) forgetLocked() {
	if p.idle.Len() > p.cfg.MaxKeys {
		k := p.idle.Remove(p.idle.Back()).(*paceKey[K])
		delete(p.keys, k.key)
	}
}
