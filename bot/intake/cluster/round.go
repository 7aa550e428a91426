package cluster

import (
	"context"
	"fmt"
	"slices"
	"time"

	"excursobot/limiter"
)

const (
	// roundsInLease is how often in a lease a replica renews it and looks for work that nobody owns.
	roundsInLease = 6
	// adoptMost is how many chats a replica takes over in a round, so that the chats of a dead replica are shared out.
	adoptMost = 100
	// chatIdle is after how long without work a chat is free again.
	chatIdle = time.Minute
	// lookEvery is how often a replica looks whether another one died.
	lookEvery = 250 * time.Millisecond
	// listenAgain is the pause between two tries to listen. The first one after a lost connection is made at once.
	listenAgain = time.Second
	// leaveMost bounds the farewell.
	leaveMost = 10 * time.Second
)

// Run renews the lease, takes over what a dead replica left, and listens to the others, until ctx ends. Then it gives back what it owned. It must
// end after the last of this process's work.
func (m *Member) Run(ctx context.Context) error {
	listening := make(chan struct{})
	go func() { defer close(listening); m.listen(ctx) }()
	every := time.NewTicker(m.lease / roundsInLease)
	defer every.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for ctx.Err() == nil {
		m.hooks.Guard(func() { m.round(ctx) })
		m.waitForRound(ctx, every.C, look.C)
	}
	<-listening
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveMost)
	defer cancel()
	if err := m.hub.Leave(ctx, m.id); err != nil {
		m.log.Warn("replica_not_left", "error", err)
	}
	return nil
}

// waitForRound returns when a round is due: the lease is to be renewed, there may be work, or another replica died.
func (m *Member) waitForRound(ctx context.Context, due, look <-chan time.Time) {
	for {
		select {
		case <-due:
			return
		case <-m.wake:
			return
		case <-ctx.Done():
			return
		case <-look:
			if m.otherDied(ctx) {
				return
			}
		}
	}
}

// otherDied ends the leases of replicas that died, and reports whether there were any. It does so once more at the next look, for updates that
// were stored for a dead replica meanwhile.
func (m *Member) otherDied(ctx context.Context) bool {
	m.mu.Lock()
	alone, again := m.alive <= 1, m.died
	m.died = false
	m.mu.Unlock()
	if alone || again {
		return again
	}
	m.hooks.Guard(func() {
		ended, err := m.hub.EndLost(ctx, m.id)
		if err != nil || ended == 0 { // the next round has the same error
			return
		}
		m.log.Info("replica_died", "replicas", ended)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.died, again = true, true
		clear(m.foreign)
	})
	return again
}

// listen hears the other replicas. A word that was lost with the connection is made good by a round.
func (m *Member) listen(ctx context.Context) {
	for ctx.Err() == nil {
		m.hooks.Guard(func() {
			var since time.Time
			err := m.hub.Listen(ctx, m.id, func() { since = time.Now(); m.Wake() }, func(chat int64, raw []byte) {
				m.hooks.Guard(func() { m.hooks.Hear(ctx, chat, raw) })
			})
			if ctx.Err() != nil {
				return
			}
			pause := listenAgain
			if !since.IsZero() && time.Since(since) > listenAgain { // others count on the connection: they take this replica for dead
				pause = 0
			}
			m.log.Warn("replica_deaf", "again_in", pause, "error", err)
			_ = limiter.Sleep(ctx, pause)
		})
	}
}

// round renews the lease and brings the owned chats in line with the store.
func (m *Member) round(ctx context.Context) {
	began := time.Now()
	standing, err := m.hub.Heartbeat(ctx, m.id, m.lease)
	if err != nil {
		if ctx.Err() == nil {
			m.hooks.Fault(fmt.Errorf("renew the lease: %w", err))
			m.log.Error("lease_not_renewed", "error", err)
		}
		return
	}
	m.mu.Lock()
	first := m.until.IsZero()
	m.until, m.alive = began.Add(m.lease), standing.Alive
	m.mu.Unlock()
	steps := []func(context.Context) error{m.shareOut, m.choosePoller}
	switch {
	case !m.hooks.Taking():
	case first: // a replica that is alive may just renew its lease after an outage of the store
	case standing.Lost: // the other replicas get a round to renew their leases, before their chats are taken for free ones
		steps = append(steps, m.reconcile, m.catchUp)
	default:
		steps = append(steps, m.takeOver, m.catchUp, m.giveBack)
	}
	for _, step := range steps {
		if err := step(ctx); err != nil && ctx.Err() == nil {
			m.hooks.Fault(err)
			m.log.Error("replica_round_failed", "error", err)
		}
	}
}

// reconcile forgets chats that others took while the lease had ended.
func (m *Member) reconcile(ctx context.Context) error {
	ours, err := m.hub.Owned(ctx, m.id)
	if err != nil {
		return fmt.Errorf("read the owned chats: %w", err)
	}
	lost := slices.DeleteFunc(m.chats(), func(chat int64) bool {
		_, still := slices.BinarySearch(ours, chat)
		return still
	})
	m.mu.Lock()
	for _, chat := range lost {
		delete(m.owned, chat)
	}
	m.mu.Unlock()
	for _, chat := range lost {
		m.hooks.Drop(chat)
	}
	m.log.Warn("replica_lease_lost", "chats", len(ours), "taken_by_others", len(lost))
	return nil
}

// takeOver makes chats with work that no living replica owns this replica's.
func (m *Member) takeOver(ctx context.Context) error {
	chats, err := m.hub.ClaimOrphans(ctx, m.id, adoptMost)
	if err != nil || len(chats) == 0 {
		return err
	}
	if err := m.hooks.Adopt(ctx, chats...); err != nil {
		return err
	}
	now := time.Now()
	m.mu.Lock()
	for _, chat := range chats {
		m.owned[chat] = now
		delete(m.foreign, chat)
	}
	m.mu.Unlock()
	m.log.Info("replica_took_over", "chats", len(chats))
	if len(chats) == adoptMost {
		m.Wake() // there may be more
	}
	return nil
}

// catchUp begins the updates that wait in the inbox for owned chats: of chats that were taken over, and those whose word was lost.
func (m *Member) catchUp(ctx context.Context) error {
	return m.hooks.CatchUp(ctx, m.chats())
}

// giveBack frees chats that have been idle for long, so that their next update is answered where it comes in.
func (m *Member) giveBack(ctx context.Context) error {
	var idle []int64
	now := time.Now()
	for _, chat := range m.chats() {
		if !m.hooks.Idle(chat) {
			continue
		}
		m.mu.Lock()
		if now.Sub(m.owned[chat]) >= chatIdle {
			delete(m.owned, chat) // from here on the store is asked again
			idle = append(idle, chat)
		}
		m.mu.Unlock()
	}
	if len(idle) == 0 {
		return nil
	}
	return m.hub.Release(ctx, m.id, chatIdle, idle...)
}
