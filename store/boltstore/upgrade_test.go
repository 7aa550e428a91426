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
