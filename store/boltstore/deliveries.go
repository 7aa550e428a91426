package boltstore

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Delivered implements store.Deliveries.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	if err := d.Check(); err != nil {
		return err
	}
	key := toldKey(make([]byte, 0, 32), d.Person, d.Place)
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
		return update != 0 && isDone(tx.Bucket(bucketDone), idKey(update)), nil
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

// done takes an update out of the inbox and remembers it.
func (t *txn) done(update int64) error {
	done := t.bucket(bucketDone)
	key := idKey(update)
	if update == 0 || isDone(done, key) {
		return nil // an update that is done is not in the inbox
	}
	if inbox := t.bucket(bucketInbox); inbox.Get(key) != nil {
		if err := t.delete(inbox, key); err != nil {
			return err
		}
	}
	n, err := t.next(done)
	if err != nil {
		return err
	}
	if err := t.put(done, key, appendUint(nil, n)); err != nil || n%doneSlack > 0 {
		return err
	}
	return t.forgetDone(n)
}

// doneSlack is how many updates are forgotten together. Fewer than that are stored beyond store.DoneKept.
const doneSlack = 1000

// isDone reports whether an update is among the last ones done.
func isDone(done *bolt.Bucket, key []byte) bool {
	v := done.Get(key)
	return len(v) == 8 && readUint(v)+store.DoneKept > done.Sequence()
}

// forgetDone deletes the updates that are not among the last ones done, of which there are n.
func (t *txn) forgetDone(n uint64) error {
	old, err := t.keysWhere(bucketDone, func(_, v []byte) (bool, error) {
		return len(v) != 8 || readUint(v)+store.DoneKept <= n, nil
	})
	if err != nil {
		return err
	}
	for _, k := range old {
		if err := t.delete(t.bucket(bucketDone), k); err != nil {
			return err
		}
	}
	return nil
}
