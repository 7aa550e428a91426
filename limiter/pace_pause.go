package limiter

import "time"

// Spare takes a token without waiting, and only if at least reserve tokens of the common bucket stay for others and
// nobody is waiting: for sends that may be left out.
func (p *Pace[K]) Spare(key K, reserve int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.waiting > 0 || !p.common.spare(now, reserve) {
		return false
	}
	k := p.keyLocked(key)
	if k.tokens.wait(now, 0) > 0 {
		return false
	}
	p.spendLocked(k, now)
	return true
}

// Pause stops everybody (PauseKey: one key) for d from now, as a 429's retry_after asks; a longer pause stays.
func (p *Pace[K]) Pause(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.common.pause(time.Now(), d)
}

// PauseKey stops one key.
func (p *Pace[K]) PauseKey(key K, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keyLocked(key).tokens.pause(time.Now(), d)
}

// PaceStats is a Pace at one moment.
type PaceStats struct {
	Waiting, Keys int
	Paused        time.Duration // what is left of the common pause
}

// Stats returns the numbers.
func (p *Pace[K]) Stats() PaceStats {
	p.mu.Lock()
	defer p.mu.Unlock()
	return PaceStats{
		Waiting: p.waiting,
		Keys:    len(p.keys),
		Paused:  max(0, time.Until(p.common.paused)),
	}
}
