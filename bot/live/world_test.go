package live

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// home is where walkers start.
var home = geo.Point{Lat: 55.7539, Lon: 37.6208}

// world is a Live over a real store, with hooks that record their calls. It lives inside a synctest bubble.
type world struct {
	*testing.T
	cfg   Config
	path  string
	store *boltstore.Store
	live  *Live
	stop  context.CancelFunc
	ended chan error

	mu      sync.Mutex
	deliver func(ctx context.Context, t Tick, done func(Outcome)) // default: takes a second and is Delivered
	close   func(w store.Walk) error                              // default: nil
	told    []told
	sights  []Sight // that surveys find
	asked   []Survey
	log     []string // of the other hooks
	late    []time.Duration
}

// told is a delivery, by the clock of the test.
type told struct {
	Tick
	at time.Time
}

// inWorld runs a test in a synctest bubble.
func inWorld(t *testing.T, cfg Config, test func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := &world{T: t, cfg: cfg, path: filepath.Join(t.TempDir(), "walks.db")}
		w.start()
		test(w)
		w.end()
	})
}

func (w *world) start() {
	w.Helper()
	var err error
	w.store, err = boltstore.Open(boltstore.Config{Path: w.path})
	w.check(err)
	cfg := w.cfg
	if cfg.Store == nil {
		cfg.Store = w.store
	}
	cfg.Observe = func(d time.Duration) { w.mu.Lock(); w.late = append(w.late, d); w.mu.Unlock() }
	w.live, err = New(cfg, Hooks{
		Deliver: w.onDeliver,
		Prepare: func(walk store.Walk, at geo.Point) {
			w.note("prepare %s %.0f", walk.ID, geo.Distance(walk.Point, at))
		},
		Survey: w.onSurvey,
		Chosen: func(walk store.Walk) { w.note("chosen %s %v", walk.ID, walk.Interval) },
		Quiet:  func(walk store.Walk) { w.note("quiet %s", walk.ID) },
		Ended: func(walk store.Walk, done func(error)) {
			w.note("ended %s %s", walk.ID, walk.Reason)
			w.mu.Lock()
			answer := w.close
			w.mu.Unlock()
			if answer == nil {
				done(nil)
				return
			}
			done(answer(walk))
		},
	})
	w.check(err)
	var ctx context.Context
	ctx, w.stop = context.WithCancel(context.Background())
	w.ended = make(chan error, 1)
	go func() { w.ended <- w.live.Run(ctx) }()
	synctest.Wait()
}

// onDeliver tells and records the story as package bot does, unless the test has a plan.
func (w *world) onDeliver(ctx context.Context, t Tick, done func(Outcome)) {
	w.mu.Lock()
	w.told = append(w.told, told{t, time.Now()})
	plan := w.deliver
	w.mu.Unlock()
	if plan != nil {
		plan(ctx, t, done)
		return
	}
	go func() {
		if !w.tell(ctx, t, time.Second) {
			done(Dropped)
			return
		}
		done(Delivered)
	}()
}

// tell sends a story after a while and reports whether it was sent.
func (w *world) tell(ctx context.Context, t Tick, takes time.Duration) bool {
	select {
	case <-time.After(takes):
	case <-ctx.Done():
		return false
	}
	err := w.store.Delivered(context.WithoutCancel(ctx), store.Delivery{
		Person: t.Person, Place: fmt.Sprint("Q", t.Person, ".", t.Number), Walk: t.Walk, Number: t.Number,
		Title: fmt.Sprint("place ", t.Number), Point: t.Point, At: time.Now(),
	})
	if err != nil {
		w.Errorf("delivered: %v", err)
	}
	return true
}

// end stops the Live as main does, and closes the store.
func (w *world) end() {
	w.Helper()
	w.stop()
	w.check(<-w.ended)
	w.check(w.store.Close())
}

func (w *world) restart() {
	w.Helper()
	w.end()
	w.start()
}

func (w *world) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

// plan sets what deliveries do from now on.
func (w *world) plan(fn func(ctx context.Context, t Tick, done func(Outcome))) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deliver = fn
}

// answers makes all further deliveries end at once.
func (w *world) answers(o Outcome) {
	w.plan(func(_ context.Context, _ Tick, done func(Outcome)) { done(o) })
}

func (w *world) stories() []told {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]told(nil), w.told...)
}

// notes returns the calls of the other hooks since the last call of notes.
func (w *world) notes() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	log := w.log
	w.log = nil
	return log
}

func (w *world) check(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// share is a live location of an hour from home, sent now.
func share(person int64, message int) Share {
	return Share{Person: person, Chat: person, Message: message, Point: home, Date: time.Now(), Period: time.Hour}
}

// begin starts a walk.
func (w *world) begin(sh Share) Started {
	w.Helper()
	started, err := w.live.Start(context.Background(), sh)
	w.check(err)
	return started
}

// moveTo sends an edit.
func (w *world) moveTo(sh Share, p geo.Point) {
	w.Helper()
	sh.Point, sh.Edited = p, time.Now()
	_, err := w.live.Edit(context.Background(), sh)
	w.check(err)
}

// stay sends an edit from home every two minutes for a while.
func (w *world) stay(sh Share, d time.Duration) {
	w.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(2*time.Minute, time.Until(end)))
		w.moveTo(sh, home)
	}
	time.Sleep(loopInterval) // what was due at the end has come
	synctest.Wait()
}

// walk moves a phone from a point for a while, an edit every 20 seconds, and returns its last position.
func (w *world) walk(sh Share, from geo.Point, bearing, speed float64, d time.Duration) geo.Point {
	w.Helper()
	const every = 20 * time.Second
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(every, time.Until(end)))
		from = geo.Offset(from, bearing, speed*every.Seconds())
		w.moveTo(sh, from)
	}
	synctest.Wait()
	return from
}

func (w *world) stored(sh Share) store.Walk {
	w.Helper()
	walk, err := w.store.Walk(context.Background(), sh.ID())
	w.check(err)
	return walk
}
