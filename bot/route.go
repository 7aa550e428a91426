package bot

import (
	"context"
	"strings"
	"time"

	"excursobot/bot/telegram"

	tele "gopkg.in/telebot.v3"

	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/maplink"
	"excursobot/store"
)

// Updates are dispatched by a table of our own: telebot's ProcessUpdate hands handlers no context.Context, tells its caller no error, and
// leaves live edits, groups and unknown buttons to guesswork.

// handler answers one update. Its error is logged, and the person gets an honest sentence.
type handler func(ctx context.Context, u *update) error

// job is what an update asks for.
type job struct {
	kind     string // for the metrics: location, command, text, button, member, live, other
	lane     lane
	story    bool        // takes a token of the story buckets
	lasting  bool        // a story that is as welcome later: a walk goes on
	fleeting bool        // lost with the process, and no harm: it is not kept in the inbox
	vital    bool        // never taken without being kept: a payment, until it is stored by itself, and a refund
	money    bool        // passes every bucket, the pause and a ban
	now      func() bool // tried at arrival, instead of a lane; true = that was all. Such a job is not remembered as done: a newer one makes it worthless
	run      handler     // nil = nothing to do
}

// update is an update as the handlers see it.
type update struct {
	id      int64
	arrived time.Time
	chat    int64
	private bool
	person  int64  // 0 = nobody who could be answered
	code    string // their language_code

	message  *tele.Message // exactly one of these five, or none
	edited   *tele.Message
	callback *tele.Callback
	member   *tele.ChatMemberUpdate
	checkout *tele.PreCheckoutQuery

	refunded *tele.Payment // of message; telebot does not know it

	user  store.User  // from meet
	words *text.Words // theirs
	fresh bool        // never seen before
	brief bool        // all people together ask too much: answered without the model
	done  bool        // recorded as done already
	kept  chan error  // of a checkout: how storing it went; nil = nobody stores it

	anywhere bool // answered here, whichever replica the chat belongs to

	shown struct { // what the person has seen of the answer, in the process before this one too
		place   string // "" = not chosen
		message int    // that is to become the answer; 0 = none
	}
}

// newUpdate picks out who wrote what, where. Channel posts, anonymous administrators and other bots are nobody.
func newUpdate(full *tele.Update) *update {
	u := &update{message: full.Message, edited: full.EditedMessage, callback: full.Callback, member: full.MyChatMember, checkout: full.PreCheckoutQuery}
	var from *tele.User
	var chat *tele.Chat
	switch {
	case u.message != nil && u.message.SenderChat == nil:
		from, chat = u.message.Sender, u.message.Chat
	case u.edited != nil && u.edited.SenderChat == nil:
		from, chat = u.edited.Sender, u.edited.Chat
	case u.callback != nil && u.callback.Message != nil:
		from, chat = u.callback.Sender, u.callback.Message.Chat
	case u.callback != nil && u.callback.Sender != nil: // the button's message is too old to be shown to us
		from, chat = u.callback.Sender, &tele.Chat{ID: u.callback.Sender.ID, Type: tele.ChatPrivate}
	case u.member != nil:
		from, chat = u.member.Sender, u.member.Chat
	case u.checkout != nil && u.checkout.Sender != nil:
		from, chat = u.checkout.Sender, &tele.Chat{ID: u.checkout.Sender.ID, Type: tele.ChatPrivate}
	}
	if from == nil || chat == nil || from.IsBot || from.ID == 0 || chat.ID == 0 {
		return u
	}
	switch chat.Type {
	case tele.ChatPrivate:
		u.private = true
	case tele.ChatGroup, tele.ChatSuperGroup:
	default:
		return u
	}
	u.person, u.chat, u.code = from.ID, chat.ID, telegram.Truncate(from.LanguageCode, 35)
	return u
}

// mux is the table of commands and buttons. It does not change after New.
type mux struct {
	commands  map[string]handler
	operator  map[string]handler // commands that exist for Config.Admins alone
	listed    []string           // commands shown in Telegram's menu, in order
	callbacks map[string]func(u *update, args string) job

	listedOperator []string // behind them, in an operator's menu
}

func (b *Bot) routes() mux {
	return mux{
		commands: map[string]handler{
			"start":      b.onStart,
			"help":       b.onHelp,
			"live":       b.onLive,
			"stop":       b.onStop,
			"language":   b.onLanguage,
			"settings":   b.onSettings,
			"donate":     b.onDonate,
			"stats":      b.onStats,
			"privacy":    b.onPrivacy,
			"forget":     b.onForget,
			"terms":      b.onTerms,
			"paysupport": b.onPaySupport,
		},
		operator: map[string]handler{
			"admin":  b.onAdmin,
			"ban":    b.onBan,
			"unban":  b.onUnban,
			"pause":  b.onPause,
			"refund": b.onRefund,
		},
		listed:         []string{"start", "live", "stop", "language", "settings", "donate", "stats", "privacy", "forget", "terms", "paysupport", "help"},
		listedOperator: []string{"admin", "pause", "ban", "unban", "refund"},
		callbacks: map[string]func(*update, string) job{
			"more":   b.moreButton,
			"vote":   b.voteButton,
			"lang":   b.languageButton,
			"every":  b.everyButton,
			"live":   b.liveButton,
			"next":   b.nextButton,
			"menu":   b.menuButton,
			"set":    b.settingsButton,
			"give":   b.giveButton,
			"forget": b.forgetButton,
		},
	}
}

