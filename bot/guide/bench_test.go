package guide

import (
	"context"
	"fmt"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// stock fills the library with n stories within radius metres of the square.
func stock(b *testing.B, w *world, n int, radius float64) {
	b.Helper()
	now := time.Now()
	var stories []store.Story
	for i := range n {
		p := geo.Offset(square, float64(i*47%360), radius*float64(i+1)/float64(n))
		stories = append(stories, store.Story{
			StoryKey: store.StoryKey{Place: fmt.Sprintf("Q%d", i+1), Language: "ru", Length: store.Short},
			Title:    fmt.Sprintf("Дом %d", i), Point: p, Text: "Здесь был дом. " + fmt.Sprint(i), Source: "model",
			Created: now, Expires: now.Add(store.StoryLife),
		})
	}
	must(b, w.library.save(b.Context(), stories...))
}

// BenchmarkTellWarm measures a request whose story is in the cell cache. Nothing is told to the person; each claim is released.
func BenchmarkTellWarm(b *testing.B) {
	for _, n := range []int{20, 200} {
		b.Run(fmt.Sprintf("%d stories around", n), func(b *testing.B) {
			w := newWorld(b, setting{noModel: true, noWiki: true})
			stock(b, w, n, 600)
			ctx, cancel := context.WithCancel(b.Context())
			ended := make(chan error, 1)
			go func() { ended <- w.Run(ctx) }()
			tell := func() {
				story, claim, err := w.Tell(ctx, ask(1), nil)
				if err != nil || story.Source != FromLibrary {
					b.Fatalf("got %s, %v", story.Source, err)
				}
				claim.Release()
			}
			tell()
			w.cfg.Cache.Wait()
			b.ReportAllocs()
			b.ResetTimer()
			for b.Loop() {
				tell()
			}
			b.StopTimer()
			cancel()
			must(b, <-ended)
		})
	}
}
