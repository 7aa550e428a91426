package boltstore

import (
	"context"
	"fmt"

	"excursobot/store"
)

// MoveUser implements store.Store.
func (s *Store) MoveUser(ctx context.Context, from, to int64) error {
	if from == to {
		return fmt.Errorf("%w: person %d moves to itself", store.ErrInvalid, from)
	}
	return s.write(ctx, func(t *txn) error {
		if err := t.moveProfile(from, to); err != nil {
			return err
		}
		return t.moveTold(from, to)
	})
}

// moveProfile moves a profile, unless there is one already.
func (t *txn) moveProfile(from, to int64) error {
	users, key := t.bucket(bucketUsers), idKey(to)
	u, found, err := find(t.tx, bucketUsers, idKey(from), userFields)
	if err != nil || !found {
		return err
	}
	if users.Get(key) == nil {
		u.ID = to
		if err := t.putRecord(bucketUsers, key, func(c *codec) { userFields(c, &u) }); err != nil {
			return err
		}
	}
	return t.delete(users, idKey(from))
}

// moveTold moves what was told. It takes the votes back.
func (t *txn) moveTold(from, to int64) error {
	told, prefix := t.bucket(bucketTold), idKey(from)
	for _, k := range t.under(told, prefix) {
		var row toldRow
		if err := decode(k, told.Get(k), row.fields); err != nil {
			return err
		}
		place := string(k[len(prefix):])
		if err := t.takeBack(from, place, row.vote); err != nil {
			return err
		}
		row.vote = vote{}
		if key := toldKey(nil, to, place); told.Get(key) == nil {
			v, err := encode(key, row.fields)
			if err != nil {
				return err
			}
			if err := t.put(told, key, v); err != nil {
				return err
			}
		}
		if err := t.delete(told, k); err != nil {
			return err
		}
	}
	return nil
}
