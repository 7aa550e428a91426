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

// A round tour has one more leg than stops: the way back, whose number is that of the stops.

// legs returns of how many ways from place to place a tour consists.
func legs(t store.Tour) int {
	if t.Round {
		return len(t.Stops) + 1
	}
	return len(t.Stops)
}

// onTheWay reports whether a tour was started and goes on.
func onTheWay(t store.Tour) bool { return !t.Started.IsZero() && t.Next < legs(t) }

// goesBack reports whether all stops of a tour were visited.
func goesBack(t store.Tour) bool { return t.Next >= len(t.Stops) }

// aimFor returns where a person on a tour goes.
func aimFor(t store.Tour) geo.Point {
	if goesBack(t) {
		return t.From
	}
	return t.Stops[t.Next].Point
}

// arrivalReach is how near to a stop, in metres, an arrival may be: what package live allows, and some steps more.
const arrivalReach = 150

// besides is how near to the start, in metres, a round tour ends without the way back.
const besides = 60

// standsAt returns where a person on a tour was last, as far as the tour knows: at the stop before the next one.
func standsAt(t store.Tour) geo.Point {
	if n := min(t.Next, len(t.Stops)); n > 0 {
		return t.Stops[n-1].Point
	}
	return t.From
}

// unled reports whether a process ended after a stop was done and before it led on.
func unled(t store.Tour) bool { return t.Next > 0 && t.Shown <= t.Next }

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
		case stop == tour.Next-1 && unled(tour):
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
	if tour.Shown > 0 {
		return nil // pressed twice
	}
	now := time.Now()
	tour, err := t.store.UpdateTour(ctx, u.Person, now, func(tour *store.Tour) error {
		if tour.Started.IsZero() {
			tour.Started, tour.At = now, now
		}
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
	switch {
	case !onTheWay(tour):
		return nil
	case goesBack(tour):
		return t.end(ctx, u, tour)
	}
	stop := tour.Stops[tour.Next]
	u.goes = true
	told, err := t.stories.tell(ctx, u, standing(stop.Point), func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error) {
		req.Place, req.Only = stop.Place, true
		story, claim, err := t.guide.Tell(ctx, req, onCard)
		if errors.Is(err, guide.ErrAllTold) {
			err = errStopHeard
		}
		return story, claim, err
	})
	known := errors.Is(err, errStopHeard)
	switch {
	case known && t.justHeard(ctx, u.Person, u.Chat, stop.Place):
		told, err = true, nil
	case known:
		_, err = t.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("tour.nothing_new", "title", stop.Title)})
	case told && errors.Is(err, telegram.ErrAmbiguous): // what may have arrived counts as told
		t.log.Warn("story_unconfirmed", "update", u.ID, "error", err)
		err = nil
	}
	if err != nil || !told && !known { // the button stays
		return err
	}
	return t.advance(ctx, leader{person: u.Person, to: u.To(), words: u.words, user: u.user, at: standing(stop.Point)}, tour.Next, told)
}

// justHeard reports whether the last story that the person was told is about the place. A process ended after it was told and before it led on, or
// the person asked for it on the spot.
func (t *tours) justHeard(ctx context.Context, person, chat int64, place string) bool {
	last, err := t.store.LastStory(ctx, person, chat, time.Now())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.observe.Error("store")
		t.log.Error("last_story_unread", "user_id", person, "error", err)
	}
	return err == nil && last.Place == place
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
		if moved = tour.Next == stop && stop < legs(*tour); !moved {
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
	if tour.Next >= legs(tour) || goesBack(tour) && geo.Distance(l.at.Point, tour.From) <= besides {
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
	to := aimFor(tour)
	t.aim(ctx, l.person, to)
	t.prepare(ctx, walkRequest(l.user, l.person, to), tour)
	return nil
}

// finish sums a tour up and forgets it. A walk goes on: it loses its aim last, so that a process that ends before leaves the end to the next one.
func (t *tours) finish(ctx context.Context, l leader, tour store.Tour) error {
	w, walking := t.live.Walk(l.person)
	m := endOfTourMessage(l.words, tour, t.heard(ctx, tour), time.Now())
	switch {
	case walking && w.Pass:
		m.HTML += "\n" + l.words.Say("live.status_pass", "n", w.Number)
	case walking:
		m.HTML += "\n" + l.words.Say("tour.walk_on", "interval", interval(l.words, w.Interval))
	}
	if _, err := t.out.Send(ctx, l.to, m); err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return err
	}
	if err := t.store.DeleteTour(ctx, l.person); err != nil {
		return err
	}
	t.aim(ctx, l.person, geo.Point{})
	return nil
}

// heard returns how many stops of a tour the person was told: a tour has only places of which they had not heard.
func (t *tours) heard(ctx context.Context, tour store.Tour) int {
	places := make([]string, len(tour.Stops))
	for i, s := range tour.Stops {
		places[i] = s.Place
	}
	told, err := t.store.Told(ctx, tour.Person, places)
	if err != nil {
		t.observe.Error("store")
		t.log.Error("told_unread", "user_id", tour.Person, "error", err)
		return tour.Heard
	}
	n := 0
	for _, heard := range told {
		if heard {
			n++
		}
	}
	return n
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
	return aimFor(tour)
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

// arrived returns the stop whose story is due. false means that there is none: the tour is over, or the walk's aim was old, and is right now.
func (t *tours) arrived(ctx context.Context, l leader, tick live.Tick) (arrival, bool) {
	tour, err := t.store.Tour(ctx, l.person, time.Now())
	switch {
	case errors.Is(err, store.ErrNotFound), err == nil && tour.Started.IsZero():
		t.aim(ctx, l.person, geo.Point{})
		return arrival{}, false
	case err != nil:
		t.observe.Error("store")
		t.log.Error("tour_unread", "user_id", l.person, "error", err)
		return arrival{}, false
	}
	over := tour.Next >= legs(tour) // a process ended before it summed the tour up
	there := tick.Aim == aimFor(tour) && geo.Distance(tick.Point, tick.Aim) <= arrivalReach
	switch {
	case !goesBack(tour) && tick.Aim == aimFor(tour) && (there || t.justHeard(ctx, l.person, l.to.Chat, tour.Stops[tour.Next].Place)):
		return arrival{tour.Next, tour.Stops[tour.Next]}, true
	case over || goesBack(tour) && there:
		err = t.finish(ctx, l, tour)
	case unled(tour):
		err = t.lead(ctx, l, tour)
	default:
		t.aim(ctx, l.person, aimFor(tour))
	}
	if err != nil && ctx.Err() == nil {
		t.log.Error("tour_step_failed", "user_id", l.person, "error", err)
	}
	return arrival{}, false
}
