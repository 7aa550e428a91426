package speech

import (
	"container/list"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// Recording is what is sent to a person: a file that Telegram knows, or one to upload.
type Recording struct {
	FileID   string // Telegram's; "" = Audio must be uploaded
	Audio    []byte // shared: read only
	Name     string // of the file
	Duration time.Duration
}

// id names a recording of a text.
type id struct {
	key  store.VoiceKey
	text string // store.TextHash
}

// take is a recording in progress, or one that is finished and not in the store.
type take struct {
	id     id
	ticket *limiter.Ticket // at the gate
	made   chan struct{}   // closed when the fields below are final
	rec    Recording
	err    error

	upload chan struct{} // holds a token while nobody uploads

	mu     sync.Mutex
	fileID string // after an upload
}

func newTake(id id, ticket *limiter.Ticket) *take {
	t := &take{id: id, ticket: ticket, made: make(chan struct{}), upload: make(chan struct{}, 1)}
	t.upload <- struct{}{}
	return t
}

// recording returns what there is to send: after an upload, the file_id.
func (t *take) recording() Recording {
	t.mu.Lock()
	defer t.mu.Unlock()
	rec := t.rec
	rec.FileID = t.fileID
	return rec
}

func (t *take) uploaded(fileID string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fileID = fileID
}

// shelf holds takes. Finished ones stay until there are too many of them, the least recently used first.
type shelf struct {
	takes map[id]*list.Element // of *take
	order list.List            // the last used in front
	bytes int                  // of finished ones
}

func newShelf() shelf { return shelf{takes: map[id]*list.Element{}} }

// find returns the take, nil if there is none.
func (s *shelf) find(id id) *take {
	e := s.takes[id]
	if e == nil {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*take)
}

func (s *shelf) add(t *take) { s.takes[t.id] = s.order.PushFront(t) }

// finished counts a take whose recording is there, and drops others if it is too much.
func (s *shelf) finished(t *take) {
	if s.takes[t.id] == nil {
		return
	}
	s.bytes += len(t.rec.Audio)
	for e := s.order.Back(); e != nil && (s.bytes > keptMost || len(s.takes) > keptEntries); {
		before := e.Prev()
		if old := e.Value.(*take); old != t && old.isMade() {
			s.drop(old)
		}
		e = before
	}
}

// empty frees the audio of a take whose file Telegram keeps.
func (s *shelf) empty(t *take) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := s.takes[t.id]; e != nil && e.Value.(*take) == t {
		s.bytes -= len(t.rec.Audio)
	}
	t.rec.Audio = nil
}

func (s *shelf) drop(t *take) {
	e := s.takes[t.id]
	if e == nil || e.Value.(*take) != t {
		return
	}
	if t.isMade() {
		s.bytes -= len(t.rec.Audio)
	}
	s.order.Remove(e)
	delete(s.takes, t.id)
}

func (t *take) isMade() bool {
	select {
	case <-t.made:
		return true
	default:
		return false
	}
}
