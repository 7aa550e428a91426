package bot

import (
	"context"
	"strings"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// onStart says in two messages what the bot does: the first has the button that sends a location, the second leads to the rest, for a
// message has one keyboard. "/start donate" comes from a forwarded invoice.
func (b *Bot) onStart(ctx context.Context, u *update) error {
	if args := arguments(u.message.Text); len(args) == 1 && args[0] == startDonate {
		_, err := b.out.Send(ctx, u.chat, giftMenu(u.words))
		return err
	}
	if err := b.sayWithButton(ctx, u, "start.welcome"); err != nil {
		return err
	}
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say("start.menu"), Buttons: [][]telegram.Button{
		{{Text: u.words.Plain("button.how_live"), Data: "menu:live"}},
		{
			{Text: u.words.Plain("button.language"), Data: "menu:language"},
			{Text: u.words.Plain("button.donate"), Data: "menu:donate"},
		},
	}})
	if b.operates(u.person) {
		b.describeTo(ctx, u.person) // Telegram takes nothing for a chat before its first message
	}
	return err
}

// menuButton ("menu:<what>") leads where a command would.
func (b *Bot) menuButton(u *update, what string) job {
	show, ok := map[string]func(*text.Words) telegram.Message{
		"live":     func(words *text.Words) telegram.Message { return telegram.Message{HTML: words.Say("how_live.text")} },
		"language": func(words *text.Words) telegram.Message { return languageMenu(words, b.cfg.Words) },
		"donate":   giftMenu,
	}[what]
	if !ok || !u.private {
		return b.oldButton()
	}
	return job{kind: "button", run: func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.callback.ID, "")
		_, err := b.out.Send(ctx, u.chat, show(u.words))
		return err
	}}
}

// onHelp says how it works.
func (b *Bot) onHelp(ctx context.Context, u *update) error {
	return b.sayWithButton(ctx, u, "help.text")
}

// onLanguage offers the languages.
func (b *Bot) onLanguage(ctx context.Context, u *update) error {
	_, err := b.out.Send(ctx, u.chat, languageMenu(u.words, b.cfg.Words))
	return err
}

// onText answers what is no command and no place: an amount of stars if one was asked for, else one line with the button that sends a location.
func (b *Bot) onText(ctx context.Context, u *update) error {
	if awaitsAmount(u) && strings.ContainsAny(u.message.Text, "0123456789") && !strings.HasPrefix(u.message.Text, "/") {
		return b.invoiceFor(ctx, u, u.message.Text)
	}
	return b.sayWithButton(ctx, u, "text.other")
}

// onHiddenPlace answers a map's link without coordinates in it.
func (b *Bot) onHiddenPlace(ctx context.Context, u *update) error {
	return b.sayWithButton(ctx, u, "text.hidden_link")
}

// onOther answers stickers and the like as onText does, but not each of them.
func (b *Bot) onOther(ctx context.Context, u *update) error {
	m := telegram.Message{HTML: u.words.Say("text.other"), Ask: u.words.Plain("start.button_location")}
	return b.notify(ctx, u, "text.other", m)
}

// onGroupCommand answers every command in a group.
func (b *Bot) onGroupCommand(ctx context.Context, u *update) error {
	return b.notify(ctx, u, "group.hint", telegram.Message{HTML: u.words.Say("group.hint")})
}

func (b *Bot) sayWithButton(ctx context.Context, u *update, key string) error {
	_, err := b.out.Send(ctx, u.chat, telegram.Message{HTML: u.words.Say(key), Ask: u.words.Plain("start.button_location")})
	return err
}
