package boltstore

import (
	"bytes"
	"context"
	"iter"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// read runs fn in a read transaction and returns its result. With an error the result is the zero value.
func read[T any](ctx context.Context, s *Store, fn func(tx *bolt.Tx) (T, error)) (T, error) {
	var result, zero T
	err := s.view(ctx, func(tx *bolt.Tx) (err error) {
		result, err = fn(tx)
		return err
	})
	if err != nil {
		return zero, err
	}
	return result, nil
}

// decoded returns the record that is stored under key as value.
func decoded[T any](key, value []byte, fields func(*codec, *T)) (T, error) {
	var row T
	err := decode(key, value, func(c *codec) { fields(c, &row) })
	return row, err
}

// find reads the record under a key. found is false if there is none.
func find[T any](tx *bolt.Tx, bucket, key []byte, fields func(*codec, *T)) (row T, found bool, err error) {
	v := tx.Bucket(bucket).Get(key)
	if v == nil {
		return row, false, nil
	}
	row, err = decoded(key, v, fields)
	return row, true, err
}

// record reads the record under a key; ErrNotFound if there is none.
func record[T any](tx *bolt.Tx, bucket, key []byte, fields func(*codec, *T)) (T, error) {
	row, found, err := find(tx, bucket, key, fields)
	if err == nil && !found {
		err = store.ErrNotFound
	}
	return row, err
}

// rowsAfter returns the rows of a bucket that come after a key, in order. nil comes before the first. Key and value are valid in the
// transaction.
func rowsAfter(tx *bolt.Tx, bucket, key []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := tx.Bucket(bucket).Cursor()
		k, v := c.Seek(key)
		if k != nil && key != nil && bytes.Equal(k, key) {
			k, v = c.Next()
		}
		for ; k != nil && yield(k, v); k, v = c.Next() {
		}
	}
}

// page returns at most limit records of a bucket that come after a key, in order. nil comes before the first.
func page[T any](tx *bolt.Tx, bucket, after []byte, limit int, fields func(*codec, *T)) ([]T, error) {
	var list []T
	for k, v := range rowsAfter(tx, bucket, after) {
		if len(list) >= limit {
			break
		}
		row, err := decoded(k, v, fields)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, nil
}

func rows(tx *bolt.Tx, bucket []byte) int { return tx.Bucket(bucket).Stats().KeyN }
