package live

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"excursobot/geo"
)

// turned walks like stroll, with a position every 3 seconds and, if heads is set, the phone's heading.
func (w *world) turned(sh Share, from geo.Point, bearing float64, heads bool, d time.Duration) geo.Point {
	w.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(3 * time.Second)
		from = geo.Offset(from, bearing, onFoot*3)
		sh.Point, sh.Edited, sh.Heading = from, time.Now(), 0
		if heads {
			sh.Heading = math.Mod(bearing+359, 360) + 1
		}
		if !w.live.Move(sh) {
			w.Error("the walk is unknown")
		}
	}
	return from
}

// At a corner the course that the positions show turns for many seconds, and points across places that the walker does not pass.
func TestAPlaceIsNotPassedByTurning(t *testing.T) {
	for name, heads := range map[string]bool{"with a heading": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, passConfig, func(w *world) {
				corner := geo.Offset(home, 90, onFoot*240)
				for i := range 12 { // the course points across some of them
					w.put(Sight{Place: fmt.Sprint("left behind ", i), Point: geo.Offset(geo.Offset(corner, 90, 64+4*float64(i)), 180, 38)})
				}
				w.put(Sight{Place: "ahead", Point: geo.Offset(corner, 0, 300)})
				sh := w.beginPassing(1)
				w.turned(sh, home, 90, heads, 4*time.Minute)
				w.turned(sh, corner, 0, heads, 5*time.Minute)
				equal(t, w.passed(), "ahead")
			})
		})
	}
}

// The phone knows of a corner before the positions show it.
func TestThePhonesHeadingDecidesAtACorner(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		corner := geo.Offset(home, 90, onFoot*240)
		w.put(Sight{Place: "first", Point: geo.Offset(home, 90, 231)}, // told when it is 60 m ahead, a little less than two minutes before the corner
			Sight{Place: "left behind", Point: geo.Offset(geo.Offset(corner, 90, 35), 180, 35)}, Sight{Place: "ahead", Point: geo.Offset(corner, 0, 300)})
		sh := w.beginPassing(1)
		w.turned(sh, home, 90, true, 4*time.Minute)
		equal(t, w.passed(), "first")
		told := w.stories()[1].at
		over := time.Until(told.Add(time.Second + 2*time.Minute)) // sending took a second
		if over <= 0 || over > 6*time.Second {
			t.Fatalf("the gap is over %v after the corner", over)
		}
		w.turned(sh, corner, 0, true, 5*time.Minute)
		equal(t, w.passed(), "first", "ahead")
	})
}

// A phone in a pocket points anywhere. That must not silence a walk.
func TestAWrongHeadingDoesNotSilence(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		for i := range 5 {
			w.put(Sight{Place: fmt.Sprint("q", i), Point: geo.Offset(geo.Offset(home, 90, 300+300*float64(i)), 0, 30)})
		}
		sh := w.beginPassing(1)
		at := w.turned(sh, home, 90, true, 3*time.Minute)
		for range 20 * 15 {
			time.Sleep(3 * time.Second)
			at = geo.Offset(at, 90, onFoot*3)
			sh.Point, sh.Edited, sh.Heading = at, time.Now(), 270
			w.live.Move(sh)
		}
		equal(t, w.passed(), "q0", "q1", "q2", "q3", "q4")
	})
}

// A story that cannot begin at once is decided again with the next position.
func TestALateStoryIsDecidedAgain(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		corner := geo.Offset(home, 90, onFoot*240)
		w.put(Sight{Place: "left behind", Point: geo.Offset(geo.Offset(corner, 90, 50), 180, 20)})
		sh := w.beginPassing(1)
		w.plan(func(ctx context.Context, tick Tick, done func(Outcome)) {
			go func() {
				if tick.Place == "left behind" { // something else is in its way
					time.Sleep(time.Until(tick.Next))
					done(Dropped)
					return
				}
				w.tell(ctx, tick, time.Second)
				done(Delivered)
			}()
		})
		w.turned(sh, home, 90, true, 4*time.Minute)
		w.put(Sight{Place: "ahead", Point: geo.Offset(corner, 0, 100)})
		w.turned(sh, corner, 0, true, 3*time.Minute)
		if got := w.passed(); got[0] != "left behind" || got[len(got)-1] != "ahead" {
			t.Errorf("told %q", got)
		}
		for _, s := range w.stories() {
			if s.Place == "left behind" && s.Point.Lat > corner.Lat+0.0001 {
				t.Errorf("decided for what is behind at %v", s.Point)
			}
		}
	})
}

// town is a grid of sights with streets between them.
const (
	townSide    = 14
	townSpacing = 120.0 // metres between two sights
	townAside   = 35.0  // metres from the sights to the streets
)

func townSights() (sights []Sight) {
	at := func(n int) float64 { return townSpacing * (float64(n) - (townSide-1)/2.0) }
	for i := range townSide * townSide {
		sights = append(sights, Sight{Place: fmt.Sprint("q", i), Point: geo.Offset(geo.Offset(home, 0, at(i/townSide)), 90, at(i%townSide))})
	}
	return sights
}

