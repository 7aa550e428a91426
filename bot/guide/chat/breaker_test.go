package chat

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

func TestBreakerOpensAfterFaultsAndCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		faults := slices.Repeat([]string{"500"}, faultsInRow+maxRepeats) // only the first question is repeated
		b := newFixture(t, Config{RequestsPerMinute: 6000}, sim.ModelConfig{}, faults...)
		ask := func() error {
			_, err := b.Ask(t.Context(), about(1).request())
			return err
		}
		for i := range faultsInRow {
			if !b.Ready() {
				t.Fatalf("open after %d calls", i)
			}
			if err := ask(); !errors.Is(err, ErrUnavailable) {
				t.Fatalf("error %v", err)
			}
		}
		start := time.Now()
		if err := ask(); b.Ready() || !errors.Is(err, ErrUnavailable) || time.Since(start) != 0 {
			t.Errorf("ready %v, error %v after %v, want an open breaker at once", b.Ready(), err, time.Since(start))
		}
		if got := strings.Fields(b.outcomes()); got[len(got)-1] != "breaker" || len(got) != len(faults)+1 {
			t.Errorf("outcomes %q", got)
		}
		time.Sleep(faultPause + time.Millisecond)
		if err := ask(); !b.Ready() || err != nil {
			t.Errorf("ready %v, error %v, want a closed breaker", b.Ready(), err)
		}
	})
}

func TestBreakerOpensLongerAfterARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{}, sim.ModelConfig{}, "401")
		if _, err := b.Ask(t.Context(), about(1).request()); !errors.Is(err, ErrRefused) {
			t.Fatalf("error %v", err)
		}
		time.Sleep(faultPause + time.Millisecond)
		if b.Ready() || !b.Refused() {
			t.Error("ready again after the pause of a fault")
		}
		time.Sleep(refusalPause)
		if _, err := b.Ask(t.Context(), about(1).request()); !b.Ready() || b.Refused() || err != nil {
			t.Errorf("ready %v, error %v", b.Ready(), err)
		}
	})
}
