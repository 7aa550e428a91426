package places

import (
	"context"
	"sync/atomic"
	"time"

	"excursobot/limiter"
)

// Classes of requests to Wikipedia, Wikidata and Commons, the most urgent first.
const (
	people    limiter.Class = iota // a person waits for the answer
	ticks                          // the next story of a walk
	readAhead                      // nobody waits
	classes   = int(readAhead) + 1
)

type urgencyKey struct{}

// urgency is the class of work that several callers may share: that of the most urgent of them.
type urgency struct{ class atomic.Uint32 }

func withClass(ctx context.Context, class limiter.Class) (context.Context, *urgency) {
	u := &urgency{}
	u.class.Store(uint32(class))
	return context.WithValue(ctx, urgencyKey{}, u), u
}

// raise makes the work as urgent as the class, if that is more urgent.
func (u *urgency) raise(class limiter.Class) {
	for {
		now := u.class.Load()
		if uint32(class) >= now || u.class.CompareAndSwap(now, uint32(class)) {
			return
		}
	}
}

// Background returns a context for requests whose answer nobody waits for.
func Background(ctx context.Context) context.Context {
	ctx, _ = withClass(ctx, readAhead)
	return ctx
}

// Tick returns a context for requests of the next story of a walk.
func Tick(ctx context.Context) context.Context {
	ctx, _ = withClass(ctx, ticks)
	return ctx
}

// classOf returns the class of the requests of ctx.
func classOf(ctx context.Context) limiter.Class {
	if u, ok := ctx.Value(urgencyKey{}).(*urgency); ok {
		return limiter.Class(u.class.Load())
	}
	return people
}

// Room returns how long a request of the context's class has to wait for its turn. Articles have a separate share.
func (f *Finder) Room(ctx context.Context, article bool) time.Duration {
	return max(f.client.quota.peek(classOf(ctx), article), f.client.pace.Stats().Paused)
}
