package boltstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

var (
	olderPatience = flag.Int("patience", packPatience, "times as long as a step took, TestPackOlder waits for the next; the bot has the default")
	olderKills    = flag.Int("kills", 3, "how often TestPackOlder kills the process that packs")
	olderFillOnly = flag.Bool("fill", false, "TestPackOlder only makes the file")
)

// TestPackOlder makes a file of towns as the program of schema 3 wrote it, unless it is there, and packs it in processes of which it kills some. It compares
// all rows before and after, and reports how long packing took and how large the file is. "make older" runs it.
func TestPackOlder(t *testing.T) {
	if *scalePairs == 0 || *scaleFile == "" {
		t.Skip("without -pairs and -file")
	}
	if *scaleRead {
		packAndReport(t, *scaleFile)
		return
	}
	if _, err := os.Stat(*scaleFile); os.IsNotExist(err) {
		olderFill(t, storetest.NewTowns(), *scaleFile, *scalePairs/storetest.TownPairs)
	}
	if *olderFillOnly {
		return
	}
	want, rows := allRows(t, *scaleFile)
	before := fileSize(t, *scaleFile)
	began := time.Now()
	for kill := range *olderKills + 1 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPackOlder$", "-test.v", "-test.timeout=24h", "-measure", //nolint:gosec // the test itself
			"-file="+*scaleFile, fmt.Sprint("-pairs=", *scalePairs), fmt.Sprint("-patience=", *olderPatience))
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if kill < *olderKills { // long before it is through
			timer := time.AfterFunc(time.Duration(kill+1)*5*time.Second, func() { _ = cmd.Process.Kill() })
			_ = cmd.Wait() // it was killed
			timer.Stop()
			continue
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("packed in %.0f s, with %d kills", time.Since(began).Seconds(), *olderKills)
	got, left := allRows(t, *scaleFile)
	if got != want || left != rows {
		t.Errorf("%d rows with sum %s became %d with %s", rows, want, left, got)
	}
	t.Logf("%d rows are as they were; %.0f MiB became %.0f", rows, before, fileSize(t, *scaleFile))
	s, err := Open(Config{Path: *scaleFile})
	if err != nil {
		t.Fatal(err)
	}
	if left := plainLeft(t, s); left != 0 {
		t.Errorf("%d records are not packed", left)
	}
	if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
}

func fileSize(t *testing.T, path string) float64 {
	t.Helper()
	n, err := size(path)
	if err != nil {
		t.Fatal(err)
	}
	return float64(n) / (1 << 20)
}

// packAndReport packs the rest and reports the progress.
func packAndReport(t *testing.T, path string) {
	began := time.Now()
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("opened in %.2f s\n", time.Since(began).Seconds())
	began = time.Now()
	report := func(what string) {
		st := s.Stats()
		fmt.Printf("%s: %.0f s, %d commits, file %.0f MiB, free %.0f MiB, %s\n", what, time.Since(began).Seconds(), st.Commits,
			float64(st.SizeBytes)/(1<<20), float64(st.FreeBytes)/(1<<20), anonymous(t))
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(10 * time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				report("packing")
			case <-ctx.Done():
				return
			}
		}
	}()
	err = s.packOlder(ctx, *olderPatience)
	cancel()
	<-ended
	if err != nil {
		t.Fatal(err)
	}
	if err := s.writeFreeList(t.Context()); err != nil { // as Tend does before it advises
		t.Fatal(err)
	}
	report("packed")
	fmt.Printf("it pays to compact: %v\n", paysToCompact(s.Stats()))
	debug.FreeOSMemory()
	report("at the end")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// allRows returns the checksum and the number of all rows of a file.
