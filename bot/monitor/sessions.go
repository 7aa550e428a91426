package monitor

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	// mostEnded bounds the sessions that are remembered because they ended before their time. Beyond it all sessions of that moment end.
	mostEnded = 200
	// readAgain is how old the list may be that other replicas change, too.
	readAgain = 5 * time.Second
)

// Saved is where the monitor keeps a text across restarts and replicas.
type Saved struct {
	Read  func(context.Context) (string, error)
	Write func(context.Context, string) error
}

// ended are the sessions that people logged out of. A nil value is an empty list.
type ended struct {
	saved Saved

	mu   sync.Mutex
	read time.Time            // when saved was read
	list map[string]time.Time // session -> when its cookie expires
	all  time.Time            // every cookie that expires before is refused
}

// has reports whether the session of a cookie ended.
func (e *ended) has(id string, until, now time.Time) bool {
	if e == nil {
		return false
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.readLocked(context.Background(), now)
	_, found := e.list[id]
	return found || until.Before(e.all)
}

// add ends a session.
func (e *ended) add(ctx context.Context, id string, until, now time.Time) error {
	if e == nil {
		return nil
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.readLocked(ctx, now)
	for other, expires := range e.list {
		if !expires.After(now) {
			delete(e.list, other)
		}
	}
	if len(e.list) >= mostEnded {
		clear(e.list)
		e.all = now.Add(cookieLife + time.Second)
	}
	e.list[id] = until
	if e.saved.Write == nil {
		return nil
	}
	words := []string{strconv.FormatInt(e.all.Unix(), 10)}
	for id, expires := range e.list {
		words = append(words, id+":"+strconv.FormatInt(expires.Unix(), 10))
	}
	return e.saved.Write(ctx, strings.Join(words, " "))
}

// readLocked adds what is saved. If it cannot be read, the list in memory counts.
func (e *ended) readLocked(ctx context.Context, now time.Time) {
	if e.list == nil {
		e.list = map[string]time.Time{}
	}
	if e.saved.Read == nil || now.Sub(e.read).Abs() < readAgain {
		return
	}
	e.read = now
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	text, err := e.saved.Read(ctx)
	if err != nil {
		return
	}
	for i, word := range strings.Fields(text) {
		id, number, found := strings.Cut(word, ":")
		if !found {
			number = id
		}
		seconds, err := strconv.ParseInt(number, 10, 64)
		switch at := time.Unix(seconds, 0); {
		case err != nil:
		case found:
			e.list[id] = at
		case i == 0 && at.After(e.all):
			e.all = at
		}
	}
}
