package live

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// writes counts the writes to a store.
type writes struct {
	store.Walks
	calls, walks atomic.Int64
}

func (c *writes) SaveWalks(ctx context.Context, walks []store.Walk) error {
	c.calls.Add(1)
	c.walks.Add(int64(len(walks)))
	return c.Walks.SaveWalks(ctx, walks)
}

func TestMovesAreAppliedInBatches(t *testing.T) {
	inWorld(t, Config{MaxSessions: 100, BatchSize: 5, MaxUpdates: 10}, func(w *world) {
		shares := make([]Share, 30)
		for i := range shares {
			shares[i] = share(int64(i+1), 10)
			w.begin(shares[i])
		}
		time.Sleep(61 * time.Second) // first stories and choices are over
		count := &writes{Walks: w.store}
		w.live.loop.saver.writing <- struct{}{}
		w.live.loop.saver.store = count
		<-w.live.loop.saver.writing

		here := home
		step := func(moves int) {
			here = geo.Offset(here, 90, 20)
			for _, sh := range shares[:moves] {
				w.moveTo(sh, here)
			}
			synctest.Wait()
		}
		step(4)
		if st := w.live.Stats(); st.Moves != 0 || st.Pending != 4 {
			w.Errorf("four moves: got %+v, want them pending", st)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if st := w.live.Stats(); st.Moves != 4 || st.Pending != 0 {
			w.Errorf("after a second: got %+v, want them applied", st)
		}
		if calls, walks := count.calls.Load(), count.walks.Load(); calls != 1 || walks != 4 {
			w.Errorf("got %d writes of %d walks, want one of 4", calls, walks)
		}
		time.Sleep(loopInterval / 2)
		step(5)
		if st := w.live.Stats(); st.Moves != 9 {
			w.Errorf("five moves: got %+v, want them applied at once", st)
		}
		if calls := count.calls.Load(); calls != 2 {
			w.Errorf("got %d writes, want 2", calls)
		}
		step(30)
		// The loop applies batches while the thirty arrive, so the number left depends on when it woke: less than a batch.
		if st := w.live.Stats(); int(st.Moves)+st.Pending != 39 || st.Pending >= 5 {
			w.Errorf("thirty moves: got %+v, want all but less than a batch applied", st)
		}
		time.Sleep(time.Second + loopInterval)
		synctest.Wait()
		if st := w.live.Stats(); st.Moves != 39 || st.Pending != 0 {
			w.Errorf("a second later: got %+v, want the rest applied", st)
		}
		step(1)
		step(1)
		step(1)
		if st := w.live.Stats(); st.Pending != 1 {
			w.Errorf("got %+v, want the newest of one person pending", st)
		}
		w.end() // a partial batch goes with it
		w.start()
		if got := w.stored(shares[0]).Point; got != here {
			w.Errorf("got %v, want %v", got, here)
		}
	})
}

func TestOldMovesAreIgnored(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		time.Sleep(minute)
		there := geo.Offset(home, 90, 100)
		w.moveTo(sh, there)
		late := sh
		late.Point, late.Edited = geo.Offset(home, 270, 100), time.Now().Add(-time.Second)
		_, err := w.live.Edit(w.Context(), late) // while the newer one is pending
		w.check(err)
		time.Sleep(2 * time.Second)
		_, err = w.live.Edit(w.Context(), late) // after it was applied
		w.check(err)
		late.Edited, late.Point.Lat = time.Now(), 91
		_, err = w.live.Edit(w.Context(), late)
		w.check(err)
		time.Sleep(2 * time.Second)
		if walk, _ := w.live.Walk(1); walk.Point != there {
			w.Errorf("got %v, want %v", walk.Point, there)
		}
		if st := w.live.Stats(); st.Ignored != 3 || st.Moves != 1 {
			w.Errorf("got %+v, want 3 ignored, 1 applied", st)
		}
	})
}

