package bot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// people keeps who writes to the bot: their profiles, what they did, and whether messages reach them.
type people struct {
	out      *telegram.Sender
	reply    *responder
	live     *live.Live
	stewards *stewards
	store    peopleStore
	words    *text.Catalog
	observe  Observe
	log      *slog.Logger
}

// peopleStore is what is stored about a person.
type peopleStore interface {
	store.Users
	store.Told
	store.Payments
	ForgetUser(ctx context.Context, person int64, at time.Time) error
}

// seenEvery is the precision of User.Seen, so that most updates need no write.
const seenEvery = time.Hour

// meet loads the profile of the person who wrote, and stores what is new about them. If the store fails, they lose their settings for this
// answer, and not the answer.
func (p *people) meet(ctx context.Context, u *update) {
	user, err := p.store.User(ctx, u.Person)
	u.fresh = errors.Is(err, store.ErrNotFound)
	passive := u.Member != nil || u.Edited != nil // not written by the person: somebody who was forgotten stays forgotten
	if u.fresh && passive {
		err = nil
		user = store.User{ID: u.Person, Language: p.words.MatchStory(u.LanguageCode)}
	}
	back := user.Unreachable && u.Member == nil
	stale := u.Arrived.Sub(user.Seen) >= seenEvery || store.DayOf(u.Arrived) != store.DayOf(user.Seen)
	known := user
	if u.Member == nil && (u.fresh && !passive || !u.fresh && err == nil && (back || user.LanguageCode != u.LanguageCode || stale)) {
		user, err = p.update(ctx, u)
	}
	if err != nil {
		p.observe.Error("store")
		p.log.Error("person_unread", "update", u.ID, "error", err)
		if user = known; user.Language == "" {
			user = store.User{ID: u.Person, Language: p.words.MatchStory(u.LanguageCode), Banned: known.Banned}
		}
	}
	u.user, u.words = user, p.words.Words(user.Language)
}

// update stores that the person was seen, and what their Telegram tells of them.
func (p *people) update(ctx context.Context, u *update) (store.User, error) {
	return p.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
		if user.Created.IsZero() {
			user.Created = u.Arrived
		}
		if user.Language == "" {
			user.Language = p.words.MatchStory(u.LanguageCode)
		}
		user.LanguageCode, user.Seen = u.LanguageCode, u.Arrived
		user.Unreachable = false
		return nil
	})
}

// keep stores the profile of a person who did not write, but began a walk.
func (p *people) keep(ctx context.Context, u *update) {
	if _, err := p.update(ctx, u); err != nil {
		p.observe.Error("store")
		p.log.Error("person_unsaved", "user_id", u.Person, "error", err)
	}
}

// onMember stores that a person blocked or unblocked the bot.
func (p *people) onMember(ctx context.Context, u *update) error {
	if u.Member.NewChatMember == nil || u.fresh {
		return nil
	}
	role := u.Member.NewChatMember.Role
	gone := role == "kicked" || role == "left"
	if gone {
		p.endWalk(ctx, u.Person)
	}
	if gone == u.user.Unreachable {
		return nil
	}
	return p.setUnreachable(ctx, u.Person, gone)
}

// unreachable stores that a person blocked the bot. Their profile stays.
func (p *people) unreachable(ctx context.Context, person int64) {
	p.log.Info("person_unreachable", "user_id", person)
	p.endWalk(ctx, person)
	if err := p.setUnreachable(ctx, person, true); err != nil {
		p.observe.Error("store")
		p.log.Error("person_unsaved", "user_id", person, "error", err)
	}
}

func (p *people) setUnreachable(ctx context.Context, person int64, is bool) error {
	_, err := p.store.UpdateUser(ctx, person, func(user *store.User) error {
		user.Unreachable = is
		return nil
	})
	return err
}

// endWalk ends the walk of a person who gets no more messages, so that another person can walk.
func (p *people) endWalk(ctx context.Context, person int64) {
	if _, walking := p.live.Walk(person); !walking {
		return
	}
	if _, err := p.live.Stop(ctx, person, live.Blocked); err != nil && !errors.Is(err, live.ErrNoWalk) {
		p.observe.Error("store")
		p.log.Error("walk_not_ended", "user_id", person, "error", err)
	}
}
