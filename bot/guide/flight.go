package guide

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/limiter"
	"excursobot/store"
)

// flight is one call to the model that writes the stories of several places. Whoever wants one of them joins it; it goes in the best class of
// those who wait. While it is queued it ends when nobody wants it any more; once started it always ends in the library.
type flight struct {
	person   int64 // who pays the tokens
	language string
	length   store.Length
	seats    []*seat
	ticket   *limiter.Ticket

	queued    context.Context //nolint:containedctx // the life of the wait in the queue, which no caller owns: it ends when the flight is abandoned
	abandon   context.CancelFunc
	holders   int           // guarded by Guide.mu
	class     limiter.Class // best of the holders'; guarded by Guide.mu
	started   bool          // guarded by Guide.mu
	abandoned bool          // guarded by Guide.mu
}

// seat is one place's story in a flight.
type seat struct {
	flight *flight
	place  store.Place
	key    store.StoryKey

	// Written once before done is closed.
	story  store.Story
	reason Reason // why there is no story
	done   chan struct{}
}

// board finds the flight that writes about the first place, or starts one that writes about the others too, those of them that no
// flight carries. It returns ErrFull, ErrLate or ErrClosed of the gate if no flight can be had. Every seat must be left.
func (g *Guide) board(req Request, deadline time.Time, first store.Place, others []store.Place) (*seat, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.seatLocked(first.ID, req.Language, req.Length); s != nil {
		return s, g.joinLocked(s.flight, req.Class, deadline)
	}
	ticket, err := g.cfg.Gate.Enter(limiter.Job{Class: req.Class, Key: req.Person, Deadline: deadline})
	if err != nil {
		g.counts.refused.Add(1)
		return nil, err
	}
	f := &flight{person: req.Person, language: req.Language, length: req.Length, ticket: ticket, class: req.Class, holders: 1}
	f.queued, f.abandon = context.WithCancel(g.work)
	g.seatInLocked(f, first)
	for _, p := range others {
		if len(f.seats) == g.cfg.PlacesPerCall {
			break
		}
		if p.ID != first.ID && g.seatLocked(p.ID, req.Language, req.Length) == nil {
			g.seatInLocked(f, p)
		}
	}
	if !g.spawnLocked(func() { g.fly(f) }) {
		for _, s := range f.seats {
			g.forgetLocked(s)
		}
		// The ticket must be waited for, and nobody will: the gate is closing with us.
		f.abandon()
		if slot, err := ticket.Wait(f.queued); err == nil {
			slot.Release()
		}
		return nil, limiter.ErrClosed
	}
	return f.seats[0], nil
}

// joinLocked adds a holder to a flight. One that is queued in a worse class is taken along only if it can start in time in the
// better one: else ErrLate, and it stays where it is.
func (g *Guide) joinLocked(f *flight, class limiter.Class, deadline time.Time) error {
	if !f.started && class < f.class {
		if !deadline.IsZero() && time.Now().Add(g.cfg.Gate.Estimate(class)).After(deadline) {
			g.counts.refused.Add(1)
			return limiter.ErrLate
		}
		f.class = class
	}
	f.holders++
	if !f.started {
		f.ticket.Promote(class, deadline)
	}
	g.counts.joined.Add(1)
	return nil
}

func (g *Guide) seatInLocked(f *flight, p store.Place) {
	s := &seat{
		flight: f, place: p, done: make(chan struct{}),
		key: store.StoryKey{Place: p.ID, Language: f.language, Length: f.length},
	}
	f.seats = append(f.seats, s)
	g.seats[s.key] = s
}

// seatLocked finds the flight of a place; a story of the other length will do.
func (g *Guide) seatLocked(place, language string, length store.Length) *seat {
	for _, l := range [...]store.Length{length, otherLength(length)} {
		if s, ok := g.seats[store.StoryKey{Place: place, Language: language, Length: l}]; ok {
			return s
		}
	}
	return nil
}

func otherLength(l store.Length) store.Length {
	if l == store.Long {
		return store.Short
	}
	return store.Long
}

// leave ends the interest of one holder.
func (g *Guide) leave(s *seat) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := s.flight
	f.holders--
	if f.holders > 0 || f.started {
		return
	}
	f.abandoned = true
	for _, s := range f.seats {
		g.forgetLocked(s)
	}
	f.abandon()
}

func (g *Guide) forgetLocked(s *seat) {
	if g.seats[s.key] == s {
		delete(g.seats, s.key)
	}
}

