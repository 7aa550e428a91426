package boltstore

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// mustFail opens a file that cannot be opened and returns the error's text.
func mustFail(t *testing.T, cfg Config) string {
	t.Helper()
	s, err := Open(cfg)
	if err == nil {
		_ = s.Close()
		t.Fatal("opened, want an error")
	}
	return err.Error()
}

func wantParts(t *testing.T, got string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(got, p) {
			t.Errorf("got %q, want it to hold %q", got, p)
		}
	}
}

func TestOpenMakesPrivateFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	s := open(t, dir)
	defer s.Close()
	for path, want := range map[string]fs.FileMode{dir: 0o700, filepath.Join(dir, "excursobot.db"): 0o600} {
		fi, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); got != want {
			t.Errorf("%s: got mode %o, want %o", path, got, want)
		}
	}
}

func TestOpenOfFileInUse(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	defer s.Close()
	got := mustFail(t, Config{Path: s.path, Wait: time.Millisecond})
	wantParts(t, got, s.path, "in use by another process")
}

func TestOpenInBadDirectory(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantParts(t, mustFail(t, Config{Path: filepath.Join(file, "x.db")}), file)

	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil { //nolint:gosec // a directory that cannot be written is what is tested
		t.Fatal(err)
	}
	wantParts(t, mustFail(t, Config{Path: filepath.Join(dir, "x.db")}), "cannot write in directory "+dir)
}

func TestOpenOfStrangeFiles(t *testing.T) {
	for name, content := range map[string][]byte{
		"text":         []byte(strings.Repeat("This is no database. ", 1000)),
		"short":        []byte("x"),
		"zeros":        make([]byte, 1<<16),
		"one page":     make([]byte, 4096),
		"SQLite":       append([]byte("SQLite format 3\x00"), make([]byte, 8192)...),
		"random bytes": bytes.Repeat([]byte{0xED, 0xDA, 0x0C, 0xED, 7}, 9000),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			wantParts(t, mustFail(t, Config{Path: path}), path)
			after, err := os.ReadFile(path)
			if err != nil || !bytes.Equal(after, content) {
				t.Errorf("the file was changed (%v)", err)
			}
		})
	}
}

// raw makes a bbolt file with one bucket.
func raw(t *testing.T, bucket string, pairs map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucket([]byte(bucket))
		for k, v := range pairs {
			err = errors.Join(err, b.Put([]byte(k), []byte(v)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenOfOtherPrograms(t *testing.T) {
	for _, tc := range []struct {
		name, bucket string
		pairs        map[string]string
		want         string
	}{
		{"another program", "things", nil, "not a store of excursobot"},
		{"another program with meta", "meta", map[string]string{"program": "other"}, "not a store of excursobot"},
		{"newer", "meta", map[string]string{"program": "excursobot", "schema": strconv.Itoa(schema + 1)}, "newer version"},
		{"no version", "meta", map[string]string{"program": "excursobot", "schema": "x"}, "damaged"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			path := raw(t, tc.bucket, tc.pairs)
			wantParts(t, mustFail(t, Config{Path: path}), path, tc.want)
		})
	}
}

func TestOpenOfEmptyFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "excursobot.db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(t, dir).Close(); err != nil {
		t.Error(err)
	}
}

// bbolt keeps two headers. After a crash in the middle of a commit the older one counts.
func TestOpenGoesOnWithOneDamagedHeader(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if err := errors.Join(s.MarkDone(t.Context(), 1), s.Close()); err != nil {
		t.Fatal(err)
	}
	for page := range int64(2) {
		f, err := os.OpenFile(s.path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		before := make([]byte, 1)
		at := page*int64(os.Getpagesize()) + 40
		_, err1 := f.ReadAt(before, at)
		_, err2 := f.WriteAt([]byte{^before[0]}, at)
		s, err := Open(Config{Path: s.path})
		if err = errors.Join(err1, err2, err); err != nil {
			t.Fatal(err)
		}
		_, err3 := f.WriteAt(before, at)
		if err := errors.Join(s.Close(), err3, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFullStoreStillReads(t *testing.T) {
	ctx := t.Context()
	s, err := Open(Config{Path: filepath.Join(t.TempDir(), "x.db"), MaxSize: 2 << 20})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	kept, noise := 0, rand.NewChaCha8([32]byte{})
	for i := range 1000 {
		text := make([]byte, 5000) // of hexadecimal digits, which do not compress well
		_, _ = noise.Read(text)    // it never fails
		story := store.Story{StoryKey: store.StoryKey{Place: strings.Repeat("x", i%100), Language: "ru", Length: store.Length(rune('a' + i/100))}}
		story.Text = hex.EncodeToString(text)
		if err = s.PutStories(ctx, []store.Story{story}); err != nil {
			break
		}
		kept++
	}
	if !errors.Is(err, store.ErrFull) {
		t.Fatalf("got error %v after %d stories, want ErrFull", err, kept)
	}
	wantParts(t, err.Error(), s.path)
	if !s.Stats().Full {
		t.Error("the store does not say that it is full")
	}
	got, err := s.StoriesIn(ctx, "ru", everywhere, 2000, time.Now())
	if err != nil || len(got) != kept {
		t.Errorf("got %d stories and error %v, want %d", len(got), err, kept)
	}
	if size := s.Stats().SizeBytes; size > 2<<20 {
		t.Errorf("got a file of %d bytes, want at most 2 MiB", size)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// BenchmarkOpen opens a file of 100 MB, which takes no longer than a small one.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s := open(b, dir)
	for i := range 100 {
		stories := make([]store.Story, 500)
		for j := range stories {
			stories[j] = store.Story{
				StoryKey: store.StoryKey{Place: "Q" + strconv.Itoa(i*500+j), Language: "ru"},
				Point:    geo.Point{Lat: float64(i) / 2, Lon: float64(j) / 4}, Text: strings.Repeat("о", 800),
			}
		}
		if err := s.PutStories(b.Context(), stories); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := open(b, dir).Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestReadOnly(t *testing.T) {
	dir := t.TempDir()
	cfg := Config{Path: filepath.Join(dir, "new", "excursobot.db"), ReadOnly: true, Wait: time.Millisecond}
	if _, err := Open(cfg); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: got error %v", err)
	}
	if _, err := os.Stat(filepath.Dir(cfg.Path)); err == nil {
		t.Error("a directory was made")
	}
	s := open(t, dir)
	if err := errors.Join(s.MarkDone(t.Context(), 5), s.Close()); err != nil {
		t.Fatal(err)
	}
	cfg.Path = filepath.Join(dir, "excursobot.db")
	before, err := os.ReadFile(cfg.Path)
	if err != nil {
		t.Fatal(err)
	}
	first, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Open(cfg) // beside the first
	if err != nil {
		t.Fatal(err)
	}
	if done, err := second.Done(t.Context(), 5); err != nil || !done {
		t.Errorf("read: %v, %v", done, err)
	}
	if err := second.MarkDone(t.Context(), 6); err == nil {
		t.Error("it was written")
	}
	if err := errors.Join(first.Close(), second.Close()); err != nil {
		t.Error(err)
	}
	if after, err := os.ReadFile(cfg.Path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed (%v)", err)
	}
}
