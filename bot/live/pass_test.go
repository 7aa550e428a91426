package live

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// onSurvey answers with the sights of the test that are within the radius.
func (w *world) onSurvey(walk store.Walk, v Survey, done func([]Sight, error)) {
	w.mu.Lock()
	w.asked = append(w.asked, v)
	var found []Sight
	for _, s := range w.sights {
		if geo.Distance(v.Point, s.Point) <= v.Radius && !w.heard(walk.Person, s.Place) {
			found = append(found, s)
		}
	}
	w.mu.Unlock()
	go done(found, nil)
}

// heard reports whether a place was told to a person. w.mu is held.
func (w *world) heard(person int64, place string) bool {
	for _, t := range w.told {
		if t.Person == person && t.Place == place {
			return true
		}
	}
	return false
}

func (w *world) surveys() []Survey {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Survey(nil), w.asked...)
}

// put places sights around.
func (w *world) put(sights ...Sight) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sights = append(w.sights, sights...)
}

// stroll walks at a speed with a position every 5 seconds, and returns the last one.
func (w *world) stroll(sh Share, from geo.Point, bearing, speed float64, d time.Duration) geo.Point {
	w.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(5 * time.Second)
		from = geo.Offset(from, bearing, speed*5)
		sh.Point, sh.Radius, sh.Edited = from, 5, time.Now()
		if !w.live.Move(sh) {
			w.Error("the walk is unknown")
		}
	}
	time.Sleep(2 * time.Second)
	return from
}

// passed returns the places of the stories that the walker passed, in order.
func (w *world) passed() (places []string) {
	for _, t := range w.stories() {
		if t.Pass {
			places = append(places, t.Place)
		}
	}
	return places
}

// passConfig is a walk that tells what the walker passes.
var passConfig = Config{Default: Pass}

const onFoot = 1.4 // metres per second

// beginPassing begins a walk, whose first story is told at once.
func (w *world) beginPassing(person int64) Share {
	w.Helper()
	sh := share(person, 10)
	sh.Period = 4 * time.Hour
	w.begin(sh)
	time.Sleep(3 * time.Second)
	if got := w.stories(); len(got) != 1 || !got[0].First {
		w.Fatalf("at the beginning: %+v", got)
	}
	return sh
}

func equal(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

func TestAPlaceIsToldWhenItIsPassed(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		near := geo.Offset(geo.Offset(home, 90, 400), 0, 20)
		aside := geo.Offset(geo.Offset(home, 90, 800), 180, 100)
		far := geo.Offset(geo.Offset(home, 90, 600), 0, 140)
		w.put(Sight{Place: "near", Point: near}, Sight{Place: "aside", Point: aside}, Sight{Place: "far", Point: far})
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 12*time.Minute)
		equal(t, w.passed(), "near", "aside")
		for _, got := range w.stories() {
			if !got.Pass {
				continue
			}
			metres := geo.Distance(got.Point, map[string]geo.Point{"near": near, "aside": aside}[got.Place])
			if got.Place == "near" && (metres > passNear || metres < passNear-10) || got.Place == "aside" && metres > 105 {
				t.Errorf("%s told from %.0f m", got.Place, metres)
			}
			if late := got.at.Sub(got.Due); late > 2*time.Second {
				t.Errorf("%s told %v late", got.Place, late)
			}
			if side := geo.SideOf(geo.Bearing(got.Point, map[string]geo.Point{"near": near, "aside": aside}[got.Place]), got.Heading); side == geo.Behind {
				t.Errorf("%s told when it was behind", got.Place)
			}
		}
	})
}

func TestABadPositionReachesFurther(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		place := geo.Offset(geo.Offset(home, 90, 400), 0, 110)
		w.put(Sight{Place: "q", Point: place})
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 3*time.Minute)
		sh.Point, sh.Radius, sh.Edited = geo.Offset(place, 270, 115), 300, time.Now()
		w.live.Move(sh)
		time.Sleep(3 * time.Second)
		equal(t, w.passed(), "q")
	})
}

// Of two places close together the second one comes only if the walker is still there after the gap.
func TestStoriesOfPassedPlacesKeepTheGap(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		for i := range 40 {
			w.put(Sight{Place: fmt.Sprint("q", i), Point: geo.Offset(home, 90, 300+float64(i)*50)})
		}
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 25*time.Minute)
		got := w.stories()
		if len(got) < 10 {
			t.Errorf("%d stories in 25 minutes", len(got))
		}
		for i := range got[1:] {
			if gap := got[i+1].at.Sub(got[i].at); gap < 2*time.Minute {
				t.Errorf("%v between %d and %d", gap, i+1, i+2)
			}
		}
	})
}

func TestNothingBehindIsToldWhileSomethingIsAhead(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		// During the gap after "first" the walker passes "second"; when the gap is over, it is behind, and "third" is ahead.
		w.put(Sight{Place: "first", Point: geo.Offset(home, 90, 400)}, Sight{Place: "second", Point: geo.Offset(home, 90, 460)},
			Sight{Place: "third", Point: geo.Offset(home, 90, 900)})
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 15*time.Minute)
		equal(t, w.passed(), "first", "third")
	})
}

