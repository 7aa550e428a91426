package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/store"
)

// The pause is the operator's: everybody gets one honest sentence instead of an answer, money excepted. It is kept in the store, so that it
// outlives a restart and holds for every replica.

const (
	pauseSetting = "paused"        // "" = no
	pauseFresh   = 5 * time.Second // how old the bot's own knowledge of it may be
)

// pause is what the bot knows of it.
type pause struct {
	store     store.Settings
	operators operatorIDs // it does not hold for them
	observe   Observe
	log       *slog.Logger

	mu    sync.Mutex
	on    bool
	asked time.Time
}

// active says whether the operator paused the bot. A store that does not answer leaves it as it was.
func (p *pause) active(ctx context.Context) bool {
	now := time.Now()
	p.mu.Lock()
	if !p.asked.IsZero() && now.Sub(p.asked) < pauseFresh {
		defer p.mu.Unlock()
		return p.on
	}
	p.asked = now // others go on with what is known meanwhile
	p.mu.Unlock()

	value, err := p.store.Setting(ctx, pauseSetting)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.observe.Error("store")
		p.log.Error("pause_unknown", "error", err)
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

// closedFor says whether the pause holds for an update: not for operators, and not for what gets no answer anyway.
func (p *pause) closedFor(ctx context.Context, u *telegram.Update) bool {
	silent := u.Edited != nil || u.Member != nil
	return !silent && !p.operators.has(u.Person) && p.active(ctx)
}
