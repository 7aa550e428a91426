package model

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

func TestBreakerOpensAfterFaultsAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := slices.Repeat([]string{"500"}, faultsInRow*(maxRetries+1))
		b := newFixture(t, Config{RequestsPerMinute: 6000}, sim.ModelConfig{}, faults...)
		write := func() error {
			_, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil)
			return err
		}
		for i := range faultsInRow {
			if !b.Ready() {
				t.Fatalf("open after %d calls", i)
			}
			if err := write(); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("error %v", err)
			}
		}
		start := time.Now()
		if err := write(); b.Ready() || !errors.Is(err, ErrUnavailable) || time.Since(start) != 0 {
			t.Errorf("ready %v, error %v after %v, want an open breaker at once", b.Ready(), err, time.Since(start))
		}
		if got := b.outcomes(); got[len(got)-1] != "breaker" || len(got) != len(faults)+1 {
			t.Errorf("outcomes %q", got)
		}
		time.Sleep(faultPause + time.Millisecond)
		if err := write(); !b.Ready() || err != nil {
			t.Errorf("ready %v, error %v, want a closed breaker", b.Ready(), err)
		}
	})
}

func TestBreakerOpensLongerAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{}, "401")
		if _, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !errors.Is(err, ErrRefused) {
			t.Fatalf("error %v", err)
		}
		time.Sleep(faultPause + time.Millisecond)
		if b.Ready() {
			t.Error("ready again after the pause of a fault")
		}
		time.Sleep(refusalPause)
		if res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(1)}, nil); !b.Ready() || err != nil || len(res.Stories) != 1 {
			t.Errorf("ready %v, error %v", b.Ready(), err)
		}
	})
}
