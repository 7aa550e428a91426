package limiter

import (
	"container/list"
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// PaceConfig configures a Pace. A rate of 0 or less is no limit.
type PaceConfig struct {
	Rate       float64 // per second, all keys together
	Burst      int     // default 1
	KeyRate    float64 // per second and key
	KeyBurst   int     // default 1
	SlowRate   float64 // per second and slow key
	SlowBurst  int     // default 1
	MaxKeys    int     // keys remembered without waiting callers, default 10 000; a forgotten key starts again with a full bucket
	MaxWaiting int     // callers that may wait at once, default 1000; beyond it Wait returns ErrFull
}

// Pace delays callers until they keep to the rate of their key and to the common rate, first come first served per key.
//
// The first caller of each key waits for a token of its key, and only then queues for a common token. So a key with many callers has at most
// one of them in the common queue, and none holds a token while it waits.
type Pace[K comparable] struct {
	cfg  PaceConfig
	slow func(K) bool

	mu      sync.Mutex
	keys    map[K]*paceKey[K]
	idle    list.List // of *paceKey[K] without waiters, the most recently used in front
	common  bucket
	ready   list.List // of *paceWaiter[K]: first callers of their keys, which lack only a common token, the longest ready in front
	waiting int
}

// paceKey is the state of one key.
type paceKey[K comparable] struct {
	key     K
	tokens  bucket
	waiters list.List     // of *paceWaiter[K], first come first served
	inIdle  *list.Element // nil while a caller waits
}

// paceWaiter is a caller inside Wait.
type paceWaiter[K comparable] struct {
	key     *paceKey[K]
	inKey   *list.Element // nil once the caller may go on
	inReady *list.Element // nil while the caller lacks a token of its key
	wake    chan struct{} // tells the caller to check again; holds one signal
}

// NewPace returns a Pace with full buckets. None of its keys is slow.
func NewPace[K comparable](cfg PaceConfig) *Pace[K] {
	return NewPaceWithSlow(cfg, func(K) bool { return false })
}

// NewPaceWithSlow returns a Pace with full buckets and two kinds of keys: those for which slow returns true keep to SlowRate and SlowBurst.
func NewPaceWithSlow[K comparable](cfg PaceConfig, slow func(K) bool) *Pace[K] {
	cfg.Burst = max(cfg.Burst, 1)
	cfg.KeyBurst = max(cfg.KeyBurst, 1)
	cfg.SlowBurst = max(cfg.SlowBurst, 1)
	if cfg.MaxKeys <= 0 {
		cfg.MaxKeys = defaultMaxKeys
	}
	if cfg.MaxWaiting <= 0 {
		cfg.MaxWaiting = 1000
	}
	return &Pace[K]{
		cfg:    cfg,
		slow:   slow,
		keys:   make(map[K]*paceKey[K]),
		common: newBucket(cfg.Rate, cfg.Burst),
	}
}

// SetRate changes the common rate to perSecond. The burst and the keys stay. It does nothing if perSecond is 0 or less, or if the Pace has no
// common rate.
func (p *Pace[K]) SetRate(perSecond float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.common.tokens == nil || perSecond <= 0 {
		return
	}
	p.common.tokens.SetLimitAt(time.Now(), rate.Limit(perSecond))
	p.wakeFrontLocked() // it waits for a moment computed with the old rate
}

// Wait blocks until the caller may go on. It returns ErrFull, or the error of ctx; if the deadline of ctx is too near, it does so at once.
func (p *Pace[K]) Wait(ctx context.Context, key K) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w, err := p.enter(ctx, key)
	if w == nil {
		return err
	}
	for {
		left, gone := p.advance(w)
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
			return nil // the tokens are taken
		}
	}
}

// enter returns nil and nil if the caller may go on at once. Otherwise it queues the caller or returns an error.
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
	// A lower bound, so that no caller is refused who could have gone on: the ready ones go first for certain, others may.
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

// advance serves the queues as far as possible now and reports whether w may go on. If not, w calls again when it is woken or after left;
// left 0 means only when it is woken.
func (p *Pace[K]) advance(w *paceWaiter[K]) (left time.Duration, gone bool) {
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

// serveLocked lets ready callers go on while there are common tokens. The first of the rest waits for the next token on behalf of all.
func (p *Pace[K]) serveLocked(now time.Time) {
	moved := false
	for p.ready.Len() > 0 {
		w := p.ready.Front().Value.(*paceWaiter[K])
		held := w.key.tokens.wait(now, 0) > 0 // its key was paused since: it must not delay the others
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

// leave takes w out of the queues. It reports false if w may go on already.
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

// removeLocked takes w out of its queues and wakes the next caller of its key.
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
	default: // a signal is pending already
	}
}

func (p *Pace[K]) spendLocked(k *paceKey[K], now time.Time) {
	k.tokens.spend(now)
	p.common.spend(now)
}

// keyLocked returns the state of key and marks it as used now.
func (p *Pace[K]) keyLocked(key K) *paceKey[K] {
	k := p.keys[key]
	if k == nil {
		k = &paceKey[K]{key: key, tokens: p.bucketOf(key)}
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

// bucketOf returns a full bucket for the key.
func (p *Pace[K]) bucketOf(key K) bucket {
	if p.slow(key) {
		return newBucket(p.cfg.SlowRate, p.cfg.SlowBurst)
	}
	return newBucket(p.cfg.KeyRate, p.cfg.KeyBurst)
}

// forgetLocked drops the least recently used key without waiters if there are too many.
func (p *Pace[K]) forgetLocked() {
	if p.idle.Len() > p.cfg.MaxKeys {
		k := p.idle.Remove(p.idle.Back()).(*paceKey[K])
		delete(p.keys, k.key)
	}
}