// route says what an update asks for. It is called at arrival and touches nothing.
func (b *Bot) route(u *update) job {
	switch {
	case u.person == 0:
		return job{kind: "other"}
	case u.message != nil && u.message.Payment != nil:
		return job{kind: "payment", vital: true, money: true, run: b.onPayment}
	case u.message != nil && u.refunded != nil:
		return job{kind: "payment", vital: true, money: true, run: b.onRefunded}
	case u.checkout != nil: // left by an earlier process: one that comes in is answered at arrival
		return job{kind: "checkout", money: true, run: b.onCheckoutLeft}
	case u.callback != nil:
		return b.routeCallback(u)
	case u.message != nil && u.private:
		return b.routePrivate(u)
	case u.message != nil:
		return b.routeGroup(u)
	case u.edited != nil && u.edited.Location != nil:
		return b.routeLiveEdit(u)
	case u.member != nil && u.private:
		return job{kind: "member", run: b.onMember}
	default:
		return job{kind: "other"}
	}
}

func (b *Bot) routeCallback(u *update) job {
	const longest = 64 // bytes that Telegram lets a button carry: more is forged
	if id, args, _ := strings.Cut(u.callback.Data, ":"); len(u.callback.Data) <= longest {
		if button, ok := b.mux.callbacks[id]; ok {
			return button(u, args)
		}
	}
	return b.oldButton()
}

func (b *Bot) routePrivate(u *update) job {
	m := u.message
	switch p, ok := location(m); {
	case ok && m.Location != nil && m.Location.LivePeriod != 0:
		return b.routeLiveShare(u, p)
	case ok:
		return b.locationJob(p)
	case m.Text == "" && !content(m):
		return job{kind: "other"} // Telegram's own notes: pinned, joined and the like
	case m.Text == "":
		return job{kind: "other", run: b.onOther}
	}
	name, bot, isCommand := parseCommand(m.Text)
	if !isCommand {
		return b.routeText(m)
	}
	if run, ok := b.command(u.person, name); ok && b.addressed(bot) {
		return job{kind: "command", run: run}
	}
	return job{kind: "command", run: b.onText}
}

// routeText takes a text for a place if it names one.
func (b *Bot) routeText(m *tele.Message) job {
	var links []string // behind words
	for _, e := range m.Entities[:min(len(m.Entities), maplink.MaxLinks)] {
		if e.Type == tele.EntityTextLink {
			links = append(links, e.URL)
		}
	}
	switch p, found := maplink.Find(m.Text, links...); found {
	case maplink.Found:
		return b.locationJob(p)
	case maplink.Hidden:
		return job{kind: "text", run: b.onHiddenPlace}
	default:
		return job{kind: "text", run: b.onText}
	}
}

// command returns what answers a command of the person. For all but operators an operator's command is as unknown as any.
func (b *Bot) command(person int64, name string) (handler, bool) {
	if run, ok := b.mux.operator[name]; ok && b.operates(person) {
		return run, true
	}
	run, ok := b.mux.commands[name]
	return run, ok
}

// routeGroup answers in a group only what is plainly meant for the bot: a location, or one of its commands.
func (b *Bot) routeGroup(u *update) job {
	if p, ok := location(u.message); ok && u.message.Location != nil && u.message.Location.LivePeriod != 0 {
		return b.groupShareJob(p)
	} else if ok {
		return b.locationJob(p)
	}
	name, bot, isCommand := parseCommand(u.message.Text)
	if _, known := b.mux.commands[name]; isCommand && known && b.addressed(bot) {
		return job{kind: "command", run: b.onGroupCommand}
	}
	return job{kind: "other"}
}

// addressed says whether the part of a command behind @ means this bot.
func (b *Bot) addressed(bot string) bool {
	name := b.username.Load()
	return bot == "" || (name != nil && strings.EqualFold(bot, *name))
}

// parseCommand reads "/name@bot rest".
func parseCommand(s string) (name, bot string, ok bool) {
	if !strings.HasPrefix(s, "/") {
		return "", "", false
	}
	word := s[1:]
	if i := strings.IndexFunc(word, func(r rune) bool { return r <= ' ' }); i >= 0 {
		word = word[:i]
	}
	name, bot, _ = strings.Cut(word, "@")
	return strings.ToLower(name), bot, name != ""
}

// location returns the point of a message with a location or a venue.
func location(m *tele.Message) (geo.Point, bool) {
	switch {
	case m.Venue != nil:
		return geo.Point{Lat: float64(m.Venue.Location.Lat), Lon: float64(m.Venue.Location.Lng)}, true
	case m.Location != nil:
		return geo.Point{Lat: float64(m.Location.Lat), Lon: float64(m.Location.Lng)}, true
	default:
		return geo.Point{}, false
	}
}

// content says whether a message without text was meant for the bot's eyes.
func content(m *tele.Message) bool {
	return m.Sticker != nil || m.Photo != nil || m.Voice != nil || m.Video != nil || m.VideoNote != nil || m.Audio != nil ||
		m.Animation != nil || m.Document != nil || m.Contact != nil || m.Poll != nil || m.Dice != nil
}