// townsman walks through the town and turns at random at the crossings.
type townsman struct {
	rng    *rand.Rand
	share  Share
	at     geo.Point
	course float64
	left   float64 // metres to the next crossing
	turned time.Time
	heard  map[string]bool
}

func newTownsman(id int64) *townsman {
	m := &townsman{rng: rand.New(rand.NewPCG(uint64(id), 9)), left: townSpacing, heard: map[string]bool{}}
	block := func() float64 { return townSpacing * float64(m.rng.IntN(townSide-3)-(townSide-4)/2) }
	m.at = geo.Offset(geo.Offset(home, 0, block()+townAside-townSpacing/2), 90, block()+townAside-townSpacing/2)
	m.course = float64(m.rng.IntN(4)) * 90
	m.share = share(id, 10)
	m.share.Period, m.share.Point = 4*time.Hour, m.at
	return m
}

// step walks on for a while.
func (m *townsman) step(d time.Duration) {
	const reach = townSpacing * (townSide/2 - 1)
	metres := onFoot * d.Seconds()
	if m.left -= metres; m.left <= 0 {
		m.at = geo.Offset(m.at, m.course, metres+m.left)
		metres, m.left = -m.left, m.left+townSpacing
		before := m.course
		m.course += []float64{0, 0, 90, -90}[m.rng.IntN(4)]
		for range 4 {
			if geo.Distance(home, geo.Offset(m.at, m.course, townSpacing)) < reach {
				break
			}
			m.course += 90
		}
		if m.course != before {
			m.turned = time.Now()
		}
	}
	m.at = geo.Offset(m.at, m.course, metres)
}

// report returns the next position as the phone sends it.
func (m *townsman) report(noise float64, heads bool) Share {
	sh := m.share
	sh.Point, sh.Radius, sh.Edited = geo.Offset(m.at, m.rng.Float64()*360, math.Abs(m.rng.NormFloat64())*noise/1.5), noise, time.Now()
	if heads {
		sh.Heading = math.Mod(m.course+720+359, 360) + 1
	}
	return sh
}

func (m *townsman) split(p geo.Point) (along, aside float64) { return onCourse(m.at, p, m.course) }

// misled describes how far behind a told sight is while another one is ahead; "" if it is not. A sight beside the walker is not behind.
func (m *townsman) misled(told Sight, sights []Sight, noise float64) string {
	along, aside := m.split(told.Point)
	if along > -15-noise {
		return ""
	}
	for _, s := range sights {
		if ahead, side := m.split(s.Point); !m.heard[s.Place] && ahead > 0 && ahead <= corridor && side <= passFar {
			return fmt.Sprintf("%s, %.0f m behind and %.0f m aside, %v after a corner", told.Place, -along, aside, time.Since(m.turned).Round(time.Second))
		}
	}
	return ""
}

func TestNothingBehindIsToldOnWalksThroughATown(t *testing.T) {
	sights, byPlace := townSights(), map[string]Sight{}
	for _, s := range sights {
		byPlace[s.Place] = s
	}
	for _, tt := range []struct {
		name  string
		every time.Duration
		noise float64 // metres
		heads bool
		most  int // stories of what is behind: bad positions, and the first one after a corner, do not show it
	}{
		{"exact, with a heading", 3 * time.Second, 0, true, 0},
		{"exact", 3 * time.Second, 0, false, 1},
		{"10 m, with a heading", 5 * time.Second, 10, true, 0},
		{"10 m", 5 * time.Second, 10, false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, passConfig, func(w *world) {
				w.put(sights...)
				people := map[int64]*townsman{}
				for id := range int64(16) {
					people[id+1] = newTownsman(id + 1)
					w.begin(people[id+1].share)
				}
				time.Sleep(3 * time.Second)
				told, seen := 0, 0
				var faults []string
				for end := time.Now().Add(15 * time.Minute); time.Now().Before(end); {
					time.Sleep(tt.every)
					for _, m := range people {
						m.step(tt.every)
						if !w.live.Move(m.report(tt.noise, tt.heads)) {
							t.Error("the walk is unknown")
						}
					}
					time.Sleep(time.Second)
					stories := w.stories()
					for _, s := range stories[seen:] {
						m := people[s.Person]
						m.heard[s.Place] = true
						if !s.Pass {
							continue
						}
						told++
						if fault := m.misled(byPlace[s.Place], sights, tt.noise); fault != "" {
							faults = append(faults, fault)
						}
					}
					seen = len(stories)
				}
				if told < 16*4 {
					t.Errorf("%d stories in 4 hours", told)
				}
				if len(faults) > tt.most {
					t.Errorf("%d of %d stories: %q", len(faults), told, faults)
				}
			})
		})
	}
}

// A position that leaps tells nothing of how the walker moves: they do not ride, and hear of what is beside them.
func TestALeapIsNoRide(t *testing.T) {
	inWorld(t, passConfig, func(w *world) {
		there := geo.Offset(home, 90, 2500)
		w.put(Sight{Place: "beside", Point: geo.Offset(there, 0, 30)})
		sh := w.beginPassing(1)
		w.turned(sh, home, 0, false, 3*time.Minute)
		w.turned(sh, there, 0, false, 15*time.Second)
		equal(t, w.passed(), "beside")
	})
}
