package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// onTheWay reports whether a tour was started and has stops left.
func onTheWay(t store.Tour) bool { return !t.Started.IsZero() && t.Next < len(t.Stops) }

// standsAt returns where a person on a tour was last, as far as the tour knows: at the stop before the next one.
func standsAt(t store.Tour) geo.Point {
	if n := min(t.Next, len(t.Stops)); n > 0 {
		return t.Stops[n-1].Point
	}
	return t.From
}

// step returns the handler of a button of a tour, at a stop. A button of another tour or stop does nothing. It is late in the lane of stories.
func (t *tours) step(id string, stop int, late bool, run func(ctx context.Context, u *update, tour store.Tour) error) handler {
	return func(ctx context.Context, u *update) error {
		tour, err := t.store.Tour(ctx, u.Person, time.Now())
		switch {
		case errors.Is(err, store.ErrNotFound), err == nil && tourID(tour) != id:
			if late {
				return t.reply.late(ctx, u, "toast.tour_over")
			}
			t.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.tour_over"))
			return nil
		case err != nil:
			return err
		case stop == tour.Next-1 && tour.Shown < tour.Next: // a process ended before it led on
			t.out.AnswerCallback(ctx, u.Callback.ID, "")
			return t.lead(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(standsAt(tour))}, tour)
		case stop != tour.Next:
			t.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("button.old"))
			return nil
		}
		t.out.AnswerCallback(ctx, u.Callback.ID, "")
		return run(ctx, u, tour)
	}
}

// begin starts a tour.
func (t *tours) begin(ctx context.Context, u *update, tour store.Tour) error {
	if !tour.Started.IsZero() {
		return nil // pressed twice
	}
	now := time.Now()
	tour, err := t.store.UpdateTour(ctx, u.Person, now, func(tour *store.Tour) error {
		tour.Started, tour.At = now, now
		return nil
	})
	if err != nil {
		return err
	}
	from, ok := t.position(ctx, u)
	if !ok {
		from = tour.From
	}
	if _, walking := t.live.Walk(u.Person); !walking {
		if _, err := t.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("tour.follow")}); err != nil {
			return err
		}
	}
	return t.lead(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(from)}, tour)
}

// skip leads on without the story of the next stop.
func (t *tours) skip(ctx context.Context, u *update, tour store.Tour) error {
	if !onTheWay(tour) {
		return nil
	}
	from, ok := t.position(ctx, u)
	if !ok {
		from = standsAt(tour)
	}
	return t.advance(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(from)}, tour.Next, false)
}

// end ends a tour.
func (t *tours) end(ctx context.Context, u *update, tour store.Tour) error {
	return t.finish(ctx, leader{person: u.Person, to: u.To(), words: u.words}, tour)
}

// there tells the story of the next stop to a person who says that they are there, and leads on.
func (t *tours) there(ctx context.Context, u *update, tour store.Tour) error {
	if !onTheWay(tour) {
		return nil
	}
	stop := tour.Stops[tour.Next]
	told, err := t.stories.tell(ctx, u, standing(stop.Point), func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error) {
		req.Place, req.Only = stop.Place, true
		story, claim, err := t.guide.Tell(ctx, req, onCard)
		if errors.Is(err, guide.ErrAllTold) {
			err = errStopHeard
		}
		return story, claim, err
	})
	known := errors.Is(err, errStopHeard)
	if known {
		_, err = t.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("tour.nothing_new", "title", stop.Title)})
	}
	if err != nil || !told && !known { // the button stays
		return err
	}
	return t.advance(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(stop.Point)}, tour.Next, told)
}

// leader is a person who is led on: where, and with which words.
type leader struct {
	person int64
	to     telegram.Target
	words  *text.Words
	user   store.User
	at     vantage // where the person is
}

