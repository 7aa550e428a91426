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

// notePoint stores a last point unless there is a newer one.
func (t *txn) notePoint(p *store.LastPoint) error {
	old, found, err := t.recentAt(bucketLastPoints, recentKey(p.Person, p.Chat))
	if err != nil || found && old.UnixMicro() > p.At.UnixMicro() {
		return err
	}
	return t.replaceLastPoint(p, old, found)
}

// noteStory stores a last story unless there is a newer one.
func (t *txn) noteStory(l *store.LastStory) error {
	old, found, err := t.recentAt(bucketLastStories, recentKey(l.Person, l.Chat))
	if err != nil || found && old.UnixMicro() > l.At.UnixMicro() {
		return err
	}
	return t.replaceLastStory(l, old, found)
}

func (t *txn) putLastPoint(p *store.LastPoint) error {
	old, found, err := t.recentAt(bucketLastPoints, recentKey(p.Person, p.Chat))
	if err != nil {
		return err
	}
	return t.replaceLastPoint(p, old, found)
}

func (t *txn) putLastStory(l *store.LastStory) error {
	old, found, err := t.recentAt(bucketLastStories, recentKey(l.Person, l.Chat))
	if err != nil {
		return err
	}
	return t.replaceLastStory(l, old, found)
}

// replaceLastPoint stores a last point in the place of the one of old, if one was found.
func (t *txn) replaceLastPoint(p *store.LastPoint, old time.Time, found bool) error {
	if err := p.Check(); err != nil {
		return err
	}
	key := recentKey(p.Person, p.Chat)
	if err := t.rescheduleRecent(expiringLastPoint, key, old, found, p.At); err != nil {
		return err
	}
	return t.importRecord(bucketLastPoints, key, func(c *codec) { lastPointFields(c, p) })
}

// replaceLastStory is replaceLastPoint for a last story.
func (t *txn) replaceLastStory(l *store.LastStory, old time.Time, found bool) error {
	if err := l.Check(); err != nil {
		return err
	}
	key := recentKey(l.Person, l.Chat)
	if err := t.rescheduleRecent(expiringLastStory, key, old, found, l.At); err != nil {
		return err
	}
	return t.importRecord(bucketLastStories, key, func(c *codec) { lastStoryFields(c, l) })
}

func (t *txn) rescheduleRecent(kind byte, key []byte, old time.Time, found bool, at time.Time) error {
	if found {
		old = old.Add(store.RecentLife)
	}
	return t.reschedule(kind, key, old, at.Add(store.RecentLife))
}

// recentAt returns of when a last point or story is, if it is there.
func (t *txn) recentAt(bucket, key []byte) (at time.Time, found bool, err error) {
	v := t.bucket(bucket).Get(key)
	if v == nil {
		return at, false, nil
	}
	if bytes.Equal(bucket, bucketLastPoints) {
		p, err := decodeLastPoint(key, v)
		return p.At, true, err
	}
	l, err := decodeLastStory(key, v)
	return l.At, true, err
}

// dropRecent deletes a last point or story, if it is there.
func (t *txn) dropRecent(bucket, key []byte) error {
	at, found, err := t.recentAt(bucket, key)
	if err != nil || !found {
		return err
	}
	kind := byte(expiringLastStory)
	if bytes.Equal(bucket, bucketLastPoints) {
		kind = expiringLastPoint
	}
	if err := t.reschedule(kind, key, at.Add(store.RecentLife), time.Time{}); err != nil {
		return err
	}
	return t.delete(t.bucket(bucket), key)
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
