package bot

import (
	"strings"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"

	"excursobot/geo/maplink"
)

// mux is the table of commands and buttons. It does not change after New.
type mux struct {
	commands  map[string]handler
	operator  map[string]handler // only for Config.Admins
	callbacks map[string]func(u *telegram.Update, args string) intake.Job
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
		callbacks: map[string]func(*telegram.Update, string) intake.Job{
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
func (b *Bot) route(u *telegram.Update) intake.Job {
	switch {
	case u.Person == 0:
		return intake.Nothing{Kind: "other"}
	case u.Message != nil && u.Message.Payment != nil:
		return b.gifts.paymentJob(u)
	case u.Message != nil && u.Refunded != nil:
		return b.gifts.refundJob()
	case u.Callback != nil:
		return b.routeCallback(u)
	case u.Message != nil && u.Private:
		return b.routePrivate(u)
	case u.Message != nil:
		return b.routeGroup(u)
	case u.Edited != nil && u.Edited.Location != nil:
		return b.walks.editJob(u)
	case u.Member != nil && u.Private:
		return b.reply.job("member", b.people.onMember)
	default:
		return intake.Nothing{Kind: "other"}
	}
}

func (b *Bot) routeCallback(u *telegram.Update) intake.Job {
	const longest = 64 // Telegram's limit in bytes; longer data is forged
	if id, args, _ := strings.Cut(u.Callback.Data, ":"); len(u.Callback.Data) <= longest {
		if button, ok := b.mux.callbacks[id]; ok {
			return button(u, args)
		}
	}
	return b.reply.oldButton()
}

func (b *Bot) routePrivate(u *telegram.Update) intake.Job {
	m := u.Message
	switch p, ok := location(m); {
	case ok && m.Location != nil && m.Location.LivePeriod != 0:
		return b.walks.shareJob(u, p)
	case ok:
		return b.stories.job(jobLocation, p, nil)
	case m.Text == "" && !content(m):
		return intake.Nothing{Kind: "other"} // a service message: pinned, joined and the like
	case m.Text == "":
		return b.reply.job("other", b.help.onOther)
	}
	name, bot, isCommand := parseCommand(m.Text)
	if !isCommand {
		return b.routeText(m)
	}
	if run, ok := b.command(u.Person, name); ok && b.addressed(bot) {
		return b.reply.job("command", run)
	}
	return b.reply.job("command", b.help.onText)
}

// routeText returns the job of a text, which may contain a place.
func (b *Bot) routeText(m *telegram.Incoming) intake.Job {
	var links []string // behind words
	for _, e := range m.Entities[:min(len(m.Entities), maplink.MaxLinks)] {
		if e.Type == telegram.EntityTextLink {
			links = append(links, e.URL)
		}
	}
	switch p, found := maplink.Find(m.Text, links...); found {
	case maplink.Found:
		return b.stories.job(jobLocation, p, nil)
	case maplink.Hidden:
		return b.reply.job("text", b.help.onHiddenPlace)
	default:
		return b.reply.job("text", b.help.onText)
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
func (b *Bot) routeGroup(u *telegram.Update) intake.Job {
	if p, ok := location(u.Message); ok && u.Message.Location != nil && u.Message.Location.LivePeriod != 0 {
		return b.stories.job(jobLocation, p, b.help.onGroupCommand) // and where walks are told
	} else if ok {
		return b.stories.job(jobLocation, p, nil)
	}
	name, bot, isCommand := parseCommand(u.Message.Text)
	if _, known := b.mux.commands[name]; isCommand && known && b.addressed(bot) {
		return b.reply.job("command", b.help.onGroupCommand)
	}
	return intake.Nothing{Kind: "other"}
}

// nextButton ("next:<lat>,<lon>") asks for the walk's next story now. After the walk it asks for one more story at the same point.
func (b *Bot) nextButton(u *telegram.Update, args string) intake.Job {
	if _, walking := b.live.Walk(u.Person); !walking || !u.Private {
		return b.stories.moreButton(u, args)
	}
	return intake.Story{Kind: "button", Run: b.reply.handle(b.walks.onNext)}
}

// addressed reports whether the part of a command behind @ means this bot.
func (b *Bot) addressed(bot string) bool {
	name := b.intake.Username()
	return bot == "" || name != "" && strings.EqualFold(bot, name)
}
