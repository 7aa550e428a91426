package bot

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/geo/route"
	"excursobot/store"
)

const (
	// pointLife is how old a position may be from which a tour begins.
	pointLife = time.Hour
	// maxReach bounds the area in metres in which a tour looks for places.
	maxReach = 4000
	// maxSights bounds the places that a tour is planned with: the planner takes a few milliseconds for them.
	maxSights = 300
	// leastStops is the shortest tour.
	leastStops = 2
)

// tourMinutes are the lengths to choose from.
var tourMinutes = []int{30, 60, 90, 120}

// tours plans tours and leads people from stop to stop.
type tours struct {
	out     *telegram.Sender
	reply   *responder
	host    host
	guide   *guide.Guide
	live    *live.Live
	store   tourStore
	stories *stories
	walks   *walks
	wishes  *wishes
	observe Observe
	log     *slog.Logger
}

// tourStore is what tours read and write.
type tourStore interface {
	store.Tours
	LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error)
	LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error)
	Told(ctx context.Context, person int64, places []string) ([]bool, error)
}

// wish is what a person asked for that begins at their position: a tour, or the stories to take along.
type wish struct {
	minutes int // of the tour
	round   bool
	pack    bool // the stories, and no tour
}

// commandJob returns the job of "/tour", which asks how long the tour should be or shows the current tour, and of "/tour 30", which plans one.
func (t *tours) commandJob(text string) intake.Job {
	if words := arguments(text); len(words) > 0 {
		if minutes, err := strconv.Atoi(words[0]); err == nil && slices.Contains(tourMinutes, minutes) {
			return t.planJob("command", wish{minutes: minutes, round: true})
		}
	}
	return t.reply.job("command", t.onTour)
}

// onTour shows the next stop of the current tour, or asks how long a tour should be.
func (t *tours) onTour(ctx context.Context, u *update) error {
	tour, err := t.store.Tour(ctx, u.Person, time.Now())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && onTheWay(tour) {
		from, ok := t.position(ctx, u)
		if !ok {
			from = standsAt(tour)
		}
		_, err = t.out.Send(ctx, u.To(), nextStopMessage(u.words, tour, standing(from)))
		return err
	}
	_, err = t.out.Send(ctx, u.To(), askTourMessage(u.words))
	return err
}

// button ("tour:<minutes>:<round|oneway>", "tour:<start|there|skip|end>:<tour>:<stop>") plans a tour, or leads on.
func (t *tours) button(u *telegram.Update, args string) intake.Job {
	what, rest, _ := strings.Cut(args, ":")
	if !u.Private {
		return t.reply.oldButton()
	}
	if minutes, err := strconv.Atoi(what); err == nil && slices.Contains(tourMinutes, minutes) && (rest == "round" || rest == "oneway") {
		return t.planJob("button", wish{minutes: minutes, round: rest == "round"})
	}
	id, number, _ := strings.Cut(rest, ":")
	stop, err := strconv.Atoi(number)
	if err != nil || stop < 0 {
		return t.reply.oldButton()
	}
	switch what {
	case "start":
		return t.reply.job("button", t.step(id, stop, false, t.begin))
	case "skip":
		return t.reply.job("button", t.step(id, stop, false, t.skip))
	case "end":
		return t.reply.job("button", t.step(id, stop, false, t.end))
	case "there":
		return intake.Story{Kind: "button", Lane: intake.Telling, Run: t.reply.handle(t.step(id, stop, true, t.there))}
	}
	return t.reply.oldButton()
}

// planJob returns the job of planning a tour from the person's position.
func (t *tours) planJob(kind string, w wish) intake.Job {
	return intake.Story{Kind: kind, Lane: intake.Telling, Run: t.reply.handle(func(ctx context.Context, u *update) error {
		if u.Callback != nil {
			t.out.AnswerCallback(ctx, u.Callback.ID, "")
		}
		from, ok := t.position(ctx, u)
		if !ok {
			t.wishes.put(u.Person, w, time.Now())
			return t.reply.askLocation(ctx, u, "tour.locate")
		}
		return t.plan(ctx, u, from, w)
	})}
}

// position returns where the person is: on a walk, or where they lately were.
func (t *tours) position(ctx context.Context, u *update) (geo.Point, bool) {
	if w, ok := t.live.Walk(u.Person); ok {
		return w.Point, true
	}
	now := time.Now()
	last, err := t.store.LastPoint(ctx, u.Person, u.Chat, now)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.observe.Error("store")
		t.log.Error("last_point_unread", "update", u.ID, "error", err)
	}
	return last.Point, err == nil && now.Sub(last.At) < pointLife
}

