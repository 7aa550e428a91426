package live

import (
	"errors"
	"slices"
	"testing"
	"time"
)

func TestFull(t *testing.T) {
	inWorld(t, Config{MaxSessions: 2}, func(w *world) {
		w.begin(share(1, 10))
		w.begin(share(2, 20))
		late := share(3, 30)
		if _, err := w.live.Start(w.Context(), late); !errors.Is(err, ErrFull) {
			w.Errorf("got %v, want ErrFull", err)
		}
		if _, err := w.live.Start(w.Context(), late); !errors.Is(err, ErrEnded) {
			w.Errorf("the same share again: got %v, want ErrEnded", err)
		}
		again := w.begin(share(2, 21)) // it replaces the person's own walk
		if again.Replaced == nil {
			w.Error("nothing was replaced")
		}
		_, err := w.live.Stop(w.Context(), 1, Stopped)
		w.check(err)
		if _, err := w.live.Edit(w.Context(), late); !errors.Is(err, ErrEnded) {
			w.Errorf("an edit of the refused share: got %v, want ErrEnded", err)
		}
		w.begin(share(3, 31)) // the ended walk no longer counts
		time.Sleep(2 * time.Second)
		if st := w.live.Stats(); st.Sessions != 2 || st.Refused != 1 || st.Closing != 0 {
			w.Errorf("got %+v, want 2 sessions, 1 refused, none closing", st)
		}
	})
}

func TestSilentPhoneIsParked(t *testing.T) {
	inWorld(t, Config{MaxSessions: 1}, func(w *world) {
		began := time.Now()
		sh := share(1, 10)
		sh.Period = Forever
		w.begin(sh)
		w.stay(sh, 12*minute) // last contact at 12 minutes
		time.Sleep(30 * minute)
		due, _ := offsets(began, w.stories())
		if want := []time.Duration{0, 10 * minute, 20 * minute}; !slices.Equal(due, want) {
			w.Errorf("got %v, want %v", due, want)
		}
		if st := w.live.Stats(); st.Sessions != 0 || st.Parked != 1 {
			w.Errorf("got %+v, want it parked", st)
		}
		w.restart()
		other := share(2, 20)
		w.begin(other)
		w.moveTo(sh, home)
		if st := w.live.Stats(); st.Sessions != 1 || st.Parked != 1 {
			w.Errorf("got %+v, want it parked while there is no place", st)
		}
		_, err := w.live.Stop(w.Context(), 2, Stopped)
		w.check(err)
		w.moveTo(sh, home)
		w.stay(sh, 10*minute)
		stories := w.stories()
		last := stories[len(stories)-1]
		if last.Walk != "1:10" || last.Number != 4 || last.Due.Sub(began)%(10*minute) != 0 {
			w.Errorf("got %+v, want number 4 of 1:10", last)
		}
		for _, n := range w.notes() {
			if n == "ended 1:10 silent" {
				w.Error("parking said something")
			}
		}
	})
}

func TestParkedWalksAreBounded(t *testing.T) {
	inWorld(t, Config{MaxSessions: 1}, func(w *world) {
		for i := range 1 + parkedFactor {
			sh := share(int64(i+1), 10)
			sh.Period = Forever
			w.begin(sh)
			time.Sleep(parkAfter + 2*loopInterval)
		}
		time.Sleep(time.Second)
		if st := w.live.Stats(); st.Parked != parkedFactor || st.Ended != 1 {
			w.Errorf("got %+v, want %d parked", st, parkedFactor)
		}
		if got := w.notes(); !slices.Contains(got, "ended 1:10 silent") {
			w.Errorf("got %q, want the longest silent ended", got)
		}
	})
}
