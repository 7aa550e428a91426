package boltstore

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

var (
	scalePairs = flag.Int("pairs", 0, "places and stories that TestScale stores; 0 = it is left out")
	scaleFile  = flag.String("file", "", "where TestScale keeps the file; empty = it deletes it")
	scaleRead  = flag.Bool("measure", false, "TestScale reads the file and stores nothing")
)

// TestScale fills a file with towns and reports its size, and what a second process needs to open and to read it. "make scale" runs it.
func TestScale(t *testing.T) {
	if *scalePairs == 0 {
		t.Skip("without -pairs")
	}
	path := *scaleFile
	if path == "" {
		path = filepath.Join(t.TempDir(), "excursobot.db")
	}
	towns := storetest.NewTowns()
	count := *scalePairs / storetest.TownPairs
	if *scaleRead {
		scaleMeasure(t, towns, path, count)
		return
	}
	scaleFill(t, towns, path, count)
	debug.FreeOSMemory()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestScale$", "-test.v", "-measure", "-file="+path, fmt.Sprint("-pairs=", *scalePairs)) //nolint:gosec // the test itself
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
}

// scaleFill stores the towns in no order, as people visit them, in transactions of the size that the bot makes.
func scaleFill(t *testing.T, towns *storetest.Towns, path string, count int) {
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true // the size does not depend on it
	began := time.Now()
	scaleTowns(t, towns, count, func(ctx context.Context, places []store.Place, stories []store.Story) error {
		return scaleVisit(ctx, s, places, stories)
	})
	took := time.Since(began)
	st := s.Stats()
	if err := errors.Join(s.db.Sync(), s.Close()); err != nil {
		t.Fatal(err)
	}
	pairs := count * storetest.TownPairs
	t.Logf("%d pairs in %.0f s, %d commits: %.1f MiB, %d bytes a pair", pairs, took.Seconds(), st.Commits, float64(st.SizeBytes)/(1<<20), st.SizeBytes/int64(pairs))
}