func TestJumpsNeedToBeConfirmed(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		w.begin(sh)
		far := geo.Offset(home, 45, 5000)
		for i, step := range []struct {
			to   geo.Point
			want geo.Point
		}{
			{geo.Offset(home, 90, 14), geo.Offset(home, 90, 14)},
			{far, geo.Offset(home, 90, 14)},                      // a jump: ignored
			{geo.Offset(home, 90, 28), geo.Offset(home, 90, 28)}, // and taken back
			{far, geo.Offset(home, 90, 28)},
			{geo.Offset(far, 0, 14), geo.Offset(far, 0, 14)}, // confirmed by a second one near it
			{geo.Offset(far, 0, 28), geo.Offset(far, 0, 28)},
		} {
			time.Sleep(9 * time.Second)
			w.moveTo(sh, step.to)
			time.Sleep(time.Second + loopInterval)
			if walk, _ := w.live.Walk(1); walk.Point != step.want {
				w.Errorf("step %d: got %v, want %v", i, walk.Point, step.want)
			}
		}
		walk, _ := w.live.Walk(1)
		if walk.Metres < 40 || walk.Metres > 45 {
			w.Errorf("got %.0f m walked, want 42: a jump is no walk", walk.Metres)
		}
	})
}

func TestReadAheadIsWhereThePersonWillBe(t *testing.T) {
	for _, test := range []struct {
		speed, want float64 // m/s, metres from the last position 90 s before the due time
	}{{0, 0}, {1.4, 1.4 * 90}, {15, 15 * 90}, {40, maxPredict}} {
		t.Run(fmt.Sprint(test.speed), func(t *testing.T) {
			inWorld(t, Config{}, func(w *world) {
				sh := share(1, 10)
				w.begin(sh)
				w.walk(sh, home, 200, test.speed, 9*minute)
				for _, n := range w.notes() {
					var metres float64
					if _, err := fmt.Sscanf(n, "prepare 1:10 %f", &metres); err != nil {
						continue
					}
					if metres < test.want*0.9-1 || metres > test.want*1.3+1 { // the last position is some seconds old
						w.Errorf("got %v m, want %v", metres, test.want)
					}
					return
				}
				w.Error("nothing was prepared")
			})
		})
	}
}

func TestStandingStillWithEverythingTold(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Period = Forever
		w.begin(sh)
		w.stay(sh, 5*minute)
		w.answers(Nothing)
		w.stay(sh, 60*minute)
		w.restart()
		w.stay(sh, 30*minute)
		if got := len(w.stories()); got != 2 {
			w.Errorf("got %d deliveries, want 2: none after everything was told", got)
		}
		w.plan(nil)
		w.moveTo(sh, geo.Offset(home, 0, quietRadius-10))
		time.Sleep(10 * minute)
		if got := len(w.stories()); got != 2 {
			w.Errorf("got %d deliveries, want 2: it is the same place", got)
		}
		w.moveTo(sh, geo.Offset(home, 0, quietRadius+10))
		time.Sleep(10*minute + time.Second)
		if got := w.stories(); len(got) != 3 || got[2].Number != 2 {
			w.Errorf("got %+v, want the second story", got)
		}
		quiet := slices.DeleteFunc(w.notes(), func(n string) bool { return n != "quiet 1:10" })
		if len(quiet) != 1 {
			w.Errorf("got %d notices, want 1", len(quiet))
		}
	})
}

func TestWalkAcrossTheDateLine(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		sh := share(1, 10)
		sh.Point = geo.Point{Lat: -16.8, Lon: 179.999}
		w.begin(sh)
		end := w.walk(sh, sh.Point, 90, 1.5, 9*minute)
		time.Sleep(2 * time.Second)
		walk, _ := w.live.Walk(1)
		if walk.Point != end || end.Lon > -179 {
			w.Errorf("got %v, want %v east of the line", walk.Point, end)
		}
		if walk.Metres < 780 || walk.Metres > 815 {
			w.Errorf("got %.0f m, want about 810", walk.Metres)
		}
		if speed, bearing := w.live.loop.sessions.walks[sh.key()].motion.course(); speed < 1.4 || speed > 1.6 || bearing < 85 || bearing > 95 {
			w.Errorf("got %.2f m/s towards %.0f°, want 1.5 towards 90°", speed, bearing)
		}
	})
}
