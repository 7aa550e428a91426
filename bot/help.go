package bot

import (
	"context"
	"strings"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// help explains the bot, and answers texts that are neither a command nor a place.
type help struct {
	out       *telegram.Sender
	reply     *responder
	gifts     invoices
	menus     *menus
	operators operatorIDs
	words     *text.Catalog
	support   string // whom /paysupport names; "" = nobody
}

// invoices sends an invoice for an amount that a person typed.
type invoices interface {
	invoiceFor(ctx context.Context, u *update, typed string) error
}

// onStart explains the bot in two messages, because a message has one keyboard: the first has the button that sends a location, the second leads
// to the rest. "/start donate" comes from a forwarded invoice.
func (h *help) onStart(ctx context.Context, u *update) error {
	if args := arguments(u.Message.Text); len(args) == 1 && args[0] == startDonate {
		_, err := h.out.Send(ctx, u.To(), giftMenu(u.words))
		return err
	}
	if err := h.reply.askLocation(ctx, u, "start.welcome"); err != nil {
		return err
	}
	_, err := h.out.Send(ctx, u.To(), telegram.Message{HTML: u.words.Say("start.menu"), Buttons: [][]telegram.Button{
		{{Text: u.words.Plain("button.how_live"), Data: "menu:live"}},
		{
			{Text: u.words.Plain("button.language"), Data: "menu:language"},
			{Text: u.words.Plain("button.donate"), Data: "menu:donate"},
		},
	}})
	if h.operators.has(u.Person) {
		h.menus.describeTo(ctx, u.Person) // Telegram accepts no menu for a chat before its first message
	}
	return err
}

// menuButton ("menu:<what>") answers as the command of that name does.
func (h *help) menuButton(u *telegram.Update, what string) intake.Job {
	show, ok := map[string]func(*text.Words) telegram.Message{
		"live":     func(words *text.Words) telegram.Message { return telegram.Message{HTML: words.Say("how_live.text")} },
		"language": func(words *text.Words) telegram.Message { return languageMenu(words, h.words) },
		"donate":   giftMenu,
		"near": func(words *text.Words) telegram.Message {
			return telegram.Message{HTML: words.Say("share.near"), Ask: words.Plain("start.button_location")}
		},
	}[what]
	if !ok || !u.Private {
		return h.reply.oldButton()
	}
	return h.reply.job("button", func(ctx context.Context, u *update) error {
		h.out.AnswerCallback(ctx, u.Callback.ID, "")
		_, err := h.out.Send(ctx, u.To(), show(u.words))
		return err
	})
}

// onHelp explains how the bot works.
func (h *help) onHelp(ctx context.Context, u *update) error {
	return h.reply.askLocation(ctx, u, "help.text")
}

// onPrivacy lists what is stored.
func (h *help) onPrivacy(ctx context.Context, u *update) error {
	return h.reply.say(ctx, u, u.words.Say("privacy.text"))
}

// onTerms states what the guide promises and what it does not.
func (h *help) onTerms(ctx context.Context, u *update) error {
	return h.reply.say(ctx, u, u.words.Say("terms.text"))
}

// onPaySupport names the contact for questions about a payment.
func (h *help) onPaySupport(ctx context.Context, u *update) error {
	if h.support == "" {
		return h.reply.say(ctx, u, u.words.Say("paysupport.no_contact"))
	}
	return h.reply.say(ctx, u, u.words.Say("paysupport.text", "contact", h.support))
}

// onText answers a text that is neither a command nor a place. If the bot asked for an amount of stars, a number is the answer. Any other text gets
// one line with the button that sends a location.
func (h *help) onText(ctx context.Context, u *update) error {
	if h.isAmount(u) {
		return h.gifts.invoiceFor(ctx, u, u.Message.Text)
	}
	return h.reply.askLocation(ctx, u, "text.other")
}

// isAmount reports whether a text is the amount that the person was asked for.
func (h *help) isAmount(u *update) bool {
	return awaitsAmount(u) && strings.ContainsAny(u.Message.Text, "0123456789") && !strings.HasPrefix(u.Message.Text, "/")
}

// onHiddenPlace answers a link to a map that contains no coordinates.
func (h *help) onHiddenPlace(ctx context.Context, u *update) error {
	return h.reply.askLocation(ctx, u, "text.hidden_link")
}

// onShortCode answers a plus code that is only valid together with a town.
func (h *help) onShortCode(ctx context.Context, u *update) error {
	return h.reply.askLocation(ctx, u, "text.short_code")
}

// onOther answers stickers and the like, at most once in the notice interval.
func (h *help) onOther(ctx context.Context, u *update) error {
	m := telegram.Message{HTML: u.words.Say("text.other"), Ask: u.words.Plain("start.button_location")}
	return h.reply.notify(ctx, u, "text.other", m)
}

// onGroupCommand answers every command in a group.
func (h *help) onGroupCommand(ctx context.Context, u *update) error {
	return h.reply.notify(ctx, u, "group.hint", telegram.Message{HTML: u.words.Say("group.hint")})
}