// plan plans a tour and sends it: the list at once, then the picture and the file.
func (t *tours) plan(ctx context.Context, u *update, from geo.Point, w wish) error {
	defer t.out.ShowTyping(ctx, u.To())()
	query := route.Query{From: from, Within: time.Duration(w.minutes) * time.Minute, Round: w.round}
	req := t.request(u, from)
	sights, err := t.guide.Sights(ctx, req, min(query.Reach(), maxReach))
	if err != nil && !errors.Is(err, guide.ErrNothing) && !errors.Is(err, guide.ErrAllTold) {
		return t.stories.explain(ctx, u, 0, err)
	}
	sights = best(sights, from)
	candidates := make([]route.Candidate, len(sights))
	for i, s := range sights {
		candidates[i] = route.Candidate{Point: s.Place.Point, Value: s.Value}
	}
	planned := route.Plan(query, candidates)
	if len(planned.Stops) < leastStops {
		_, err := t.out.Send(ctx, u.To(), noTourMessage(u.words, w, from))
		return err
	}
	tour := store.Tour{
		Person: u.Person, Planned: u.Arrived, Minutes: w.minutes, Round: w.round, From: from, Metres: planned.Metres, At: time.Now(),
	}
	for _, s := range planned.Stops {
		place := sights[s.Index].Place
		tour.Stops = append(tour.Stops, store.TourStop{
			Place: place.ID, Title: cut(place.Title, store.MaxNameBytes), Point: place.Point, Minutes: int(s.Arrive.Round(time.Minute) / time.Minute),
		})
	}
	kept, err := t.store.Tour(ctx, u.Person, time.Now())
	switch again := err == nil && kept.Planned.Sub(tour.Planned).Abs() < time.Second; {
	case again && !kept.Started.IsZero():
		return nil // a process ended after the person had the list, and they began meanwhile
	case again:
		tour, planned.Takes = kept, route.Walk(kept.Metres/route.Detour)+time.Duration(len(kept.Stops))*route.Stay
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	default:
		if err := t.store.PutTour(ctx, tour); err != nil {
			return err
		}
	}
	t.aim(ctx, u.Person, geo.Point{}) // the tour before it is over
	t.prepare(ctx, req, tour)
	if _, err := t.out.Send(ctx, u.To(), tourMessage(u.words, tour, planned.Takes)); err != nil {
		return err
	}
	t.sendMap(ctx, u, tour, planned.Takes)
	return nil
}

// cut shortens a text to at most n bytes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "")
}

// request returns the request for places and stories of a tour at a point.
func (t *tours) request(u *update, at geo.Point) guide.Request {
	return guide.Request{
		Person: u.Person, Point: at, Language: u.user.Language, Length: cmp.Or(u.user.Length, store.Long),
		Class: guide.Interactive, Interests: u.user.Interests, Brief: u.Brief,
	}
}

// best returns the sights with the most value for their distance, at most maxSights.
func best(sights []guide.Sight, from geo.Point) []guide.Sight {
	if len(sights) <= maxSights {
		return sights
	}
	worth := func(s guide.Sight) float64 {
		return s.Value / float64(route.Stay+route.Walk(geo.Distance(from, s.Place.Point)))
	}
	slices.SortStableFunc(sights, func(a, b guide.Sight) int { return cmp.Compare(worth(b), worth(a)) })
	return sights[:maxSights]
}

// prepare has the stories of the next stops written.
func (t *tours) prepare(ctx context.Context, req guide.Request, tour store.Tour) {
	var ids []string
	for _, s := range tour.Stops[min(tour.Next, len(tour.Stops)):] {
		ids = append(ids, s.Place)
	}
	if err := t.guide.PrepareStops(ctx, req, ids); err != nil && ctx.Err() == nil {
		t.log.Warn("stops_not_prepared", "error", err)
	}
}

// aim tells the walk of the person, if there is one, where they go. The zero point ends that.
func (t *tours) aim(ctx context.Context, person int64, at geo.Point) {
	w, ok := t.live.Walk(person)
	if !ok || w.Aim == at {
		return
	}
	if _, err := t.live.SetAim(ctx, person, at); err != nil && !errors.Is(err, live.ErrNoWalk) {
		t.observe.Error("store")
		t.log.Error("aim_unsaved", "user_id", person, "error", err)
	}
}
