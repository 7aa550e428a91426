package boltstore

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// countFree counts the free pages one by one. The pages of the last transaction that are to be freed count, too.
func countFree(t *testing.T, s *Store) (bytes int64) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		size := int64(s.db.Info().PageSize)
		for id := 0; ; id++ {
			p, err := tx.Page(id)
			if err != nil || p == nil {
				return err
			}
			if p.Type == "free" {
				bytes += size
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return bytes
}

// freeMany stores and sweeps 400 stories of 8 KB, which leaves free pages, and returns the counters before the sweep.
func freeMany(t *testing.T, s *Store) Stats {
	t.Helper()
	now := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	for i := range 400 {
		text := make([]byte, 4000)
		_, _ = rand.Read(text) // it never fails
		st := store.Story{StoryKey: store.StoryKey{Place: fmt.Sprint("Q", i), Language: "ru", Length: store.Short}, Text: fmt.Sprintf("%x", text), Expires: now}
		if err := s.PutStories(t.Context(), []store.Story{st}); err != nil {
			t.Fatal(err)
		}
	}
	full := s.Stats()
	if _, err := s.Sweep(t.Context(), now.Add(1), 1000); err != nil {
		t.Fatal(err)
	}
	return full
}

// A long list of free pages is not written with each commit. A stop writes it, and after a kill the free pages are found again.
func TestALongListOfFreePagesStaysInMemory(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	freeMany(t, s)
	s.listMost = 1 << 20
	write := func(s *Store, value string) {
		t.Helper()
		if err := s.SetSetting(t.Context(), "a", value); err != nil {
			t.Fatal(err)
		}
	}
	write(s, "first")
	known := s.Stats().FreeBytes
	s.weigh()
	write(s, "second")
	if _, err := freePages(s.path); !errors.Is(err, errUnlisted) {
		t.Errorf("a list of %d bytes of free pages is in the file: %v", known, err)
	}
	if got := s.Stats().FreeBytes; got != known {
		t.Errorf("%d bytes are free, want the last number %d", got, known)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	killed := filepath.Join(t.TempDir(), "excursobot.db")
	if err := CopyFile(killed, s.path); err != nil { // each commit is on the disk, so this is what a kill leaves
		t.Fatal(err)
	}
	if err := s.writeFreeList(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, want := s.Stats().FreeBytes, countFree(t, s); got < want-64<<10 || got > want+64<<10 {
		t.Errorf("%d bytes are free, counted %d", got, want)
	}
	s.weigh()
	write(s, "third")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got, err := freePages(s.path); err != nil || got < known/2 {
		t.Errorf("after a stop %d bytes are listed (%v)", got, err)
	}
	for path, want := range map[string]string{s.path: "third", killed: "second"} {
		s, err := Open(Config{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Setting(t.Context(), "a"); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", path, got, err, want)
		}
		size := s.Stats().SizeBytes
		if got := s.Stats().FreeBytes; got < known/2 {
			t.Errorf("%s: %d of %d bytes are free", path, got, known)
		}
		freeMany(t, s) // in what is free
		if got := s.Stats().SizeBytes; got > size+1<<20 {
			t.Errorf("%s: the file grew from %d to %d bytes", path, size, got)
		}
		if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
			t.Error(err)
		}
	}
}

func TestFreePagesAreCounted(t *testing.T) {
	t.Parallel()
	s := open(t, t.TempDir())
	defer s.Close()
	if got := s.Stats(); got.FreeBytes > got.SizeBytes/2 {
		t.Errorf("a new file: %+v", got)
	}
	full := freeMany(t, s)
	if err := s.SetSetting(t.Context(), "a", "b"); err != nil { // the swept pages are free for it
		t.Fatal(err)
	}
	got, want := s.Stats().FreeBytes, countFree(t, s)
	if d := got - want; d < -64<<10 || d > 64<<10 {
		t.Errorf("%d bytes are free, counted %d", got, want)
	}
	if got < full.SizeBytes/2 {
		t.Errorf("all stories are gone, and %d of %d bytes are free", got, full.SizeBytes)
	}
	if free, err := freePages(filepath.Join(t.TempDir(), "none")); !os.IsNotExist(err) {
		t.Errorf("no file: %d, %v", free, err)
	}
}

func TestAdviceToCompact(t *testing.T) {
	for _, tt := range []struct {
		size, free int64
		want       bool
	}{{0, 0, false}, {100 << 20, 99 << 20, false}, {1 << 30, 128 << 20, false}, {1 << 30, 400 << 20, true}, {300 << 20, 128 << 20, true}} {
		if got := paysToCompact(Stats{SizeBytes: tt.size, FreeBytes: tt.free}); got != tt.want {
			t.Errorf("%d of %d bytes: got %v", tt.free, tt.size, got)
		}
	}
}
