package boltstore

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Setting implements store.Settings.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	if err := store.CheckName(name); err != nil {
		return "", err
	}
	return read(ctx, s, func(tx *bolt.Tx) (string, error) { return setting(tx, name) })
}

// setting reads a setting, "" if it was never set.
func setting(tx *bolt.Tx, name string) (value string, err error) {
	value, _, err = find(tx, bucketSettings, []byte(name), (*codec).text)
	return value, err
}

// SetSetting implements store.Settings.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	v, err := encode([]byte(name), func(c *codec) { c.text(&value) })
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return t.put(t.bucket(bucketSettings), []byte(name), v) })
}
