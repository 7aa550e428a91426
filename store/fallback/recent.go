package fallback

import (
	"maps"
	"sync"
)

// recent remembers what was last put or asked for: at least most entries, at most twice as many.
type recent[K comparable, V any] struct {
	most int

	mu         sync.Mutex
	young, old map[K]V // when young is full it becomes old, and what was old is forgotten
}

func newRecent[K comparable, V any](most int) *recent[K, V] {
	return &recent[K, V]{most: most, young: make(map[K]V)}
}

// update hands fn the entry, or a zero one, and keeps what it returns.
func (r *recent[K, V]) update(k K, fn func(V) V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.young[k]
	if !ok {
		v = r.old[k]
	}
	r.putLocked(k, fn(v))
}

func (r *recent[K, V]) put(k K, v V) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.putLocked(k, v)
}

func (r *recent[K, V]) putLocked(k K, v V) {
	if _, there := r.young[k]; !there && len(r.young) >= r.most {
		r.young, r.old = make(map[K]V), r.young
	}
	r.young[k] = v
}

func (r *recent[K, V]) get(k K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.young[k]; ok {
		return v, true
	}
	v, ok := r.old[k]
	if ok {
		r.putLocked(k, v)
	}
	return v, ok
}

// all calls fn with each entry, in no order.
func (r *recent[K, V]) all(fn func(K, V)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, v := range r.young {
		fn(k, v)
	}
	for k, v := range r.old {
		if _, newer := r.young[k]; !newer {
			fn(k, v)
		}
	}
}

func (r *recent[K, V]) delete(k K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.young, k)
	delete(r.old, k)
}

// deleteFunc deletes the entries whose keys fn chooses.
func (r *recent[K, V]) deleteFunc(fn func(K) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	chosen := func(k K, _ V) bool { return fn(k) }
	maps.DeleteFunc(r.young, chosen)
	maps.DeleteFunc(r.old, chosen)
}
