package bot

import (
	"context"
	"slices"
	"sync"
	"time"
)

// The pause is the operator's: everybody gets one honest sentence instead of an answer, money excepted. It is kept in the store, so that it
// outlives a restart and holds for every replica.

const (
	pauseSetting = "paused"        // "" = no
	pauseFresh   = 5 * time.Second // how old the bot's own knowledge of it may be
)

// pause is what the bot knows of it.
type pause struct {
	mu    sync.Mutex
	on    bool
	asked time.Time
}

// paused says whether the operator paused the bot. A store that does not answer leaves it as it was.
func (b *Bot) paused(ctx context.Context) bool {
	p := &b.pause
	now := time.Now()
	p.mu.Lock()
	if !p.asked.IsZero() && now.Sub(p.asked) < pauseFresh {
		defer p.mu.Unlock()
		return p.on
	}
	p.asked = now // others go on with what is known meanwhile
	p.mu.Unlock()

	value, err := b.cfg.Store.Setting(ctx, pauseSetting)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		b.observe.Error("store")
		b.log.Error("pause_unknown", "error", err)
		return p.on
	}
	p.on = value != ""
	return p.on
}

func (b *Bot) setPaused(ctx context.Context, on bool) error {
	value := ""
	if on {
		value = "1"
	}
	if err := b.cfg.Store.SetSetting(ctx, pauseSetting, value); err != nil {
		return err
	}
	b.pause.mu.Lock()
	defer b.pause.mu.Unlock()
	b.pause.on, b.pause.asked = on, time.Now()
	return nil
}

// closedFor says whether the pause holds for an update: not for operators, and not for what gets no answer anyway.
func (b *Bot) closedFor(ctx context.Context, u *update) bool {
	silent := u.edited != nil || u.member != nil
	return !silent && !b.operates(u.person) && b.paused(ctx)
}

// operates says whether a person is an operator.
func (b *Bot) operates(person int64) bool { return slices.Contains(b.cfg.Admins, person) }
