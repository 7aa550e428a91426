package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// onStats shows what a person did with the guide.
func (p *people) onStats(ctx context.Context, u *update) error {
	heard, err := p.store.CountTold(ctx, u.Person)
	if err != nil {
		return err
	}
	given, err := p.store.Given(ctx, u.Person)
	if err != nil {
		return err
	}
	walks, metres := u.user.Walks, u.user.Metres
	if w, walking := p.live.Walk(u.Person); walking {
		walks, metres = walks+1, metres+w.Metres
	}
	var lines []string
	if heard > 0 {
		lines = append(lines, u.words.Say("stats.stories", "n", heard))
	}
	if walks > 0 {
		lines = append(lines, u.words.Say("stats.walks", "n", walks))
	}
	if metres >= 10 {
		lines = append(lines, u.words.Say("stats.distance", "distance", u.words.Distance(metres)))
	}
	if given.Person > 0 {
		lines = append(lines, u.words.Say("stats.stars", "n", given.Person), "", u.words.Say("stats.badge"))
	}
	if len(lines) == 0 {
		return p.reply.say(ctx, u, u.words.Say("stats.none"))
	}
	return p.reply.say(ctx, u, u.words.Say("stats.title")+"\n"+strings.Join(lines, "\n"))
}

// onForget asks for confirmation. The buttons carry the person's id, so that nobody else's press counts.
func (p *people) onForget(ctx context.Context, u *update) error {
	_, err := p.out.Send(ctx, u.To(), forgetQuestion(u.words, u.Person))
	return err
}

// forgetQuestion asks for confirmation that a person or a group is to be forgotten.
func forgetQuestion(words *text.Words, whom int64) telegram.Message {
	id, ask, yes := strconv.FormatInt(whom, 10), "forget.ask", "button.forget_yes"
	if whom < 0 {
		ask, yes = "group.forget_ask", "button.forget_group"
	}
	return telegram.Message{HTML: words.Say(ask), Buttons: [][]telegram.Button{
		{{Text: words.Plain(yes), Data: "forget:yes:" + id}},
		{{Text: words.Plain("button.forget_no"), Data: "forget:no:" + id}},
	}}
}

// forgetButton ("forget:<yes|no>:<person>") deletes all that is stored about a person. It runs after the stories under way, because these
// write to the store too.
func (p *people) forgetButton(u *telegram.Update, args string) intake.Job {
	answer, person, _ := strings.Cut(args, ":")
	switch {
	case answer != "yes" && answer != "no":
		return p.reply.oldButton()
	case answer == "yes" && !u.Private && person == strconv.FormatInt(u.Chat, 10):
		return intake.Reply{Kind: "button", Lane: intake.Telling, Run: p.reply.handleAnyone(p.forgetGroup)}
	case person != strconv.FormatInt(u.Person, 10) && (u.Private || person != strconv.FormatInt(u.Chat, 10)):
		return p.reply.job("button", func(ctx context.Context, u *update) error {
			p.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.not_yours"))
			return nil
		})
	case answer == "no":
		return p.reply.job("button", func(ctx context.Context, u *update) error {
			p.out.AnswerCallback(ctx, u.Callback.ID, "")
			return p.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say("forget.cancelled")})
		})
	}
	return intake.Reply{Kind: "button", Lane: intake.Telling, Run: p.reply.handleAnyone(p.forgetPerson)}
}

func (p *people) forgetPerson(ctx context.Context, u *update) error {
	return p.forget(ctx, u, u.Person)
}

// forget deletes all that is stored about the sender, or about their group.
func (p *people) forget(ctx context.Context, u *update, whom int64) error {
	if _, err := p.live.Stop(ctx, whom, live.Forgotten); err != nil && !errors.Is(err, live.ErrNoWalk) {
		return err
	}
	if err := p.store.ForgetUser(ctx, whom, time.Now()); err != nil {
		return err
	}
	if u.user.Banned && whom == u.Person { // otherwise /forget would end the ban
		_, err := p.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
			*user = store.User{ID: u.Person, Banned: true}
			return nil
		})
		if err != nil {
			return err
		}
	}
	p.log.Info("person_forgotten", "update", u.ID)
	done := "forget.done"
	if whom != u.Person {
		done = "group.forgotten"
	}
	return p.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say(done)})
}
