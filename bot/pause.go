package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// During an operator's pause everybody gets one honest sentence instead of an answer. Only payments go on. The pause is stored, so that it
// survives a restart and holds for every replica.

const (
	pauseSetting = "paused"        // "" = no
	pauseFresh   = 5 * time.Second // after this time the store is asked again
)

// pause knows whether the bot is paused.
type pause struct {
	store   store.Settings
	exempt  operatorIDs // operators, for whom it does not hold
	observe Observe
	log     *slog.Logger

	mu    sync.Mutex
	on    bool
	asked time.Time
}

// active reports whether an operator paused the bot. If the store does not answer, the last known state holds.
func (p *pause) active(ctx context.Context) bool {
	now := time.Now()
	p.mu.Lock()
	if !p.asked.IsZero() && now.Sub(p.asked) < pauseFresh {
		defer p.mu.Unlock()
		return p.on
	}
	p.asked = now // until the store answers, other callers use the last known state
	p.mu.Unlock()

	value, err := p.store.Setting(ctx, pauseSetting)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.observe.Error("store")
		p.log.Error("pause_unread", "error", err)
		return p.on
	}
	p.on = value != ""
	return p.on
}

func (p *pause) set(ctx context.Context, on bool) error {
	value := ""
	if on {
		value = "1"
	}
	if err := p.store.SetSetting(ctx, pauseSetting, value); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on, p.asked = on, time.Now()
	return nil
}

// closedFor reports whether the pause holds for an update. It does not hold for operators, nor for updates that get no answer anyway.
func (p *pause) closedFor(ctx context.Context, u *telegram.Update) bool {
	silent := u.Edited != nil || u.Member != nil || u.MovedTo != 0
	return !silent && !p.exempt.has(u.Person) && p.active(ctx)
}
