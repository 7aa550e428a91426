package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// SaveWalks implements store.Walks.
func (s *Store) SaveWalks(ctx context.Context, walks []store.Walk) error {
	rows := make([][]byte, len(walks))
	for i := range walks {
		w := &walks[i]
		if err := store.CheckKey(w.ID); err != nil {
			return err
		}
		row := *w
		if row.Closed {
			row.Track = nil
		}
		var err error
		if rows[i], err = encode(walkKey(w.ID), func(c *codec) { walkFields(c, &row) }); err != nil {
			return err
		}
	}
	return s.write(ctx, func(t *txn) error {
		for i := range walks {
			if err := t.saveWalk(&walks[i], rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *txn) saveWalk(w *store.Walk, row []byte) error {
	key := walkKey(w.ID)
	old, found, err := walkRow(t.tx, key)
	if err != nil || found && old.Revision >= w.Revision {
		return err
	}
	if !found {
		if _, forgotten, err := forgottenWalk(t.tx, w.ID); err != nil || forgotten {
			return err
		}
	}
	if found && w.Closed && !old.Closed {
		if err := t.addWalk(w.Person, max(old.Metres, w.Metres)); err != nil {
			return err
		}
	}
	return t.swapWalk(key, &old, w, row)
}

// swapWalk replaces old, which is the zero Walk if there was none, by the row of w.
func (t *txn) swapWalk(key []byte, old, w *store.Walk, row []byte) error {
	if old.Closed || w.Closed {
		if err := t.reschedule(expiringWalk, key, ifClosed(*old), ifClosed(*w)); err != nil {
			return err
		}
	}
	if w.Closed && !old.Closed {
		if err := t.dropStops(key); err != nil {
			return err
		}
		if err := t.remember(key); err != nil {
			return err
		}
	}
	return t.put(t.bucket(bucketWalks), key, row)
}

// Walk implements store.Walks.
func (s *Store) Walk(ctx context.Context, id string) (store.Walk, error) {
	if err := store.CheckKey(id); err != nil {
		return store.Walk{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Walk, error) {
		w, found, err := walkRow(tx, walkKey(id))
		if err == nil && !found {
			w, found, err = forgottenWalk(tx, id)
		}
		if err == nil && !found {
			err = store.ErrNotFound
		}
		return w, err
	})
}

// OpenWalks implements store.Walks.
func (s *Store) OpenWalks(ctx context.Context) ([]store.Walk, error) {
	return read(ctx, s, func(tx *bolt.Tx) (open []store.Walk, err error) {
		err = tx.Bucket(bucketWalks).ForEach(func(k, _ []byte) error {
			w, _, err := walkRow(tx, k)
			if err == nil && !w.Closed {
				open = append(open, w)
			}
			return err
		})
		return open, err
	})
}

// Stops implements store.Walks.
func (s *Store) Stops(ctx context.Context, walk string) ([]store.Stop, error) {
	if err := store.CheckKey(walk); err != nil {
		return nil, err
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Stop, error) {
		var stops []store.Stop
		prefix := walkKey(walk)
		c := tx.Bucket(bucketStops).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			stop, err := decoded(k, v, stopFields)
			if err != nil {
				return nil, err
			}
			stops = append(stops, stop)
		}
		return stops, nil
	})
}

// stop lists a story under its walk, once, if the walk is there and not closed.
func (t *txn) stop(d *store.Delivery) error {
	if d.Walk == "" || d.Number <= 0 {
		return nil
	}
	w, found, err := walkRow(t.tx, walkKey(d.Walk))
	if err != nil || !found || w.Closed {
		return err
	}
	key := stopKey(d.Walk, d.Number)
	if t.bucket(bucketStops).Get(key) != nil {
		return nil
	}
	row := store.Stop{Number: d.Number, Place: d.Place, Title: d.Title, Point: d.Point, At: d.At}
	return t.putRecord(bucketStops, key, func(c *codec) { stopFields(c, &row) })
}

// dropStops deletes the stops of the walk.
func (t *txn) dropStops(walk []byte) error {
	stops := t.bucket(bucketStops)
	for _, k := range t.under(stops, walk) {
		if err := t.delete(stops, k); err != nil {
			return err
		}
	}
	return nil
}

// remember puts a closed walk into the next slot of the ring, and forgets the walk that was in the slot.
func (t *txn) remember(key []byte) error {
	ring := t.bucket(bucketWalkRing)
	n, err := t.next(ring)
	if err != nil {
		return err
	}
	slot := slotKey(uint32((n - 1) % store.WalksKept))
	if old := bytes.Clone(ring.Get(slot)); old != nil {
		w, found, err := walkRow(t.tx, old)
		if err != nil {
			return err
		}
		if found && w.Closed { // else it was swept
			if err := t.reschedule(expiringWalk, old, w.Expires, ifClosed(store.Walk{})); err != nil {
				return err
			}
			if err := t.delete(t.bucket(bucketWalks), old); err != nil {
				return err
			}
		}
	}
	return t.put(ring, slot, key)
}

// walkRow reads the walk under a key, with what Delivered wrote of it.
func walkRow(tx *bolt.Tx, key []byte) (w store.Walk, found bool, err error) {
	if w, found, err = find(tx, bucketWalks, key, walkFields); err != nil || !found {
		return w, false, err
	}
	if w.Closed {
		return w, true, nil
	}
	c := tx.Bucket(bucketStops).Cursor()
	var k, v []byte
	if after, _ := c.Seek(appendUint(bytes.Clone(key), math.MaxUint64)); after != nil {
		k, v = c.Prev()
	} else {
		k, v = c.Last()
	}
	if !bytes.HasPrefix(k, key) {
		return w, true, nil
	}
	last, err := decoded(k, v, stopFields)
	if err != nil {
		return w, false, fmt.Errorf("last stop: %w", err)
	}
	w.Number, w.Told = last.Number, last.At
	return w, true, nil
}

// forgottenWalk reads what stayed of the walk with this id after its person was forgotten.
func forgottenWalk(tx *bolt.Tx, id string) (w store.Walk, found bool, err error) {
	secret, err := setting(tx, store.ForgetSecret)
	if err != nil || secret == "" {
		return w, false, err
	}
	w, found, err = walkRow(tx, walkKey(store.ForgottenID(secret, id)))
	w.ID = id
	return w, found, err
}

func walkFields(c *codec, w *store.Walk) {
	c.text(&w.ID)
	c.int64(&w.Person)
	c.int64(&w.Chat)
	c.int(&w.Message)
	c.uint64(&w.Revision)
	c.time(&w.Began)
	c.time(&w.Date)
	c.time(&w.Ends)
	c.int64((*int64)(&w.Interval))
	c.time(&w.Anchor)
	c.time(&w.Due)
	c.bool(&w.First)
	c.bool(&w.Chosen)
	c.bool(&w.Paused)
	c.bool(&w.Parked)
	c.bool(&w.Quiet)
	c.point(&w.QuietAt)
	c.point(&w.Point)
	c.float64(&w.Heading)
	c.time(&w.Fixed)
	c.float64(&w.Metres)
	c.bytes(&w.Track)
	c.time(&w.Ended)
	c.text(&w.Reason)
	c.bool(&w.Closed)
	c.time(&w.Expires)
	c.int(&w.Question)
	c.int(&w.Attempt.Number)
	c.bool(&w.Attempt.Asked)
	c.text(&w.Attempt.Place)
	c.int(&w.Attempt.Message)
	c.int(&w.Topic)
	c.point(&w.Aim)
	c.bool(&w.Pass)
	c.point(&w.ToldAt)
}

func stopFields(c *codec, s *store.Stop) {
	c.int(&s.Number)
	c.text(&s.Place)
	c.text(&s.Title)
	c.point(&s.Point)
	c.time(&s.At)
}

// ifClosed is when a walk is to be swept; the zero time is never.
func ifClosed(w store.Walk) time.Time {
	if !w.Closed {
		return time.Time{}
	}
	return w.Expires
}
