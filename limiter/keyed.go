// Package limiter says whether something may pass and in what order: Keyed buckets refuse, a Pace makes wait,
// a Gate admits by priority. It starts no goroutines and has no words of the domain.
package limiter

// KeyedConfig sets the bucket that each key gets.
type KeyedConfig struct {
	Rate    float64 // tokens a second; 0 or less = no limit
	Burst   int     // size of the bucket, default 1
	MaxKeys int     // keys remembered, the least recently used are forgotten first, default 10 000
}

// Keyed is a token bucket for each key, bounded in keys. A forgotten key starts again with a full bucket.
type Keyed[K comparable] struct{ _ K }

// NewKeyed returns a Keyed with no keys.
func NewKeyed[K comparable](cfg KeyedConfig) *Keyed[K] { panic("contract") }

// Allow takes a token from key's bucket and says whether there was one.
func (l *Keyed[K]) Allow(key K) bool { panic("contract") }

// Len returns the number of keys remembered.
func (l *Keyed[K]) Len() int { panic("contract") }
