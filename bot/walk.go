package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/limiter"
	"excursobot/store"
)

// troubleEvery is the least time between two explanations why a walk is silent.
const troubleEvery = time.Hour

// withdrawMost bounds the deletion of a card whose story will not come. It may happen after the end of the walk.
const withdrawMost = 5 * time.Second

// walks handles the buttons and commands of walks, and tells their stories when package live finds them due.
type walks struct {
	out       *telegram.Sender
	reply     *responder
	host      laneHost
	guide     *guide.Guide
	live      *live.Live
	stewards  *stewards
	store     store.Walks
	people    walkers
	pause     *pause
	pins      *pins
	voices    *voices
	tours     *tours
	booklets  *booklets
	report    reporter
	troubles  *limiter.Keyed[int64] // by person: explanations why a walk is silent
	painter   *track.Painter
	intervals []time.Duration // to choose from
	pictures  bool            // false = no story has a picture
	observe   Observe
	log       *slog.Logger
}

// walkers stores what is known of the people who walk.
type walkers interface {
	reachability
	// keep stores the profile of the person who sent the update.
	keep(ctx context.Context, u *update)
	// keepGroup stores the profile of the group in which the update came.
	keepGroup(ctx context.Context, u *update) error
}

// laneHost is a host that runs work of the schedule in the lanes of chats.
type laneHost interface {
	host
	// InLane puts work into a lane of the chat, or returns why there is no room.
	InLane(chat int64, lane intake.Lane, work func(ctx context.Context)) error
	// Owns reports whether the chat belongs to this process.
	Owns(ctx context.Context, chat int64) bool
}

// errand puts work that no update asked for into the chat's control lane, and reports whether there was room.
func (ws *walks) errand(chat int64, what string, run func(ctx context.Context) error) bool {
	err := ws.host.InLane(chat, intake.Control, func(ctx context.Context) {
		err := ws.host.Guarded(0, func() error { return run(ctx) })
		if err != nil && ws.host.Work().Err() == nil {
			ws.observe.Error("live")
			ws.log.Error("walk_task_failed", "what", what, "error", err)
		}
	})
	if err != nil {
		ws.log.Warn("overload", "what", what, "error", err)
	}
	return err == nil
}

// reached handles the error of a send. A person who blocked the bot is not a fault.
func (ws *walks) reached(ctx context.Context, person int64, err error) error {
	if errors.Is(err, telegram.ErrUnreachable) {
		ws.people.unreachable(ctx, person)
		return nil
	}
	return err
}

// withdrawCard deletes a card, which would promise a story forever, and reports whether it succeeded.
func (ws *walks) withdrawCard(ctx context.Context, to telegram.Target, card int) bool {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), withdrawMost)
	defer cancel()
	err := ws.out.Do(ctx, telegram.Request{To: to, Method: "deleteMessage", Idempotent: true, Payload: map[string]any{
		"message_id": card,
	}}, nil)
	if err != nil {
		ws.log.Warn("card_not_withdrawn", "error", err)
	}
	return err == nil
}

// walkTarget returns where a walk's messages go: to the topic in which the location is shared.
func walkTarget(w store.Walk) telegram.Target { return telegram.Target{Chat: w.Chat, Topic: w.Topic} }

// walkRequest returns the request for a story of a walk.
func walkRequest(user store.User, person int64, at geo.Point) guide.Request {
	req := guide.Request{
		Person: person, Point: at, Language: user.Language, Length: user.Length,
		Class: guide.LiveTick, Interests: user.Interests,
	}
	if req.Length == "" {
		req.Length = store.Long // on a walk there is time
	}
	return req
}
