package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	// roundsInLease is how often in a lease a replica renews it and looks for work that nobody owns.
	roundsInLease = 6
	// adoptMost is how many chats a replica takes over in a round, so that those of a dead one are shared out.
	adoptMost = 100
	// chatIdle is after how long without work a chat is free again.
	chatIdle = time.Minute
	// listenAgain is the pause before a lost connection for words is tried again.
	listenAgain = time.Second
	// everything is above every update.
	everything = math.MaxInt64
)

func newReplicas(b *Bot, hub store.Cluster, id string, lease time.Duration, log *slog.Logger) *replicas {
	r := &replicas{
		hub: hub, id: id, lease: cmp.Or(lease, 30*time.Second), log: log, drop: b.live.Release, look: make(chan struct{}, 1),
		owned: make(map[int64]time.Time), strangers: make(map[int64]acquaintance),
	}
	r.adopt = func(ctx context.Context, chats ...int64) error {
		walks, err := hub.WalksIn(ctx, chats...)
		if err != nil {
			return fmt.Errorf("take over walks: %w", err)
		}
		b.live.TakeOver(walks)
		return nil
	}
	return r
}

// joinReplicas keeps this replica among the others until the returned function is called, after the last of its work.
func (b *Bot) joinReplicas(work context.Context) (leave func()) {
	if b.replicas == nil {
		return func() {}
	}
	sharing, stop := context.WithCancel(context.WithoutCancel(work)) // a stop that is not waited for gives back what it owned all the same
	done := make(chan struct{})
	go func() { defer close(done); b.share(sharing) }()
	return func() {
		stop()
		<-done
		ctx, cancel := context.WithTimeout(context.WithoutCancel(work), recordMost)
		defer cancel()
		if err := b.replicas.hub.Leave(ctx, b.replicas.id); err != nil {
			b.log.Warn("replica_leave", "error", err)
		}
	}
}

// share renews the lease, takes over what a dead replica left, and listens, until ctx ends.
func (b *Bot) share(ctx context.Context) {
	listening := make(chan struct{})
	go func() { defer close(listening); b.listen(ctx) }()
	every := time.NewTicker(b.replicas.lease / roundsInLease)
	defer every.Stop()
	for ctx.Err() == nil {
		b.guard(func() { b.round(ctx) })
		select {
		case <-every.C:
		case <-b.replicas.look:
		case <-ctx.Done():
		}
	}
	<-listening
}

// listen hears what other replicas say. A word that was lost with the connection is made good by a round.
func (b *Bot) listen(ctx context.Context) {
	r := b.replicas
	for ctx.Err() == nil {
		b.guard(func() {
			err := r.hub.Listen(ctx, r.id, r.hurry, func(chat int64, raw []byte) { b.guard(func() { b.hear(ctx, chat, raw) }) })
			if err != nil && ctx.Err() == nil {
				r.log.Warn("replica_deaf", "again_in", listenAgain, "error", err)
			}
		})
		_ = limiter.Sleep(ctx, listenAgain)
	}
}

// round renews the lease and brings what this process owns in line with the store.
func (b *Bot) round(ctx context.Context) {
	r := b.replicas
	began := time.Now()
	standing, err := r.hub.Beat(ctx, r.id, r.lease)
	if err != nil {
		if ctx.Err() == nil {
			b.observe.Error("store")
			r.log.Error("replica_lease", "error", err)
		}
		return
	}
	r.mu.Lock()
	r.until, r.alive = began.Add(r.lease), standing.Alive
	r.mu.Unlock()
	steps := []func(context.Context) error{b.shareOut, b.choosePoller}
	switch {
	case !b.takes():
	case standing.Lost: // the others get a round to renew theirs, before what they own is taken for free
		steps = append(steps, b.reconcile, b.catchUp)
	default:
		steps = append(steps, b.takeOver, b.catchUp, b.giveBack)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			b.observe.Error("store")
			r.log.Error("replica_round", "error", err)
		}
	}
}

// reconcile forgets chats that others took while the lease had ended.
func (b *Bot) reconcile(ctx context.Context) error {
	r := b.replicas
	ours, err := r.hub.Owned(ctx, r.id)
	if err != nil {
		return fmt.Errorf("read what is owned: %w", err)
	}
	lost := slices.DeleteFunc(r.chats(), func(chat int64) bool {
		_, still := slices.BinarySearch(ours, chat)
		return still
	})
	r.mu.Lock()
	for _, chat := range lost {
		delete(r.owned, chat)
	}
	r.mu.Unlock()
	for _, chat := range lost {
		r.drop(chat)
	}
	r.log.Warn("replica_lease_lost", "chats", len(ours), "taken_by_others", len(lost))
	return nil
}

// takeOver makes chats with work that nobody alive owns ours.
func (b *Bot) takeOver(ctx context.Context) error {
	r := b.replicas
	chats, err := r.hub.Adopt(ctx, r.id, adoptMost)
	if err != nil || len(chats) == 0 {
		return err
	}
	if err := r.adopt(ctx, chats...); err != nil {
		return err
	}
	now := time.Now()
	r.mu.Lock()
	for _, chat := range chats {
		r.owned[chat] = now
		delete(r.strangers, chat)
	}
	r.mu.Unlock()
	r.log.Info("replica_took_over", "chats", len(chats))
	return nil
}

// catchUp begins what is in the inbox for our chats and not under way: what was taken over, and words that were lost.
func (b *Bot) catchUp(ctx context.Context) error {
	chats := b.replicas.chats()
	entries, err := b.replicas.hub.PendingIn(ctx, everything, chats...)
	if err != nil {
		return fmt.Errorf("read the inbox: %w", err)
	}
	waiting := map[int64]struct{}{}
	for _, e := range entries {
		if !b.underWay(e.Update) {
			waiting[e.Chat] = struct{}{}
		}
	}
	for chat := range waiting {
		if err := b.pull(ctx, everything, chat); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bot) underWay(update int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, ok := b.inflight[update]
	return ok
}

// giveBack frees chats that have been idle for long, so that the next update is answered where it comes in.
func (b *Bot) giveBack(ctx context.Context) error {
	r := b.replicas
	var idle []int64
	now := time.Now()
	for _, chat := range r.chats() {
		if b.lanes.busy(chat) || b.live.Holds(chat) {
			continue
		}
		r.mu.Lock()
		if now.Sub(r.owned[chat]) >= chatIdle {
			delete(r.owned, chat) // from here on it is asked for anew
			idle = append(idle, chat)
		}
		r.mu.Unlock()
	}
	if len(idle) == 0 {
		return nil
	}
	return r.hub.Disown(ctx, r.id, chatIdle, idle...)
}
