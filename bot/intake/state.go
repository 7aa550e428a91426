package intake

import (
	"context"
	"errors"
	"sync"
	"time"
)

// stage is how far an Intake's life is.
type stage uint8

const (
	starting stage = iota // Telegram has not answered yet, or the inbox is not read
	taking                // updates are accepted
	draining
)

var (
	errStarting = errors.New("intake: not started")
	errDraining = errors.New("intake: draining")
)

// state is what is under way, and whether more may be.
type state struct {
	mu       sync.Mutex
	stage    stage
	began    time.Time       // of Run; set before any update
	work     context.Context //nolint:containedctx // the work context of Run: it outlives the requests that bring updates
	inflight map[int64]int   // updates that are accepted and not done, with their sizes in bytes; bounded by MaxInflight
	bytes    int             // of inflight together
	maxBytes int
	ready    error // why updates do not come in; nil = they do
	unkept   error // why the last updates could not be kept, if that is neither room nor an outage; nil = they were
}

func newState(maxBytes int) *state {
	return &state{inflight: make(map[int64]int), maxBytes: maxBytes, ready: errStarting}
}

func (s *state) start(work context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work, s.began = work, time.Now()
}

// open lets updates be accepted.
func (s *state) open() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage = taking
}

// shut lets no more updates be accepted.
func (s *state) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stage, s.ready = draining, errDraining
}

// takes reports whether updates are accepted.
func (s *state) takes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stage == taking
}

// begin notes that an update of a size is under way. It returns repeated if it is already, stopping if nothing is accepted, and allFull if there is no
// room for its bytes, unless it must be taken.
func (s *state) begin(id int64, size int, must bool) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stage != taking {
		return stopping
	}
	if _, ok := s.inflight[id]; ok {
		return repeated
	}
	if !must && !s.fitsLocked(size) {
		return allFull
	}
	s.addLocked(id, size)
	return accepted
}

// fits reports whether there is room for size bytes. An update that is larger than all the room fits alone.
func (s *state) fits(size int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fitsLocked(size)
}

func (s *state) fitsLocked(size int) bool { return s.bytes == 0 || s.bytes+size <= s.maxBytes }

// add notes that an update of an earlier process is under way.
func (s *state) add(id int64, size int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.addLocked(id, size)
}

func (s *state) addLocked(id int64, size int) {
	s.bytes += size - s.inflight[id]
	s.inflight[id] = size
}

// end notes that an update is not under way any more.
func (s *state) end(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= s.inflight[id]
	delete(s.inflight, id)
}

func (s *state) underWay(id int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.inflight[id]
	return ok
}

func (s *state) workContext() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.work
}

func (s *state) sinceStart() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.began)
}

func (s *state) readiness() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

func (s *state) setReady(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stage != draining {
		s.ready = err
	}
}

var (
	// errUnreached is all that is said outside of Telegram's errors, whose texts are Telegram's or the network's; the log has the cause.
	errUnreached = errors.New("intake: Telegram cannot be reached or refuses requests")
	errNoPosts   = errors.New("telegram cannot post to the webhook")
)

// outside returns what everybody may read of why updates do not come in.
func outside(err error) error {
	for _, known := range []error{errStarting, errDraining, errNoPosts} {
		if errors.Is(err, known) {
			return known
		}
	}
	if err != nil {
		return errUnreached
	}
	return nil
}

// errUnkept is all that is said outside of an update that could not be kept; the log has the cause.
var errUnkept = errors.New("intake: the store refuses updates")

// setKept notes whether updates could be kept.
func (s *state) setKept(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unkept = err
}

// keeping returns why updates cannot be kept, nil if the last ones were.
func (s *state) keeping() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unkept != nil {
		return errUnkept
	}
	return nil
}
