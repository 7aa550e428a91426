package bot

import (
	"strings"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/geo/maplink"
)

// router decides which subject handles an update. It does not change after New.
type router struct {
	reply     *responder
	stories   *stories
	photos    *photos // nil = photos are not looked at
	voices    *voices
	tours     *tours
	booklets  *booklets
	walks     *walks
	gifts     *gifts
	settings  *settings
	people    *people
	groups    *groups
	help      *help
	operators *operators
	announcer *announcer
	live      *live.Live
	admins    operatorIDs
	username  func() string // of the bot; "" until Telegram told it

	commands         map[string]handler
	groupCommands    map[string]handler // what these commands do in groups; the others get a hint there
	operatorCommands map[string]handler // they exist only for operators
	buttons          map[string]func(u *telegram.Update, args string) intake.Job
}

// fill makes the tables of commands and buttons.
func (r *router) fill() {
	r.commands = map[string]handler{
		"start":      r.help.onStart,
		"help":       r.help.onHelp,
		"live":       r.walks.onLive,
		"tour":       r.tours.onTour,
		"pack":       r.booklets.onPack,
		"stop":       r.walks.onStop,
		"language":   r.settings.onLanguage,
		"settings":   r.settings.onSettings,
		"donate":     r.gifts.onDonate,
		"stats":      r.people.onStats,
		"privacy":    r.help.onPrivacy,
		"forget":     r.people.onForget,
		"terms":      r.help.onTerms,
		"paysupport": r.help.onPaySupport,
	}
	r.groupCommands = map[string]handler{"live": r.walks.onGroupLive, "stop": r.walks.onGroupStop, "forget": r.people.onGroupForget}
	r.operatorCommands = map[string]handler{
		"admin":   r.operators.onAdmin,
		"ban":     r.operators.onBan,
		"unban":   r.operators.onUnban,
		"pause":   r.operators.onPause,
		"refund":  r.operators.onRefund,
		"retire":  r.operators.onRetire,
		"retired": r.operators.onRetired,

		"broadcast": r.announcer.onBroadcast,
	}
	r.buttons = map[string]func(*telegram.Update, string) intake.Job{
		"more":    r.stories.moreButton,
		"listen":  r.voices.button,
		"tour":    r.tours.button,
		"pack":    r.booklets.button,
		"vote":    r.stories.voteButton,
		"wrong":   r.stories.wrongButton,
		"retired": r.operators.retiredButton,
		"restore": r.operators.restoreButton,
		"tell":    r.stories.tellButton,
		"lang":    r.settings.languageButton,
		"every":   r.walks.everyButton,
		"live":    r.walks.liveButton,
		"next":    r.nextButton,
		"menu":    r.help.menuButton,
		"set":     r.settings.settingsButton,
		"give":    r.gifts.giveButton,
		"forget":  r.people.forgetButton,
		"news":    r.announcer.button,
		"group":   r.walks.groupButton,
	}
}

// route returns the job of an update. It is called at arrival and changes nothing.
func (r *router) route(u *telegram.Update) intake.Job {
	switch {
	case u.MovedTo != 0:
		return r.groups.moveJob()
	case u.Person == 0:
		return intake.Nothing{Kind: "other"}
	case u.Message != nil && u.Message.Payment != nil:
		return r.gifts.paymentJob(u)
	case u.Message != nil && u.Refunded != nil:
		return r.gifts.refundJob()
	case u.Callback != nil:
		return r.routeCallback(u)
	case u.Message != nil && u.Private:
		return r.routePrivate(u)
	case u.Message != nil:
		return r.routeGroup(u)
	case u.Edited != nil && u.Edited.Location != nil:
		return r.walks.editJob(u)
	case u.Member != nil && u.Private:
		return r.reply.job("member", r.people.onMember)
	default:
		return intake.Nothing{Kind: "other"}
	}
}

func (r *router) routeCallback(u *telegram.Update) intake.Job {
	const longest = 64 // Telegram's limit in bytes; longer data is forged
	if id, args, _ := strings.Cut(u.Callback.Data, ":"); len(u.Callback.Data) <= longest {
		if button, ok := r.buttons[id]; ok {
			return button(u, args)
		}
	}
	return r.reply.oldButton()
}

