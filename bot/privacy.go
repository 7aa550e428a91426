package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/telegram"
)

// onPrivacy says what is stored.
func (b *Bot) onPrivacy(ctx context.Context, u *update) error {
	return b.say(ctx, u, u.words.Say("privacy.text"))
}

// onTerms says what the guide promises and what it does not.
func (b *Bot) onTerms(ctx context.Context, u *update) error {
	return b.say(ctx, u, u.words.Say("terms.text"))
}

// onPaySupport says whom to ask about a payment.
func (b *Bot) onPaySupport(ctx context.Context, u *update) error {
	if b.cfg.Support == "" {
		return b.say(ctx, u, u.words.Say("paysupport.no_contact"))
	}
	return b.say(ctx, u, u.words.Say("paysupport.text", "contact", b.cfg.Support))
}

// onStats shows what a person did with the guide.
func (b *Bot) onStats(ctx context.Context, u *update) error {
	heard, err := b.cfg.Store.Heard(ctx, u.person)
	if err != nil {
		return err
	}
	given, err := b.cfg.Store.Given(ctx, u.person)
	if err != nil {
		return err
	}
	walks, metres := u.user.Walks, u.user.Metres
	if w, walking := b.walks.Walk(u.person); walking {
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
		return b.say(ctx, u, u.words.Say("stats.none"))
	}
	return b.say(ctx, u, u.words.Say("stats.title")+"\n"+strings.Join(lines, "\n"))
}

// onForget asks whether it is meant. The buttons carry the person's id: nobody else's press counts.
func (b *Bot) onForget(ctx context.Context, u *update) error {
	id := strconv.FormatInt(u.person, 10)
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say("forget.ask"), Buttons: [][]telegram.Button{
		{{Text: u.words.Plain("button.forget_yes"), Data: "forget:yes:" + id}},
		{{Text: u.words.Plain("button.forget_no"), Data: "forget:no:" + id}},
	}})
	return err
}

// forgetButton ("forget:<yes|no>:<person>") deletes what is stored about a person, after the stories under way: what they write is to be
// deleted too.
func (b *Bot) forgetButton(u *update, args string) job {
	answer, person, _ := strings.Cut(args, ":")
	switch {
	case answer != "yes" && answer != "no":
		return b.oldButton()
	case person != strconv.FormatInt(u.person, 10):
		return job{kind: "button", run: func(ctx context.Context, u *update) error {
			b.out.AnswerCallback(ctx, u.callback.ID, u.words.Plain("toast.not_yours"))
			return nil
		}}
	case answer == "no":
		return job{kind: "button", run: func(ctx context.Context, u *update) error {
			b.out.AnswerCallback(ctx, u.callback.ID, "")
			return b.replace(ctx, u, telegram.Message{HTML: u.words.Say("forget.cancelled")})
		}}
	}
	return job{kind: "button", lane: telling, run: b.forgetPerson}
}

func (b *Bot) forgetPerson(ctx context.Context, u *update) error {
	if _, err := b.walks.Stop(ctx, u.person, live.Forgotten); err != nil && !errors.Is(err, live.ErrNoWalk) {
		return err
	}
	if err := b.cfg.Store.ForgetUser(ctx, u.person, time.Now()); err != nil {
		return err
	}
	b.log.Info("forgotten", "update", u.id)
	return b.replace(ctx, u, telegram.Message{HTML: u.words.Say("forget.done")})
}

func (b *Bot) say(ctx context.Context, u *update, markup string) error {
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: markup})
	return err
}

// replace puts m in the place of the message whose button was pressed, or sends it if that is too old to be known.
func (b *Bot) replace(ctx context.Context, u *update, m telegram.Message) error {
	if u.callback.Message == nil {
		_, err := b.out.Send(ctx, u.chat, m)
		return err
	}
	_, err := b.out.Edit(ctx, u.chat, u.callback.Message.ID, m)
	return err
}
