package bot

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"strings"
	"sync"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/store"
)

// A walk in a group belongs to the group: its Person is the chat, so the group is told no place twice and has one walk at a time. The person who
// shares the location and the group's administrators steer it.

// maxSharers bounds the groups whose sharer is known. Beyond it all are forgotten, and known again with the next step of each.
const maxSharers = 10_000

// stewards knows who may steer the walk and the settings of a group.
type stewards struct {
	out *telegram.Sender
	log *slog.Logger

	mu      sync.Mutex
	sharers map[int64]int64 // by chat: who shares the location of its walk
}

func (s *stewards) note(chat, person int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sharers) >= maxSharers {
		s.sharers = nil
	}
	if s.sharers == nil {
		s.sharers = make(map[int64]int64)
	}
	s.sharers[chat] = person
}

// walker returns the owner of a walk in the update's chat, and whether the sender may steer it.
func (s *stewards) walker(ctx context.Context, u *update) (walker int64, may bool) {
	if u.Private {
		return u.Person, true
	}
	s.mu.Lock()
	sharer := s.sharers[u.Chat]
	s.mu.Unlock()
	return u.Chat, sharer == u.Person || s.administers(ctx, u)
}

// administers asks Telegram whether the sender is an administrator of the group. Without an answer the sender counts as none.
func (s *stewards) administers(ctx context.Context, u *update) bool {
	var member struct {
		Status string `json:"status"`
	}
	err := s.out.Do(ctx, telegram.Request{
		Method: "getChatMember", Payload: map[string]any{"chat_id": u.Chat, "user_id": u.Person}, Idempotent: true,
	}, &member)
	if err != nil {
		s.log.Warn("member_unknown", "chat", u.Chat, "error", err)
	}
	return member.Status == "creator" || member.Status == "administrator"
}

// groupShareJob asks the person who shares a live location in a group whether the group wants stories.
func (ws *walks) groupShareJob(p geo.Point) intake.Job {
	if !p.Valid() {
		return ws.reply.job(kindLive, ws.reply.badLocation)
	}
	return ws.reply.job(kindLive, func(ctx context.Context, u *update) error {
		_, err := ws.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("group.ask"), Buttons: [][]telegram.Button{
			{{Text: u.words.Plain("button.group_walk"), Data: "group:walk:" + strconv.FormatInt(u.Person, 10)}},
			{{Text: u.words.Plain("button.story_here"), Data: moreData(p)}},
		}})
		return err
	})
}

// groupButton ("group:walk:<person>") begins the walk of a group, if the person who shares the location presses it. The location is in the message to
// which the question replies.
func (ws *walks) groupButton(u *telegram.Update, args string) intake.Job {
	what, person, _ := strings.Cut(args, ":")
	if what != "walk" || u.Private || u.Callback.Message == nil {
		return ws.reply.oldButton()
	}
	if person != strconv.FormatInt(u.Person, 10) {
		return ws.reply.job("button", ws.notYours)
	}
	shared := u.Callback.Message.ReplyTo
	if shared == nil || shared.Location == nil || !sharesLive(shared) {
		return ws.reply.oldButton()
	}
	p, ok := location(shared)
	if !ok || !p.Valid() {
		return ws.reply.oldButton()
	}
	share := ws.readShare(u, shared)
	return intake.Story{Kind: kindLive, Run: ws.reply.handle(func(ctx context.Context, u *update) error {
		ws.out.AnswerCallback(ctx, u.Callback.ID, "")
		if err := ws.people.keepGroup(ctx, u); err != nil {
			return err
		}
		ws.stewards.note(u.Chat, u.Person)
		_, err := ws.live.Start(ctx, share)
		switch {
		case errors.Is(err, live.ErrEnded):
			return ws.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say("group.over")})
		case errors.Is(err, live.ErrFull):
			return ws.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say("live.full")})
		case err != nil:
			return err
		}
		return ws.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say("group.began")})
	})}
}

// groupEditJob returns the job of a step of a group's walk. Locations that nobody wanted stories for are left alone.
func (ws *walks) groupEditJob(u *telegram.Update) intake.Job {
	share := ws.readShare(u, u.Edited)
	if w, ok := ws.live.Walk(u.Chat); !ok || w.Message != share.Message {
		return intake.Nothing{Kind: kindLive}
	}
	ws.stewards.note(u.Chat, u.Person)
	edit := func(ctx context.Context, _ *update) error {
		_, err := ws.live.Edit(ctx, share)
		if errors.Is(err, live.ErrEnded) || errors.Is(err, store.ErrInvalid) {
			return nil
		}
		return err
	}
	if share.Period <= 0 {
		return ws.reply.job(kindLive, edit)
	}
	return intake.Position{Kind: kindLive, Move: func() bool { return ws.live.Move(share) }, Run: ws.reply.handle(edit)}
}

func (ws *walks) notYours(ctx context.Context, u *update) error {
	ws.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.not_yours"))
	return nil
}

// onGroupLive ("/live" in a group) shows the group's walk to those who may steer it, and tells all others how walks in a group begin.
func (ws *walks) onGroupLive(ctx context.Context, u *update) error {
	if w, ok := ws.live.Walk(u.Chat); ok {
		if _, may := ws.stewards.walker(ctx, u); may {
			_, err := ws.out.Send(ctx, u.To(), statusMessage(u.words, w, ws.intervals))
			return err
		}
	}
	return ws.reply.notify(ctx, u, "group.live", telegram.Message{HTML: u.words.Say("group.live", "father", "@BotFather")})
}

// onGroupStop ("/stop" in a group) ends the group's walk.
func (ws *walks) onGroupStop(ctx context.Context, u *update) error {
	if _, ok := ws.live.Walk(u.Chat); !ok {
		return ws.reply.notify(ctx, u, "group.live", telegram.Message{HTML: u.words.Say("group.live", "father", "@BotFather")})
	}
	walker, may := ws.stewards.walker(ctx, u)
	if !may {
		return ws.reply.notify(ctx, u, "group.not_yours", telegram.Message{HTML: u.words.Say("group.not_yours")})
	}
	_, err := ws.live.Stop(ctx, walker, live.Stopped)
	if errors.Is(err, live.ErrNoWalk) {
		return nil
	}
	return err
}

// onGroupForget ("/forget" in a group) asks an administrator whether all that is kept of the group is to be deleted.
func (p *people) onGroupForget(ctx context.Context, u *update) error {
	if !p.stewards.administers(ctx, u) {
		return p.reply.notify(ctx, u, "group.only_admins", telegram.Message{HTML: u.words.Say("group.only_admins")})
	}
	_, err := p.out.Send(ctx, u.To(), forgetQuestion(u.words, u.Chat))
	return err
}

// forgetGroup deletes all that is stored about a group.
func (p *people) forgetGroup(ctx context.Context, u *update) error {
	if !p.stewards.administers(ctx, u) {
		return p.reply.late(ctx, u, "group.only_admins")
	}
	return p.forget(ctx, u, u.Chat)
}

// keepGroup stores the profile of a group whose first walk begins: it speaks the language of the person who began it.
func (p *people) keepGroup(ctx context.Context, u *update) error {
	_, err := p.store.UpdateUser(ctx, u.Chat, func(group *store.User) error {
		if group.Created.IsZero() {
			group.Created = u.Arrived
		}
		group.Seen, group.Unreachable = u.Arrived, false
		group.Language, group.LanguageCode = u.user.Language, u.LanguageCode
		return nil
	})
	return err
}
