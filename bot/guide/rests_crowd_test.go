package guide

import (
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

// crowd lets people ask around a square for some minutes while the model writes a wrong year about every third place, whenever it is asked, and returns what
// they got. Without rests, each person's question is a new try.
func crowd(t *testing.T, rest bool) (extracts, answers int, s Stats) {
	t.Helper()
	liar := func(place string) string {
		h := fnv.New32a()
		_, _ = h.Write([]byte(place))
		if h.Sum32()%3 == 0 {
			return sim.LieYear
		}
		return ""
	}
	const people, minutes = 50, 5
	set := setting{
		articles: sim.City(1, square.Lat, square.Lon, 600, "ru", "en"), model: sim.ModelConfig{Seed: 1, Lie: liar}, slots: 3, room: 200, judge: true,
		guide: func(c *Config) { c.PlacesPerCall = 3 },
	}
	run(t, set, func(w *world) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		end := time.Now().Add(minutes * time.Minute)
		for person := range int64(people) {
			wg.Go(func() {
				rng := rand.New(rand.NewPCG(1, uint64(person)))
				zipf := rand.NewZipf(rng, 1.2, 3, 39)
				stand := func() geo.Point {
					return geo.Offset(square, float64(9*zipf.Uint64()), 100+40*float64(zipf.Uint64()))
				}
				at := stand()
				time.Sleep(time.Duration(rng.IntN(20_000)) * time.Millisecond)
				for time.Now().Before(end) {
					if !rest {
						w.batches.rests.mu.Lock()
						clear(w.batches.rests.all)
						w.batches.rests.mu.Unlock()
					}
					req := ask(person + 1)
					req.Point = at
					story, err := w.tell(req)
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					answers++
					if story.Source == FromExtract {
						extracts++
					}
					mu.Unlock()
					if rng.Float64() < 0.7 {
						at = stand()
					}
					time.Sleep(time.Duration(10_000+rng.IntN(20_000)) * time.Millisecond)
				}
			})
		}
		wg.Wait()
		s = w.Stats()
	})
	return extracts, answers, s
}

// TestRestsLeaveTheModelToOtherPlaces prints the figures of docs/fact-check.md with -v.
func TestRestsLeaveTheModelToOtherPlaces(t *testing.T) {
	if !testing.Verbose() {
		t.Skip("a crowd takes half a minute: -v prints its figures")
	}
	t.Parallel()
	extracts, answers, before := crowd(t, false)
	t.Logf("each person tries again: %d extracts of %d answers, %d stories written, %d dropped", extracts, answers, before.Written, before.Dropped)
	extractsNow, answersNow, after := crowd(t, true)
	t.Logf("stories rest: %d extracts of %d answers, %d stories written, %d dropped", extractsNow, answersNow, after.Written, after.Dropped)
	if after.Dropped >= before.Dropped || extractsNow*answers > extracts*answersNow+answers*answersNow/20 {
		t.Error("the model still writes in vain what it could not write before")
	}
}
