package bot

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

const (
	recordMost    = 10 * time.Second // for writing down what was told, after the stop too
	overloadAgain = 30 * time.Second // when people are asked to try again
)

// kindStatic names single locations in the metrics.
const kindStatic = "static"

// fromBusy is the metrics' word for a request refused for load.
const fromBusy guide.Source = "busy"

// locationJob is the job of a request for a story at p.
func (b *Bot) locationJob(p geo.Point) job {
	if !p.Valid() {
		return job{kind: "location", run: b.onBadLocation}
	}
	return job{kind: "location", lane: telling, story: true, run: func(ctx context.Context, u *update) error {
		return b.onLocation(ctx, u, p)
	}}
}

func (b *Bot) onBadLocation(ctx context.Context, u *update) error {
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say("error.bad_location")})
	return err
}

// onLocation tells one story about a place near p: from the library at once, else after a card that becomes the story.
func (b *Bot) onLocation(ctx context.Context, u *update, p geo.Point) error {
	stopTyping := b.out.ShowTyping(ctx, u.chat)
	defer stopTyping()
	shown := cardOnWay{message: u.shown.message} // of the process before this one; the story is to be of its place
	defer shown.join()
	story, claim, err := b.cfg.Guide.Tell(ctx, guide.Request{
		Person:    u.person,
		Point:     p,
		Language:  u.user.Language,
		Length:    u.user.Length,
		Class:     guide.Interactive,
		Interests: u.user.Interests,
		Brief:     u.brief,
		Place:     u.shown.place,
	}, func(c guide.Card) { shown.show(b, u.id, func() int { return b.showCard(ctx, u, c) }) })
	stopTyping()
	card := shown.join()
	defer claim.Release()
	if err != nil {
		source := guide.FromNone
		if errors.Is(err, guide.ErrOverloaded) {
			source = fromBusy
		}
		b.report(u, p, source)
		return b.explain(ctx, u, card, err)
	}
	b.noteShown(ctx, u, story.Place.ID, card)
	m := storyMessage(u.words, story, p, b.showsPictures(u.user))
	hints := b.hints(u)
	if hints {
		m.Tail = strings.TrimPrefix(m.Tail+"\n\n"+u.words.Say("hint.live"), "\n\n")
	}
	if card != 0 {
		_, err = b.out.Edit(ctx, u.chat, card, m)
	} else {
		_, err = b.out.Send(ctx, u.chat, m)
	}
	if err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return fmt.Errorf("tell: %w", err)
	}
	b.record(ctx, u, story, claim)
	if err != nil {
		// It may have arrived. It counts as told, for hearing it twice would be worse than an apology too many.
		return fmt.Errorf("tell: %w", err)
	}
	if card == 0 {
		b.observe.First(kindStatic, time.Since(u.arrived))
	}
	b.report(u, p, story.Source)
	if hints {
		b.hinted(ctx, u)
	}
	b.pin(ctx, u.chat, u.words, u.user, story)
	return nil
}

// showCard sends the card, in the place of one that an earlier process left, and returns its message's id, 0 if it could not be sent.
func (b *Bot) showCard(ctx context.Context, u *update, c guide.Card) int {
	id, err := b.out.Edit(ctx, u.chat, u.shown.message, cardMessage(u.words, c))
	if err != nil {
		b.log.Warn("card", "update", u.id, "error", err)
		return u.shown.message
	}
	b.observe.First(kindStatic, time.Since(u.arrived))
	b.noteShown(ctx, u, c.Place.ID, id)
	return id
}

// hintEvery is how often somebody is told of live locations, at most.
const hintEvery = 24 * time.Hour

// hints says whether a story should end with a word about live locations: not in groups, which have none, and not beside a walk.
func (b *Bot) hints(u *update) bool {
	_, walking := b.walks.Walk(u.person)
	return u.private && !walking && u.arrived.Sub(u.user.HintAt) >= hintEvery
}

// hinted remembers the hint. If it can't, the person hears of live locations twice a day.
func (b *Bot) hinted(ctx context.Context, u *update) {
	_, err := b.cfg.Store.UpdateUser(ctx, u.person, func(user *store.User) error {
		user.HintAt = u.arrived
		return nil
	})
	if err != nil {
		b.observe.Error("store")
		b.log.Error("hint", "user_id", u.person, "error", err)
	}
}

// record writes down that the story was told. The person has it already, so neither a stop nor a full disk prevents it.
func (b *Bot) record(ctx context.Context, u *update, story guide.Story, claim *guide.Claim) {
	u.done = true
	err := b.delivered(ctx, store.Delivery{
		Update: u.id, Person: u.person, Place: story.Place.ID, At: time.Now(),
	}, claim.Confirm())
	if err != nil {
		b.observe.Error("store")
		b.log.Error("delivered", "update", u.id, "error", err)
	}
}

// explain says in one sentence why there is no story; in the card's place if one was shown.
func (b *Bot) explain(ctx context.Context, u *update, card int, cause error) error {
	var key string
	switch {
	case errors.Is(cause, guide.ErrNothing):
		key = "error.nothing"
	case errors.Is(cause, guide.ErrAllTold):
		key = "error.all_told"
	case errors.Is(cause, guide.ErrSource):
		key = "error.source"
	case errors.Is(cause, guide.ErrOverloaded):
		key = "error.overloaded"
	case b.workContext().Err() != nil:
		return cause
	default:
		key = "error.internal"
		b.observe.Error("guide")
		b.log.Error("tell", "update", u.id, "error", cause)
	}
	m := telegram.Message{HTML: u.words.Say(key, "wait", overloadAgain)}
	if card != 0 {
		_, err := b.out.Edit(ctx, u.chat, card, m)
		return err
	}
	if u.fresh && u.private { // somebody's first answer, and it is no story: show the way
		m.Ask = u.words.Plain("start.button_location")
	}
	_, err := b.out.Send(ctx, u.chat, m)
	return err
}

// report is the one event of a request in the log and the metrics. Coordinates are coarse there: a kilometre.
func (b *Bot) report(u *update, p geo.Point, source guide.Source) {
	b.reportStory(kindStatic, u.person, p, source, time.Since(u.arrived))
}

func (b *Bot) reportStory(kind string, person int64, p geo.Point, source guide.Source, took time.Duration) {
	b.observe.Story(kind, source, took)
	b.log.Info("fact_requested", "kind", kind, "user_id", person, "lat", coarse(p.Lat), "lon", coarse(p.Lon),
		"duration", took.Round(time.Millisecond), "cache_hit", source == guide.FromLibrary || source == guide.FromPack, "source", string(source))
}

func coarse(deg float64) float64 { return math.Round(deg*100) / 100 }

// showsPictures says whether this person's stories carry pictures.
func (b *Bot) showsPictures(user store.User) bool { return !b.cfg.HidePictures && !user.HidePictures }
