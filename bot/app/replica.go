package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"excursobot/bot/config"
	"excursobot/limiter"
	"excursobot/store"
)

// replicaName returns a name of this process among those on the same database: the platform's or the host's name, and a random part, so that
// no restart repeats it.
func replicaName(env config.Environment) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%.40s-%.6s", cmp.Or(env["RAILWAY_REPLICA_ID"], host, "replica"), rand.Text())
}

const (
	modelKind = "model"
	// slotAgain is the mean time between two attempts to take a slot. A call takes seconds.
	slotAgain = 100 * time.Millisecond
	// slotReturn bounds the return of a slot. A slot that is not returned is free when its lease ends.
	slotReturn = 2 * time.Second
)

// slots bound the calls to the model of all replicas together.
type slots struct {
	hub     store.Cluster
	replica string
	most    int
	lease   time.Duration // longer than any call
}

// newSlots returns the slots of the App's model. A batch makes two calls at most, one after the other.
func newSlots(a *App) slots {
	const spare = 5 * time.Second
	return slots{hub: a.database, replica: a.replica, most: a.cfg.OpenAI.MaxConcurrent, lease: 2*a.cfg.OpenAI.Timeout + spare}
}

// take waits for a slot until ctx ends or the store fails.
func (s slots) take(ctx context.Context) (release func(), err error) {
	for {
		slot, ok, err := s.hub.Take(ctx, modelKind, s.most, s.replica, s.lease)
		if err != nil {
			return nil, fmt.Errorf("slot for a call: %w", err)
		}
		if ok {
			return func() {
				ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), slotReturn)
				defer cancel()
				_ = s.hub.Return(ctx, modelKind, slot, s.replica) // otherwise its lease ends
			}, nil
		}
		if err := limiter.Sleep(ctx, limiter.Jitter(slotAgain)); err != nil {
			return nil, err
		}
	}
}
