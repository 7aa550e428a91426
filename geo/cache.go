package geo

import (
	"fmt"
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"
)

// CacheConfig bounds a Cache.
type CacheConfig struct {
	MaxBytes int64         // most bytes of values held, default 16 MiB
	TTL      time.Duration // how long a value may be served, default 1 h
}

// CacheStats counts what a Cache did since it was made.
type CacheStats struct {
	Hits, Misses uint64
	Evicted      uint64 // dropped for room or age
	Bytes        uint64 // held now
}

// Cache holds values by cell and language. It may forget anything at any time and a Set may be dropped;
// what it returns is never older than the last Delete of its key: a value read from the store before
// a write and set after it is not served.
type Cache[V any] struct {
	lib      *ristretto.Cache[uint64, entry[V]]
	maxBytes int64
	ttl      time.Duration
	seed     maphash.Seed
	// generations counts the Deletes of each stripe of keys. An entry is served only while its stripe is at the
	// generation it was read under, so a Delete may outdate a neighbour, which costs a read, and can miss nothing.
	generations           [stripes]atomic.Uint64
	hits, misses, evicted atomic.Uint64
}

// stripes bounds the generations: 32 KiB.
const stripes = 4096

// entry keeps its key whole: two keys of one hash are told apart by it.
type entry[V any] struct {
	key        cacheKey
	generation uint64
	value      V
}

type cacheKey struct {
	cell Cell
	lang string
}

// NewCache returns an empty cache. Its library runs two goroutines until Close.
func NewCache[V any](cfg CacheConfig) (*Cache[V], error) {
	if cfg.MaxBytes <= 0 {
		cfg.MaxBytes = 16 << 20
	}
	if cfg.TTL <= 0 {
		cfg.TTL = time.Hour
	}
	c := &Cache[V]{maxBytes: cfg.MaxBytes, ttl: cfg.TTL, seed: maphash.MakeSeed()}
	lib, err := ristretto.NewCache(&ristretto.Config[uint64, entry[V]]{
		// Ten counters for each entry of 2 KiB that fits, as the library advises; 3 bytes each.
		NumCounters:        min(max(cfg.MaxBytes/2048*10, 1000), 1_000_000),
		MaxCost:            cfg.MaxBytes,
		BufferItems:        64,
		IgnoreInternalCost: true, // else each entry costs 56 bytes more than its size
		KeyToHash:          func(key uint64) (hash, conflict uint64) { return key, 0 },
		OnEvict:            func(*ristretto.Item[entry[V]]) { c.evicted.Add(1) },
		// The library's own metrics keep a map of up to 100 000 admission times: not worth two counters.
		Metrics: false,
	})
	if err != nil {
		return nil, fmt.Errorf("new cache: %w", err)
	}
	c.lib = lib
	return c, nil
}

// Get returns the value and, on a miss, the generation that Set wants back.
func (c *Cache[V]) Get(cell Cell, lang string) (v V, gen uint64, ok bool) {
	key := cacheKey{cell, lang}
	hash := c.hash(key)
	gen = c.generations[hash%stripes].Load()
	e, found := c.lib.Get(hash)
	if !found || e.generation != gen || e.key != key {
		c.misses.Add(1)
		return v, gen, false
	}
	c.hits.Add(1)
	return e.value, gen, true
}

// Set offers a value of size bytes that was read after Get returned gen. The cache keeps v and lang.
func (c *Cache[V]) Set(cell Cell, lang string, v V, size int, gen uint64) {
	key := cacheKey{cell, lang}
	hash := c.hash(key)
	if c.generations[hash%stripes].Load() != gen {
		return
	}
	c.lib.SetWithTTL(hash, entry[V]{key: key, generation: gen, value: v}, int64(max(size, 1)), c.ttl)
}

// Delete forgets the key and outdates every generation handed out before.
func (c *Cache[V]) Delete(cell Cell, lang string) {
	hash := c.hash(cacheKey{cell, lang})
	c.generations[hash%stripes].Add(1)
	c.lib.Del(hash)
}

// Wait blocks until sets offered so far are applied: for tests.
func (c *Cache[V]) Wait() { c.lib.Wait() }

// Stats returns the counters.
func (c *Cache[V]) Stats() CacheStats {
	return CacheStats{
		Hits:    c.hits.Load(),
		Misses:  c.misses.Load(),
		Evicted: c.evicted.Load(),
		Bytes:   uint64(max(0, c.maxBytes-c.lib.RemainingCost())),
	}
}

// Close stops the cache; a second Close does nothing. Every caller must have ended before: the library panics on a Set or
// Delete that races with it.
func (c *Cache[V]) Close() { c.lib.Close() }

func (c *Cache[V]) hash(key cacheKey) uint64 { return maphash.Comparable(c.seed, key) }
