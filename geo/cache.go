package geo

import (
	"fmt"
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/dgraph-io/ristretto/v2"
)

// CacheConfig sets the bounds of a Cache.
type CacheConfig struct {
	MaxBytes int64         // of values held, default 16 MiB
	TTL      time.Duration // for which a value is served, default 1 h
}

// CacheStats describes a Cache at one moment. The counters only grow.
type CacheStats struct {
	Hits, Misses uint64
	Evicted      uint64 // dropped because of size or age
	Bytes        uint64 // held now
}

// Cache holds values by cell and language. It may forget any value at any time, and may ignore a Set. It never returns a value older than the last
// Delete of its key: a value that was read from the store before a write and set after it is not served.
type Cache[V any] struct {
	lib      *ristretto.Cache[uint64, entry[V]]
	maxBytes int64
	ttl      time.Duration
	seed     maphash.Seed
	// generations counts the Deletes of each stripe of keys. An entry is served only while its stripe has the generation that it was read
	// under. So a Delete may outdate another key of the stripe, which costs a read, and always outdates its own.
	generations           [stripes]atomic.Uint64
	hits, misses, evicted atomic.Uint64
}

// stripes bounds the generations: 32 KiB.
const stripes = 4096

// entry holds its whole key, to tell two keys of one hash apart.
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
		// Ten counters for each entry of 4 KiB that fits, as the library advises; 3 to 6 bytes each.
		NumCounters:        min(max(cfg.MaxBytes/4096*10, 1000), 1_000_000),
		MaxCost:            cfg.MaxBytes,
		BufferItems:        64,
		IgnoreInternalCost: true, // otherwise each entry costs 56 bytes more than its size
		KeyToHash:          func(key uint64) (hash, conflict uint64) { return key, 0 },
		OnEvict:            func(*ristretto.Item[entry[V]]) { c.evicted.Add(1) },
		// The metrics of the library keep a map of up to 100 000 admission times.
		Metrics: false,
	})
	if err != nil {
		return nil, fmt.Errorf("new cache: %w", err)
	}
	c.lib = lib
	return c, nil
}

// Get returns the value and, on a miss, the generation to pass to Set.
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

// Set offers a value of size bytes that was read after Get returned gen. The cache retains v and lang.
func (c *Cache[V]) Set(cell Cell, lang string, v V, size int, gen uint64) {
	key := cacheKey{cell, lang}
	hash := c.hash(key)
	if c.generations[hash%stripes].Load() != gen {
		return
	}
	c.lib.SetWithTTL(hash, entry[V]{key: key, generation: gen, value: v}, int64(max(size, 1)), c.ttl)
}

// Delete forgets the key and outdates every generation returned before.
func (c *Cache[V]) Delete(cell Cell, lang string) {
	hash := c.hash(cacheKey{cell, lang})
	c.generations[hash%stripes].Add(1)
	c.lib.Del(hash)
}

// Clear outdates every value and every generation returned before. Later values take the room of the old ones. The library's own Clear may not run
// beside other calls.
func (c *Cache[V]) Clear() {
	for i := range c.generations {
		c.generations[i].Add(1)
	}
}

// Wait blocks until earlier Sets are applied, for tests.
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

// Close stops the cache. A second Close does nothing. No other call may be in progress: the library panics on a Set or Delete that races with
// Close.
func (c *Cache[V]) Close() { c.lib.Close() }

func (c *Cache[V]) hash(key cacheKey) uint64 { return maphash.Comparable(c.seed, key) }
