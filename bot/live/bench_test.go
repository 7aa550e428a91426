package live

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// crowd is the number of walks in the benchmarks of the schedule.
const crowd = 5000

// tellFirst delivers the first stories of a Live without a running loop.
func tellFirst(b *testing.B, l *Live, now time.Time) {
	b.Helper()
	l.loop.step(b.Context(), now, 0)
	for _, s := range l.loop.sessions.walks {
		l.loop.finishDelivery(s, s.delivery, Delivered, now)
	}
	if err := l.loop.saver.save(b.Context()); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkEdit measures one edit of a live location and its share of a batch.
func BenchmarkEdit(b *testing.B) {
	l := byHand(b, crowd, func(Tick) {})
	now := wall()
	tellFirst(b, l, now)
	shares := make([]Share, crowd)
	for i := range shares {
		shares[i] = share(int64(i+1), 10)
		shares[i].Period = Forever
		shares[i].Date = now
	}
	i, round := 0, 0
	b.ReportAllocs()
	for b.Loop() {
		sh := &shares[i]
		sh.Edited = now.Add(time.Duration(round) * 20 * time.Second)
		sh.Point = geo.Offset(home, 90, float64(round%10_000)*28)
		if _, err := l.Edit(b.Context(), *sh); err != nil {
			b.Fatal(err)
		}
		if i++; i%l.cfg.BatchSize == 0 {
			l.loop.flush(now, false)
			if err := l.loop.saver.save(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
		if i == crowd {
			i, round = 0, round+1
		}
	}
	if st := l.Stats(); st.Moves == 0 || st.Ignored > 0 {
		b.Fatalf("got %+v", st)
	}
}

// BenchmarkStep measures one step of the loop: with nothing to do, and on average over hours with all kinds of events.
func BenchmarkStep(b *testing.B) {
	b.Run("Idle", func(b *testing.B) {
		l := byHand(b, crowd, func(Tick) {})
		now := wall()
		tellFirst(b, l, now)
		b.ReportAllocs()
		mono := time.Duration(0)
		for b.Loop() {
			mono += time.Microsecond
			l.loop.step(b.Context(), now.Add(mono), mono)
		}
	})
	b.Run("Day", func(b *testing.B) {
		var told []Tick
		l := byHand(b, crowd, func(t Tick) { told = append(told, t) })
		now := wall()
		tellFirst(b, l, now)
		told = told[:0]
		mono, stories := time.Duration(0), 0
		b.ReportAllocs()
		for b.Loop() {
			mono += loopInterval
			at := now.Add(mono)
			l.loop.step(b.Context(), at, mono)
			for _, t := range told {
				s := l.loop.sessions.current[t.Person]
				s.lastContact = at
				l.loop.finishDelivery(s, s.delivery, Delivered, at)
			}
			stories += len(told)
			told = told[:0]
			l.loop.saver.changed = l.loop.saver.changed[:0]
		}
		b.ReportMetric(float64(stories)/float64(b.N), "stories/op")
	})
}

// BenchmarkMemory reports the memory of a walk of two hours with a track of 360 points.
func BenchmarkMemory(b *testing.B) {
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc)
	}
	for b.Loop() {
		before := heap()
		l := byHand(b, crowd, func(Tick) {})
		tellFirst(b, l, wall())
		fresh := heap()
		for _, s := range l.loop.sessions.walks {
			for i := range 360 {
				p := track.Fix{Point: geo.Offset(home, 90, float64(i)*28), At: s.walk.Began.Add(time.Duration(i) * 20 * time.Second)}
				s.walk.Track, _ = s.encoder.Step(s.walk.Track, p)
			}
		}
		walked := heap()
		b.ReportMetric((fresh-before)/crowd, "B/fresh-walk")
		b.ReportMetric((walked-before)/crowd, "B/walk")
		runtime.KeepAlive(l)
	}
}

// BenchmarkBatch measures the write of a batch of five moves of walks with long tracks.
func BenchmarkBatch(b *testing.B) {
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(b.TempDir(), "walks.db")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	walks := make([]store.Walk, 50)
	for i := range walks {
		walks[i] = store.Walk{ID: fmt.Sprint(i, ":1"), Person: int64(i), Position: store.Position{Track: make([]byte, 2500), Point: home}}
	}
	ctx := context.Background()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		batch := walks[i%10*5:][:5]
		for j := range batch {
			batch[j].Revision++
		}
		if err := s.SaveWalks(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
}
