package bot

import (
	"context"
	"strings"

	tele "gopkg.in/telebot.v3"

	"excursobot/geo"
	"excursobot/geo/maplink"
)

// The bot has its own table of routes, because telebot's ProcessUpdate gives handlers no context.Context, returns no error, and does not
// distinguish edits of live locations, groups and unknown buttons.

// mux is the table of commands and buttons. It does not change after New.
type mux struct {
	commands  map[string]handler
	operator  map[string]handler // only for Config.Admins
	callbacks map[string]func(u *update, args string) job
}

func (b *Bot) routes() mux {
	return mux{
		commands: map[string]handler{
			"start":      b.help.onStart,
			"help":       b.help.onHelp,
			"live":       b.walks.onLive,
			"stop":       b.walks.onStop,
			"language":   b.settings.onLanguage,
			"settings":   b.settings.onSettings,
			"donate":     b.gifts.onDonate,
			"stats":      b.people.onStats,
			"privacy":    b.help.onPrivacy,
			"forget":     b.people.onForget,
			"terms":      b.help.onTerms,
			"paysupport": b.help.onPaySupport,
		},
		operator: map[string]handler{
			"admin":  b.operators.onAdmin,
			"ban":    b.operators.onBan,
			"unban":  b.operators.onUnban,
			"pause":  b.operators.onPause,
			"refund": b.operators.onRefund,
		},
		callbacks: map[string]func(*update, string) job{
			"more":   b.stories.moreButton,
			"vote":   b.stories.voteButton,
			"lang":   b.settings.languageButton,
			"every":  b.walks.everyButton,
			"live":   b.walks.liveButton,
			"next":   b.nextButton,
			"menu":   b.help.menuButton,
			"set":    b.settings.settingsButton,
			"give":   b.gifts.giveButton,
			"forget": b.people.forgetButton,
		},
	}
}

// route returns the job of an update. It is called at arrival and changes nothing.
func (b *Bot) route(u *update) job {
	switch {
	case u.Person == 0:
		return job{kind: "other"}
	case u.Message != nil && u.Message.Payment != nil:
		return job{kind: "payment", vital: true, money: true, run: b.gifts.onPayment}
	case u.Message != nil && u.Refunded != nil:
		return job{kind: "payment", vital: true, money: true, run: b.gifts.onRefunded}
	case u.Checkout != nil: // an earlier process left it; a new one is answered at arrival
		return job{kind: "checkout", money: true, run: b.gifts.onCheckoutLeft}
	case u.Callback != nil:
		return b.routeCallback(u)
	case u.Message != nil && u.Private:
		return b.routePrivate(u)
	case u.Message != nil:
		return b.routeGroup(u)
	case u.Edited != nil && u.Edited.Location != nil:
		return b.walks.editJob(u)
	case u.Member != nil && u.Private:
		return job{kind: "member", run: b.people.onMember}
	default:
		return job{kind: "other"}
	}
}

func (b *Bot) routeCallback(u *update) job {
	const longest = 64 // Telegram's limit in bytes; longer data is forged
	if id, args, _ := strings.Cut(u.Callback.Data, ":"); len(u.Callback.Data) <= longest {
		if button, ok := b.mux.callbacks[id]; ok {
			return button(u, args)
		}
	}
	return b.reply.oldButton()
}

func (b *Bot) routePrivate(u *update) job {
	m := u.Message
	switch p, ok := location(m); {
	case ok && m.Location != nil && m.Location.LivePeriod != 0:
		return b.walks.shareJob(u, p)
	case ok:
		return b.stories.job(p)
	case m.Text == "" && !content(m):
		return job{kind: "other"} // a service message: pinned, joined and the like
	case m.Text == "":
		return job{kind: "other", run: b.help.onOther}
	}
	name, bot, isCommand := parseCommand(m.Text)
	if !isCommand {
		return b.routeText(m)
	}
	if run, ok := b.command(u.Person, name); ok && b.addressed(bot) {
		return job{kind: "command", run: run}
	}
	return job{kind: "command", run: b.help.onText}
}

// routeText returns the job of a text, which may contain a place.
func (b *Bot) routeText(m *tele.Message) job {
	var links []string // behind words
	for _, e := range m.Entities[:min(len(m.Entities), maplink.MaxLinks)] {
		if e.Type == tele.EntityTextLink {
			links = append(links, e.URL)
		}
	}
	switch p, found := maplink.Find(m.Text, links...); found {
	case maplink.Found:
		return b.stories.job(p)
	case maplink.Hidden:
		return job{kind: "text", run: b.help.onHiddenPlace}
	default:
		return job{kind: "text", run: b.help.onText}
	}
}

// command returns the handler of a person's command. An operator's command does not exist for others.
func (b *Bot) command(person int64, name string) (handler, bool) {
	if run, ok := b.mux.operator[name]; ok && b.operators.operators.has(person) {
		return run, true
	}
	run, ok := b.mux.commands[name]
	return run, ok
}

// routeGroup returns the job of a message in a group. Only locations and the bot's commands are answered there.
func (b *Bot) routeGroup(u *update) job {
	if p, ok := location(u.Message); ok && u.Message.Location != nil && u.Message.Location.LivePeriod != 0 {
		return b.groupShareJob(p)
	} else if ok {
		return b.stories.job(p)
	}
	name, bot, isCommand := parseCommand(u.Message.Text)
	if _, known := b.mux.commands[name]; isCommand && known && b.addressed(bot) {
		return job{kind: "command", run: b.help.onGroupCommand}
	}
	return job{kind: "other"}
}

// groupShareJob answers a live location in a group as a single one, and explains that walks need a private chat.
func (b *Bot) groupShareJob(p geo.Point) job {
	j := b.stories.job(p)
	static := j.run
	j.run = func(ctx context.Context, u *update) error {
		err := static(ctx, u)
		if hint := b.help.onGroupCommand(ctx, u); err == nil {
			err = hint
		}
		return err
	}
	return j
}

// nextButton ("next:<lat>,<lon>") asks for the walk's next story now. After the walk it asks for one more story at the same point.
func (b *Bot) nextButton(u *update, args string) job {
	if _, walking := b.live.Walk(u.Person); !walking || !u.Private {
		return b.stories.moreButton(u, args)
	}
	return job{kind: "button", story: true, run: b.walks.onNext}
}

// addressed reports whether the part of a command behind @ means this bot.
func (b *Bot) addressed(bot string) bool {
	name := b.username.Load()
	return bot == "" || (name != nil && strings.EqualFold(bot, *name))
}
