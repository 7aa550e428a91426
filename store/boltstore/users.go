package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// User implements store.Users.
func (s *Store) User(ctx context.Context, id int64) (store.User, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.User, error) { return record(tx, bucketUsers, idKey(id), userFields) })
}

// UpdateUser implements store.Users. An update that changes nothing costs no write.
func (s *Store) UpdateUser(ctx context.Context, id int64, fn func(*store.User) error) (store.User, error) {
	var stored store.User
	err := s.write(ctx, func(t *txn) error {
		key := idKey(id)
		users := t.bucket(bucketUsers)
		u, _, err := find(t.tx, bucketUsers, key, userFields)
		if err != nil {
			return err
		}
		u.ID = id
		if err := callUpdater(fn, &u); err != nil {
			return err
		}
		if u.ID != id {
			return fmt.Errorf("%w: the ID of person %d was changed", store.ErrInvalid, id)
		}
		if err := u.Check(); err != nil {
			return err
		}
		v, err := encode(key, func(c *codec) { userFields(c, &u) })
		if err != nil {
			return err
		}
		if stored, err = decoded(key, v, userFields); err != nil { // as User will return it
			return err
		}
		if bytes.Equal(v, users.Get(key)) {
			return nil
		}
		return t.put(users, key, v)
	})
	if err != nil {
		return store.User{}, err
	}
	return stored, nil
}

// UsersAfter implements store.Users.
func (s *Store) UsersAfter(ctx context.Context, after int64, limit int) ([]store.User, error) {
	return read(ctx, s, func(tx *bolt.Tx) ([]store.User, error) { return page(tx, bucketUsers, idKey(after), limit, userFields) })
}

// People implements store.Users. It reads everybody.
func (s *Store) People(ctx context.Context, since time.Time) (int, error) {
	return read(ctx, s, func(tx *bolt.Tx) (int, error) {
		n := 0
		for k, v := range rowsAfter(tx, bucketUsers, nil) {
			u, err := decoded(k, v, userFields)
			if err != nil {
				return 0, err
			}
			if !u.Seen.Before(since) {
				n++
			}
		}
		return n, nil
	})
}

// addWalk adds a walk that ended to the sums of its person, if the person is known.
func (t *txn) addWalk(person int64, metres float64) error {
	key := idKey(person)
	u, found, err := find(t.tx, bucketUsers, key, userFields)
	if err != nil || !found {
		return err
	}
	u.Walks++
	u.Metres += metres
	return t.putRecord(bucketUsers, key, func(c *codec) { userFields(c, &u) })
}

// callUpdater calls a caller's function, which may run in the goroutine of another caller. A panic must reach its own caller.
func callUpdater[T any](fn func(*T) error, v *T) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &updaterPanic{value: p, stack: debug.Stack()}
		}
	}()
	return fn(v)
}

func userFields(c *codec, u *store.User) {
	c.int64(&u.ID)
	c.text(&u.Language)
	c.text(&u.LanguageCode)
	c.text((*string)(&u.Length))
	list(c, &u.Interests, (*codec).text)
	c.bool(&u.HidePictures)
	c.bool(&u.HidePins)
	c.bool(&u.Banned)
	c.bool(&u.Unreachable)
	c.time(&u.HintAt)
	c.time(&u.Created)
	c.time(&u.Seen)
	c.time(&u.AskedAt)
	c.int(&u.Walks)
	c.float64(&u.Metres)
	c.text((*string)(&u.Voice))
	c.bool(&u.VoiceForbidden)
	c.bool(&u.NoNews)
	c.bool(&u.QuestionsNoted)
}