func (r *router) routePrivate(u *telegram.Update) intake.Job {
	m := u.Message
	switch p, ok := location(m); {
	case ok && sharesLive(m):
		return r.walks.shareJob(u, p)
	case ok:
		return r.stories.job(jobLocation, p)
	case m.Text == "" && !content(m):
		return intake.Nothing{Kind: "other"} // a service message: pinned, joined and the like
	case m.Text == "":
		return r.routeCaption(u)
	}
	name, bot, isCommand := parseCommand(m.Text)
	if !isCommand {
		return r.textJob(m)
	}
	if args := arguments(m.Text); name == "start" && len(args) == 1 && strings.HasPrefix(args[0], startPlace) && r.addressed(bot) {
		return r.stories.sharedJob(args[0])
	}
	if run, ok := r.command(u.Person, name); ok && r.addressed(bot) {
		if name == "tour" {
			return r.tours.commandJob(m.Text)
		}
		if name == "forget" {
			return intake.Reply{Kind: "command", Run: r.reply.handleAnyone(run)}
		}
		return r.reply.job("command", run)
	}
	return r.reply.job("command", r.help.onText)
}

// sharesLive reports whether a message begins to share a live location. A forwarded one does not: its edits go to the chat from which it comes, and
// the place may be another person's. It is a place like any other.
func sharesLive(m *telegram.Incoming) bool {
	return m.Location != nil && m.Location.LivePeriod != 0 && m.Origin == nil && m.OriginalUnixtime == 0
}

// routeCaption returns the job of a message with a file or the like, whose caption may contain a place. A photo without one asks what is in it.
func (r *router) routeCaption(u *telegram.Update) intake.Job {
	found := findPlace(u.Message.Caption, u.Message.CaptionEntities)
	if found.Result == maplink.None && r.photos != nil && len(u.Sizes) > 0 {
		return r.photos.job()
	}
	return r.placeJob("other", found, r.help.onOther)
}

// command returns the handler of a person's command. An operator's command does not exist for others.
func (r *router) command(person int64, name string) (handler, bool) {
	if run, ok := r.operatorCommands[name]; ok && r.admins.has(person) {
		return run, true
	}
	run, ok := r.commands[name]
	return run, ok
}

// routeGroup returns the job of a message in a group. Only locations, the bot's commands and replies to its stories are answered there.
func (r *router) routeGroup(u *telegram.Update) intake.Job {
	if p, ok := location(u.Message); ok && sharesLive(u.Message) {
		return r.walks.groupShareJob(p)
	} else if ok {
		return r.stories.job(jobLocation, p)
	}
	name, bot, isCommand := parseCommand(u.Message.Text)
	if _, known := r.commands[name]; isCommand && known && r.addressed(bot) {
		run := r.help.onGroupCommand
		if own, ok := r.groupCommands[name]; ok {
			run = own
		}
		return r.reply.job("command", run)
	}
	if r.photos != nil && len(u.Sizes) > 0 && r.repliesToUs(u.Message) {
		return r.photos.job()
	}
	if m := u.Message; m.Text != "" && !isCommand && r.repliesToUs(m) && !isSmallTalk(m.Text) {
		return r.questionJob()
	}
	return intake.Nothing{Kind: "other"}
}

// nextButton ("next:<lat>,<lon>", "next:<lat>,<lon>:<place>") asks for the walk's next story now. After the walk it asks for one more story at the same point.
func (r *router) nextButton(u *telegram.Update, args string) intake.Job {
	walker := u.Person
	if !u.Private {
		walker = u.Chat
	}
	if _, walking := r.live.Walk(walker); !walking && r.live.Loaded() {
		more, _ := parseNext(args)
		return r.stories.moreButton(u, more)
	}
	return intake.Story{Kind: "button", Run: r.reply.handle(r.walks.onNext)}
}

// repliesToUs reports whether a message is the reply to one of the bot's.
func (r *router) repliesToUs(m *telegram.Incoming) bool {
	return m.ReplyTo != nil && m.ReplyTo.Sender != nil && m.ReplyTo.Sender.IsBot && strings.EqualFold(m.ReplyTo.Sender.Username, r.username())
}

// addressed reports whether the part of a command behind @ means this bot.
func (r *router) addressed(bot string) bool {
	name := r.username()
	return bot == "" || name != "" && strings.EqualFold(bot, name)
}
