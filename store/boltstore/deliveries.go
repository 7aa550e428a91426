package boltstore

import (
	"context"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Delivered implements store.Deliveries.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	if err := d.Check(); err != nil {
		return err
	}
	key := toldKey(nil, d.Person, d.Place)
	row := toldRow{at: d.At, walk: d.Walk, number: d.Number}
	v, err := encode(key, row.fields)
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		if told := t.bucket(bucketTold); told.Get(key) == nil {
			if err := t.put(told, key, v); err != nil {
				return err
			}
		}
		if err := t.stop(&d); err != nil {
			return err
		}
		if err := t.noteDelivery(&d); err != nil {
			return err
		}
		return t.done(d.Update)
	})
}

// Done implements store.Deliveries.
func (s *Store) Done(ctx context.Context, update int64) (bool, error) {
	return read(ctx, s, func(tx *bolt.Tx) (bool, error) {
		return update != 0 && tx.Bucket(bucketDone).Get(idKey(update)) != nil, nil
	})
}

// MarkDone implements store.Deliveries.
func (s *Store) MarkDone(ctx context.Context, updates ...int64) error {
	return s.write(ctx, func(t *txn) error {
		for _, id := range updates {
			if err := t.done(id); err != nil {
				return err
			}
		}
		return nil
	})
}

// done takes an update out of the inbox and remembers it in the next slot of the ring, whose old entry is forgotten.
func (t *txn) done(update int64) error {
	done, ring := t.bucket(bucketDone), t.bucket(bucketRing)
	key := idKey(update)
	if update == 0 || done.Get(key) != nil {
		return nil // an update that is done is not in the inbox
	}
	if inbox := t.bucket(bucketInbox); inbox.Get(key) != nil {
		if err := t.delete(inbox, key); err != nil {
			return err
		}
	}
	n, err := t.next(ring)
	if err != nil {
		return err
	}
	slot := slotOf(n)
	if old := ring.Get(slot); old != nil {
		if err := t.delete(done, old); err != nil {
			return err
		}
	}
	if err := t.put(ring, slot, key); err != nil {
		return err
	}
	return t.put(done, key, binary.BigEndian.AppendUint64(nil, n))
}

// slotOf is the key in bucketRing of the n-th update done.
func slotOf(n uint64) []byte { return slotKey(uint32((n - 1) % store.DoneKept)) }
