package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"math"
	mrand "math/rand/v2"
	"os"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
)

// replicaName names this process among those on the same database: the platform's or the host's name, and something that no restart repeats.
func replicaName(env config.Environment) string {
	host, _ := os.Hostname()
	return fmt.Sprintf("%.40s-%.6s", cmp.Or(env["RAILWAY_REPLICA_ID"], host, "replica"), rand.Text())
}

const (
	modelKind = "model"
	// slotAgain is about how long until a slot that was not free is asked for again. A call takes seconds.
	slotAgain = 100 * time.Millisecond
	// slotReturn bounds the return of a slot; one that stays is free when its lease ends.
	slotReturn = 2 * time.Second
)

// slots are the calls to the model that all replicas together may have under way.
type slots struct {
	hub     store.Cluster
	replica string
	most    int
	lease   time.Duration // longer than any call
}

// newSlots are the slots of the App's model. A flight makes two calls at most, one after the other.
func newSlots(a *App) slots {
	const spare = 5 * time.Second
	return slots{hub: a.database, replica: a.replica, most: a.cfg.OpenAI.MaxConcurrent, lease: 2*a.cfg.OpenAI.Timeout + spare}
}

// take waits for one until ctx ends or the store does not answer.
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
				_ = s.hub.Return(ctx, modelKind, slot, s.replica) // else its lease ends
			}, nil
		}
		again := time.NewTimer(time.Duration(math.Round(float64(slotAgain) * (0.5 + mrand.Float64()))))
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return nil, ctx.Err()
		}
	}
}
