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
	var u store.User
	err := s.view(ctx, func(tx *bolt.Tx) error {
		key := idKey(id)
		v := tx.Bucket(bucketUsers).Get(key)
		if v == nil {
			return store.ErrNotFound
		}
		return decodeUser(key, v, &u)
	})
	return u, err
}

// UpdateUser implements store.Users. An update that changes nothing costs no write.
func (s *Store) UpdateUser(ctx context.Context, id int64, fn func(*store.User) error) (store.User, error) {
	var stored store.User
	err := s.write(ctx, func(t *txn) error {
		key := idKey(id)
		users := t.bucket(bucketUsers)
		old := users.Get(key)
		u := store.User{ID: id}
		if old != nil {
			if err := decodeUser(key, old, &u); err != nil {
				return err
			}
		}
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
		stored = store.User{}
		if err := decodeUser(key, v, &stored); err != nil { // as User will return it
			return err
		}
		if bytes.Equal(v, old) {
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
	var users []store.User
	err := s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket(bucketUsers).Cursor()
		first := idKey(after)
		k, v := c.Seek(first)
		if bytes.Equal(k, first) {
			k, v = c.Next()
		}
		for ; k != nil && len(users) < limit; k, v = c.Next() {
			var u store.User
			if err := decodeUser(k, v, &u); err != nil {
				return err
			}
			users = append(users, u)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return users, nil
}

// People implements store.Users. It reads everybody.
func (s *Store) People(ctx context.Context, since time.Time) (int, error) {
	n := 0
	err := s.view(ctx, func(tx *bolt.Tx) error {
		return tx.Bucket(bucketUsers).ForEach(func(k, v []byte) error {
			var u store.User
			if err := decodeUser(k, v, &u); err != nil {
				return err
			}
			if !u.Seen.Before(since) {
				n++
			}
			return nil
		})
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// addWalk adds a walk that ended to the sums of its person, if the person is known.
func (t *txn) addWalk(person int64, metres float64) error {
	key := idKey(person)
	old := t.bucket(bucketUsers).Get(key)
	if old == nil {
		return nil
	}
	var u store.User
	if err := decodeUser(key, old, &u); err != nil {
		return err
	}
	u.Walks++
	u.Metres += metres
	v, err := encode(key, func(c *codec) { userFields(c, &u) })
	if err != nil {
		return err
	}
	return t.put(t.bucket(bucketUsers), key, v)
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

func decodeUser(key, value []byte, u *store.User) error {
	return decode(key, value, func(c *codec) { userFields(c, u) })
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
