package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"excursobot/store"
)

const (
	// strangerFor is how long the owner of another replica's chat is believed without asking, strangersMost how many are remembered.
	strangerFor   = 5 * time.Second
	strangersMost = 10_000
	// chatStripes is how many locks keep the order of chats.
	chatStripes = 64
)

// replicas knows which chats are this process's when several share one store. A chat is one replica's: its lanes and its walks are there,
// so that order holds as in a single process. An update that comes in elsewhere is kept in the inbox, and the owner is told.
//
// A nil *replicas is a process that has the store for itself.
type replicas struct {
	hub   store.Cluster
	id    string
	lease time.Duration
	log   *slog.Logger
	adopt func(ctx context.Context, chats ...int64) error // reads the chats' walks, before the chats count as owned
	look  chan struct{}                                   // holds a token when there may be work before the next round
	drop  func(chat int64)                                // forgets the walks of a chat that is another's now

	order [chatStripes]sync.Mutex // held while a chat's entries go from the inbox into its lanes

	mu        sync.Mutex
	until     time.Time           // the lease holds at least so long
	owned     map[int64]time.Time // chats, and when they were last asked for; those with work or lately had it
	strangers map[int64]acquaintance
	alive     int  // replicas, at the last beat
	polling   bool // it is this one's turn to poll
}

// acquaintance is another replica's chat.
type acquaintance struct {
	owner string
	until time.Time // of our belief
}

// owner returns the replica to which the chat belongs; a free one becomes ours. While the store is away the answer is ourselves: people
// are answered by whoever hears them.
func (r *replicas) owner(ctx context.Context, chat int64) string {
	if r == nil {
		return ""
	}
	if owner, known := r.known(chat); known {
		return owner
	}
	owner, err := r.hub.Claim(ctx, r.id, chat)
	if err == nil && owner == r.id {
		err = r.adopt(ctx, chat)
	}
	if err != nil {
		r.log.Error("chat_owner", "error", err)
		return r.id
	}
	r.mu.Lock()
	_, had := r.owned[chat]
	if owner == r.id {
		r.owned[chat] = time.Now()
		r.mu.Unlock()
		return owner
	}
	delete(r.owned, chat)
	if len(r.strangers) >= strangersMost {
		clear(r.strangers)
	}
	r.strangers[chat] = acquaintance{owner, time.Now().Add(strangerFor)}
	r.mu.Unlock()
	if had {
		r.drop(chat)
	}
	return owner
}

// known answers without asking the store, where the lease allows it.
func (r *replicas) known(chat int64) (owner string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if _, ours := r.owned[chat]; ours && now.Before(r.until) {
		r.owned[chat] = now
		return r.id, true
	}
	if s, ok := r.strangers[chat]; ok && now.Before(s.until) {
		return s.owner, true
	}
	return "", false
}

// doubt makes the next question about the chat go to the store.
func (r *replicas) doubt(chat int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.strangers, chat)
}

// ours says whether the chat is this process's.
func (r *replicas) ours(ctx context.Context, chat int64) bool {
	return r == nil || r.owner(ctx, chat) == r.id
}

// hand tells another replica about a chat of its: an update, or nil for its inbox. What is in the inbox it finds without that, later.
func (r *replicas) hand(ctx context.Context, to string, chat int64, raw []byte) {
	if err := r.hub.Post(ctx, to, chat, raw); err != nil {
		r.log.Warn("chat_handed", "to", to, "error", err)
	}
}

// hurry asks for a round now.
func (r *replicas) hurry() {
	select {
	case r.look <- struct{}{}:
	default:
	}
}

func (r *replicas) stats() (alive, chats int) {
	if r == nil {
		return 0, 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.alive, len(r.owned)
}

// polls says whether this process may ask Telegram for updates, which only one may at a time.
func (r *replicas) polls() bool {
	if r == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.polling && time.Now().Before(r.until)
}

// lock keeps the order of a chat's entries until it is released.
func (r *replicas) lock(chat int64) (unlock func()) {
	m := &r.order[uint64(chat)%chatStripes]
	m.Lock()
	return m.Unlock
}

// chats returns those owned, ordered.
func (r *replicas) chats() []int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]int64, 0, len(r.owned))
	for chat := range r.owned {
		list = append(list, chat)
	}
	slices.Sort(list)
	return list
}

// pull puts what is in the inbox for the chat with an update id below before, and is not under way here, into the chat's lanes, in order.
func (b *Bot) pull(ctx context.Context, before int64, chat int64) error {
	defer b.replicas.lock(chat)()
	entries, err := b.replicas.hub.PendingIn(ctx, before, chat)
	if err != nil {
		return fmt.Errorf("read the inbox: %w", err)
	}
	for i := range entries {
		if err := b.takeUp(ctx, &entries[i]); err != nil {
			return err
		}
	}
	return nil
}

// takeUp puts an entry into its lane unless it is under way or done. One without room stays for the next round.
func (b *Bot) takeUp(ctx context.Context, e *store.Entry) error {
	if time.Since(e.Arrived) < checkoutMost && isCheckout(e.Raw) {
		return nil // the replica that heard it is answering it: nobody else can be in time
	}
	if b.begin(e.Update) != accepted {
		return nil
	}
	done, err := b.cfg.Store.Done(ctx, e.Update) // it may have ended since it was read
	if err != nil || done {
		b.forget(e.Update)
		return err
	}
	entered, err := b.resumeOne(ctx, e, b.lanes.reserve)
	if !entered {
		b.forget(e.Update)
	}
	if errors.Is(err, errRoomFull) || errors.Is(err, errChatFull) {
		return nil
	}
	return err
}

// hear takes a word from another replica.
func (b *Bot) hear(ctx context.Context, chat int64, raw []byte) {
	b.replicas.doubt(chat)
	if raw == nil {
		if b.replicas.ours(ctx, chat) {
			if err := b.pull(ctx, everything, chat); err != nil {
				b.log.Error("inbox", "error", err)
			}
		}
		return
	}
	if id, err := readID(raw); err == nil {
		b.accept(ctx, received{id, raw})
	}
}
