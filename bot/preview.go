package bot

import (
	"context"
	"sync"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
)

// draftEvery is the time between two drafts of one message.
const draftEvery = time.Second

// preview shows a message while it is written. Only the newest text is kept for the next draft.
type preview struct {
	began  time.Time
	wake   chan struct{} // holds at most one call
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu    sync.Mutex
	text  string
	first time.Duration // from the beginning to the first draft; 0 = there was none
}

// preview starts to show the texts that are passed to set, until stop. The messages go out through markup.
func (r *responder) preview(ctx context.Context, u *update, markup func(text string) string) *preview {
	p := &preview{began: u.Arrived, wake: make(chan struct{}, 1)}
	ctx, p.cancel = context.WithCancel(ctx)
	if !u.Private {
		return p
	}
	p.wg.Go(func() {
		_ = r.host.Guarded(u.ID, func() error {
			p.run(ctx, r.out, u, markup)
			return nil
		})
	})
	return p
}

func (p *preview) run(ctx context.Context, out *telegram.Sender, u *update, markup func(string) string) {
	id := max(u.ID, 1) // of the draft: an answer has one
	for {
		select {
		case <-p.wake:
		case <-ctx.Done():
			return
		}
		p.mu.Lock()
		text := p.text
		p.mu.Unlock()
		if !out.Draft(ctx, u.To(), id, markup(text)) {
			return
		}
		p.mu.Lock()
		if p.first == 0 {
			p.first = time.Since(p.began)
		}
		p.mu.Unlock()
		if limiter.Sleep(ctx, draftEvery) != nil {
			return
		}
	}
}

// set replaces the text. It does not wait.
func (p *preview) set(text string) {
	p.mu.Lock()
	p.text = text
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// stop ends the drafts and returns after how long the first one was shown, 0 if there was none. No draft may follow the message.
func (p *preview) stop() time.Duration {
	p.cancel()
	p.wg.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.first
}