// settle publishes what became of a seat. The story is in the store by now, so the next one to ask finds it there.
func (g *Guide) settle(s *seat, story store.Story, reason Reason) {
	select {
	case <-s.done:
		return
	default:
	}
	s.story, s.reason = story, reason
	close(s.done)
	g.mu.Lock()
	g.forgetLocked(s)
	g.mu.Unlock()
}

// fly waits for a slot and makes the call. It is the only one to settle the flight's seats.
func (g *Guide) fly(f *flight) {
	reason := ModelBusy
	defer func() {
		f.abandon()
		for _, s := range f.seats {
			g.settle(s, store.Story{}, reason)
		}
	}()
	queued := time.Now()
	slot, err := f.ticket.Wait(f.queued)
	if err != nil {
		return
	}
	defer slot.Release()
	if g.cfg.Slot != nil { // inside the gate's own, so that its estimate counts the wait for the others' calls
		release, err := g.cfg.Slot(f.queued)
		if err != nil {
			if f.queued.Err() == nil {
				g.log.Warn("model_slot", "error", err)
				reason = ModelDown
			}
			return
		}
		defer release()
	}
	g.mu.Lock()
	abandoned := f.abandoned
	f.started = !abandoned
	g.mu.Unlock()
	if abandoned {
		return
	}
	g.counts.flights.Add(1)
	g.counts.waited.Add(int64(time.Since(queued)))
	open := g.openSeats(f)
	// A story that failed the checks or was left out is asked for once more.
	for attempt := 0; attempt < 2 && len(open) > 0; attempt++ {
		if err := g.call(f, open); err != nil {
			reason = reasonOf(err)
			return
		}
		open = unsettled(open)
		reason = Unfit
	}
}

func unsettled(seats []*seat) []*seat {
	var open []*seat
	for _, s := range seats {
		select {
		case <-s.done:
		default:
			open = append(open, s)
		}
	}
	return open
}

// openSeats settles the seats whose story has come into the library since the flight was made, and returns the others.
func (g *Guide) openSeats(f *flight) []*seat {
	keys := make([]store.StoryKey, len(f.seats))
	for i, s := range f.seats {
		keys[i] = s.key
	}
	have, err := g.cfg.Store.Stories(g.work, keys, time.Now())
	if err != nil {
		g.log.Error("library_unasked", "error", err)
		return f.seats
	}
	for _, story := range have {
		for _, s := range f.seats {
			if s.key != story.StoryKey {
				continue
			}
			if story.Retired {
				g.settle(s, store.Story{}, Unfit)
			} else {
				g.settle(s, story, NoReason)
			}
		}
	}
	return unsettled(f.seats)
}

// call asks the model about the open seats and settles each as its story arrives.
func (g *Guide) call(f *flight, open []*seat) error {
	req := model.Request{Language: f.language, Long: f.length == store.Long}
	for _, s := range open {
		req.Places = append(req.Places, s.place)
	}
	res, err := g.cfg.Model.Write(g.work, req, func(written model.Story) {
		for _, s := range open {
			if s.place.ID != written.Place {
				continue
			}
			story := g.compose(s, written.Text)
			if err := g.keep(g.work, story); err != nil {
				// It can still be told; only the next person has to wait for it again.
				g.log.Error("story_unkept", "place", s.place.ID, "error", err)
			}
			g.settle(s, story, NoReason)
		}
	})
	g.counts.written.Add(uint64(len(res.Stories)))
	for _, dropped := range res.Dropped {
		g.counts.dropped.Add(1)
		g.log.Warn("story_dropped", "place", dropped.Place, "rule", dropped.Rule, "detail", dropped.Detail, "language", f.language)
	}
	// The tokens are spent even if the work is being cancelled.
	if err := g.budget.spend(context.WithoutCancel(g.work), f.person, res.Tokens); err != nil {
		g.log.Error("tokens_uncounted", "tokens", res.Tokens, "error", err)
	}
	if err != nil {
		g.counts.failed.Add(1)
		g.log.Warn("model_call_failed", "places", len(open), "error", err)
	}
	return err
}

func (g *Guide) compose(s *seat, text string) store.Story {
	now := time.Now()
	return store.Story{
		StoryKey: s.key,
		Title:    s.place.Title,
		Point:    s.place.Point,
		Kind:     s.place.Kind,
		URL:      s.place.URL,
		Picture:  s.place.Picture,
		Text:     text,
		Source:   "model",
		Model:    g.cfg.Model.Name(),
		Created:  now,
		Expires:  now.Add(store.StoryLife),
	}
}

func reasonOf(err error) Reason {
	if errors.Is(err, model.ErrAnswer) {
		return Unfit
	}
	return ModelDown
}
