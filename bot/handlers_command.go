package bot

import (
	"context"
	"errors"
)

// onStart says in one message what the bot does, with the button that sends a location.
func (b *Bot) onStart(ctx context.Context, u *update) error {
	return b.sayWithButton(ctx, u, "start.welcome_live")
}

// onHelp says how it works.
func (b *Bot) onHelp(ctx context.Context, u *update) error {
	return b.sayWithButton(ctx, u, "help.text_live")
}

// onLanguage offers the languages.
func (b *Bot) onLanguage(ctx context.Context, u *update) error {
	_, err := b.out.send(ctx, u.chat, languageMenu(u.words, b.cfg.Words))
	return err
}

// onText answers what is no command and no place: one line, with the button that sends a location.
func (b *Bot) onText(ctx context.Context, u *update) error {
	return b.sayWithButton(ctx, u, "text.other")
}

// onOther answers stickers and the like as onText does, but not each of them.
func (b *Bot) onOther(ctx context.Context, u *update) error {
	m := message{HTML: u.words.Say("text.other"), Ask: u.words.Plain("start.button_location")}
	return b.notify(ctx, u, "text.other", m)
}

// onGroupCommand answers every command in a group.
func (b *Bot) onGroupCommand(ctx context.Context, u *update) error {
	return b.notify(ctx, u, "group.hint", message{HTML: u.words.Say("group.hint")})
}

func (b *Bot) sayWithButton(ctx context.Context, u *update, key string) error {
	_, err := b.out.send(ctx, u.chat, message{HTML: u.words.Say(key), Ask: u.words.Plain("start.button_location")})
	return err
}

// describe tells Telegram, for each language, the commands that work and what the bot is. It is a convenience: failures are logged.
func (b *Bot) describe(ctx context.Context) {
	var failed error
	set := func(method, language, field string, value any) {
		payload := map[string]any{field: value}
		if language != "" {
			payload["language_code"] = language
		}
		failed = errors.Join(failed, b.out.do(ctx, request{method: method, payload: payload, idempotent: true}, nil))
	}
	for _, language := range append([]string{""}, b.cfg.Words.Languages()...) { // "" is everybody else: English
		if ctx.Err() != nil {
			return
		}
		words := b.cfg.Words.Words(language)
		commands := make([]map[string]string, len(b.mux.listed))
		for i, name := range b.mux.listed {
			commands[i] = map[string]string{"command": name, "description": words.Plain("command." + name)}
		}
		set("setMyCommands", language, "commands", commands)
		set("setMyDescription", language, "description", words.Plain("bot.description_live"))
		set("setMyShortDescription", language, "short_description", words.Plain("bot.short_description_live"))
	}
	if failed != nil && ctx.Err() == nil {
		b.log.Warn("describe", "error", failed)
	}
}
