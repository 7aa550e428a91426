package bot

import (
	"sync"
	"time"
)

const (
	wishLife  = 10 * time.Minute
	maxWishes = 1000
)

// wishes remembers who asked for a tour, or for stories to take along, and was asked for a position. They are lost with the process: then a position
// gets a story.
type wishes struct {
	mu   sync.Mutex
	held map[int64]heldWish // by person, at most maxWishes
}

type heldWish struct {
	wish
	until time.Time
}

func newWishes() *wishes { return &wishes{held: make(map[int64]heldWish)} }

// put remembers a wish. If there are too many, it makes room by forgetting old ones, or all.
func (ws *wishes) put(person int64, w wish, now time.Time) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.held) >= maxWishes {
		for p, h := range ws.held {
			if !h.until.After(now) {
				delete(ws.held, p)
			}
		}
		if len(ws.held) >= maxWishes {
			clear(ws.held)
		}
	}
	ws.held[person] = heldWish{w, now.Add(wishLife)}
}

// take returns the wish of a person once.
func (ws *wishes) take(person int64, now time.Time) (wish, bool) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	h, ok := ws.held[person]
	delete(ws.held, person)
	return h.wish, ok && h.until.After(now)
}

// of takes what the sender wanted before they sent their position.
func (ws *wishes) of(u *update) (wish, bool) {
	if !u.Private || u.Message == nil {
		return wish{}, false
	}
	return ws.take(u.Person, time.Now())
}
