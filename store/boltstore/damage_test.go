package boltstore

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

var everywhere = []geo.CellRange{{Min: 0, Max: ^geo.Cell(0)}}

// populated fills a store with rows in every bucket, over several levels of pages, some of them free.
func populated(t *testing.T, dir string) *Store {
	t.Helper()
	ctx, s := t.Context(), open(t, dir)
	now := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	for i := range 150 {
		id, p := fmt.Sprint("Q", i), geo.Point{Lat: float64(i%90) / 2, Lon: float64(i)}
		_, err := s.UpdateUser(ctx, int64(i), func(u *store.User) error { u.Language = "ru"; return nil })
		err = errors.Join(err,
			s.PutPlaces(ctx, []store.Place{{ID: id, Language: "ru", PageID: int64(i), Point: p, Extract: strings.Repeat("о", 300)}}),
			s.PutTile(ctx, store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(p, geo.LevelTile), Language: "ru"}, Expires: now}),
			s.PutStories(ctx, []store.Story{{StoryKey: store.StoryKey{Place: id, Language: "ru"}, Point: p, Text: strings.Repeat("о", 400), Expires: now}}),
			s.Delivered(ctx, store.Delivery{Update: int64(i + 1), Person: int64(i % 7), Place: id, At: now}))
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Accept(ctx, store.Entry{Update: 1000, Arrived: now, Raw: []byte("{}")}, store.Entry{Update: 1001, Arrived: now}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Spend(ctx, store.DayOf(now), 7, store.Tokens{Prompt: 1}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sweep(ctx, now, 50); err != nil {
		t.Fatal(err)
	}
	return s
}

// digest sums up every row of every bucket.
func digest(t *testing.T, s *Store) (string, error) {
	sum := sha256.New()
	err := s.view(t.Context(), func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(k, v []byte) error {
				fmt.Fprintf(sum, "%q %q %q\n", name, k, v)
				return nil
			})
		})
	})
	return fmt.Sprintf("%x", sum.Sum(nil)), err
}

const (
	flips         = 60                  // for more: -count
	flipsFile     = "TEST_FLIPPED_BITS" // the variable with the file whose bits a child process flips
	exhausted     = 3                   // the exit code of a child process that would use up the memory
	exhaustedFrom = 1 << 30             // bytes of heap
)

// TestFlippedBits flips single bits of the file. Each time the file is refused with an error that names it, or the check finds
// the damage, or nothing was lost. Nothing panics.
//
// A few bits make a page lead back to itself. bbolt follows it until the memory or the stack is exhausted (see Check), so the bits are
// flipped in a child process, which may end for that reason and for no other.
func TestFlippedBits(t *testing.T) {
	if path := os.Getenv(flipsFile); path != "" {
		flipBits(t, path)
		return
	}
	dir := t.TempDir()
	s := populated(t, dir)
	if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
	seed, ended := uint64(time.Now().UnixNano()), 0 // another one each time; a failure prints it
	t.Logf("seed %d", seed)
	for begun := 0; begun < flips; {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFlippedBits$", "-test.v")
		child.Env = append(os.Environ(), flipsFile+"="+s.path, fmt.Sprintf("%s_FROM=%d %d", flipsFile, seed, begun))
		out, err := child.CombinedOutput()
		begun += bytes.Count(out, []byte("flip: "))
		if err == nil {
			t.Logf("%s", out)
			break
		}
		if child.ProcessState.ExitCode() != exhausted && !bytes.Contains(out, []byte("fatal error: stack overflow")) {
			t.Fatalf("seed %d: %v\n%s", seed, err, out[:min(len(out), 20_000)])
		}
		ended++
	}
	if ended > flips/6 {
		t.Errorf("%d of %d bits ended the process", ended, flips)
	}
	t.Logf("%d of %d bits ended the process", ended, flips)
}

