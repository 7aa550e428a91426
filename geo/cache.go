package geo

import "time"

// CacheConfig bounds a Cache.
type CacheConfig struct {
	MaxBytes int64         // most bytes of values held, default 16 MiB
	TTL      time.Duration // how long a value may be served, default 1 h
}

// CacheStats counts what a Cache did since it was made.
type CacheStats struct{ Hits, Misses, Evicted, Bytes uint64 }

// Cache holds values by cell and language. It may forget anything at any time and a Set may be dropped;
// what it returns is never older than the last Delete of its key: a value read from the store before
// a write and set after it is not served.
type Cache[V any] struct{ _ V }

// NewCache returns an empty cache. Its library runs a goroutine until Close.
func NewCache[V any](cfg CacheConfig) (*Cache[V], error) { panic("contract") }

// Get returns the value and, on a miss, the generation that Set wants back.
func (c *Cache[V]) Get(cell Cell, lang string) (v V, gen uint64, ok bool) { panic("contract") }

// Set offers a value of size bytes that was read after Get returned gen.
func (c *Cache[V]) Set(cell Cell, lang string, v V, size int, gen uint64) { panic("contract") }

// Delete forgets the key and outdates every generation handed out before.
func (c *Cache[V]) Delete(cell Cell, lang string) { panic("contract") }

// Wait blocks until sets offered so far are applied: for tests.
func (c *Cache[V]) Wait() { panic("contract") }

// Stats returns the counters.
func (c *Cache[V]) Stats() CacheStats { panic("contract") }

// Close stops the cache; every caller must have ended before.
func (c *Cache[V]) Close() { panic("contract") }