func TestAPlaceBehindIsToldIfNothingIsAhead(t *testing.T) {
	inWorld(t, Config{Default: Pass, PassGap: time.Minute}, func(w *world) {
		w.put(Sight{Place: "first", Point: geo.Offset(home, 90, 400)}, Sight{Place: "second", Point: geo.Offset(home, 90, 390)})
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 8*time.Minute)
		equal(t, w.passed(), "second", "first")
	})
}

// A person who stands still hears one story there, not one after the other.
func TestOneStoryWhileStandingStill(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		cafe := geo.Offset(home, 90, 500)
		for i := range 6 {
			w.put(Sight{Place: fmt.Sprint("q", i), Point: geo.Offset(cafe, float64(i)*60, 50)})
		}
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, onFoot, 350*time.Second)
		w.stroll(sh, cafe, 0, 0, 30*time.Minute)
		if got := w.passed(); len(got) < 1 || len(got) > 2 {
			t.Errorf("told %q", got)
		}
		before := len(w.stories())
		w.stroll(sh, cafe, 0, 0, 20*time.Minute)
		if n := len(w.stories()); n != before {
			t.Errorf("%d more while standing", n-before)
		}
	})
}

func TestOnlyRichPlacesOnARide(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		for i := range 20 {
			w.put(Sight{Place: fmt.Sprint("poor", i), Point: geo.Offset(home, 90, 300+float64(i)*500)})
		}
		w.put(Sight{Place: "rich", Point: geo.Offset(geo.Offset(home, 90, 6000), 0, 500), Rich: true})
		sh := w.beginPassing(1)
		w.stroll(sh, home, 90, 20, 9*time.Minute)
		equal(t, w.passed(), "rich")
	})
}

func TestAStoryThatIsNotReadyIsSkipped(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		w.put(Sight{Place: "late", Point: geo.Offset(home, 90, 400)}, Sight{Place: "next", Point: geo.Offset(home, 90, 600)})
		sh := w.beginPassing(1)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			if tick.Place == "late" {
				done(Unready)
				return
			}
			go func() {
				w.tell(ctx, tick, time.Second)
				done(Delivered)
			}()
		})
		w.stroll(sh, home, 90, onFoot, 9*time.Minute)
		equal(t, w.passed(), "late", "next") // tried once each
		if got := w.live.Stats(); got.Unready != 1 {
			t.Errorf("unready %d, want 1", got.Unready)
		}
		if got := w.stories(); got[2].Number != 2 {
			t.Errorf("the story after a skipped one has number %d", got[2].Number)
		}
	})
}

func TestTheCorridorIsKnownBeforeTheWalkerComes(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		sh := w.beginPassing(1)
		at := w.stroll(sh, home, 90, onFoot, 10*time.Minute)
		w.stroll(sh, at, 0, onFoot, 2*time.Minute)
		got := w.surveys()
		if len(got) < 5 || len(got) > 14 {
			t.Errorf("%d surveys on 1 km", len(got))
		}
		for i, v := range got[3:] {
			if v.Radius != corridor || v.Riding {
				t.Errorf("%+v", v)
			}
			if moved := geo.Distance(v.Point, got[i+2].Point); moved > 180 {
				t.Errorf("%.0f m between two surveys", moved)
			}
		}
		if last := got[len(got)-1]; geo.SideOf(last.Course, 0) != geo.Ahead {
			t.Errorf("after the turn the course is %.0f", last.Course)
		}
	})
}

// After ten minutes of walking without a story comes the best one near, and if there is none, one sentence, once.
func TestALongWaitEnds(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		w.put(Sight{Place: "poor", Point: geo.Offset(geo.Offset(home, 90, 1000), 0, 200), Value: 1},
			Sight{Place: "good", Point: geo.Offset(geo.Offset(home, 90, 1000), 0, 300), Value: 2})
		sh := w.beginPassing(1)
		at := w.stroll(sh, home, 90, onFoot, 10*time.Minute+10*time.Second)
		got := w.stories()
		if len(got) != 2 || got[1].Pass || got[1].Place != "good" || got[1].Within != passBest {
			t.Fatalf("after ten minutes: %+v", got)
		}
		w.plan(func(_ context.Context, _ Tick, done func(Outcome)) { done(Nothing) })
		w.notes()
		w.put(Sight{Place: "far", Point: geo.Offset(home, 90, 50_000)})
		at = w.stroll(sh, at, 90, onFoot, 35*time.Minute)
		quiet := 0
		for _, note := range w.notes() {
			if note == "quiet 1:10" {
				quiet++
			}
		}
		if quiet != 1 {
			t.Errorf("%d sentences in 35 minutes", quiet)
		}
		w.plan(nil)
		w.put(Sight{Place: "at last", Point: geo.Offset(at, 90, 500)})
		w.stroll(sh, at, 90, onFoot, 8*time.Minute)
		if got := w.stories(); got[len(got)-1].Place != "at last" {
			t.Errorf("then %+v", got[len(got)-1])
		}
	})
}

