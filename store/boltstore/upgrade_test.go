package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// asVersion1 takes from a closed file what version 2 added.
func asVersion1(t *testing.T, path string) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		var places [][]byte
		expiry := tx.Bucket(bucketExpiry)
		err := expiry.ForEach(func(k, _ []byte) error {
			if k[8] == expiringPlace {
				places = append(places, bytes.Clone(k))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range places {
			if err := expiry.Delete(k); err != nil {
				return err
			}
		}
		return tx.Bucket(bucketMeta).Put(keySchema, []byte("1"))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPlacesOfAnOlderFileExpireToo(t *testing.T) {
	t.Parallel()
	const fetched = 2*upgradeRows + 5
	now := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	s := open(t, dir)
	places := []store.Place{{ID: "pack:1", Language: "en"}}
	for i := range fetched {
		places = append(places, store.Place{ID: fmt.Sprint("Q", i), Language: "en", PageID: int64(i), Point: geo.Point{Lat: float64(i) / 100}, Fetched: now})
	}
	if err := s.PutPlaces(t.Context(), places); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	asVersion1(t, s.path)
	if _, err := Open(Config{Path: s.path, ReadOnly: true}); !errors.Is(err, ErrOlder) {
		t.Errorf("to be read only: got error %v, want %v", err, ErrOlder)
	}
	s, err := openOld(s.path)
	if err != nil {
		t.Fatal(err)
	}
	if last, err := s.expirePlaces(nil); err != nil || last == nil { // as far as a process got that ended
		t.Fatalf("the first rows: %q, %v", last, err)
	}
	if err := s.db.Close(); err != nil {
		t.Fatal(err)
	}

	s = open(t, dir)
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{store.PlaceLife - 1, 0}, {store.PlaceLife, fetched}} {
		if got, err := s.Sweep(t.Context(), now.Add(step.after), 2*fetched); err != nil || got != step.want {
			t.Errorf("swept %d, %v after %v, want %d", got, err, step.after, step.want)
		}
	}
	if _, err := s.Place(t.Context(), "pack:1", "en"); err != nil {
		t.Errorf("a place that was not fetched: %v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// openOld opens a file without bringing it to the present version.
func openOld(path string) (*Store, error) {
	db, err := openFile(Config{Path: path, Wait: time.Second})
	return &Store{db: db, path: path}, err
}

// asVersion4 gives a closed file the ring of the updates done, and last points and stories in separate buckets that end to the microsecond.
func asVersion4(t *testing.T, path string, at map[byte]time.Time) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bolt.Tx) error {
		expiry, done, recent := tx.Bucket(bucketExpiry), tx.Bucket(bucketDone), tx.Bucket(bucketRecent)
		for kind, name := range map[byte][]byte{expiringLastPoint: bucketLastPoints, expiringLastStory: bucketLastStories} {
			key := recentKey(7, 8, kind)
			old, body := key[:16], recent.Get(key)[recordHead:]
			b, err := tx.CreateBucket(name)
			err = errors.Join(err, b.Put(old, seal(recordPlain, old, append(make([]byte, recordHead), body...))))
			err = errors.Join(err, expiry.Delete(expiryKey(recentEnd(at[kind]), kind, key)), expiry.Put(expiryKey(at[kind].Add(store.RecentLife), kind, old), nil))
			if err != nil {
				return err
			}
		}
		ring, err := tx.CreateBucket(bucketRing)
		if err != nil {
			return err
		}
		err = done.ForEach(func(k, v []byte) error { return ring.Put(slotKey(uint32((readUint(v)-1)%store.DoneKept)), k) })
		return errors.Join(err, ring.SetSequence(done.Sequence()), done.SetSequence(0), tx.DeleteBucket(bucketRecent), tx.Bucket(bucketMeta).Put(keySchema, []byte("4")))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAFileOfVersion4LosesItsRing(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	now := time.Date(2026, 5, 17, 12, 7, 0, 0, time.UTC)
	s := open(t, dir)
	d := store.Delivery{
		Update: 5, Person: 7, Place: "Q1", At: now, Chat: 8, Story: store.StoryKey{Place: "Q1", Language: "en", Length: store.Short}, FromAt: now.Add(-time.Minute),
	}
	if err := errors.Join(s.Delivered(ctx, d), s.MarkDone(ctx, 6, 7, 8), s.Close()); err != nil {
		t.Fatal(err)
	}
	asVersion4(t, s.path, map[byte]time.Time{expiringLastPoint: d.FromAt, expiringLastStory: d.At})

	s = open(t, dir)
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		t.Fatal(err)
	}
	for _, update := range []int64{5, 6, 7, 8} {
		if done, err := s.Done(ctx, update); err != nil || !done {
			t.Errorf("update %d: done %v, %v", update, done, err)
		}
	}
	if err := s.MarkDone(ctx, 9); err != nil {
		t.Fatal(err)
	}
	if l, err := s.LastStory(ctx, 7, 8, now); err != nil || l.StoryKey != d.Story || !l.At.Equal(now) {
		t.Errorf("last story %+v, %v", l, err)
	}
	if p, err := s.LastPoint(ctx, 7, 8, now); err != nil || !p.At.Equal(d.FromAt) {
		t.Errorf("last point %+v, %v", p, err)
	}
	for _, step := range []struct {
		at   time.Time
		want int
	}{{now.Add(store.RecentLife - recentStep), 0}, {now.Add(store.RecentLife), 2}} {
		if got, err := s.Sweep(ctx, step.at, 10); err != nil || got != step.want {
			t.Errorf("swept %d, %v at %v, want %d", got, err, step.at, step.want)
		}
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
