package bot

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// menus tells Telegram which commands the bot has, and describes it. It makes only the calls whose content differs from what was sent before.
type menus struct {
	out       *telegram.Sender
	words     *text.Catalog
	operators operatorIDs
	sent      *sentTexts
	log       *slog.Logger
}

// The commands in the menus, in their order. Operators see theirs below the others.
var (
	listedCommands         = []string{"start", "live", "tour", "pack", "stop", "language", "settings", "donate", "stats", "privacy", "forget", "terms", "paysupport", "help"}
	listedOperatorCommands = []string{"admin", "pause", "ban", "unban", "refund", "retire", "retired", "broadcast"}
)

// describe sends the commands and the descriptions to Telegram in each language, and each operator's menu. It may take hours, because Telegram limits
// these calls more than others. The bot works without them, so failures are only logged.
func (m *menus) describe(ctx context.Context) {
	m.switchOn(ctx)
	var failed error
	for _, language := range m.languages() {
		if ctx.Err() != nil {
			return
		}
		words := m.words.Words(language)
		failed = errors.Join(failed,
			m.describeIn(ctx, "setMyCommands", language, map[string]any{"commands": menu(words, listedCommands)}),
			m.describeIn(ctx, "setMyDescription", language, map[string]any{"description": words.Plain("bot.description")}),
			m.describeIn(ctx, "setMyShortDescription", language, map[string]any{"short_description": words.Plain("bot.short_description")}),
		)
	}
	if failed != nil && ctx.Err() == nil {
		m.log.Warn("describe_failed", "error", failed)
	}
	for _, operator := range m.operators {
		m.describeTo(ctx, operator)
	}
}

// switchOn switches on what the bot does in chats in which it is not: inline queries with the person's place, and guest messages. A server that is too old
// for it refuses, which is noted once; it is asked again at each start.
func (m *menus) switchOn(ctx context.Context) {
	const method = "setMySettings" // of Bot API 10.5
	err := m.describeIn(ctx, method, "", map[string]any{
		"supports_inline_queries": true, "inline_query_placeholder": m.words.Words("").Plain("bot.inline_placeholder"),
		"needs_inline_query_location": true, "supports_guest_queries": true,
	})
	var refusal *telegram.APIError
	switch {
	case err == nil || ctx.Err() != nil:
	case !errors.As(err, &refusal):
		m.log.Warn("settings_failed", "error", err)
	default:
		noted := m.sent.mark(method+" refused", map[string]any{"why": refusal.Description})
		if !m.sent.has(ctx, noted) {
			m.log.Info("settings_refused", "error", err)
			m.sent.add(ctx, noted)
		}
	}
}

// describeTo puts the operators' commands into the menu of one operator's chat. An operator who never wrote to the bot gets them with
// /start.
func (m *menus) describeTo(ctx context.Context, operator int64) {
	scope := map[string]any{"type": "chat", "chat_id": operator}
	for _, language := range m.languages() {
		commands := menu(m.words.Words(language), slices.Concat(listedCommands, listedOperatorCommands))
		err := m.describeIn(ctx, "setMyCommands", language, map[string]any{"commands": commands, "scope": scope})
		switch {
		case errors.Is(err, telegram.ErrUnreachable) || ctx.Err() != nil:
			return
		case err != nil:
			m.log.Warn("menu_failed", "operator", operator, "error", err)
			return
		}
	}
}

// describeIn makes one call, unless it was made with the same content before.
func (m *menus) describeIn(ctx context.Context, method, language string, payload map[string]any) error {
	if language != "" {
		payload["language_code"] = language
	}
	mark := m.sent.mark(method, payload)
	if m.sent.has(ctx, mark) {
		return nil
	}
	err := m.out.Do(ctx, telegram.Request{Method: method, Payload: payload, Idempotent: true}, nil)
	if err == nil {
		m.sent.add(ctx, mark)
	}
	return err
}

// languages returns the languages of menus and descriptions. "" stands for all other languages: they get English.
func (m *menus) languages() []string {
	return append([]string{""}, m.words.Languages()...)
}

// menu returns a list of commands as setMyCommands takes it.
func menu(words *text.Words, names []string) []map[string]string {
	commands := make([]map[string]string, len(names))
	for i, name := range names {
		commands[i] = map[string]string{"command": name, "description": words.Plain("command." + name)}
	}
	return commands
}
