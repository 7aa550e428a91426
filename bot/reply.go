package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/limiter"
	"excursobot/store"
)

// host runs the handlers and stores what must not be lost.
type host interface {
	// Work returns a context that ends with the process, not with an update.
	Work() context.Context
	// Guarded calls run and turns a panic into an error. update is for the log, 0 = none.
	Guarded(update int64, run func() error) error
	// Delivered stores that a story was told, now or later, and then calls recorded.
	Delivered(ctx context.Context, d store.Delivery, recorded func()) error
	// NoteShown stores which place and which message the person sees, so that a try after a crash continues with them.
	NoteShown(ctx context.Context, t *intake.Task, shown intake.Shown)
	// LocalTime turns a time of Telegram's clock into one of this machine's.
	LocalTime(t time.Time) time.Time
}

var _ host = (*intake.Intake)(nil)

// acquaintances knows the people to whom a responder writes.
type acquaintances interface {
	// meet loads the profile of the person who sent the update.
	meet(ctx context.Context, u *update)
	reachability
}

// reachability stores who cannot be written to.
type reachability interface {
	unreachable(ctx context.Context, person int64)
}

// responder writes to people in their languages. Every subject has it.
type responder struct {
	out     *telegram.Sender
	users   store.Users
	words   *text.Catalog
	notices *limiter.Keyed[notice]
	host    host
	people  acquaintances
	observe Observe
	log     *slog.Logger
}

// notice is a sentence that a person reads at most once in Limits.NoticeInterval.
type notice struct {
	person int64
	key    string
}

// overloadAgain is after how long people are asked to try again.
const overloadAgain = 30 * time.Second

// job returns the job of an update that is answered with run, in the control lane.
func (r *responder) job(kind string, run handler) intake.Job {
	return intake.Reply{Kind: kind, Run: r.handle(run)}
}

// handle returns run as package intake calls it. A person who is banned gets no answer.
func (r *responder) handle(run handler) intake.Handler {
	return func(ctx context.Context, t *intake.Task) error {
		u := r.meet(ctx, t)
		if u.user.Banned {
			return nil
		}
		return run(ctx, u)
	}
}

// handleAnyone returns run as package intake calls it, for what a ban does not keep people from: thanks for a payment, and /forget.
func (r *responder) handleAnyone(run handler) intake.Handler {
	return func(ctx context.Context, t *intake.Task) error { return run(ctx, r.meet(ctx, t)) }
}

func (r *responder) meet(ctx context.Context, t *intake.Task) *update {
	u := &update{Task: t}
	r.people.meet(ctx, u)
	return u
}

func (r *responder) say(ctx context.Context, u *update, markup string) error {
	_, err := r.out.Send(ctx, u.To(), telegram.Message{HTML: markup})
	return err
}

func (r *responder) askLocation(ctx context.Context, u *update, key string) error {
	_, err := r.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say(key), Ask: u.words.Plain("start.button_location")})
	return err
}

// replace replaces the message whose button was pressed with m. If that message is too old for Telegram to show it, m is sent.
func (r *responder) replace(ctx context.Context, u *update, m telegram.Message) error {
	if u.Callback.Message == nil {
		_, err := r.out.Send(ctx, u.To(), m)
		return err
	}
	_, err := r.out.Edit(ctx, u.To(), u.Callback.Message.ID, m)
	return err
}

// unbutton removes the buttons from the message whose button was pressed.
func (r *responder) unbutton(ctx context.Context, u *update) error {
	err := r.out.Do(ctx, telegram.Request{To: u.To(), Method: "editMessageReplyMarkup", Idempotent: true, Payload: map[string]any{
		"message_id": u.Callback.Message.ID,
	}}, nil)
	if errors.Is(err, telegram.ErrGone) || errors.Is(err, telegram.ErrBadRequest) {
		return nil
	}
	return err
}

// notify sends m, unless the person got a notice of the same key within the notice interval.
func (r *responder) notify(ctx context.Context, u *update, key string, m telegram.Message) error {
	if !r.notices.Allow(notice{u.Person, key}) {
		return nil
	}
	_, err := r.out.Send(ctx, u.To(), m)
	return err
}

// late answers a button of the lane of stories, whose spinner has ended by then: Telegram shows no toast any more.
func (r *responder) late(ctx context.Context, u *update, key string) error {
	return r.notify(ctx, u, key, telegram.Message{HTML: u.words.Say(key)})
}

func (r *responder) badLocation(ctx context.Context, u *update) error {
	_, err := r.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("error.bad_location")})
	return err
}

// oldButton returns the job of a button without a meaning: it is old, forged or incomplete.
func (r *responder) oldButton() intake.Job {
	return r.job("button", func(ctx context.Context, u *update) error {
		r.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("button.old"))
		return nil
	})
}

// reader returns a person to whom the bot writes on its own, and their words. If the store fails, the person loses their settings for this message,
// and not the message.
func (r *responder) reader(ctx context.Context, person int64) (store.User, *text.Words) {
	user, err := r.users.User(ctx, person)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			r.observe.Error("store")
			r.log.Error("person_unread", "user_id", person, "error", err)
		}
		user = store.User{ID: person}
	}
	if user.Language == "" {
		user.Language = r.words.Match(user.LanguageCode)
	}
	return user, r.words.Words(user.Language)
}