// advance records that the person is done with a stop, and leads to the one after it. If another call did, it does nothing.
func (t *tours) advance(ctx context.Context, l leader, stop int, told bool) error {
	moved, now := false, time.Now()
	tour, err := t.store.UpdateTour(ctx, l.person, now, func(tour *store.Tour) error {
		if moved = tour.Next == stop && stop < len(tour.Stops); !moved {
			return nil
		}
		tour.Next, tour.At = stop+1, now
		if told {
			tour.Heard++
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) || err == nil && !moved {
		return nil
	}
	if err != nil {
		return err
	}
	return t.lead(ctx, l, tour)
}

// lead tells the person where the next stop is, or that there is none.
func (t *tours) lead(ctx context.Context, l leader, tour store.Tour) error {
	if tour.Next >= len(tour.Stops) {
		return t.finish(ctx, l, tour)
	}
	if _, err := t.out.Send(ctx, l.to, nextStopMessage(l.words, tour, l.at)); err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return err
	}
	_, err := t.store.UpdateTour(ctx, l.person, time.Now(), func(stored *store.Tour) error {
		if tourID(*stored) == tourID(tour) {
			stored.Shown = max(stored.Shown, tour.Next+1)
		}
		return nil
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	stop := tour.Stops[tour.Next]
	t.aim(ctx, l.person, stop.Point)
	t.prepare(ctx, walkRequest(l.user, l.person, stop.Point), tour)
	return nil
}

// finish sums a tour up and forgets it. A walk goes on.
func (t *tours) finish(ctx context.Context, l leader, tour store.Tour) error {
	w, walking := t.live.Walk(l.person)
	t.aim(ctx, l.person, geo.Point{})
	m := endOfTourMessage(l.words, tour, time.Now())
	switch {
	case walking && w.Pass:
		m.HTML += "\n" + l.words.Say("live.status_pass", "n", w.Number)
	case walking:
		m.HTML += "\n" + l.words.Say("tour.walk_on", "interval", interval(l.words, w.Interval))
	}
	if _, err := t.out.Send(ctx, l.to, m); err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return err
	}
	return t.store.DeleteTour(ctx, l.person)
}

// aimOf returns where a person on a tour goes; the zero point = they are on none.
func (t *tours) aimOf(ctx context.Context, person int64) geo.Point {
	tour, err := t.store.Tour(ctx, person, time.Now())
	if err != nil || !onTheWay(tour) {
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			t.observe.Error("store")
			t.log.Error("tour_unread", "user_id", person, "error", err)
		}
		return geo.Point{}
	}
	return tour.Stops[tour.Next].Point
}

// followed tells a person who began to share a live location on a tour that the guide comes along.
func (t *tours) followed(ctx context.Context, u *update, from geo.Point) error {
	tour, err := t.store.Tour(ctx, u.Person, time.Now())
	if errors.Is(err, store.ErrNotFound) || err == nil && !onTheWay(tour) {
		return nil
	}
	if err != nil {
		return err
	}
	return t.lead(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(from)}, tour)
}

// arrival is the stop at which a walker arrived.
type arrival struct {
	index int
	stop  store.TourStop
}

// arrived returns the stop whose story is due. false means that there is none: the walk's aim was old, and is right now.
func (t *tours) arrived(ctx context.Context, l leader, tick live.Tick) (arrival, bool) {
	tour, err := t.store.Tour(ctx, l.person, time.Now())
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && !onTheWay(tour):
		t.aim(ctx, l.person, geo.Point{})
		return arrival{}, false
	case err != nil:
		t.observe.Error("store")
		t.log.Error("tour_unread", "user_id", l.person, "error", err)
		return arrival{}, false
	}
	stop := tour.Stops[tour.Next]
	if stop.Point == tick.Aim {
		return arrival{tour.Next, stop}, true
	}
	if tour.Shown <= tour.Next { // a process ended before it led on
		err = t.lead(ctx, l, tour)
	} else {
		t.aim(ctx, l.person, stop.Point)
	}
	if err != nil && ctx.Err() == nil {
		t.log.Error("tour_not_led_on", "user_id", l.person, "error", err)
	}
	return arrival{}, false
}
