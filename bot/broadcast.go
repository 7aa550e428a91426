package bot

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"log/slog"
	"slices"
	"strings"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// Names of settings. Each has one writer: the draft and the hold are the operators', the broadcast is its sender's once it has begun.
const (
	broadcastSetting = "broadcast"
	draftSetting     = "broadcast.draft"
	holdSetting      = "broadcast.hold" // holdPause, holdCancel or "" = go on
	holdPause        = "pause"
	holdCancel       = "cancel"
)

const (
	// broadcastEvery is the shortest time between the beginnings of two broadcasts.
	broadcastEvery = 7 * 24 * time.Hour
	// broadcastSeen is how long ago a person must have written at most to get one.
	broadcastSeen = 180 * 24 * time.Hour
	// broadcastMost bounds the text in characters, so that it is one message.
	broadcastMost = 3500
)

// broadcast is a message of the operators to many people.
type broadcast struct {
	HTML      string
	Languages []string  `json:",omitempty"` // of the people who get it; none = all
	By        int64     // the operator, who gets the report
	Began     time.Time `json:",omitzero"`
	Ended     time.Time `json:",omitzero"`
	After     int64     `json:",omitzero"` // the last person whose turn is over; 0 once it has ended

	Sent, Unreachable, Failed int `json:",omitzero"`
}

func (b *broadcast) running() bool { return !b.Began.IsZero() && b.Ended.IsZero() }

// wants reports whether the person gets the broadcast.
func (b *broadcast) wants(u *store.User, words *text.Catalog) bool {
	if u.ID <= 0 || u.Banned || u.Unreachable || u.NoNews || b.Began.Sub(u.Seen) > broadcastSeen {
		return false
	}
	return len(b.Languages) == 0 || slices.Contains(b.Languages, languageOf(u, words))
}

// languageOf returns the interface language of a person.
func languageOf(u *store.User, words *text.Catalog) string {
	if u.Language == "" {
		return words.Match(u.LanguageCode)
	}
	return words.Words(u.Language).Language()
}

// announcer sends the operators' broadcasts, one at a time.
type announcer struct {
	out       *telegram.Sender
	reply     *responder
	store     announcerStore
	words     *text.Catalog
	operators operatorIDs
	singly    singly
	wake      chan struct{} // holds at most one signal
	observe   Observe
	log       *slog.Logger
}

type announcerStore interface {
	store.Users
	store.Settings
}

// read decodes a setting that holds a broadcast; the zero broadcast if there is none.
func (a *announcer) read(ctx context.Context, name string) (b broadcast, err error) {
	value, err := a.store.Setting(ctx, name)
	if err != nil || value == "" {
		return b, err
	}
	return b, json.Unmarshal([]byte(value), &b)
}

func (a *announcer) write(ctx context.Context, name string, b broadcast) error {
	value, err := json.Marshal(b)
	if err != nil {
		return err
	}
	return a.store.SetSetting(ctx, name, string(value))
}

// onBroadcast ("/broadcast", "/broadcast ru,en" and a text from the second line on) shows how far the broadcast is, or a preview of a new one.
func (a *announcer) onBroadcast(ctx context.Context, u *update) error {
	head, body, _ := strings.Cut(u.Message.Text, "\n")
	args, body := arguments(head), strings.TrimSpace(body)
	now, err := a.read(ctx, broadcastSetting)
	if err != nil {
		return err
	}
	if now.running() {
		return a.showProgress(ctx, u, now)
	}
	languages, ok := a.chosen(args)
	switch {
	case !ok || body == "":
		return a.reply.say(ctx, u, u.words.Say("broadcast.usage", "all", "all", "some", strings.Join(a.words.Languages()[:2], ","), "languages", strings.Join(a.words.Languages(), ", ")))
	case len([]rune(body)) > broadcastMost:
		return a.reply.say(ctx, u, u.words.Say("broadcast.long", "n", broadcastMost))
	case u.Arrived.Sub(now.Began) < broadcastEvery:
		return a.reply.say(ctx, u, u.words.Say("broadcast.soon", "date", now.Began.Add(broadcastEvery).UTC().Format("2006-01-02 15:04")))
	}
	draft := broadcast{HTML: html.EscapeString(body), Languages: languages, By: u.Person, Began: u.Arrived}
	n, err := a.count(ctx, &draft)
	if err != nil {
		return err
	}
	draft.Began = time.Time{}
	if err := a.write(ctx, draftSetting, draft); err != nil {
		return err
	}
	if _, err := a.out.Send(ctx, u.To(), a.message(&draft, u.words)); err != nil {
		return err
	}
	m := telegram.Message{HTML: u.words.Say("broadcast.preview", "n", n)}
	if n > 0 {
		m.Buttons = append(m.Buttons, []telegram.Button{{Text: u.words.Plain("button.broadcast_send", "n", n), Data: "news:send"}})
	}
	m.Buttons = append(m.Buttons, []telegram.Button{{Text: u.words.Plain("button.broadcast_drop"), Data: "news:drop"}})
	_, err = a.out.Send(ctx, u.To(), m)
	return err
}

