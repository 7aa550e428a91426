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

// recents describes one of the two tables of what a person did last in a chat. Both are in bucketRecent, because most stories change both.
type recents[T any] struct {
	kind   byte // of its rows in bucketExpiry
	fields func(*codec, *T)
	check  func(*T) error
	stamp  func(*T) (person, chat int64, at time.Time)
}

var lastPoints = recents[store.LastPoint]{
	kind: expiringLastPoint, fields: lastPointFields, check: (*store.LastPoint).Check,
	stamp: func(p *store.LastPoint) (person, chat int64, at time.Time) { return p.Person, p.Chat, p.At },
}

var lastStories = recents[store.LastStory]{
	kind: expiringLastStory, fields: lastStoryFields, check: (*store.LastStory).Check,
	stamp: func(l *store.LastStory) (person, chat int64, at time.Time) { return l.Person, l.Chat, l.At },
}

// of reads the row of a person in a chat; ErrNotFound if there is none or it has expired.
func (r recents[T]) of(tx *bolt.Tx, person, chat int64, now time.Time) (T, error) {
	row, err := record(tx, bucketRecent, recentKey(person, chat, r.kind), r.fields)
	if err != nil {
		return row, err
	}
	if _, _, at := r.stamp(&row); expired(at.Add(store.RecentLife), now) {
		return row, store.ErrNotFound
	}
	return row, nil
}

// put stores a row in the place of an older one. With keepNewer it leaves a newer row alone.
func (r recents[T]) put(t *txn, row *T, keepNewer bool) error {
	person, chat, at := r.stamp(row)
	key := recentKey(person, chat, r.kind)
	old, found, err := find(t.tx, bucketRecent, key, r.fields)
	if err != nil {
		return err
	}
	var expires time.Time
	if found {
		_, _, was := r.stamp(&old)
		if keepNewer && was.UnixMicro() > at.UnixMicro() {
			return nil
		}
		expires = recentEnd(was)
	}
	if err := r.check(row); err != nil {
		return err
	}
	if end := recentEnd(at); !end.Equal(expires) {
		if err := t.reschedule(r.kind, key, expires, end); err != nil {
			return err
		}
	}
	return t.putRecord(bucketRecent, key, func(c *codec) { r.fields(c, row) })
}

// drop deletes a row, if it is there.
func (r recents[T]) drop(t *txn, key []byte) error {
	row, found, err := find(t.tx, bucketRecent, key, r.fields)
	if err != nil || !found {
		return err
	}
	_, _, at := r.stamp(&row)
	if err := t.reschedule(r.kind, key, recentEnd(at), time.Time{}); err != nil {
		return err
	}
	return t.delete(t.bucket(bucketRecent), key)
}

// forget deletes the person's rows, and all of a chat with that number. It reads the keys of all: they live for hours.
func (r recents[T]) forget(t *txn, person int64) error {
	theirs := idKey(person)
	keys, err := t.keysWhere(bucketRecent, func(k, _ []byte) (bool, error) {
		of, ours := bytes.CutSuffix(k, []byte{r.kind})
		return ours && (bytes.HasPrefix(of, theirs) || bytes.HasSuffix(of, theirs)), nil
	})
	if err != nil {
		return err
	}
	for _, k := range keys {
		if err := r.drop(t, k); err != nil {
			return err
		}
	}
	return nil
}

// LastPoint implements store.Recent.
func (s *Store) LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.LastPoint, error) { return lastPoints.of(tx, person, chat, now) })
}

// LastStory implements store.Recent.
func (s *Store) LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.LastStory, error) { return lastStories.of(tx, person, chat, now) })
}

// NotePoint implements store.Recent.
func (s *Store) NotePoint(ctx context.Context, p store.LastPoint) error {
	if err := p.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return lastPoints.put(t, &p, true) })
}

// NoteStory implements store.Recent.
func (s *Store) NoteStory(ctx context.Context, l store.LastStory) error {
	if err := l.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return lastStories.put(t, &l, true) })
}

// noteDelivery notes where a person was and what they heard.
func (t *txn) noteDelivery(d *store.Delivery) error {
	if p, ok := d.LastPoint(); ok {
		if err := lastPoints.put(t, &p, true); err != nil {
			return err
		}
	}
	if l, ok := d.LastStory(); ok {
		return lastStories.put(t, &l, true)
	}
	return nil
}

// forgetRecent deletes the person's last points and stories.
func (t *txn) forgetRecent(person int64) error {
	if err := lastPoints.forget(t, person); err != nil {
		return err
	}
	return lastStories.forget(t, person)
}
