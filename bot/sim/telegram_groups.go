package sim

// GroupProfile holds the profile of a group.
type GroupProfile struct {
	ID    int64 // negative; below -10^12 it is a supergroup
	Title string
	Forum bool // it has topics
}

// firstSupergroup is the highest id of a supergroup.
const firstSupergroup = -1_000_000_000_000

// anonymous is the sender that Telegram names for what no person did under their name.
var anonymous = apiUser{ID: 1087968824, IsBot: true, FirstName: "Group", Username: "GroupAnonymousBot"}

// Group is a group of which the bot is a member. The bot receives every message in it, as an administrator does.
type Group struct {
	t    *Telegram
	chat *chat
}

// Group returns the group with the id of the profile and adds it on first use.
func (t *Telegram) Group(p GroupProfile) *Group {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Group{t, t.groupLocked(p)}
}

func (t *Telegram) groupLocked(p GroupProfile) *chat {
	api := apiChat{ID: p.ID, Title: p.Title, Type: "group", IsForum: p.Forum}
	if p.ID <= firstSupergroup {
		api.Type = "supergroup"
	}
	return t.joinLocked(api)
}

// In returns the person as they act in the group.
func (p *Person) In(g *Group) *Person { return &Person{t: p.t, home: p.home, chat: g.chat} }

// At returns the person as they act in a topic of the chat. In a private chat the topic is opened with that.
func (p *Person) At(topic int) *Person {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	if p.chat == p.home {
		p.chat.topics[topic] = true
	}
	return &Person{t: p.t, home: p.home, chat: p.chat, topic: topic}
}

// Appoint makes a person an administrator of the group.
func (g *Group) Appoint(p *Person) {
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	if g.chat.admins == nil {
		g.chat.admins = map[int64]bool{}
	}
	g.chat.admins[p.ID()] = true
}

// getChatMember knows administrators; everybody else is a member.
func (t messageMethods) getChatMember(req *request) (any, error) {
	c, err := t.chatLocked(req)
	if err != nil {
		return nil, err
	}
	user := req.number("user_id", 0, 0, 1<<62)
	status := "member"
	if c.admins[user] {
		status = "administrator"
	}
	return map[string]any{"status": status, "user": apiUser{ID: user, FirstName: "Somebody"}}, nil
}

// Open opens a topic, 0 = the general one.
func (g *Group) Open(topic int) { g.set(topic, true) }

// Close closes a topic, 0 = the general one: the bot cannot write in it.
func (g *Group) Close(topic int) { g.set(topic, false) }

func (g *Group) set(topic int, open bool) {
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	g.chat.topics[topic] = open
}

// Migrate makes the group the supergroup with the id, in which people go on with the returned Group. Calls to the old id are refused and name the new
// one. If told, a message in each of the two tells the bot of it.
func (g *Group) Migrate(to int64, told bool) *Group {
	defer g.t.deliverEvents()
	g.t.mu.Lock()
	defer g.t.mu.Unlock()
	old := g.chat
	moved := g.t.groupLocked(GroupProfile{ID: to, Title: old.api.Title, Forum: old.api.IsForum})
	old.movedTo = to
	if !told {
		return &Group{g.t, moved}
	}
	from := anonymous
	last := g.t.newMessage(old, &from)
	last.api.MovedTo = to
	g.t.sayLocked(old, last)
	first := g.t.newMessage(moved, &from)
	first.api.MovedFrom = old.api.ID
	g.t.sayLocked(moved, first)
	return &Group{g.t, moved}
}

// Messages returns the messages of the group in their current state, oldest first, at most the last 1000.
func (g *Group) Messages() []Message { return (&Person{t: g.t, chat: g.chat}).Messages() }
