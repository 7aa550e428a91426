package telegram

import (
	"context"
	"time"

	"excursobot/limiter"
)

const (
	methodAction = "sendChatAction"
	// actionAfter is how long an answer may take without an action: a story that is ready needs no call more.
	actionAfter = 150 * time.Millisecond
	actionEvery = 4 * time.Second // an action fades after 5 s
	actionMost  = 2 * time.Minute // no answer takes longer
)

// ShowTyping shows "typing" in the chat from actionAfter on, until stop is called. stop waits for the call behind it.
func (s *Sender) ShowTyping(ctx context.Context, to Target) (stop func()) {
	return s.show(ctx, to, "typing")
}

// ShowRecording shows "recording a voice message" in the chat, as ShowTyping does.
func (s *Sender) ShowRecording(ctx context.Context, to Target) (stop func()) {
	return s.show(ctx, to, "record_voice")
}

func (s *Sender) show(ctx context.Context, to Target, action string) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	later := time.AfterFunc(actionAfter, func() { // most answers end before that, and cost no goroutine
		defer close(done)
		for range actionMost / actionEvery {
			if ctx.Err() != nil {
				return
			}
			s.guard(func() { s.act(ctx, to, action) })
			_ = limiter.Sleep(ctx, actionEvery)
		}
	})
	return func() {
		cancel()
		if later.Stop() {
			close(done)
		}
		<-done
	}
}

// act shows an action once. It is left out if few common tokens are left, or while Telegram refuses actions in the chat. It takes no token of the
// chat: a group's are few, and are for its messages.
func (s *Sender) act(ctx context.Context, to Target, action string) {
	to.Chat = s.moves.follow(to.Chat)
	if s.actions.Try(to.Chat, 0) && s.pace.TryCommon(to.Chat, OptionalReserve) {
		_ = s.once(ctx, Request{To: to, Method: methodAction, Payload: map[string]any{"action": action}}, nil) // counted there
	}
}
