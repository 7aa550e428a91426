package boltstore

import (
	"bytes"
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

func lastPointFields(c *codec, p *store.LastPoint) {
	c.int64(&p.Person)
	c.int64(&p.Chat)
	c.point(&p.Point)
	c.time(&p.At)
}

func lastStoryFields(c *codec, s *store.LastStory) {
	c.int64(&s.Person)
	c.int64(&s.Chat)
	c.text(&s.Place)
	c.text(&s.Language)
	c.text((*string)(&s.Length))
	c.int(&s.Aspect)
	c.int(&s.Message)
	c.time(&s.At)
}

func decodeLastPoint(k, v []byte) (store.LastPoint, error) {
	var p store.LastPoint
	err := decode(k, v, func(c *codec) { lastPointFields(c, &p) })
	return p, err
}

func decodeLastStory(k, v []byte) (store.LastStory, error) {
	var l store.LastStory
	err := decode(k, v, func(c *codec) { lastStoryFields(c, &l) })
	return l, err
}

// LastPoint implements store.Recent.
func (s *Store) LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error) {
	var p store.LastPoint
	err := s.view(ctx, func(tx *bolt.Tx) error {
		key := recentKey(person, chat)
		v := tx.Bucket(bucketLastPoints).Get(key)
		if v == nil {
			return store.ErrNotFound
		}
		var err error
		if p, err = decodeLastPoint(key, v); err == nil && expired(p.At.Add(store.RecentLife), now) {
			return store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return store.LastPoint{}, err
	}
	return p, nil
}

// LastStory implements store.Recent.
func (s *Store) LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error) {
	var l store.LastStory
	err := s.view(ctx, func(tx *bolt.Tx) error {
		key := recentKey(person, chat)
		v := tx.Bucket(bucketLastStories).Get(key)
		if v == nil {
			return store.ErrNotFound
		}
		var err error
		if l, err = decodeLastStory(key, v); err == nil && expired(l.At.Add(store.RecentLife), now) {
			return store.ErrNotFound
		}
		return err
	})
	if err != nil {
		return store.LastStory{}, err
	}
	return l, nil
}

// NotePoint implements store.Recent.
func (s *Store) NotePoint(ctx context.Context, p store.LastPoint) error {
	if err := p.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return t.notePoint(&p) })
}

// NoteStory implements store.Recent.
func (s *Store) NoteStory(ctx context.Context, l store.LastStory) error {
	if err := l.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return t.noteStory(&l) })
}

// noteDelivery notes where a person was and what they heard.
func (t *txn) noteDelivery(d *store.Delivery) error {
	if p, ok := d.LastPoint(); ok {
		if err := t.notePoint(&p); err != nil {
			return err
		}
	}
	if l, ok := d.LastStory(); ok {
		return t.noteStory(&l)
	}
	return nil
}

func (t *txn) notePoint(p *store.LastPoint) error {
	key := recentKey(p.Person, p.Chat)
	if v := t.bucket(bucketLastPoints).Get(key); v != nil {
		if old, err := decodeLastPoint(key, v); err != nil || old.At.UnixMicro() > p.At.UnixMicro() {
			return err
		}
	}
	return t.putLastPoint(p)
}

func (t *txn) noteStory(l *store.LastStory) error {
	key := recentKey(l.Person, l.Chat)
	if v := t.bucket(bucketLastStories).Get(key); v != nil {
		if old, err := decodeLastStory(key, v); err != nil || old.At.UnixMicro() > l.At.UnixMicro() {
			return err
		}
	}
	return t.putLastStory(l)
}

func (t *txn) putLastPoint(p *store.LastPoint) error {
	if err := p.Check(); err != nil {
		return err
	}
	key := recentKey(p.Person, p.Chat)
	if err := t.dropRecent(bucketLastPoints, key); err != nil {
		return err
	}
	if err := t.reschedule(expiringLastPoint, key, time.Time{}, p.At.Add(store.RecentLife)); err != nil {
		return err
	}
	return t.importRecord(bucketLastPoints, key, func(c *codec) { lastPointFields(c, p) })
}

func (t *txn) putLastStory(l *store.LastStory) error {
	if err := l.Check(); err != nil {
		return err
	}
	key := recentKey(l.Person, l.Chat)
	if err := t.dropRecent(bucketLastStories, key); err != nil {
		return err
	}
	if err := t.reschedule(expiringLastStory, key, time.Time{}, l.At.Add(store.RecentLife)); err != nil {
		return err
	}
	return t.importRecord(bucketLastStories, key, func(c *codec) { lastStoryFields(c, l) })
}

// dropRecent deletes a last point or story, if it is there.
func (t *txn) dropRecent(bucket, key []byte) error {
	rows := t.bucket(bucket)
	v := rows.Get(key)
	if v == nil {
		return nil
	}
	var at time.Time
	kind := byte(expiringLastPoint)
	if bytes.Equal(bucket, bucketLastPoints) {
		p, err := decodeLastPoint(key, v)
		if err != nil {
			return err
		}
		at = p.At
	} else {
		l, err := decodeLastStory(key, v)
		if err != nil {
			return err
		}
		kind, at = expiringLastStory, l.At
	}
	if err := t.reschedule(kind, key, at.Add(store.RecentLife), time.Time{}); err != nil {
		return err
	}
	return t.delete(rows, key)
}

// forgetRecent deletes the person's last points and stories, and all of a chat with that number. It reads the keys of all: they live for hours.
func (t *txn) forgetRecent(person int64) error {
	theirs := idKey(person)
	for _, bucket := range [][]byte{bucketLastPoints, bucketLastStories} {
		var keys [][]byte
		err := t.bucket(bucket).ForEach(func(k, _ []byte) error {
			if bytes.HasPrefix(k, theirs) || bytes.HasSuffix(k, theirs) {
				keys = append(keys, bytes.Clone(k))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := t.dropRecent(bucket, k); err != nil {
				return err
			}
		}
	}
	return nil
}
