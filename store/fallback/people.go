package fallback

import (
	"context"
	"time"

	"excursobot/store"
)

type personIn struct{ person, chat int64 }

// LastPoint implements store.Recent. A point that is not remembered is none.
func (s *Store) LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error) {
	p, err := s.Store.LastPoint(ctx, person, chat, now)
	switch {
	case err == nil:
		s.rememberPoint(p)
	case away(err):
		known, ok := s.points.get(personIn{person, chat})
		if !ok || !known.At.Add(store.RecentLife).After(now) {
			return store.LastPoint{}, store.ErrNotFound
		}
		return known, nil
	}
	return p, err
}

// LastStory implements store.Recent. A story that is not remembered is none.
func (s *Store) LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error) {
	l, err := s.Store.LastStory(ctx, person, chat, now)
	switch {
	case err == nil:
		s.rememberStory(l)
	case away(err):
		known, ok := s.stories.get(personIn{person, chat})
		if !ok || !known.At.Add(store.RecentLife).After(now) {
			return store.LastStory{}, store.ErrNotFound
		}
		return known, nil
	}
	return l, err
}

// NotePoint implements store.Recent.
func (s *Store) NotePoint(ctx context.Context, p store.LastPoint) error {
	err := s.Store.NotePoint(ctx, p)
	if err == nil || away(err) {
		s.rememberPoint(p)
	}
	return err
}

// NoteStory implements store.Recent.
func (s *Store) NoteStory(ctx context.Context, l store.LastStory) error {
	err := s.Store.NoteStory(ctx, l)
	if err == nil || away(err) {
		s.rememberStory(l)
	}
	return err
}

func (s *Store) rememberPoint(p store.LastPoint) {
	s.points.update(personIn{p.Person, p.Chat}, func(old store.LastPoint) store.LastPoint {
		if old.At.After(p.At) {
			return old
		}
		return p
	})
}

func (s *Store) rememberStory(l store.LastStory) {
	s.stories.update(personIn{l.Person, l.Chat}, func(old store.LastStory) store.LastStory {
		if old.At.After(l.At) {
			return old
		}
		return l
	})
}
