package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"

	"excursobot/geo"
	"excursobot/store"
)

// Benchmark measures every role. It reads with 10 000 stories in a city, and measures hot paths also with 64 concurrent writers.
func Benchmark(b *testing.B, open func(b *testing.B, dir string) store.Store) {
	ctx := b.Context()
	f := &fixture{Store: open(b, b.TempDir())}
	defer func() {
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	}()
	if err := f.fill(ctx); err != nil {
		b.Fatal(err)
	}
	for _, m := range f.alone(ctx) {
		b.Run(m.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := m.call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	for _, at := range []struct {
		name   string
		metres float64 // from the middle
	}{{"Dense", 0}, {"Sparse", 9000}, {"Nothing", 60_000}} {
		b.Run("StoriesIn20/"+at.name, func(b *testing.B) { f.storiesIn(ctx, b, at.metres) })
	}
	for _, writers := range []int{1, 64} {
		for _, m := range f.together(ctx) {
			b.Run(fmt.Sprintf("%s/writers=%d", m.name, writers), func(b *testing.B) { together(b, writers, m.call) })
		}
	}
}

// measure is one call that is timed.
type measure struct {
	name string
	call func() error
}

// fixture is a store that has been in use for a while.
type fixture struct {
	store.Store
	city   []store.Story
	places []store.Place
	walks  []store.Walk
	n      atomic.Int64 // the next number that nobody used
}

const (
	benchPeople = 500
	benchWalks  = 50
)

// fill stores a disc of 10 km, dense in the middle, and people to whom some of it was told.
func (f *fixture) fill(ctx context.Context) error {
	text := strings.Repeat("Об этом доме рассказывают вот что. ", 12) // 400 letters, as a short story has
	for i := range 10_000 {
		p := geo.Offset(louvre, float64(i*137%360), float64(i))
		s := story(fmt.Sprint("Q", i), "ru", store.Short, p)
		s.Text = text
		f.city = append(f.city, s)
		f.places = append(f.places, store.Place{
			ID: s.Place, Language: "ru", PageID: int64(i + 1), Title: s.Title, Point: p, Extract: text, URL: s.URL, Source: "wikipedia", Fetched: noon,
		})
	}
	for i := 0; i < len(f.city); i += 500 {
		if err := f.PutStories(ctx, f.city[i:i+500]); err != nil {
			return err
		}
		if err := f.PutPlaces(ctx, f.places[i:i+500]); err != nil {
			return err
		}
	}
	for i := range int64(benchPeople) {
		if _, err := f.UpdateUser(ctx, i+1, func(u *store.User) error { u.Language, u.Seen = "ru", noon; return nil }); err != nil {
			return err
		}
		for _, s := range f.city[:2] {
			if err := f.Delivered(ctx, store.Delivery{Person: i + 1, Place: s.Place, At: noon}); err != nil {
				return err
			}
		}
		if _, _, err := f.Credit(ctx, store.Payment{Charge: fmt.Sprint("old", i), Person: i + 1, Stars: 50, At: noon}); err != nil {
			return err
		}
	}
	for i := range 1000 {
		if err := f.Delivered(ctx, store.Delivery{Person: int64(i%50) + 1, Place: f.city[i*7%len(f.city)].Place, At: noon}); err != nil {
			return err
		}
	}
	for i := range benchWalks {
		w := aWalk(fmt.Sprint(i, ":1"), 1)
		w.Track = make([]byte, 1000)
		f.walks = append(f.walks, w)
	}
	if err := f.SaveWalks(ctx, f.walks); err != nil {
		return err
	}
	for i := range 10 {
		d := store.Delivery{Person: 7, Place: fmt.Sprint("Q", i), Walk: f.walks[0].ID, Number: i + 1, Title: "Title", At: noon}
		if err := f.Delivered(ctx, d); err != nil {
			return err
		}
	}
	if err := f.PutTile(ctx, f.tile(0)); err != nil {
		return err
	}
	spoken := aVoice(f.city[0].StoryKey, "anna", f.city[0].Text)
	spoken.Length = store.Extract
	if err := f.PutVoice(ctx, spoken); err != nil {
		return err
	}
	if err := f.NotePoint(ctx, store.LastPoint{Person: 1, Chat: 1, Point: louvre, At: noon}); err != nil {
		return err
	}
	if err := f.NoteStory(ctx, store.LastStory{Person: 1, Chat: 1, StoryKey: f.city[0].StoryKey, At: noon}); err != nil {
		return err
	}
	if err := f.PutTour(ctx, aTour(1)); err != nil {
		return err
	}
	for i := range 20 {
		key := store.ReportKey{Place: fmt.Sprint("R", i)}
		if err := f.Withhold(ctx, key, "Title", noon); err != nil {
			return err
		}
		if err := f.PutStories(ctx, []store.Story{story(key.Place, "ru", store.Short, eiffel)}); err != nil {
			return err
		}
	}
	for i := range int64(500) {
		if err := f.PutArticle(ctx, benchArticle(i), noon); err != nil {
			return err
		}
	}
	return f.SetSetting(ctx, "paused", "no")
}

// benchArticle is one of 30 kB, which compress as prose does.
func benchArticle(page int64) store.Article {
	r := rand.New(rand.NewPCG(uint64(page), 1))
	words := strings.Fields("Об этом доме рассказывают вот что он стоял здесь когда город ещё был деревянным и сгорел потом его строили заново дважды")
	a := anArticle(page)
	var b strings.Builder
	for b.Len() < 30_000 {
		fmt.Fprintf(&b, "%s%x ", words[r.IntN(len(words))], r.IntN(40))
	}
	a.Text = b.String()
	return a
}

// tile is one with 50 pages.
func (f *fixture) tile(n int64) store.Tile {
	t := store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(louvre, geo.LevelTile) + geo.Cell(2*n), Language: "ru"}, Expires: noon}
	for i := range 50 {
		t.Pages = append(t.Pages, store.Page{ID: int64(i), Title: "Старый дом", Point: louvre, Kind: "landmark"})
	}
	return t
}

// storiesIn looks into twenty cells of the cache's size around a point. The second figure is the number of stories returned.
func (f *fixture) storiesIn(ctx context.Context, b *testing.B, metres float64) {
	b.ReportAllocs()
	ranges := rangesAt(metres)
	found := 0
	for b.Loop() {
		got, err := f.StoriesIn(ctx, "ru", ranges, 20, noon)
		if err != nil {
			b.Fatal(err)
		}
		found = len(got)
	}
	b.ReportMetric(float64(found), "stories")
}

func rangesAt(metres float64) (ranges []geo.CellRange) {
	for _, c := range geo.CellsWithin(nil, geo.Offset(louvre, 45, metres), 600, geo.LevelCache) {
		if ranges = append(ranges, c.Range()); len(ranges) == 20 {
			break
		}
	}
	return ranges
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
