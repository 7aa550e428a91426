package bot

import (
	"cmp"
	"context"
	"errors"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// walkStory is one story of a walk, from its due time to its delivery.
type walkStory struct {
	live.Tick
	walks  *walks
	user   store.User
	words  *text.Words
	waited bool // the person waits for it: there is a card, and a sentence if there is no story
	shown  cardOnWay
	card   int                   // its message
	pin    func(context.Context) // sends the pin, after the story
	stop   *arrival              // whose story it is; nil = of no tour
}

// to returns where the walk's messages go.
func (t *walkStory) to() telegram.Target { return telegram.Target{Chat: t.Chat, Topic: t.Topic} }

// vantage returns where the walker is and where they walk to.
func (t *walkStory) vantage() vantage { return vantage{Point: t.Point, course: t.Heading} }

// beginMost bounds the record of what the person sees: the person waits behind it.
const beginMost = 2 * time.Second

// tell tells a walk's story. The function that it returns sends the pin, after the schedule got the outcome. ctx ends with the walk.
func (ws *walks) tell(ctx context.Context, due live.Tick) (live.Outcome, func(context.Context)) {
	nothing := func(context.Context) {}
	if ctx.Err() != nil || !time.Now().Before(due.Next) {
		return live.Dropped, nothing // the next story is due already, and two at once are one too many
	}
	t := &walkStory{Tick: due, walks: ws, waited: due.First || due.Asked, pin: nothing}
	t.user, t.words = ws.reply.reader(ctx, due.Person)
	if t.user.Banned {
		return live.Failed, nothing
	}
	if ws.pause.active(ctx) {
		return live.Dropped, nothing
	}
	if due.Arrived {
		stop, ok := ws.tours.arrived(ctx, t.leader(), due)
		if !ok {
			return live.Dropped, nothing
		}
		t.stop = &stop
	}
	defer t.ask(ctx) // if it was not asked together with the card
	outcome := t.tell(ctx)
	if t.stop != nil {
		t.leadOn(ctx, outcome)
	}
	return outcome, t.pin
}

func (t *walkStory) leader() leader {
	return leader{person: t.Person, to: t.to(), words: t.words, user: t.user, at: t.vantage()}
}

// leadOn leads to the next stop of the tour, unless the story of this one is tried again.
func (t *walkStory) leadOn(ctx context.Context, o live.Outcome) {
	told := o == live.Delivered
	var err error
	switch o {
	case live.Delivered:
	case live.Nothing:
		if told = t.walks.tours.justHeard(ctx, t.Person, t.Chat, t.stop.stop.Place); told {
			break
		}
		_, err = t.walks.out.Send(ctx, t.to(), telegram.Message{HTML: t.words.Say("tour.nothing_new", "title", t.stop.stop.Title)})
	default:
		return
	}
	if err == nil {
		err = t.walks.tours.advance(ctx, t.leader(), t.stop.index, told)
	}
	if err = t.walks.reached(ctx, t.Person, err); err != nil && ctx.Err() == nil {
		t.walks.observe.Error("bot")
		t.walks.log.Error("tour_step_failed", "walk", t.Walk, "error", err)
	}
}

func (t *walkStory) tell(ctx context.Context) live.Outcome {
	ws := t.walks
	req := walkRequest(t.user, t.Person, t.Point)
	req.Due = t.Due
	req.Place, t.shown.message = cmp.Or(t.Attempt.Place, t.Place), t.Attempt.Message // of an earlier try, or the walk's choice
	req.Only, req.Ready, req.Within = t.Pass, t.Pass, t.Within
	if t.stop != nil {
		req.Place, req.Only = t.stop.stop.Place, true
	}
	defer t.shown.join()
	stopTyping := func() {}
	if t.waited {
		req.Class = guide.Interactive
		stopTyping = ws.out.ShowTyping(ctx, t.to())
	}
	story, claim, err := ws.guide.Tell(ctx, req, func(c guide.Card) { t.shown.show(ws.host, 0, func() int { return t.show(ctx, c) }) })
	stopTyping()
	t.card = t.shown.join()
	defer claim.Release()
	if err != nil {
		return t.explain(ctx, err)
	}
	if ctx.Err() != nil {
		t.withdraw(ctx)
		return live.Dropped
	}
	t.begin(ctx, story.Place.ID, t.card)
	m := walkMessage(t.words, story, t.Number, t.vantage(), ws.pictures && !t.user.HidePictures)
	m.Buttons = ws.voices.offer(m.Buttons, t.words, story)
	spoken, atHand := ws.voices.hears(ctx, t.user, story, true)
	m.Silent = atHand
	message, err := ws.out.Edit(ctx, t.to(), t.card, m)
	if err != nil && !errors.Is(err, telegram.ErrAmbiguous) { // what may have arrived counts as told
		return t.unsent(ctx, err)
	}
	t.record(ctx, story, claim, message)
	ws.guide.Showed(ctx, story, store.Shown{Chat: t.Chat, Message: message, Person: t.Person})
	took := time.Since(t.Due)
	if t.waited && t.card == 0 {
		ws.observe.First(kindLive, took)
	}
	ws.report.story(kindLive, t.Person, t.Point, story.Source, took)
	t.pin = func(ctx context.Context) {
		ws.pins.send(ctx, t.to(), t.words, t.user, story)
		if spoken {
			ws.voices.follow(t.user, t.words, t.to(), message, story, atHand)
		}
	}
	return live.Delivered
}

// show sends the card and the question how often stories should come. It returns the card's message, 0 if it could not be sent. The end of the walk
// does not cut off a card under way, because then its id would be unknown and it could not be deleted.
func (t *walkStory) show(ctx context.Context, c guide.Card) int {
	id, err := t.walks.out.Edit(t.walks.host.Work(), t.to(), t.Attempt.Message, cardMessage(t.words, c, t.vantage(), c.Opening))
	if err != nil {
		t.walks.log.Warn("card_failed", "walk", t.Walk, "error", err)
		return t.Attempt.Message
	}
	t.walks.observe.First(kindLive, time.Since(t.Due))
	t.begin(ctx, c.Place.ID, id)
	t.ask(ctx)
	return id
}

// begin stores what the person sees of the story, or is about to see, so that a try after a crash continues with it.
func (t *walkStory) begin(ctx context.Context, place string, message int) {
	if t.Attempt.Place == place && t.Attempt.Message == message {
		return
	}
	t.Attempt.Place, t.Attempt.Message = place, message
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), beginMost)
	defer cancel()
	if err := t.walks.live.RecordAttempt(ctx, t.Tick, place, message); err != nil && !errors.Is(err, live.ErrNoWalk) {
		t.walks.observe.Error("store")
		t.walks.log.Error("attempt_unsaved", "walk", t.Walk, "error", err)
	}
}

