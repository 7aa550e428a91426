package bot

import (
	"context"
	"errors"
	"slices"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// describe tells Telegram, for each language, the commands that work and what the bot is, and each operator theirs. It is a convenience:
// failures are logged.
func (b *Bot) describe(ctx context.Context) {
	var failed error
	for _, language := range b.tongues() {
		if ctx.Err() != nil {
			return
		}
		words := b.cfg.Words.Words(language)
		failed = errors.Join(failed,
			b.describeIn(ctx, "setMyCommands", language, map[string]any{"commands": menu(words, b.mux.listed)}),
			b.describeIn(ctx, "setMyDescription", language, map[string]any{"description": words.Plain("bot.description")}),
			b.describeIn(ctx, "setMyShortDescription", language, map[string]any{"short_description": words.Plain("bot.short_description")}),
		)
	}
	if failed != nil && ctx.Err() == nil {
		b.log.Warn("describe", "error", failed)
	}
	for _, operator := range b.cfg.Admins {
		b.describeTo(ctx, operator)
	}
}

// describeTo puts the operators' commands into the menu of one operator's chat, behind everybody's. Who never wrote to the bot gets
// them with /start.
func (b *Bot) describeTo(ctx context.Context, operator int64) {
	scope := map[string]any{"type": "chat", "chat_id": operator}
	for _, language := range b.tongues() {
		commands := menu(b.cfg.Words.Words(language), slices.Concat(b.mux.listed, b.mux.listedOperator))
		err := b.describeIn(ctx, "setMyCommands", language, map[string]any{"commands": commands, "scope": scope})
		switch {
		case errors.Is(err, telegram.ErrUnreachable) || ctx.Err() != nil:
			return
		case err != nil:
			b.log.Warn("describe", "error", err)
			return
		}
	}
}

func (b *Bot) describeIn(ctx context.Context, method, language string, payload map[string]any) error {
	if language != "" {
		payload["language_code"] = language
	}
	return b.out.Do(ctx, telegram.Request{Method: method, Payload: payload, Idempotent: true}, nil)
}

// tongues are the languages that Telegram is told about: "" is everybody else's, English.
func (b *Bot) tongues() []string {
	return append([]string{""}, b.cfg.Words.Languages()...)
}

// menu is a list of commands as Telegram takes it.
func menu(words *text.Words, names []string) []map[string]string {
	commands := make([]map[string]string, len(names))
	for i, name := range names {
		commands[i] = map[string]string{"command": name, "description": words.Plain("command." + name)}
	}
	return commands
}
