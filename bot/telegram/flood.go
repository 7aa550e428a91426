package telegram

import (
	"errors"
	"net/http"
	"sync"
	"time"
)

// Bounds of what is known of floods.
const (
	floodWindow = 2 * time.Second // calls that are this old tell nothing about the common limit
	floodChats  = 5               // chats that must be refused within the window
	floodCalls  = 128             // calls that are remembered: more than Telegram allows in the window
)

// floods finds out which limit a 429 means. Telegram does not name it. A chat that writes too much is refused alone; if the common limit is hit,
// calls to most chats are refused.
type floods struct {
	mu    sync.Mutex
	calls [floodCalls]floodCall // a ring
	next  int
}

type floodCall struct {
	chat    int64
	at      time.Time
	refused bool
}

// note remembers the outcome of a call. It reports whether all chats are refused: at least floodChats of them, and more than were answered.
func (f *floods) note(now time.Time, chat int64, refused bool) (all bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls[f.next] = floodCall{chat, now, refused}
	f.next = (f.next + 1) % floodCalls
	if !refused {
		return false
	}
	last := make(map[int64]bool, floodCalls) // by chat: whether its last call was refused
	for i := range f.calls {
		if c := &f.calls[(f.next+i)%floodCalls]; !c.at.IsZero() && now.Sub(c.at) < floodWindow {
			last[c.chat] = c.refused
		}
	}
	n := 0
	for _, was := range last {
		if was {
			n++
		}
	}
	if all = n >= floodChats && 2*n > len(last); all {
		f.calls = [floodCalls]floodCall{} // calls that were made before the pause must not cause another one
	}
	return all
}

// heard notes the outcome of a call, and obeys a 429: it pauses the chat, or all chats, or only the chat's actions.
func (s *Sender) heard(chat int64, method string, err error) {
	if err == nil && method != methodAction {
		s.floods.note(time.Now(), chat, false)
		return
	}
	var refusal *APIError
	refused := errors.As(err, &refusal) && refusal.Code == http.StatusTooManyRequests
	if method == methodAction {
		if refused {
			d := max(refusal.RetryAfter, time.Second)
			s.actions.PauseKey(chat, d)
			s.log.Warn("telegram_flood", "method", method, "pause", d)
		}
		return
	}
	if !refused {
		return // it tells nothing about a limit
	}
	all := s.floods.note(time.Now(), chat, true)
	d := max(refusal.RetryAfter, time.Second)
	s.pace.PauseKey(chat, d)
	if all {
		s.pace.Pause(d)
	}
	s.log.Warn("telegram_flood", "method", method, "pause", d, "all", all)
}