// The wait counts only while the person walks.
func TestTheWaitStandsStillWithTheWalker(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		sh := w.beginPassing(1)
		at := w.stroll(sh, home, 90, onFoot, 5*time.Minute)
		w.stroll(sh, at, 0, 0, 20*time.Minute)
		at = w.stroll(sh, at, 90, onFoot, 3*time.Minute)
		if n := len(w.stories()); n != 1 {
			t.Fatalf("%d stories before ten minutes of walking", n)
		}
		w.stroll(sh, at, 90, onFoot, 5*time.Minute)
		if n := len(w.stories()); n != 2 {
			t.Errorf("%d stories after ten minutes of walking", n)
		}
	})
}

func TestPassingSurvivesARestart(t *testing.T) {
	for name, stop := range map[string]func(*world){"stop": (*world).restart, "crash": (*world).crashAndStart} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, passConfig, func(w *world) {
				w.put(Sight{Place: "first", Point: geo.Offset(home, 90, 300)}, Sight{Place: "second", Point: geo.Offset(home, 90, 600)})
				sh := w.beginPassing(1)
				at := w.stroll(sh, home, 90, onFoot, 4*time.Minute)
				equal(t, w.passed(), "first")
				stop(w)
				w.stroll(sh, at, 90, onFoot, 5*time.Minute)
				equal(t, w.passed(), "first", "second")
				walk, _ := w.live.Walk(1)
				if !walk.Pass || walk.Number != 3 || walk.ToldAt == (geo.Point{}) {
					t.Errorf("%+v", walk.Rhythm)
				}
			})
		})
	}
}

// A story that was on its way when the process was killed is told by the next one, about the same place.
func TestACutOffStoryOfAPassedPlaceIsToldAfterTheRestart(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		w.put(Sight{Place: "q", Point: geo.Offset(home, 90, 300)})
		sh := w.beginPassing(1)
		w.plan(func(ctx context.Context, tick Tick, _ func(Outcome)) {
			if err := w.live.RecordAttempt(ctx, tick, tick.Place, 0); err != nil {
				t.Error(err)
			}
		})
		w.stroll(sh, home, 90, onFoot, 4*time.Minute)
		equal(t, w.passed(), "q")
		w.plan(nil)
		w.crashAndStart()
		time.Sleep(3 * time.Second)
		equal(t, w.passed(), "q", "q")
	})
}

func TestTheRhythmChangesBothWays(t *testing.T) {
	inWorld(t, Config{}, func(w *world) {
		w.put(Sight{Place: "q", Point: geo.Offset(home, 90, 300)}, Sight{Place: "r", Point: geo.Offset(home, 90, 1200)})
		sh := w.beginPassing(1)
		walk, err := w.live.Choose(w.Context(), 1, Pass, time.Now())
		w.check(err)
		if !walk.Pass || !walk.Chosen {
			t.Errorf("%+v", walk.Rhythm)
		}
		at := w.stroll(sh, home, 90, onFoot, 4*time.Minute)
		equal(t, w.passed(), "q")
		if walk, err = w.live.Choose(w.Context(), 1, 5*time.Minute, time.Now()); err != nil || walk.Pass || walk.Interval != 5*time.Minute {
			t.Errorf("%+v, %v", walk.Rhythm, err)
		}
		w.stroll(sh, at, 90, onFoot, 11*time.Minute)
		equal(t, w.passed(), "q")
		if n := len(w.stories()); n != 4 { // the first, the passed one, two by the clock
			t.Errorf("%d stories", n)
		}
	})
}

func TestAPausedWalkPassesInSilence(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		w.put(Sight{Place: "q", Point: geo.Offset(home, 90, 300)})
		sh := w.beginPassing(1)
		_, err := w.live.Pause(w.Context(), 1)
		w.check(err)
		w.stroll(sh, home, 90, onFoot, 8*time.Minute)
		if n := len(w.stories()); n != 1 {
			t.Errorf("%d stories in the pause", n)
		}
	})
}

// On walks through a town with bends and bad positions, of the places that are passed and could be told most are told, none twice, and none behind the
// walker while something is ahead.
func TestWalksThroughATown(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		random := rand.New(rand.NewPCG(7, 8))
		for i := range 400 {
			w.put(Sight{Place: fmt.Sprint("q", i), Point: geo.Offset(geo.Offset(home, 90, float64(i%20)*150-1500), 0, float64(i/20)*150-1500)})
		}
		sh := w.beginPassing(1)
		at := home
		for range 12 {
			at = w.stroll(sh, at, float64(random.IntN(8))*45, onFoot, 4*time.Minute)
		}
		told := map[string]bool{}
		for _, place := range w.passed() {
			if told[place] {
				t.Errorf("%s told twice", place)
			}
			told[place] = true
		}
		if len(told) < 12 {
			t.Errorf("%d places told in 48 minutes", len(told))
		}
	})
}
