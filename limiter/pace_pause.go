package limiter

import (
	"context"
	"time"
)

// Try takes a token without waiting, for calls that may be left out. It reports false, and takes none, if a caller waits or if fewer than
// reserve common tokens would be left for others.
func (p *Pace[K]) Try(key K, reserve int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if !p.idleLocked(now, reserve) {
		return false
	}
	k := p.keyLocked(key)
	if k.tokens.wait(now, 0) > 0 {
		return false
	}
	p.spendLocked(k, now)
	return true
}

// Behind waits like Wait, but all callers of Wait go first: it goes on only if none of them waits for a common token alone, and if reserve common
// tokens are left. It looks again every behindEvery.
func (p *Pace[K]) Behind(ctx context.Context, key K, reserve int) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.tryBehind(key, reserve) {
			return nil
		}
		if err := Sleep(ctx, behindEvery); err != nil {
			return err
		}
	}
}

// behindEvery is how often a caller of Behind looks. A common token takes 40 ms to come at 25 a second.
const behindEvery = 20 * time.Millisecond

func (p *Pace[K]) tryBehind(key K, reserve int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.ready.Len() > 0 || !p.common.spare(now, reserve) {
		return false
	}
	k := p.keyLocked(key)
	if k.waiters.Len() > 0 || k.tokens.wait(now, 0) > 0 {
		return false
	}
	p.spendLocked(k, now)
	return true
}

// TryCommon is Try for calls that take no token of their key. It reports false while the key is paused.
func (p *Pace[K]) TryCommon(key K, reserve int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if k := p.keys[key]; !p.idleLocked(now, reserve) || k != nil && k.tokens.paused.After(now) {
		return false
	}
	p.common.spend(now)
	return true
}

// idleLocked reports whether nobody waits, and reserve common tokens would be left after one is taken.
func (p *Pace[K]) idleLocked(now time.Time, reserve int) bool {
	return p.waiting == 0 && p.common.spare(now, reserve)
}

// Pause stops all keys for d from now, as the retry_after of a 429 asks. A longer pause stays.
func (p *Pace[K]) Pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.common.pause(time.Now(), d)
}

// PauseKey stops one key for d from now. A longer pause stays.
func (p *Pace[K]) PauseKey(key K, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keyLocked(key).tokens.pause(time.Now(), d)
}

// PaceStats describes a Pace at one moment.
type PaceStats struct {
	Waiting, Keys int
	Paused        time.Duration // time left of the common pause
}

// Stats returns the current numbers.
func (p *Pace[K]) Stats() PaceStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return PaceStats{
		Waiting: p.waiting,
		Keys:    len(p.keys),
		Paused:  max(0, time.Until(p.common.paused)),
	}
}
