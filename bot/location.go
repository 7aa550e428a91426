package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

// stories answers a location with a story, and counts votes on stories.
type stories struct {
	out      *telegram.Sender
	reply    *responder
	host     host
	guide    *guide.Guide
	live     *live.Live
	store    storiesStore
	pins     *pins
	voices   *voices
	report   reporter
	tours    *tours
	booklets *booklets
	links    *links
	pictures bool // false = no story has a picture
	observe  Observe
	log      *slog.Logger
}

// storiesStore is what stories read and write of people.
type storiesStore interface {
	store.Users
	store.Recent
}

// job returns the job of a request for a story at p.
func (s *stories) job(kind string, p geo.Point) intake.Job {
	if !p.Valid() {
		return s.reply.job(kind, s.reply.badLocation)
	}
	run := func(ctx context.Context, u *update) error { return s.onLocation(ctx, u, p) }
	return intake.Story{Kind: kind, Lane: intake.Telling, Run: s.reply.handle(run)}
}

// jobLocation is the kind of a location in the metrics.
const jobLocation = "location"

// moreButton ("more:<lat>,<lon>") asks for another story at the same point.
func (s *stories) moreButton(_ *telegram.Update, args string) intake.Job {
	p, ok := parsePoint(args)
	if !ok {
		return s.reply.oldButton()
	}
	return s.job("button", p)
}

// onLocation tells one story about a place near p, or does that for which the person was asked where they are: it plans a tour, or sends the stories to
// take along. If none of these is ready, the first one is told.
func (s *stories) onLocation(ctx context.Context, u *update, p geo.Point) error {
	if w, ok := s.tours.wishes.of(u); ok && w.pack {
		if sent, err := s.booklets.located(ctx, u, p); sent || err != nil {
			return err
		}
	} else if ok {
		return s.tours.plan(ctx, u, p, w)
	}
	_, err := s.tell(ctx, u, standing(p), func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error) {
		return s.guide.Tell(ctx, req, onCard)
	})
	return err
}

// teller asks the guide for a story.
type teller func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error)

// errStopHeard is what a teller returns if the stop of a tour cannot be told.
var errStopHeard = errors.New("bot: nothing new to tell at this stop")

// tell tells a story, and reports whether the person has it. A story of the library is sent at once. If it must be written, a card comes first and
// becomes the story. If there is none, tell explains why, and returns no error but errStopHeard.
func (s *stories) tell(ctx context.Context, u *update, from vantage, ask teller) (told bool, _ error) {
	p := from.Point
	stopTyping := s.out.ShowTyping(ctx, u.To())
	defer stopTyping()
	shown := cardOnWay{message: u.Shown.Message} // of an earlier process; the story must be about its place
	defer shown.join()
	story, claim, err := ask(guide.Request{
		Person:    u.Person,
		Point:     p,
		Language:  u.user.Language,
		Length:    u.user.Length,
		Class:     guide.Interactive,
		Interests: u.user.Interests,
		Brief:     u.Brief,
		Place:     u.Shown.Place,
	}, func(c guide.Card) { shown.show(s.host, u.ID, func() int { return s.showCard(ctx, u, from, c) }) })
	stopTyping()
	card := shown.join()
	defer claim.Release()
	if err != nil {
		if errors.Is(err, errStopHeard) {
			return false, err
		}
		source := guide.FromNone
		if errors.Is(err, guide.ErrOverloaded) {
			source = fromBusy
		}
		s.report.story(kindStatic, u.Person, p, source, time.Since(u.Arrived))
		return false, s.explain(ctx, u, card, err)
	}
	s.host.NoteShown(ctx, u.Task, intake.Shown{Place: story.Place.ID, Message: card})
	m := storyMessage(u.words, story, from, s.pictures && !u.user.HidePictures)
	m.Buttons = s.voices.offer(s.links.offer(m.Buttons, u.words, story), u.words, story)
	spoken, atHand := s.voices.hears(ctx, u.user, story, false)
	m.Silent = atHand
	hints := s.hints(u)
	invites := !hints && u.Private && !u.user.QuestionsNoted && s.guide.Answers()
	switch {
	case hints:
		m.Tail = strings.TrimPrefix(m.Tail+"\n\n"+u.words.Say("hint.live"), "\n\n")
	case invites:
		m.Tail = strings.TrimPrefix(m.Tail+"\n\n"+u.words.Say("hint.ask"), "\n\n")
	}
	var message int
	if card != 0 {
		message, err = s.out.Edit(ctx, u.To(), card, m)
	} else {
		message, err = s.out.Send(ctx, u.To(), m)
	}
	if err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return false, fmt.Errorf("tell: %w", err)
	}
	s.record(ctx, u, story, claim, message, from)
	if err != nil {
		// The story may have arrived. It counts as told: telling it twice would be worse than an unnecessary apology.
		return true, fmt.Errorf("tell: %w", err)
	}
	if card == 0 {
		s.observe.First(kindStatic, time.Since(u.Arrived))
	}
	s.report.story(kindStatic, u.Person, p, story.Source, time.Since(u.Arrived))
	switch {
	case hints:
		s.hinted(ctx, u)
	case invites:
		s.noted(ctx, u)
	}
	s.guide.Showed(ctx, story, store.Shown{Chat: u.To().Chat, Message: message, Person: u.Person})
	s.pins.send(ctx, u.To(), u.words, u.user, story)
	if spoken {
		s.voices.follow(u.user, u.words, u.To(), message, story, atHand)
	}
	return true, nil
}