func allRows(t *testing.T, path string) (sum string, rows int) {
	t.Helper()
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	all := sha256.New()
	for _, table := range store.Tables() {
		for after := store.Key(""); ; {
			page, err := s.Rows(t.Context(), table, after, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				b, err := json.Marshal(r)
				if err != nil {
					t.Fatal(err)
				}
				all.Write(b)
			}
			rows += len(page)
			after = page[len(page)-1].Key
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return hex.EncodeToString(all.Sum(nil)), rows
}

// olderFill stores the towns in no order, with plain records and half full pages, as the program of schema 3 did.
func olderFill(t *testing.T, towns *storetest.Towns, path string, count int) {
	t.Helper()
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	s.db.NoSync = true
	began := time.Now()
	scaleTowns(t, towns, count, func(ctx context.Context, places []store.Place, stories []store.Story) error {
		for from := 0; from < len(places); from += 20 {
			err := s.write(ctx, func(t *txn) error { return putOlderPlaces(t, places[from:min(from+20, len(places))]) })
			if err != nil {
				return err
			}
		}
		for from := 0; from < len(stories); from += 4 {
			err := s.write(ctx, func(t *txn) error { return putOlderStories(t, stories[from:min(from+4, len(stories))]) })
			if err != nil {
				return err
			}
		}
		return nil
	})
	err = s.write(t.Context(), func(t *txn) error { return t.put(t.bucket(bucketMeta), keySchema, []byte("3")) })
	if err := errors.Join(err, s.db.Sync(), s.Close()); err != nil {
		t.Fatal(err)
	}
	pairs := count * storetest.TownPairs
	t.Logf("%d pairs of schema 3 in %.0f s: %.0f MiB, %.0f bytes a pair", pairs, time.Since(began).Seconds(), fileSize(t, path), fileSize(t, path)*(1<<20)/float64(pairs))
}

// putOlderPlaces stores new places. It asks the transaction itself for the buckets, so that their pages fill as they did.
func putOlderPlaces(t *txn, places []store.Place) error {
	for _, p := range places {
		leaf, id := geo.Leaf(p.Point), placeIDKey(p.ID, p.Language)
		key := placeKey(p.Language, leaf, p.ID)
		record, err := encode(key, func(c *codec) { placeFields(c, &p) })
		err = errors.Join(err,
			t.put(t.tx.Bucket(bucketPlaces), key, record),
			t.put(t.tx.Bucket(bucketPlaceIDs), id, appendUint(nil, uint64(leaf))),
			t.put(t.tx.Bucket(bucketExpiry), expiryKey(ifFetched(p), expiringPlace, id), nil),
			t.put(t.tx.Bucket(bucketPages), pageKey(p.Language, p.PageID), append(appendUint(nil, uint64(leaf)), p.ID...)))
		if err != nil {
			return err
		}
	}
	return nil
}

// putOlderStories is putOlderPlaces for stories.
func putOlderStories(t *txn, stories []store.Story) error {
	for _, st := range stories {
		edition, err := t.next(t.tx.Bucket(bucketStories))
		if err != nil {
			return err
		}
		row := storyRow{edition: edition, Story: st}
		leaf, id := geo.Leaf(st.Point), storyIDKey(st.StoryKey)
		key := storyKey(leaf, st.StoryKey)
		record, err := encode(key, row.fields)
		err = errors.Join(err,
			t.put(t.tx.Bucket(bucketStories), key, record),
			t.put(t.tx.Bucket(bucketStoryIDs), id, appendUint(nil, uint64(leaf))),
			t.put(t.tx.Bucket(bucketExpiry), expiryKey(st.Expires, expiringStory, id), nil))
		if err != nil {
			return err
		}
	}
	return nil
}

// TestOlderFill proves that the file is what the older program wrote: opening it upgrades it, and the towns are in it.
func TestOlderFill(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "excursobot.db")
	towns := storetest.NewTowns()
	olderFill(t, towns, path, 2)
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if left := plainLeft(t, s); left != 4*storetest.TownPairs {
		t.Errorf("%d plain records, want %d", left, 4*storetest.TownPairs)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if found := scaleRing(t, s, towns.Center(1), towns.Language(1)); found != storetest.TownPairs {
		t.Errorf("%d stories in a town, want %d", found, storetest.TownPairs)
	}
}
