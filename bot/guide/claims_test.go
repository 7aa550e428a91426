package guide

import (
	"testing"
	"time"

	"excursobot/store"
)

func TestAPlaceIsClaimedOnce(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		take := func(person int64, want bool) *Claim {
			t.Helper()
			claim, err := w.claims.try(w.t.Context(), person, "Q1")
			must(t, err)
			if got := claim != nil; got != want {
				t.Errorf("person %d: claimed = %v, want %v", person, got, want)
			}
			return claim
		}
		first := take(1, true)
		take(1, false)
		take(2, true).Release()
		first.Release()
		second := take(1, true)
		first.Release() // has ended already
		take(1, false)
		recorded := second.Confirm()
		second.Release() // the story arrived, so it has no effect
		take(1, false)
		must(t, w.store.Delivered(w.t.Context(), store.Delivery{Person: 1, Place: "Q1", At: time.Now()}))
		recorded()
		take(1, false)
		moment := w.claims.moment() // what was read before it may be old
		claim, err := w.claims.tryUntold(w.t.Context(), 1, "Q2", moment)
		must(t, err)
		claim.Release()
		if claim, err := w.claims.tryUntold(w.t.Context(), 1, "Q1", moment); claim != nil || err != nil {
			t.Errorf("claimed a place that was told meanwhile: %v", err)
		}
		if n := w.Stats().Claims; n != 0 {
			t.Errorf("%d claims are left", n)
		}
	})
}