// showCard sends the card to a person and returns the id of its message, 0 if it could not be sent. It replaces a card of an earlier process.
func (s *stories) showCard(ctx context.Context, u *update, from vantage, c guide.Card) int {
	id, err := s.out.Edit(ctx, u.To(), u.Shown.Message, cardMessage(u.words, c, from, c.Opening))
	if err != nil {
		s.log.Warn("card_failed", "update", u.ID, "error", err)
		return u.Shown.Message
	}
	s.observe.First(kindStatic, time.Since(u.Arrived))
	s.host.NoteShown(ctx, u.Task, intake.Shown{Place: c.Place.ID, Message: id})
	return id
}

// hintEvery is the least time between two hints about live locations to one person.
const hintEvery = 24 * time.Hour

// hints reports whether a story should end with a hint about live locations. Groups have no walks, and during a walk the person knows. On a tour,
// where stories come by buttons, they were told.
func (s *stories) hints(u *update) bool {
	_, walking := s.live.Walk(u.Person)
	return u.Private && u.Callback == nil && !walking && u.Arrived.Sub(u.user.HintAt) >= hintEvery
}

// hinted stores that the hint was given. If that fails, the person gets it twice a day.
func (s *stories) hinted(ctx context.Context, u *update) {
	_, err := s.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
		user.HintAt = u.Arrived
		return nil
	})
	if err != nil {
		s.observe.Error("store")
		s.log.Error("hint_unsaved", "user_id", u.Person, "error", err)
	}
}

// record stores that the story was told. The person has it already, so neither a stop nor a full disk prevents that.
func (s *stories) record(ctx context.Context, u *update, story guide.Story, claim *guide.Claim, message int, from vantage) {
	done := u.ID
	if u.goes {
		done = 0
	} else {
		u.Recorded()
	}
	seen := u.Arrived
	if from.unknown {
		seen = time.Time{}
	}
	err := s.host.Delivered(ctx, store.Delivery{
		Update: done, Person: u.Person, Place: story.Place.ID, At: time.Now(),
		Chat: u.Chat, Message: message, Story: story.Told(), From: from.Point, FromAt: seen,
	}, claim.Confirm())
	if err != nil {
		s.observe.Error("store")
		s.log.Error("delivery_unsaved", "update", u.ID, "error", err)
	}
}

// explain tells the person in one sentence why there is no story. It replaces the card if one was shown.
func (s *stories) explain(ctx context.Context, u *update, card int, cause error) error {
	var key string
	switch {
	case errors.Is(cause, errUnknownPlace):
		key = "share.unknown"
	case errors.Is(cause, guide.ErrNotSeen):
		key = "photo.none"
	case errors.Is(cause, guide.ErrBlind):
		key = "photo.blind"
	case errors.Is(cause, guide.ErrNothing):
		key = "error.nothing"
	case errors.Is(cause, guide.ErrAllTold):
		key = "error.all_told"
	case errors.Is(cause, guide.ErrSource):
		key = "error.source"
	case errors.Is(cause, guide.ErrOverloaded):
		key = "error.overloaded"
	case s.host.Work().Err() != nil:
		return cause
	default:
		key = "error.internal"
		s.observe.Error("guide")
		s.log.Error("story_failed", "update", u.ID, "error", cause)
	}
	m := telegram.Message{HTML: u.words.Say(key, "wait", overloadAgain)}
	if card != 0 {
		_, err := s.out.Edit(ctx, u.To(), card, m)
		return err
	}
	if u.fresh && u.Private { // the person's first answer is not a story: show how to ask for one
		m.Ask = u.words.Plain("start.button_location")
	}
	_, err := s.out.Send(ctx, u.To(), m)
	return err
}
