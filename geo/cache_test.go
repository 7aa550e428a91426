package geo

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func newTestCache[V any](t testing.TB, cfg CacheConfig) *Cache[V] {
	t.Helper()
	c, err := NewCache[V](cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// put sets a value after a read, as callers do.
func put[V any](c *Cache[V], cell Cell, lang string, v V, size int) {
	_, gen, _ := c.Get(cell, lang)
	c.Set(cell, lang, v, size, gen)
	c.Wait()
}

var kremlin = CellAt(Point{55.752, 37.6175}, LevelCache)

func TestCacheKeepsByCellAndLanguage(t *testing.T) {
	c := newTestCache[string](t, CacheConfig{})
	put(c, kremlin, "ru", "собор", 10)
	if v, _, ok := c.Get(kremlin, "ru"); !ok || v != "собор" {
		t.Errorf("Get = %q, %v", v, ok)
	}
	if v, _, ok := c.Get(kremlin, "en"); ok {
		t.Errorf("the other language got %q", v)
	}
	if v, _, ok := c.Get(kremlin+2, "ru"); ok {
		t.Errorf("the other cell got %q", v)
	}
	if got, want := c.Stats(), (CacheStats{Hits: 1, Misses: 3, Bytes: 10}); got != want {
		t.Errorf("Stats() = %+v, want %+v", got, want)
	}
}

func TestCacheDeleteOutdates(t *testing.T) {
	c := newTestCache[string](t, CacheConfig{})
	put(c, kremlin, "ru", "old", 10)
	c.Delete(kremlin, "ru")
	if v, _, ok := c.Get(kremlin, "ru"); ok {
		t.Errorf("Get after Delete = %q", v)
	}

	_, gen, _ := c.Get(kremlin, "ru") // a reader reads the store,
	c.Delete(kremlin, "ru")           // a writer changes it,
	c.Set(kremlin, "ru", "stale", 10, gen)
	c.Wait() // and the reader is late
	if v, _, ok := c.Get(kremlin, "ru"); ok {
		t.Errorf("served %q, which was read before the write", v)
	}
	put(c, kremlin, "ru", "new", 10)
	if v, _, ok := c.Get(kremlin, "ru"); !ok || v != "new" {
		t.Errorf("Get = %q, %v, want the new value", v, ok)
	}
}

func TestCacheCollisionIsAMiss(t *testing.T) {
	c := newTestCache[string](t, CacheConfig{})
	hash := c.hash(cacheKey{kremlin, "ru"})
	c.lib.Set(hash, entry[string]{key: cacheKey{kremlin, "en"}, value: "another's"}, 1)
	c.Wait()
	if v, _, ok := c.Get(kremlin, "ru"); ok {
		t.Errorf("a key of the same hash was served %q", v)
	}
}

// A served value must not be older than the value in the store at the last Delete before the Get.
func TestCacheNeverServesWhatAWriteReplaced(t *testing.T) {
	c := newTestCache[int64](t, CacheConfig{})
	var stored, deleted atomic.Int64
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := int64(1); i <= 5000; i++ {
			stored.Store(i)
			c.Delete(kremlin, "ru")
			deleted.Store(i)
		}
	})
	for range 4 {
		wg.Go(func() {
			for range 5000 {
				floor := deleted.Load()
				v, gen, ok := c.Get(kremlin, "ru")
				if ok && v < floor {
					t.Errorf("served %d after the write of %d", v, floor)
					return
				}
				if !ok {
					c.Set(kremlin, "ru", stored.Load(), 8, gen)
				}
			}
		})
	}
	wg.Wait()
}

func TestCacheForgetsByAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newTestCache[string](t, CacheConfig{TTL: time.Hour})
		put(c, kremlin, "ru", "story", 10)
		time.Sleep(time.Hour - time.Second)
		if _, _, ok := c.Get(kremlin, "ru"); !ok {
			t.Error("gone before its hour")
		}
		time.Sleep(2 * time.Second)
		if _, _, ok := c.Get(kremlin, "ru"); ok {
			t.Error("served after its hour")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := c.Stats(); got.Bytes != 0 || got.Evicted != 1 {
			t.Errorf("Stats() = %+v, want nothing held and one evicted", got)
		}
	})
}

func TestCacheStaysInsideItsBytes(t *testing.T) {
	c := newTestCache[string](t, CacheConfig{MaxBytes: 100_000})
	for i := range 1000 {
		put(c, kremlin+Cell(i), "ru", "story", 1000)
		if got := c.Stats().Bytes; got > 100_000 {
			t.Fatalf("%d bytes held after %d sets, the bound is 100000", got, i+1)
		}
	}
	put(c, 1, "ru", "too big", 100_001)
	if _, _, ok := c.Get(1, "ru"); ok {
		t.Error("a value over the bound was kept")
	}
	if got := c.Stats(); got.Bytes < 50_000 {
		t.Errorf("only %d bytes held", got.Bytes)
	}
}

func TestCacheHitDoesNotAllocate(t *testing.T) {
	c := newTestCache[[]string](t, CacheConfig{})
	put(c, kremlin, "ru", []string{"story"}, 10)
	if got := testing.AllocsPerRun(1000, func() { c.Get(kremlin, "ru") }); got > 0 {
		t.Errorf("%v allocations a hit", got)
	}
}

func BenchmarkCacheHit(b *testing.B) {
	c := newTestCache[[]string](b, CacheConfig{})
	put(c, kremlin, "ru", []string{"story"}, 10)
	b.ReportAllocs()
	for b.Loop() {
		c.Get(kremlin, "ru")
	}
}

func BenchmarkCacheHitParallel(b *testing.B) {
	c := newTestCache[[]string](b, CacheConfig{})
	put(c, kremlin, "ru", []string{"story"}, 10)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			c.Get(kremlin, "ru")
		}
	})
}

func BenchmarkCacheSetAndDelete(b *testing.B) {
	c := newTestCache[[]string](b, CacheConfig{})
	b.ReportAllocs()
	for b.Loop() {
		_, gen, _ := c.Get(kremlin, "ru")
		c.Set(kremlin, "ru", nil, 10, gen)
		c.Delete(kremlin, "ru")
	}
}

func ExampleCache() {
	c, err := NewCache[string](CacheConfig{TTL: time.Hour})
	if err != nil {
		panic(err)
	}
	defer c.Close()
	story, gen, ok := c.Get(kremlin, "en")
	if !ok {
		story = "read from the store"
		c.Set(kremlin, "en", story, len(story), gen)
	}
	fmt.Println(story)
	// Output: read from the store
}
