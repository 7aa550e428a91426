package boltstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Accept implements store.Inbox.
func (s *Store) Accept(ctx context.Context, entries ...store.Entry) ([]bool, error) {
	rows := make([][]byte, len(entries))
	for i, e := range entries {
		if e.Update == 0 {
			return nil, fmt.Errorf("%w: an entry without an update", store.ErrInvalid)
		}
		row := store.Entry{Update: e.Update, Chat: e.Chat, Arrived: e.Arrived, Raw: e.Raw, Tries: 1}
		var err error
		if rows[i], err = encode(idKey(e.Update), func(c *codec) { entryFields(c, &row) }); err != nil {
			return nil, err
		}
	}
	fresh := make([]bool, len(entries))
	err := s.write(ctx, func(t *txn) error {
		inbox, done := t.bucket(bucketInbox), t.bucket(bucketDone)
		for i := range entries {
			key := idKey(entries[i].Update)
			fresh[i] = !isDone(done, key) && inbox.Get(key) == nil
			if !fresh[i] {
				continue
			}
			if err := t.put(inbox, key, rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return fresh, nil
}

// Pending implements store.Inbox.
func (s *Store) Pending(ctx context.Context, after int64, limit int) ([]store.Entry, error) {
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Entry, error) {
		return page(tx, bucketInbox, idKey(after), limit, entryFields)
	})
}

// Note implements store.Inbox.
func (s *Store) Note(ctx context.Context, update int64, place string, message int) error {
	if err := store.CheckKey(place); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		e, err := t.entry(update)
		if errors.Is(err, store.ErrNotFound) || err == nil && e.Place == place && e.Message == message {
			return nil
		}
		if err != nil {
			return err
		}
		e.Place, e.Message = place, message
		return t.putEntry(bucketInbox, idKey(update), e)
	})
}

// Retry implements store.Inbox.
func (s *Store) Retry(ctx context.Context, update int64) (bool, error) {
	var again bool
	err := s.write(ctx, func(t *txn) error {
		e, err := t.entry(update)
		if err != nil {
			return err
		}
		if again = e.Tries < store.MaxTries; !again {
			return t.bury(e)
		}
		e.Tries++
		return t.putEntry(bucketInbox, idKey(update), e)
	})
	return again && err == nil, err
}

// Survived implements store.Inbox.
func (s *Store) Survived(ctx context.Context, updates ...int64) error {
	return s.write(ctx, func(t *txn) error {
		for _, update := range updates {
			e, err := t.entry(update)
			if errors.Is(err, store.ErrNotFound) || err == nil && e.Tries == 0 {
				continue
			}
			if err != nil {
				return err
			}
			e.Tries = 0
			if err := t.putEntry(bucketInbox, idKey(update), e); err != nil {
				return err
			}
		}
		return nil
	})
}

// bury moves an entry from the inbox to the dead letters.
func (t *txn) bury(e store.Entry) error {
	e.Raw = store.WithoutWords(e.Raw)
	parked := t.bucket(bucketDeadLetters)
	n, err := t.next(parked)
	if err != nil {
		return err
	}
	if err := t.putEntry(bucketDeadLetters, appendUint(nil, n), e); err != nil {
		return err
	}
	if n > store.DeadLettersKept {
		if err := t.delete(parked, appendUint(nil, n-store.DeadLettersKept)); err != nil {
			return err
		}
	}
	return t.done(e.Update)
}

// DeadLetters implements store.Inbox.
func (s *Store) DeadLetters(ctx context.Context) ([]store.Entry, error) {
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Entry, error) {
		entries, err := page(tx, bucketDeadLetters, nil, math.MaxInt, entryFields)
		slices.Reverse(entries)
		return entries, err
	})
}

// InboxStats implements store.Inbox. It looks at every page of two small buckets.
func (s *Store) InboxStats(ctx context.Context) (store.InboxStats, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.InboxStats, error) {
		return store.InboxStats{Pending: rows(tx, bucketInbox), DeadLetters: rows(tx, bucketDeadLetters)}, nil
	})
}

// entry reads an entry of the inbox; ErrNotFound if it is not there.
func (t *txn) entry(update int64) (store.Entry, error) {
	return record(t.tx, bucketInbox, idKey(update), entryFields)
}

func (t *txn) putEntry(bucket, key []byte, e store.Entry) error {
	return t.putRecord(bucket, key, func(c *codec) { entryFields(c, &e) })
}

func entryFields(c *codec, e *store.Entry) {
	c.int64(&e.Update)
	c.int64(&e.Chat)
	c.time(&e.Arrived)
	c.bytes(&e.Raw)
	c.int(&e.Tries)
	c.text(&e.Place)
	c.int(&e.Message)
}