// flipBits is the child process of TestFlippedBits.
func flipBits(t *testing.T, good string) {
	go func() {
		for m := new(runtime.MemStats); m.HeapAlloc < exhaustedFrom; time.Sleep(20 * time.Millisecond) {
			runtime.ReadMemStats(m)
		}
		os.Exit(exhausted)
	}()
	var seed uint64
	var from int
	if _, err := fmt.Sscan(os.Getenv(flipsFile+"_FROM"), &seed, &from); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	ctx, path := t.Context(), filepath.Join(t.TempDir(), "flipped.db")
	pages, pageSize := pagesOf(t, good)
	s, err := Open(Config{Path: good})
	if err != nil {
		t.Fatal(err)
	}
	want, err := digest(t, s)
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	used := pages * pageSize
	rnd := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // no secret
	var refused, found, harmless int
	for i := range flips {
		bit := rnd.IntN(used * 8)
		if i%3 == 0 { // heads of pages and the elements behind them hurt most
			bit = rnd.IntN(pages)*pageSize*8 + rnd.IntN(64*8)
		}
		if i < from {
			continue
		}
		fmt.Printf("flip: bit %d\n", bit)
		bad := bytes.Clone(file)
		bad[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Config{Path: path})
		if err != nil {
			wantParts(t, err.Error(), path)
			refused++
			continue
		}
		got, err1 := digest(t, s)
		_, err2 := s.StoriesIn(ctx, "ru", everywhere, 1000, time.Time{})
		_, err3 := s.PlacesIn(ctx, "ru", everywhere, 1000)
		err4 := s.Check(ctx)
		switch err := errors.Join(err1, err2, err3, err4); {
		case err4 != nil:
			wantParts(t, err.Error(), path)
			found++
		case err != nil:
			t.Errorf("bit %d: the check missed: %v", bit, err)
		case got != want && bit/8 >= 2*pageSize && bit/8%pageSize/2 != 5:
			// Not noticed: with one damaged header the other one counts, without the last write; the number of rows of a page
			// (bytes 10 and 11) may be smaller than it was.
			t.Errorf("bit %d of page %d: rows changed and nobody noticed", bit, bit/8/pageSize)
		default:
			harmless++
		}
		_ = s.MarkDone(ctx, 1000, 1001) // may fail, must not panic
		_ = s.Close()
	}
	t.Logf("%d refused at the start, %d found by the check, %d harmless", refused, found, harmless)
}

// pagesOf returns the number and the size of the pages that belong to a closed file.
func pagesOf(t *testing.T, path string) (pages, pageSize int) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	pageSize = db.Info().PageSize
	err = db.View(func(tx *bolt.Tx) error {
		pages = int(tx.Size()) / pageSize
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return pages, pageSize
}

func TestCutFile(t *testing.T) {
	dir := t.TempDir()
	s := populated(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	pages, pageSize := pagesOf(t, s.path)
	for size := (pages - 1) * pageSize; size > 0; size -= max(1000, pages*pageSize/20) {
		if err := os.Truncate(s.path, int64(size)); err != nil {
			t.Fatal(err)
		}
		wantParts(t, mustFail(t, Config{Path: s.path}), s.path, "damaged")
	}
}

func TestBackup(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := populated(t, dir)
	defer s.Close()
	want, err := digest(t, s)
	if err != nil {
		t.Fatal(err)
	}
	other := t.TempDir()
	f, err := os.Create(filepath.Join(other, "excursobot.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Backup(ctx, f), f.Close()); err != nil {
		t.Fatal(err)
	}
	restored := open(t, other)
	defer restored.Close()
	got, err := digest(t, restored)
	if err := errors.Join(err, restored.Check(ctx)); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Error("the backup differs")
	}

	full := errors.New("target full")
	if err := s.Backup(ctx, writerFunc(func([]byte) (int, error) { return 0, full })); err == nil {
		t.Error("got no error from a target that takes nothing")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(ctx, io.Discard); !errors.Is(err, store.ErrClosed) {
		t.Errorf("got error %v, want ErrClosed", err)
	}
}
