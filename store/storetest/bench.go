package storetest

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"excursobot/geo"
	"excursobot/store"
)

// Benchmark measures what stands on hot paths: reading with 10 000 stories in a city, and writing alone and among 64.
func Benchmark(b *testing.B, open func(b *testing.B, dir string) store.Store) {
	s := open(b, b.TempDir())
	defer func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	}()
	ctx := b.Context()
	check := func(b *testing.B, err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	text := strings.Repeat("Об этом доме рассказывают вот что. ", 12) // 400 letters, as a short story has
	city := make([]store.Story, 10_000)
	for i := range city { // a disc of 10 km, dense in the middle
		p := geo.Offset(louvre, float64(i*137%360), float64(i))
		city[i] = story(fmt.Sprint("Q", i), "ru", store.Short, p)
		city[i].Text = text
	}
	for i := 0; i < len(city); i += 500 {
		check(b, s.PutStories(ctx, city[i:i+500]))
	}
	places := make([]string, 20)
	for i := range places {
		places[i] = fmt.Sprint("Q", i*7)
		check(b, s.Delivered(ctx, store.Delivery{Person: 1, Place: fmt.Sprint("Q", i*14), At: noon}))
	}
	for i := range 1000 {
		check(b, s.Delivered(ctx, store.Delivery{Person: int64(i % 50), Place: fmt.Sprint("told", i), At: noon}))
	}

	b.Run("Told20", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := s.Told(ctx, 1, places)
			check(b, err)
		}
	})
	// Twenty cells of the cache's size round a point; how many of their stories come back is said by the second figure.
	for _, at := range []struct {
		name   string
		metres float64 // from the middle
		limit  int
	}{{"Dense", 0, 20}, {"Sparse", 9000, 20}, {"Nothing", 60_000, 20}} {
		var ranges []geo.CellRange
		for _, c := range geo.CellsWithin(nil, geo.Offset(louvre, 45, at.metres), 600, geo.LevelCache) {
			if ranges = append(ranges, c.Range()); len(ranges) == 20 {
				break
			}
		}
		b.Run("StoriesIn20/"+at.name, func(b *testing.B) {
			b.ReportAllocs()
			var found int
			for b.Loop() {
				got, err := s.StoriesIn(ctx, "ru", ranges, at.limit, noon)
				check(b, err)
				found = len(got)
			}
			b.ReportMetric(float64(found), "stories")
		})
	}
	b.Run("Stories4", func(b *testing.B) {
		b.ReportAllocs()
		keys := []store.StoryKey{city[1].StoryKey, city[2].StoryKey, city[3].StoryKey, city[4].StoryKey}
		for b.Loop() {
			_, err := s.Stories(ctx, keys, noon)
			check(b, err)
		}
	})
	b.Run("User", func(b *testing.B) {
		b.ReportAllocs()
		_, err := s.UpdateUser(ctx, 1, func(u *store.User) error { u.Language = "ru"; return nil })
		check(b, err)
		for b.Loop() {
			_, err := s.User(ctx, 1)
			check(b, err)
		}
	})

	var n atomic.Int64
	for _, writers := range []int{1, 64} {
		b.Run(fmt.Sprintf("Delivered/writers=%d", writers), func(b *testing.B) {
			together(b, writers, func() error {
				i := n.Add(1)
				return s.Delivered(ctx, store.Delivery{Update: i, Person: i % 500, Place: fmt.Sprint("D", i), At: noon})
			})
		})
		b.Run(fmt.Sprintf("AcceptAndDone/writers=%d", writers), func(b *testing.B) {
			raw := make([]byte, 400) // as a message with a location has
			together(b, writers, func() error {
				i := n.Add(1)
				if _, err := s.Accept(ctx, store.Entry{Update: i, Chat: i % 500, Arrived: noon, Raw: raw}); err != nil {
					return err
				}
				return s.MarkDone(ctx, i)
			})
		})
		b.Run(fmt.Sprintf("Spend/writers=%d", writers), func(b *testing.B) {
			together(b, writers, func() error {
				_, err := s.Spend(ctx, store.DayOf(noon), n.Add(1)%500, 1)
				return err
			})
		})
	}
	b.Run("PutStories4", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i = (i + 4) % len(city) {
			for j := i; j < i+4; j++ {
				city[j].Text = fmt.Sprint(text, n.Add(1))
			}
			check(b, s.PutStories(ctx, city[i:i+4]))
		}
	})
}

// together shares b.N calls among the writers; the figure is the time for one call among all of them.
func together(b *testing.B, writers int, call func() error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(writers) // times GOMAXPROCS
	var left atomic.Int64
	left.Store(int64(writers))
	b.RunParallel(func(pb *testing.PB) {
		if left.Add(-1) < 0 { // the processors' share above the number asked for
			return
		}
		for pb.Next() {
			if err := call(); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