// chosen reads the languages after the command: "all", or some of the interface.
func (a *announcer) chosen(args []string) (languages []string, ok bool) {
	all := strings.ToLower(strings.Join(args, ","))
	if all == "all" {
		return nil, true
	}
	for l := range strings.SplitSeq(all, ",") {
		if l == "" {
			continue
		}
		if !slices.Contains(a.words.Languages(), l) {
			return nil, false
		}
		languages = append(languages, l)
	}
	return languages, len(languages) > 0
}

// message is the broadcast as a person gets it.
func (a *announcer) message(b *broadcast, words *text.Words) telegram.Message {
	return telegram.Message{HTML: b.HTML, Behind: true, Buttons: [][]telegram.Button{{{Text: words.Plain("button.no_news"), Data: "news:off"}}}}
}

// count returns how many people would get the broadcast.
func (a *announcer) count(ctx context.Context, b *broadcast) (n int, err error) {
	const page = 1000
	for after := int64(0); ; {
		users, err := a.store.UsersAfter(ctx, after, page)
		if err != nil {
			return 0, err
		}
		for i := range users {
			if after = users[i].ID; b.wants(&users[i], a.words) {
				n++
			}
		}
		if len(users) < page {
			return n, nil
		}
	}
}

func (a *announcer) showProgress(ctx context.Context, u *update, b broadcast) error {
	hold, err := a.store.Setting(ctx, holdSetting)
	if err != nil {
		return err
	}
	_, err = a.out.Send(ctx, u.To(), progressMessage(u.words, b, hold))
	return err
}

func progressMessage(words *text.Words, b broadcast, hold string) telegram.Message {
	button := telegram.Button{Text: words.Plain("button.broadcast_pause"), Data: "news:pause"}
	if hold == holdPause {
		button = telegram.Button{Text: words.Plain("button.broadcast_go"), Data: "news:go"}
	}
	return telegram.Message{
		HTML:    words.Say("broadcast.progress", "sent", b.Sent, "unreachable", b.Unreachable, "failed", b.Failed),
		Buttons: [][]telegram.Button{{button, {Text: words.Plain("button.broadcast_cancel"), Data: "news:cancel"}}},
	}
}

// button ("news:off" for everybody, the others for operators) switches news off, or steers the broadcast.
func (a *announcer) button(u *telegram.Update, what string) intake.Job {
	if what == "off" && u.Private {
		return a.reply.job("button", a.switchOff)
	}
	run, ok := map[string]handler{"send": a.begin, "drop": a.drop, "pause": a.hold(holdPause), "go": a.hold(""), "cancel": a.hold(holdCancel)}[what]
	if !ok || !a.operators.has(u.Person) {
		return a.reply.oldButton()
	}
	return a.reply.job("button", run)
}

// switchOff notes that the person wants no news.
func (a *announcer) switchOff(ctx context.Context, u *update) error {
	_, err := a.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
		user.NoNews = true
		return nil
	})
	if err != nil {
		a.out.AnswerCallback(ctx, u.Callback.ID, "")
		return err
	}
	a.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain("toast.no_news"))
	return a.reply.unbutton(ctx, u)
}

// begin starts the draft's broadcast. A second press finds no draft.
func (a *announcer) begin(ctx context.Context, u *update) error {
	a.out.AnswerCallback(ctx, u.Callback.ID, "")
	now, err := a.read(ctx, broadcastSetting)
	if err != nil {
		return err
	}
	draft, err := a.read(ctx, draftSetting)
	switch {
	case err != nil:
		return err
	case now.running(), draft.HTML == "", u.Arrived.Sub(now.Began) < broadcastEvery:
		return a.reply.unbutton(ctx, u)
	}
	draft.Began = u.Arrived
	err = errors.Join(a.store.SetSetting(ctx, holdSetting, ""), a.write(ctx, broadcastSetting, draft))
	if err != nil {
		return err
	}
	a.log.Info("broadcast_started", "operator", u.Person, "languages", strings.Join(draft.Languages, ","))
	select {
	case a.wake <- struct{}{}:
	default:
	}
	if err := a.store.SetSetting(ctx, draftSetting, ""); err != nil { // a second press is refused anyway
		return err
	}
	return a.reply.replace(ctx, u, progressMessage(u.words, draft, ""))
}

func (a *announcer) drop(ctx context.Context, u *update) error {
	a.out.AnswerCallback(ctx, u.Callback.ID, "")
	if err := a.store.SetSetting(ctx, draftSetting, ""); err != nil {
		return err
	}
	return a.reply.replace(ctx, u, telegram.Message{HTML: u.words.Say("broadcast.dropped")})
}

// hold pauses the broadcast, lets it go on, or ends it.
func (a *announcer) hold(how string) handler {
	return func(ctx context.Context, u *update) error {
		a.out.AnswerCallback(ctx, u.Callback.ID, "")
		now, err := a.read(ctx, broadcastSetting)
		if err != nil {
			return err
		}
		if !now.running() {
			return a.reply.unbutton(ctx, u)
		}
		if err := a.store.SetSetting(ctx, holdSetting, how); err != nil {
			return err
		}
		select {
		case a.wake <- struct{}{}:
		default:
		}
		if how == holdCancel {
			return a.reply.unbutton(ctx, u) // the report follows
		}
		return a.reply.replace(ctx, u, progressMessage(u.words, now, how))
	}
}
