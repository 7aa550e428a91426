package boltstore

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
	"excursobot/store/storetest"
)

// testdata/plain.db.gz is a file of schema 3, which the program before packing wrote: two towns, with votes, voices, retired and withheld stories.
// plainRowsSum is the SHA-256 of the JSON of all rows that this program read from it.
const (
	plainRowsSum = "95fb2731b6c5783b2a6fd71482295cf65da5bb37b61a497bd49a27ef85769d0b"
	plainPairs   = 2 * storetest.TownPairs
)

// unpackFile writes testdata/name.db.gz into a directory as the file of a store.
func unpackFile(t *testing.T, name, dir string) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "excursobot.db"), content, 0o600); err != nil {
		t.Fatal(err)
	}
}

func rowsSum(t *testing.T, s *Store) string {
	t.Helper()
	sum := sha256.New()
	for _, table := range store.Tables() {
		rows, err := s.Rows(t.Context(), table, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			b, err := json.Marshal(r)
			if err != nil {
				t.Fatal(err)
			}
			sum.Write(b)
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// plainLeft counts the records that are not packed, of those that would get smaller.
func plainLeft(t *testing.T, s *Store) (n int) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		for _, p := range packing {
			err := tx.Bucket(p.bucket).ForEach(func(k, v []byte) error {
				row, err := packRow(k, v, p.fields())
				if row.packed != nil {
					n++
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAPlainFileIsReadAndPackedWhileItIsUsed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpackFile(t, "plain", dir)
	s := open(t, dir)
	if got := rowsSum(t, s); got != plainRowsSum {
		t.Fatalf("before packing the rows differ: %s", got)
	}
	if got, want := plainLeft(t, s), 2*plainPairs+2; got != want { // and two tiles
		t.Errorf("opening packed some: %d are left, want %d", got, want)
	}
	var count packed
	for more := true; more; {
		var err error
		if more, err = s.packSome(t.Context(), 7, &count); err != nil {
			t.Fatal(err)
		}
		if got := rowsSum(t, s); got != plainRowsSum {
			t.Fatalf("after %d rows they differ: %s", count.rows, got)
		}
	}
	if left := plainLeft(t, s); left != 0 || count.rows != 2*plainPairs+2 {
		t.Errorf("%d rows were packed, %d are left", count.rows, left)
	}
	if count.after*2 > count.before {
		t.Errorf("%d bytes became %d", count.before, count.after)
	}
	if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
	s = open(t, dir)
	if more, err := s.packSome(t.Context(), 7, &count); more || err != nil {
		t.Errorf("it is packed: more %v, %v", more, err)
	}
	if got := rowsSum(t, s); got != plainRowsSum {
		t.Errorf("after a reopen the rows differ: %s", got)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// Changes that people make between two steps stay.
func TestPackingLeavesChangedRowsAlone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpackFile(t, "plain", dir)
	s := open(t, dir)
	defer s.Close()
	ctx := t.Context()
	all, err := s.Rows(ctx, store.TableStories, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range all {
		r := row.Value.(store.StoryRow) //nolint:forcetypeassert // the table holds nothing else
		switch i % 3 {
		case 0:
			r.Text += " More."
			err = s.PutStories(ctx, []store.Story{r.Story})
		case 1:
			if err = s.Delivered(ctx, store.Delivery{Person: 7, Place: r.Place, At: r.Created}); err == nil {
				_, err = s.Vote(ctx, 7, r.StoryKey, store.Like, r.Created)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		var count packed
		if _, err := s.packSome(ctx, 7, &count); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.packOlder(ctx, 0); err != nil {
		t.Fatal(err)
	}
	after, err := s.Rows(ctx, store.TableStories, "", 1000)
	if err != nil || len(after) != len(all) {
		t.Fatalf("%d rows became %d, %v", len(all), len(after), err)
	}
	for i := range after {
		was, is := all[i].Value.(store.StoryRow), after[i].Value.(store.StoryRow) //nolint:forcetypeassert // as above
		switch i % 3 {
		case 0:
			was.Text += " More."
			was.Edition, was.Likes, was.Dislikes, was.WrongBy = is.Edition, is.Likes, is.Dislikes, is.WrongBy
		case 1:
			was.Likes++
		}
		if fmt.Sprint(was) != fmt.Sprint(is) {
			t.Errorf("story %d was %v, is %v", i, was, is)
		}
	}
	if left := plainLeft(t, s); left != 0 {
		t.Errorf("%d are left", left)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

const packingDir = "EXCURSOBOT_TEST_PACKING"

// A process that is killed while it packs loses nothing, and the next one packs the rest.
func TestKilledWhilePacking(t *testing.T) {
	if dir := os.Getenv(packingDir); dir != "" {
		packUntilKilled(t, open(t, dir))
		return
	}
	t.Parallel()
	dir := t.TempDir()
	unpackFile(t, "plain", dir)
	for steps := 1; ; steps += 3 {
		left := killPacking(t, dir, steps)
		s := open(t, dir)
		if got := rowsSum(t, s); got != plainRowsSum {
			t.Fatalf("killed after %d steps, the rows differ: %s", steps, got)
		}
		if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
			t.Fatal(err)
		}
		if !left {
			break
		}
	}
	s := open(t, dir)
	defer s.Close()
	if left := plainLeft(t, s); left != 0 {
		t.Errorf("%d are left", left)
	}
}

// packUntilKilled packs a few rows in each step and prints a line after it.
func packUntilKilled(t *testing.T, s *Store) {
	for more := true; more; {
		var count packed
		var err error
		if more, err = s.packSome(t.Context(), 7, &count); err != nil {
			t.Fatal(err)
		}
		fmt.Println("step", count.rows)
	}
	fmt.Println("end")
}

// killPacking starts a process that packs, kills it after some steps, and reports whether it had not ended.
func killPacking(t *testing.T, dir string, steps int) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhilePacking$") //nolint:gosec // the test itself
	cmd.Env = append(os.Environ(), packingDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if said = append(said, lines.Text()); len(said) == steps {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if slices.Contains(said, "end") {
		return false
	}
	if len(said) < steps || !strings.HasPrefix(said[0], "step ") {
		t.Fatalf("it said %q", said)
	}
	return true
}

func TestPackingRestsForOthers(t *testing.T) {
	const took = 20 * time.Millisecond
	for _, tt := range []struct {
		patience int
		alone    bool
		want     time.Duration
	}{{packPatience, false, 180 * time.Millisecond}, {packPatience, true, took}, {0, false, 0}, {0, true, 0}} {
		if got := restAfter(took, tt.patience, tt.alone); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}

func TestTendEndsWithItsContext(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpackFile(t, "plain", dir)
	s := open(t, dir)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Tend(ctx) }()
		time.Sleep(time.Minute)
		if left := plainLeft(t, s); left != 0 {
			t.Errorf("%d are left", left)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

func TestCompactPacks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	unpackFile(t, "plain", dir)
	before, after, err := Compact(t.Context(), filepath.Join(dir, "excursobot.db"))
	if err != nil || after*2 > before+100<<10 {
		t.Errorf("%d bytes became %d, %v", before, after, err)
	}
	s := open(t, dir)
	defer s.Close()
	if got := rowsSum(t, s); got != plainRowsSum {
		t.Errorf("the rows differ: %s", got)
	}
	if left := plainLeft(t, s); left != 0 {
		t.Errorf("%d are left", left)
	}
}
