package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

func tourFields(c *codec, t *store.Tour) {
	c.int64(&t.Person)
	c.time(&t.Planned)
	c.int(&t.Minutes)
	c.bool(&t.Round)
	c.point(&t.From)
	c.float64(&t.Metres)
	list(c, &t.Stops, func(c *codec, s *store.TourStop) {
		c.text(&s.Place)
		c.text(&s.Title)
		c.point(&s.Point)
		c.int(&s.Minutes)
	})
	c.time(&t.Started)
	c.int(&t.Next)
	c.int(&t.Shown)
	c.int(&t.Heard)
	c.time(&t.At)
}

// Tour implements store.Tours.
func (s *Store) Tour(ctx context.Context, person int64, now time.Time) (store.Tour, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.Tour, error) { return readTour(tx, person, now) })
}

func readTour(tx *bolt.Tx, person int64, now time.Time) (store.Tour, error) {
	t, err := record(tx, bucketTours, idKey(person), tourFields)
	if err == nil && expired(t.At.Add(store.TourLife), now) {
		err = store.ErrNotFound
	}
	return t, err
}

// PutTour implements store.Tours.
func (s *Store) PutTour(ctx context.Context, t store.Tour) error {
	if err := t.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(tx *txn) error { return tx.putTour(&t) })
}

// UpdateTour implements store.Tours.
func (s *Store) UpdateTour(ctx context.Context, person int64, now time.Time, fn func(*store.Tour) error) (store.Tour, error) {
	var stored store.Tour
	err := s.write(ctx, func(t *txn) error {
		tour, err := readTour(t.tx, person, now)
		if err != nil {
			return err
		}
		if err := callUpdater(fn, &tour); err != nil {
			return err
		}
		if err := tour.CheckUpdate(person); err != nil {
			return err
		}
		if err := t.putTour(&tour); err != nil {
			return err
		}
		stored, err = record(t.tx, bucketTours, idKey(person), tourFields) // as Tour will return it
		return err
	})
	if err != nil {
		return store.Tour{}, err
	}
	return stored, nil
}

// DeleteTour implements store.Tours.
func (s *Store) DeleteTour(ctx context.Context, person int64) error {
	return s.write(ctx, func(t *txn) error { return t.dropTour(person) })
}

func (t *txn) putTour(tour *store.Tour) error {
	if err := tour.Check(); err != nil {
		return err
	}
	if err := t.dropTour(tour.Person); err != nil {
		return err
	}
	key := idKey(tour.Person)
	if err := t.reschedule(expiringTour, key, time.Time{}, tour.At.Add(store.TourLife)); err != nil {
		return err
	}
	return t.putRecord(bucketTours, key, func(c *codec) { tourFields(c, tour) })
}

// dropTour deletes the tour of a person, if there is one.
func (t *txn) dropTour(person int64) error {
	key := idKey(person)
	old, found, err := find(t.tx, bucketTours, key, tourFields)
	if err != nil || !found {
		return err
	}
	if err := t.reschedule(expiringTour, key, old.At.Add(store.TourLife), time.Time{}); err != nil {
		return err
	}
	return t.delete(t.bucket(bucketTours), key)
}
