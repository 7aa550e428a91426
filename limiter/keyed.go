// Package limiter decides who may go on, when and in which order: Keyed refuses what exceeds a rate, Pace delays it, and Gate bounds what runs
// at once and orders it by priority. It starts no goroutines and knows nothing of the domain.
package limiter

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// defaultMaxKeys bounds the keys of a Keyed or a Pace without MaxKeys.
const defaultMaxKeys = 10_000

// KeyedConfig configures the bucket of each key.
type KeyedConfig struct {
	Rate    float64 // tokens a second; 0 or less = no limit
	Burst   int     // size of the bucket, default 1
	MaxKeys int     // keys remembered, default 10 000; the least recently used are forgotten first
}

// Keyed has a token bucket for each of a bounded number of keys. A forgotten key starts again with a full bucket.
type Keyed[K comparable] struct {
	cfg KeyedConfig

	mu   sync.Mutex
	keys map[K]*list.Element
	used list.List // of *keyedBucket, the most recently used in front
}

type keyedBucket[K comparable] struct {
	key    K
	tokens *rate.Limiter
}

// NewKeyed returns a Keyed with no keys.
func NewKeyed[K comparable](cfg KeyedConfig) *Keyed[K] {
	cfg.Burst = max(cfg.Burst, 1)
	if cfg.MaxKeys <= 0 {
		cfg.MaxKeys = defaultMaxKeys
	}
	return &Keyed[K]{cfg: cfg, keys: make(map[K]*list.Element)}
}

// Allow takes a token from the bucket of key and reports whether there was one.
func (l *Keyed[K]) Allow(key K) bool { return l.allow(key, time.Now()) }

func (l *Keyed[K]) allow(key K, now time.Time) bool {
	if l.cfg.Rate <= 0 {
		return true
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bucketLocked(key).AllowN(now, 1)
}

// bucketLocked returns the bucket of key, a full one if the key is new.
func (l *Keyed[K]) bucketLocked(key K) *rate.Limiter {
	if e, ok := l.keys[key]; ok {
		l.used.MoveToFront(e)
		return e.Value.(*keyedBucket[K]).tokens
	}
	if len(l.keys) >= l.cfg.MaxKeys {
		oldest := l.used.Remove(l.used.Back()).(*keyedBucket[K])
		delete(l.keys, oldest.key)
	}
	b := &keyedBucket[K]{key: key, tokens: rate.NewLimiter(rate.Limit(l.cfg.Rate), l.cfg.Burst)}
	l.keys[key] = l.used.PushFront(b)
	return b.tokens
}

// Len returns the number of keys remembered.
func (l *Keyed[K]) Len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.keys)
}