// scaleTowns calls visit with the towns in no order, from 8 goroutines.
func scaleTowns(t *testing.T, towns *storetest.Towns, count int, visit func(context.Context, []store.Place, []store.Story) error) {
	t.Helper()
	first := time.Now().Add(-time.Duration(count) * time.Second).UTC().Truncate(time.Second)
	order := rand.New(rand.NewPCG(1, 1)).Perm(count) //nolint:gosec // the same towns in each run
	var next atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for range 8 {
		g.Go(func() error {
			for {
				i := int(next.Add(1)) - 1
				if i >= count {
					return nil
				}
				places, stories := towns.Pairs(order[i], first.Add(time.Duration(i)*time.Second))
				if err := visit(ctx, places, stories); err != nil {
					return err
				}
			}
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
}

func scaleVisit(ctx context.Context, s *Store, places []store.Place, stories []store.Story) error {
	for from := 0; from < len(places); from += 20 { // a reply with details holds 20 pages
		if err := s.PutPlaces(ctx, places[from:min(from+20, len(places))]); err != nil {
			return err
		}
	}
	for from := 0; from < len(stories); from += 4 { // a call of the model writes four
		if err := s.PutStories(ctx, stories[from:min(from+4, len(stories))]); err != nil {
			return err
		}
	}
	return nil
}

// scaleMeasure reports the time to open the file and to read it, the pages that a ring touches, and the memory of the process.
func scaleMeasure(t *testing.T, towns *storetest.Towns, path string, count int) {
	_ = os.WriteFile("/proc/sys/vm/drop_caches", []byte("1"), 0) // only root may
	began := time.Now()
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("opened in %.1f ms; free list of %.1f MiB", time.Since(began).Seconds()*1000, float64(s.Stats().FreeBytes)/(1<<20))
	r := rand.New(rand.NewPCG(2, 2)) //nolint:gosec // the same towns in each run
	now := time.Now()
	const rings = 300
	measure := func(name string, at func() (geo.Point, string)) {
		faults := majorFaults(t)
		began, found := time.Now(), 0
		for range rings {
			p, language := at()
			found += scaleRing(t, s, p, language)
		}
		took := time.Since(began)
		t.Logf("%s: %.0f us a ring, %.2f us a story (%.1f stories a ring), %.1f pages read from disk a ring", name,
			took.Seconds()*1e6/rings, took.Seconds()*1e6/float64(max(found, 1)), float64(found)/rings, float64(majorFaults(t)-faults)/rings)
	}
	visited := make([]int, rings)
	for i := range visited {
		visited[i] = r.IntN(count)
	}
	i := 0
	town := func() (geo.Point, string) {
		n := visited[i%rings]
		i++
		return towns.Center(n), towns.Language(n)
	}
	empty := func() (geo.Point, string) {
		p, language := town()
		return geo.Offset(p, 45, 5000), language
	}
	measure("ring, cold", town)
	measure("ring, warm", town)
	measure("empty ring, cold", empty)
	measure("empty ring, warm", empty)

	const deliveries = 300
	began = time.Now()
	for i := range int64(deliveries) {
		d := store.Delivery{Update: i + 1, Person: i%50 + 1, Place: fmt.Sprint("Q", 1_000_000+r.IntN(1_000_000)), At: now}
		if err := s.Delivered(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("delivered: %.2f ms", time.Since(began).Seconds()*1000/deliveries)
	scaleDay(t, s, towns, count)
	debug.FreeOSMemory()
	t.Logf("memory: %s", anonymous(t))
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// scaleRing reads a ring as the library of the guide does, and returns the number of stories.
func scaleRing(t *testing.T, s *Store, p geo.Point, language string) (n int) {
	t.Helper()
	for _, cell := range geo.CellsWithin(nil, p, 600, geo.LevelCache) {
		stories, err := s.StoriesIn(t.Context(), language, []geo.CellRange{cell.Range()}, 4000, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		n += len(stories)
	}
	return n
}

// scaleDay writes what 20 000 requests write, an eighth of them about a place that is fetched and written again, and reports by how much the file and
// its free list grew.
func scaleDay(t *testing.T, s *Store, towns *storetest.Towns, count int) {
	const requests = 20_000
	before, began := s.Stats(), time.Now()
	s.db.NoSync = true                                 // as above
	ctx, r := t.Context(), rand.New(rand.NewPCG(3, 3)) //nolint:gosec // the same day in each run
	for i := range int64(requests) {
		update, person, now := 1_000_000+i, i%2000+1, time.Now()
		errs := []error{}
		if i%8 == 0 {
			places, stories := towns.Pairs(r.IntN(count), now)
			n := r.IntN(storetest.TownPairs)
			errs = append(errs, s.PutPlaces(ctx, places[n:n+1]), s.PutStories(ctx, stories[n:n+1]))
		}
		_, err := s.Accept(ctx, store.Entry{Update: update, Chat: person, Arrived: now, Raw: make([]byte, 400)})
		id := fmt.Sprint("Q", 1_000_000+r.Int64N(int64(count)*storetest.TownPairs)*7919%120_000_000)
		errs = append(errs, err, s.Note(ctx, update, id, 0), s.Delivered(ctx, store.Delivery{
			Update: update, Person: person, Place: id, At: now, Chat: person, Message: 7, From: geo.Point{Lat: 1}, FromAt: now,
			Story: store.StoryKey{Place: id, Language: "ru", Length: store.Short},
		}))
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
	}
	after := s.Stats()
	t.Logf("a day of %d requests in %.0f s, %d commits: the file grew by %.1f MiB to %.1f; free list of %.1f MiB", requests, time.Since(began).Seconds(),
		after.Commits-before.Commits, float64(after.SizeBytes-before.SizeBytes)/(1<<20), float64(after.SizeBytes)/(1<<20), float64(after.FreeBytes)/(1<<20))
}

func majorFaults(t *testing.T) int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u.Majflt
}

// anonymous returns the lines of /proc/self/status about memory that is not a page of a file.
func anonymous(t *testing.T) string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err.Error()
	}
	var lines []string
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "RssAnon") || strings.HasPrefix(line, "RssFile") {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
	}
	return strings.Join(lines, ", ")
}
