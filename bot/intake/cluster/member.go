package cluster

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"excursobot/store"
)

const (
	// foreignFor is how long the owner of another replica's chat is remembered, foreignMost how many are.
	foreignFor  = 5 * time.Second
	foreignMost = 10_000
	// chatStripes is how many locks keep the order of chats.
	chatStripes = 64
)

// Config configures a Member.
type Config struct {
	Store   store.Cluster // required
	ID      string        // names this replica among the others; required
	Lease   time.Duration // after it the work of a dead replica is taken over; default 30 s
	Polling bool          // updates are polled: one replica at a time has the turn
	Log     *slog.Logger  // default: no log
	Hooks   Hooks         // all required
}

// Hooks are what a Member calls. No lock is held, except that LockChat's callers hold theirs.
type Hooks struct {
	// Adopt reads the walks of chats, before they count as owned.
	Adopt func(ctx context.Context, chats ...int64) error
	// Drop forgets the walks of a chat that another replica owns now.
	Drop func(chat int64)
	// Idle reports whether nothing is under way in a chat.
	Idle func(chat int64) bool
	// Taking reports whether this process takes updates.
	Taking func() bool
	// CatchUp enqueues the updates that wait in the inbox for these chats.
	CatchUp func(ctx context.Context, chats []int64) error
	// Hear takes a word from another replica: an update for a chat, or nil for "look into the inbox".
	Hear func(ctx context.Context, chat int64, raw []byte)
	// SetShare sets which part of the common rate of messages this replica may use, 0 to 1.
	SetShare func(part float64)
	// Fault is told of errors that the operator should see.
	Fault func(error)
	// Guard calls run and survives its panic.
	Guard func(run func())
}

// Member is this process among the replicas. Each chat belongs to one replica, which has its lanes and its walks, so that order holds as in a single
// process. An update that comes in elsewhere is stored in the inbox, and the owner is told.
//
// A nil *Member is a process that has the store for itself.
type Member struct {
	hub     store.Cluster
	id      string
	lease   time.Duration
	polling bool
	log     *slog.Logger
	hooks   Hooks
	wake    chan struct{} // holds a token if there may be work before the next round

	order [chatStripes]sync.Mutex // held while a chat's entries go from the inbox into its lanes

	mu      sync.Mutex
	until   time.Time           // the lease holds at least until then
	owned   map[int64]time.Time // chats, and when they were last asked for; those with work, or that had it lately
	foreign map[int64]foreign
	alive   int  // replicas, at the last heartbeat
	turn    bool // this replica polls
	died    bool // a replica died since the last look
}

// foreign is what is known about another replica's chat.
type foreign struct {
	owner string
	until time.Time // the knowledge holds until then
}

// New returns a Member that owns nothing yet. Run must follow.
func New(cfg Config) (*Member, error) {
	if cfg.Store == nil || cfg.ID == "" {
		return nil, errors.New("cluster: Store and ID are required")
	}
	return &Member{
		hub: cfg.Store, id: cfg.ID, lease: cmp.Or(cfg.Lease, 30*time.Second), polling: cfg.Polling, hooks: cfg.Hooks,
		log: cmp.Or(cfg.Log, slog.New(slog.DiscardHandler)), wake: make(chan struct{}, 1),
		owned: make(map[int64]time.Time), foreign: make(map[int64]foreign),
	}, nil
}

// ID returns the name of this replica.
func (m *Member) ID() string { return m.id }

// Owner returns the replica that owns the chat. A free chat becomes this replica's. If the store does not answer, it is this replica: the process
// that hears of a person answers them.
func (m *Member) Owner(ctx context.Context, chat int64) string {
	if owner, known := m.known(chat); known {
		return owner
	}
	owner, err := m.hub.Claim(ctx, m.id, chat)
	if err == nil && owner == m.id {
		err = m.hooks.Adopt(ctx, chat)
	}
	if err != nil {
		m.log.Error("chat_owner_unknown", "error", err)
		return m.id
	}
	m.mu.Lock()
	_, had := m.owned[chat]
	if owner == m.id {
		m.owned[chat] = time.Now()
		m.mu.Unlock()
		return owner
	}
	delete(m.owned, chat)
	if len(m.foreign) >= foreignMost {
		clear(m.foreign)
	}
	m.foreign[chat] = foreign{owner, time.Now().Add(foreignFor)}
	m.mu.Unlock()
	if had {
		m.hooks.Drop(chat)
	}
	return owner
}

// known answers without asking the store, as far as the lease allows it.
func (m *Member) known(chat int64) (owner string, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if _, ours := m.owned[chat]; ours && now.Before(m.until) {
		m.owned[chat] = now
		return m.id, true
	}
	if f, ok := m.foreign[chat]; ok && now.Before(f.until) {
		return f.owner, true
	}
	return "", false
}

// Doubt makes the next question about the chat go to the store.
func (m *Member) Doubt(chat int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.foreign, chat)
}

// Owns reports whether the chat belongs to this process.
func (m *Member) Owns(ctx context.Context, chat int64) bool {
	return m == nil || m.Owner(ctx, chat) == m.id
}

// Tell tells another replica about a chat of its: an update, or nil to look into the inbox. An update in the inbox is found without that, later.
func (m *Member) Tell(ctx context.Context, to string, chat int64, raw []byte) {
	if err := m.hub.Post(ctx, to, chat, raw); err != nil {
		m.log.Warn("replica_not_told", "to", to, "error", err)
	}
}

// Pending returns the inbox's entries of chats with an update id below before, in order.
func (m *Member) Pending(ctx context.Context, before int64, chats ...int64) ([]store.Entry, error) {
	return m.hub.PendingIn(ctx, before, chats...)
}

// Wake asks for a round now.
func (m *Member) Wake() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Stats returns how many replicas are alive, this one included, and how many chats belong to it. Both are 0 for a nil Member.
func (m *Member) Stats() (alive, chats int) {
	if m == nil {
		return 0, 0
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.alive, len(m.owned)
}

// Polls reports whether this process may ask Telegram for updates. Only one replica may at a time.
func (m *Member) Polls() bool {
	if m == nil {
		return true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.turn && time.Now().Before(m.until)
}

// LockChat keeps the order of a chat's entries until unlock.
func (m *Member) LockChat(chat int64) (unlock func()) {
	mu := &m.order[uint64(chat)%chatStripes]
	mu.Lock()
	return mu.Unlock
}

// chats returns the owned chats, ordered.
func (m *Member) chats() []int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]int64, 0, len(m.owned))
	for chat := range m.owned {
		list = append(list, chat)
	}
	slices.Sort(list)
	return list
}