// ask asks once how often stories should come, after the first message of a walk.
func (t *walkStory) ask(ctx context.Context) {
	if !t.First || ctx.Err() != nil {
		return
	}
	ws := t.walks
	w, ok := ws.live.Walk(t.Person)
	if !ok || w.ID != t.Walk || w.Question != 0 || w.Chosen {
		return
	}
	m := questionMessage(t.words, ws.intervals)
	m.Within = cardMost
	id, err := ws.out.Send(ctx, t.to(), m)
	if err == nil {
		_, err = ws.live.SetQuestion(ctx, t.Person, id)
	}
	if err != nil && !errors.Is(err, live.ErrNoWalk) && ctx.Err() == nil {
		ws.log.Warn("question_failed", "walk", t.Walk, "error", err)
	}
}

// record stores that the story was told. The person has it already, so neither a stop nor the end of the walk prevents that.
func (t *walkStory) record(ctx context.Context, s guide.Story, claim *guide.Claim, message int) {
	err := t.walks.host.Delivered(ctx, store.Delivery{
		Person: t.Person, Place: s.Place.ID, Walk: t.Walk, Number: t.Number,
		Title: s.Place.Title, Point: s.Place.Point, At: time.Now(),
		Chat: t.Chat, Message: message, Story: s.Told(), From: t.Point, FromAt: time.Now(),
	}, claim.Confirm())
	if err != nil {
		t.walks.observe.Error("store")
		t.walks.log.Error("delivery_unsaved", "walk", t.Walk, "error", err)
	}
}

// explain tells the person why there is no story, if they wait for one. If they do not wait, they are told of failures at most once an hour, and
// the Quiet hook tells them that there are no more places.
func (t *walkStory) explain(ctx context.Context, cause error) live.Outcome {
	if ctx.Err() != nil {
		t.withdraw(ctx)
		return live.Dropped
	}
	ws := t.walks
	key, outcome, source := "error.internal", live.Failed, guide.FromNone
	if t.Pass && (errors.Is(cause, guide.ErrNotReady) || errors.Is(cause, guide.ErrAllTold)) {
		return live.Unready
	}
	switch {
	case errors.Is(cause, guide.ErrNothing):
		key, outcome = "error.nothing", live.Nothing
	case errors.Is(cause, guide.ErrAllTold):
		key, outcome = quietKey, live.Nothing
	case errors.Is(cause, guide.ErrSource):
		key = "error.source"
	case errors.Is(cause, guide.ErrOverloaded):
		key, source = "error.overloaded", fromBusy
	default:
		ws.observe.Error("guide")
		ws.log.Error("story_failed", "walk", t.Walk, "error", cause)
	}
	ws.report.story(kindLive, t.Person, t.Point, source, time.Since(t.Due))
	switch {
	case outcome == live.Nothing && !t.waited:
		return outcome
	case outcome == live.Nothing:
		ws.reply.notices.Allow(notice{t.Person, quietKey}) // the answer is the notice
	case !t.waited && !ws.troubles.Allow(t.Person):
		return outcome
	}
	if _, err := ws.out.Edit(ctx, t.to(), t.card, telegram.Message{HTML: t.words.Say(key, "wait", overloadAgain)}); err != nil {
		return t.unsent(ctx, err)
	}
	return outcome
}

// unsent returns the outcome of a send that failed.
func (t *walkStory) unsent(ctx context.Context, err error) live.Outcome {
	switch {
	case errors.Is(err, telegram.ErrUnreachable):
		t.walks.people.unreachable(context.WithoutCancel(ctx), t.Person)
		return live.Unreachable
	case ctx.Err() != nil:
		t.withdraw(ctx)
		return live.Dropped
	}
	t.walks.observe.Error("bot")
	t.walks.log.Error("story_unsent", "walk", t.Walk, "error", err)
	return live.Failed
}

// withdraw deletes the card of a story that will not come.
func (t *walkStory) withdraw(ctx context.Context) {
	if t.card == 0 {
		return
	}
	if t.walks.withdrawCard(ctx, t.to(), t.card) {
		t.begin(ctx, t.Attempt.Place, 0)
	}
}
