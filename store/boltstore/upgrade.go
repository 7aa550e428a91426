package boltstore

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"excursobot/store"
)

// upgradeRows is the number of rows that one transaction of an upgrade reads.
const upgradeRows = 1000

// upgrade changes a file of an older layout to the present one, some rows in a transaction. After a crash the next process begins again:
// the file gets its new version only at the end, and each step skips rows that are done.
//
// From 1 to 2: places expire. From 2 to 3: retired stories are listed; the first edition's programs cannot read what is new in the records. From 3
// to 4: records are packed, which packOlder does later. From 4 to 5: last points and stories share a bucket and end at rounded times, and the updates done have no ring.
func (s *Store) upgrade(from int) error {
	if from == schema {
		return nil
	}
	for _, step := range []struct {
		from int
		rows func(after []byte) (last []byte, err error)
	}{{1, s.expirePlaces}, {2, s.listRetiredStories}, {4, moveRecents(s, bucketLastPoints, lastPoints)}, {4, moveRecents(s, bucketLastStories, lastStories)}} {
		for after := []byte(nil); from <= step.from; {
			last, err := step.rows(after)
			if err != nil {
				return err
			}
			if last == nil {
				break
			}
			after = last
		}
	}
	s.log.Info("store_upgraded", "file", s.path, "from", from, "to", schema)
	return s.write(context.Background(), func(t *txn) error {
		if err := t.dropOld(); err != nil {
			return err
		}
		if from < 4 {
			if err := t.put(t.bucket(bucketMeta), keyPacking, nil); err != nil {
				return err
			}
		}
		return t.put(t.bucket(bucketMeta), keySchema, []byte(strconv.Itoa(schema)))
	})
}

// dropOld deletes the buckets of older layouts. bucketDone counts the updates done from now on.
func (t *txn) dropOld() error {
	if ring := t.tx.Bucket(bucketRing); ring != nil {
		if err := t.countTo(bucketDone, ring.Sequence()); err != nil {
			return err
		}
	}
	for _, name := range oldBuckets {
		if t.tx.Bucket(name) == nil {
			continue
		}
		t.wrote, t.dirty = true, true
		if err := t.tx.DeleteBucket(name); err != nil {
			return err
		}
	}
	return nil
}

// expirePlaces schedules the end of the places whose keys come after the given one and returns the last key that it looked at, nil when there
// are no more.
func (s *Store) expirePlaces(after []byte) (last []byte, err error) {
	return s.upgradeRows(bucketPlaces, after, func(t *txn, k, v []byte) error {
		var p store.Place
		if err := decode(k, v, func(c *codec) { placeFields(c, &p) }); err != nil {
			return err
		}
		return t.reschedule(expiringPlace, placeIDKey(p.ID, p.Language), time.Time{}, ifFetched(p))
	})
}

// listRetiredStories lists the retired ones of the stories whose keys come after the given one, as expirePlaces does.
func (s *Store) listRetiredStories(after []byte) (last []byte, err error) {
	return s.upgradeRows(bucketStories, after, func(t *txn, k, v []byte) error {
		var row storyRow
		if err := decode(k, v, row.fields); err != nil {
			return err
		}
		return t.list(bucketRetired, storyIDKey(row.StoryKey), row.Retired)
	})
}

// moveRecents returns a step that stores the last points or stories of an older layout, which ended to the microsecond, where they are now.
func moveRecents[T any](s *Store, bucket []byte, r recents[T]) func(after []byte) (last []byte, err error) {
	return func(after []byte) ([]byte, error) {
		return s.upgradeRows(bucket, after, func(t *txn, k, v []byte) error {
			row, err := decoded(k, v, r.fields)
			if err != nil {
				return err
			}
			_, _, at := r.stamp(&row)
			if err := t.reschedule(r.kind, k, at.Add(store.RecentLife), time.Time{}); err != nil {
				return err
			}
			return r.put(t, &row, true)
		})
	}
}

// upgradeRows calls fn, which does not write to the bucket, with some of its rows and returns the last key, nil when there are no more.
func (s *Store) upgradeRows(bucket, after []byte, fn func(t *txn, k, v []byte) error) (last []byte, err error) {
	err = s.write(context.Background(), func(t *txn) error {
		last = nil
		if t.bucket(bucket) == nil { // of a layout that the file never had
			return nil
		}
		c, rows := t.bucket(bucket).Cursor(), 0
		k, v := c.Seek(after)
		if bytes.Equal(k, after) {
			k, v = c.Next()
		}
		for ; k != nil && rows < upgradeRows; k, v = c.Next() {
			if err := fn(t, k, v); err != nil {
				return err
			}
			last = bytes.Clone(k)
			rows++
		}
		return nil
	})
	return last, err
}
