package sim

import (
	"context"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// method is a method of the API: do runs with Telegram.mu held, wait runs without it, for methods that wait.
type method struct {
	name string
	do   func(*request) (any, error)
	wait func(context.Context, *request) (answer, error)
}

// table returns the methods by lower-case name, because Telegram ignores the case.
func (t *Telegram) table() map[string]method {
	messages, settings := messageMethods{t}, botMethods{t}
	out := map[string]method{"getupdates": {name: "getUpdates", wait: settings.getUpdates}}
	for name, do := range map[string]func(*request) (any, error){
		"getMe":                  func(*request) (any, error) { return settings.getMe(), nil },
		"setWebhook":             settings.setWebhook,
		"deleteWebhook":          settings.deleteWebhook,
		"getWebhookInfo":         settings.getWebhookInfo,
		"sendMessage":            messages.sendMessage,
		"sendPhoto":              messages.sendPhoto,
		"sendDocument":           messages.sendDocument,
		"sendVoice":              messages.sendVoice,
		"sendAudio":              messages.sendAudio,
		"sendLocation":           messages.sendLocation,
		"sendVenue":              messages.sendVenue,
		"sendInvoice":            messages.sendInvoice,
		"sendChatAction":         messages.sendChatAction,
		"sendMessageDraft":       messages.sendMessageDraft,
		"getFile":                messages.getFile,
		"editMessageText":        messages.editMessageText,
		"editMessageCaption":     messages.editMessageCaption,
		"editMessageReplyMarkup": messages.editMessageReplyMarkup,
		"deleteMessage":          messages.deleteMessage,
		"pinChatMessage":         messages.pinChatMessage,
		"setMessageReaction":     messages.setMessageReaction,
		"answerCallbackQuery":    messages.answerCallbackQuery,
		"answerInlineQuery":      messages.answerInlineQuery,
		"answerGuestQuery":       messages.answerGuestQuery,
		"setMySettings":          settings.setMySettings,
		"answerPreCheckoutQuery": messages.answerPreCheckoutQuery,
		"getChatMember":          messages.getChatMember,
		"refundStarPayment":      messages.refundStarPayment,
		"getStarTransactions":    messages.getStarTransactions,
		"setMyCommands":          settings.setMyCommands,
		"getMyCommands":          settings.getMyCommands,
		"deleteMyCommands":       settings.deleteMyCommands,
		"setMyDescription":       settings.setMyText("description", 512, "BOT_DESCRIPTION_TOO_LONG"),
		"getMyDescription":       settings.getMyText("description"),
		"setMyShortDescription":  settings.setMyText("short_description", 120, "BOT_SHORT_DESCRIPTION_TOO_LONG"),
		"getMyShortDescription":  settings.getMyText("short_description"),
	} {
		out[strings.ToLower(name)] = method{name: name, do: do}
	}
	return out
}

func (t botMethods) getMe() any {
	return struct {
		apiUser
		CanJoinGroups   bool `json:"can_join_groups"`
		ReadsAll        bool `json:"can_read_all_group_messages"`
		SupportsInline  bool `json:"supports_inline_queries"`
		ConnectBusiness bool `json:"can_connect_to_business"`
		HasMainWebApp   bool `json:"has_main_web_app"`
	}{apiUser: t.me, CanJoinGroups: true}
}

var (
	commandName  = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)
	languageCode = regexp.MustCompile(`^([a-z]{2})?$`)
)

// maxCommands is the most commands of a scope and language.
const maxCommands = 100

type apiCommand struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

func (t botMethods) setMyCommands(req *request) (any, error) {
	var commands []apiCommand
	if err := json.Unmarshal([]byte(req.text("commands")), &commands); err != nil {
		return nil, badRequest("can't parse commands JSON object")
	}
	if len(commands) > maxCommands {
		return nil, badRequest("BOT_COMMANDS_TOO_MUCH")
	}
	for i, c := range commands {
		commands[i].Command = strings.TrimPrefix(c.Command, "/")
		if !commandName.MatchString(commands[i].Command) {
			return nil, badRequest("BOT_COMMAND_INVALID")
		}
		if n := utf16Len(c.Description); n < 1 || n > 256 {
			return nil, badRequest("BOT_COMMAND_DESCRIPTION_INVALID")
		}
	}
	key, err := t.textKeyLocked("commands", req)
	if err == nil {
		err = t.admitOneLocked(&t.describe)
	}
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(commands)
	t.texts[key] = string(raw)
	return true, err
}

func (t botMethods) getMyCommands(req *request) (any, error) {
	key, err := t.textKeyLocked("commands", req)
	if err != nil {
		return nil, err
	}
	if text := t.texts[key]; text != "" {
		return json.RawMessage(text), nil
	}
	return []apiCommand{}, nil
}

// Command is a command in the bot's menu.
type Command struct {
	Name        string `json:"name"` // without the slash
	Description string `json:"description"`
}

// Menu returns the bot's commands for people with the language, or the commands for everybody if there are none.
func (t *Telegram) Menu(language string) []Command {
	t.mu.Lock()
	defer t.mu.Unlock()
	var set []apiCommand
	for _, l := range []string{language, ""} {
		text := t.texts[strings.Join([]string{"commands", "default", "", "", l}, " ")]
		if json.Unmarshal([]byte(text), &set) == nil { // a missing set is "", which does not parse
			break
		}
	}
	menu := make([]Command, len(set))
	for i, c := range set {
		menu[i] = Command{c.Command, c.Description}
	}
	return menu
}

func (t botMethods) deleteMyCommands(req *request) (any, error) {
	key, err := t.textKeyLocked("commands", req)
	delete(t.texts, key)
	return true, err
}

// setMyText returns a method that stores one of the bot's texts, at most limit UTF-16 units long.
func (t botMethods) setMyText(name string, limit int, tooLong string) func(*request) (any, error) {
	return func(req *request) (any, error) {
		key, err := t.textKeyLocked(name, req)
		if err != nil {
			return nil, err
		}
		if utf16Len(req.text(name)) > limit {
			return nil, badRequest("%s", tooLong)
		}
		if err := t.admitOneLocked(&t.describe); err != nil {
			return nil, err
		}
		t.texts[key] = req.text(name)
		return true, nil
	}
}

func (t botMethods) getMyText(name string) func(*request) (any, error) {
	return func(req *request) (any, error) {
		key, err := t.textKeyLocked(name, req)
		return map[string]string{name: t.texts[key]}, err
	}
}

// textKeyLocked returns the key of one of the bot's texts in the scope and language of a call.
func (t *Telegram) textKeyLocked(name string, req *request) (string, error) {
	language := req.text("language_code")
	if !languageCode.MatchString(language) {
		return "", badRequest("LANG_CODE_INVALID")
	}
	scope := struct {
		Type   string          `json:"type"`
		ChatID json.RawMessage `json:"chat_id"`
		UserID json.RawMessage `json:"user_id"`
	}{Type: "default"}
	if text := req.text("scope"); text != "" {
		if err := json.Unmarshal([]byte(text), &scope); err != nil || scope.Type == "" {
			return "", badRequest("can't parse BotCommandScope: Can't find field \"type\"")
		}
		id, err := strconv.ParseInt(strings.Trim(string(scope.ChatID), `"`), 10, 64)
		if strings.HasPrefix(scope.Type, "chat") && (err != nil || t.chats[id] == nil) {
			return "", badRequest("chat not found")
		}
	}
	return strings.Join([]string{name, scope.Type, string(scope.ChatID), string(scope.UserID), language}, " "), nil
}
