package boltstore

import (
	"bytes"
	"time"

	bolt "go.etcd.io/bbolt"
)

// putRecord stores a record that no index points to.
func (t *txn) putRecord(bucket, key []byte, fields func(*codec)) error {
	v, err := encode(key, fields)
	if err != nil {
		return err
	}
	return t.put(t.bucket(bucket), key, v)
}

// list puts a key on a list, or takes it from there.
func (t *txn) list(bucket, key []byte, listed bool) error {
	list := t.bucket(bucket)
	switch is := list.Get(key) != nil; {
	case listed && !is:
		return t.put(list, key, nil)
	case !listed && is:
		return t.delete(list, key)
	}
	return nil
}

// reschedule moves the expiry of what key names from one moment to another; the zero time is never.
func (t *txn) reschedule(kind byte, key []byte, from, to time.Time) error {
	expiry := t.bucket(bucketExpiry)
	if !from.IsZero() {
		if err := t.delete(expiry, expiryKey(from, kind, key)); err != nil {
			return err
		}
	}
	if to.IsZero() {
		return nil
	}
	return t.put(expiry, expiryKey(to, kind, key), nil)
}

// keys copies at most limit keys of the bucket that come before end: bbolt's cursors do not survive deletions.
func (t *txn) keys(bucket, end []byte, limit int) [][]byte {
	var keys [][]byte
	c := t.bucket(bucket).Cursor()
	for k, _ := c.First(); k != nil && len(keys) < limit && bytes.Compare(k, end) < 0; k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// under copies the keys of the bucket that begin with prefix: bbolt's cursors do not survive deletions.
func (t *txn) under(b *bolt.Bucket, prefix []byte) [][]byte {
	var keys [][]byte
	c := b.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	return keys
}

// keysWhere copies the keys of the rows for which fn returns true. It reads the whole bucket.
func (t *txn) keysWhere(bucket []byte, fn func(k, v []byte) (bool, error)) ([][]byte, error) {
	var keys [][]byte
	err := t.bucket(bucket).ForEach(func(k, v []byte) error {
		is, err := fn(k, v)
		if err == nil && is {
			keys = append(keys, bytes.Clone(k))
		}
		return err
	})
	return keys, err
}

// deleteWhere deletes the rows of a bucket for which fn returns true.
func (t *txn) deleteWhere(bucket []byte, fn func(k, v []byte) (bool, error)) error {
	keys, err := t.keysWhere(bucket, fn)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := t.delete(t.bucket(bucket), k); err != nil {
			return err
		}
	}
	return nil
}
