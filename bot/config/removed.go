package config

import (
	"fmt"
	"strings"
)

// A removedKey was a setting in the edition before this one. For one edition it is accepted and has no effect, so that an operator's
// configuration stays valid.
type removedKey struct {
	key, env string
	fixed    string // the value that it has now
}

var removedKeys = []removedKey{
	{"openai.places_per_call", "OPENAI_PLACES_PER_CALL", "4"},
	{"store.postgres_timeout", "DATABASE_TIMEOUT", "5s"},
	{"cache.ttl", "CACHE_TTL", "1h"},
	{"queue.size", "QUEUE_SIZE", "100"},
}

func (r removedKey) section() string {
	section, _, _ := strings.Cut(r.key, ".")
	return section
}

// noteRemoved remembers that the key is set at origin.
func (c *Config) noteRemoved(r removedKey, origin string) {
	c.removed = append(c.removed, fmt.Sprintf("%s (%s) has no effect any more: it is always %s; remove it", r.key, origin, r.fixed))
}

// Removed returns a sentence for each key that is set and has no effect any more.
func (c *Config) Removed() []string { return c.removed }
