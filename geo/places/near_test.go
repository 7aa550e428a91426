package places

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

func TestNearFindsNearestFirstWithoutJunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		river, list, far := house(4, 10, 20), house(5, 10, 30), house(6, 90, 500)
		river.Type, list.Title = "river", "Список домов"
		large := house(7, 10, 40)
		large.Dim = 5000
		english := house(8, 0, 10)
		english.Language = "en"
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 200), house(2, 180, 100), house(3, 90, 299), river, list, far, large, english}})
		wantIDs(t, w.near(t, square, 300), 2, 1, 3)
		wantIDs(t, w.near(t, square, 600), 2, 1, 3, 6)
		found, err := w.Near(t.Context(), square, 300, "en")
		if err != nil {
			t.Fatal(err)
		}
		wantIDs(t, found, 8)
		if found[0].Language != "en" || found[0].Distance < 9 || found[0].Distance > 11 {
			t.Errorf("candidate %+v", found[0])
		}
		if got := w.near(t, geo.Point{Lat: 91}, 300); got != nil {
			t.Errorf("an impossible point has %v near", got)
		}
	})
}

func TestNearAsksOnceForAnArea(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(100, 2000), latency: 200 * time.Millisecond})
		start := time.Now()
		var wg sync.WaitGroup
		for i := range 50 {
			wg.Go(func() { w.near(t, geo.Offset(square, float64(i), 100), 300) })
		}
		wg.Wait()
		if got := time.Since(start); got != 200*time.Millisecond {
			t.Errorf("50 people waited %v, want one request's 200ms", got)
		}
		w.near(t, square, 1200)
		w.near(t, square, 10_000)
		if got := w.sent(); got != 1 {
			t.Errorf("%d requests for a thin area, want its wide search alone", got)
		}
	})
}

func TestNearInADenseCityReadsTiles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		articles := houses(2500, 5000)
		w := newWorld(t, setting{articles: articles, latency: 50 * time.Millisecond})
		for _, radius := range []float64{300, 600, 1200} {
			want := 0
			for _, a := range articles {
				if geo.Distance(square, geo.Point{Lat: a.Lat, Lon: a.Lon}) <= radius {
					want++
				}
			}
			if got := len(w.near(t, square, radius)); got != want {
				t.Errorf("%d places within %g m, want %d", got, radius, want)
			}
		}
		before := w.sent()
		w.near(t, square, 1200)
		if got := w.sent(); got != before {
			t.Errorf("%d requests for tiles that are kept", got-before)
		}
		if got := w.Stats(); got.TileHits == 0 || got.TileMisses == 0 || int(got.Requests) != before {
			t.Errorf("Stats() = %+v", got)
		}
	})
}

func TestNearSplitsAFullTile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(1500, 700)})
		if got := len(w.near(t, square, 1200)); got != 1500 {
			t.Errorf("%d places, want all 1500 though a search gives 500", got)
		}
	})
}

func TestNearAtTheSeamsOfTheGlobe(t *testing.T) {
	for _, p := range []geo.Point{{Lat: 0, Lon: 180}, {Lat: -17, Lon: -179.9999}, {Lat: 89.999, Lon: 20}, {Lat: 0, Lon: 0}, {Lat: -90, Lon: 0}} {
		synctest.Test(t, func(t *testing.T) {
			a := house(1, 0, 0)
			at := geo.Offset(p, 270, 100)
			a.Lat, a.Lon = at.Lat, at.Lon
			w := newWorld(t, setting{articles: []sim.Article{a}})
			wantIDs(t, w.near(t, p, 300), 1)
		})
	}
}

// A wide search of the area may be centred elsewhere in it: places beyond its border may be within 10 km, too.
func TestNothingNearNeedsASearchOfTheWholeCircle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		home := geo.CellAt(square, geo.LevelFar)
		p := home.Center()
		for geo.CellAt(geo.Offset(p, 0, 2600), geo.LevelFar) == home {
			p = geo.Offset(p, 0, 50)
		}
		place := func(id int64, at geo.Point, kind string) sim.Article {
			a := house(id, 0, 0)
			a.Lat, a.Lon, a.Type = at.Lat, at.Lon, kind
			return a
		}
		w := newWorld(t, setting{articles: []sim.Article{place(1, geo.Offset(p, 0, 9000), "landmark"), place(2, home.Center(), "city")}})
		for _, want := range []int{1, 0} {
			before := w.sent()
			wantIDs(t, w.near(t, p, 10_000), 1)
			if got := w.sent() - before; got != want {
				t.Errorf("%d requests, want %d", got, want)
			}
		}
	})
}

func TestTilesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 100)}})
		empty := geo.CellAt(geo.Point{Lat: -40, Lon: -20}, geo.LevelFar).Center()
		visit := func(p geo.Point, want int) {
			t.Helper()
			before := w.sent()
			w.near(t, p, 300)
			if got := w.sent() - before; got != want {
				t.Errorf("%d requests, want %d", got, want)
			}
		}
		visit(square, 1)
		visit(empty, 1)
		time.Sleep(emptyLife - time.Second)
		visit(empty, 0)
		time.Sleep(2 * time.Second)
		visit(empty, 1)
		visit(square, 0)
		time.Sleep(tileLife - emptyLife - 2*time.Second)
		visit(square, 0)
		time.Sleep(2 * time.Second)
		visit(square, 1)
	})
}

func TestNearWithTheSourceDownReturnsKnownPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := false
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 100), house(2, 0, 200)}, extracts: 1, fault: func(int) string {
			if down {
				return "html"
			}
			return ""
		}})
		if _, err := w.Details(t.Context(), w.near(t, square, 300)[:1]); err != nil {
			t.Fatal(err)
		}
		down = true
		wantIDs(t, w.near(t, square, 300), 1, 2)
		time.Sleep(tileLife + time.Second)
		found, err := w.Near(t.Context(), square, 300, "ru")
		if !errors.Is(err, ErrUnavailable) {
			t.Errorf("err = %v, want ErrUnavailable", err)
		}
		wantIDs(t, found, 1) // the one whose details are stored
		if _, err := w.tile(t, square, geo.LevelFar); err == nil {
			t.Error("a failed search was kept")
		}
		down = false
		wantIDs(t, w.near(t, square, 300), 1, 2)
	})
}

func TestACallerWhoLeavesDoesNotCancelTheSearch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 100)}, latency: time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
		defer cancel()
		var wg sync.WaitGroup
		wg.Go(func() {
			start := time.Now()
			_, err := w.Near(ctx, square, 300, "ru")
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 500*time.Millisecond {
				t.Errorf("who leaves after 500ms got %v after %v", err, time.Since(start))
			}
		})
		wg.Go(func() {
			time.Sleep(100 * time.Millisecond)
			wantIDs(t, w.near(t, square, 300), 1)
		})
		wg.Wait()
		if got := w.sent(); got != 1 {
			t.Errorf("%d requests, want 1", got)
		}
	})
}

func TestCloseEndsRequestsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{fault: func(int) string { return "hang" }})
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := w.Near(t.Context(), square, 300, "ru"); !errors.Is(err, ErrUnavailable) {
				t.Errorf("err = %v, want ErrUnavailable", err)
			}
		})
		synctest.Wait()
		start := time.Now()
		w.Close()
		wg.Wait()
		if got := time.Since(start); got > 0 {
			t.Errorf("Close took %v", got)
		}
		if _, err := w.Near(t.Context(), square, 300, "ru"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("after Close: %v, want ErrUnavailable", err)
		}
	})
}

func TestOurOwnLimitsAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{latency: 5 * time.Second, cfg: Config{Gate: limiter.NewGate(limiter.GateConfig{Slots: 1, QueueSize: 1})}})
		var mu sync.Mutex
		var errs []error
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Go(func() {
				_, err := w.Near(t.Context(), geo.Point{Lat: 10 * float64(i+1)}, 300, "ru")
				mu.Lock()
				defer mu.Unlock()
				errs = append(errs, err)
			})
		}
		wg.Wait()
		full := slices.IndexFunc(errs, func(err error) bool { return errors.Is(err, limiter.ErrFull) })
		if full < 0 || !errors.Is(errs[full], ErrUnavailable) {
			t.Errorf("errors %v, want one ErrFull with ErrUnavailable", errs)
		}
	})
}

// A wide search that is not full replaces the tiles in its cell, so its circle must contain the cell.
func TestWideSearchHoldsItsCell(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 20_000 {
		p := geo.Point{Lat: math.Asin(2*rng.Float64()-1) * 180 / math.Pi, Lon: 360*rng.Float64() - 180}
		if _, radius := geo.CellAt(p, geo.LevelFar).Bounds(); radius > wideRadius {
			t.Fatalf("the cell of %v reaches %g m from its centre", p, radius)
		}
	}
}
