package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	upsertLastPoint = `
		INSERT INTO last_points AS l (person, chat, lat, lon, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (person, chat) DO UPDATE SET lat = excluded.lat, lon = excluded.lon, at = excluded.at`

	upsertLastStory = `
		INSERT INTO last_stories AS l (person, chat, place, language, length, aspect, message, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (person, chat) DO UPDATE SET place = excluded.place, language = excluded.language, length = excluded.length,
			aspect = excluded.aspect, message = excluded.message, at = excluded.at`

	// The stored row stays if it is later.
	unlessLater = " WHERE l.at IS NULL OR l.at <= excluded.at"
	notePoint   = upsertLastPoint + unlessLater
	noteStory   = upsertLastStory + unlessLater
)

func lastPointFields(p *store.LastPoint) []any {
	return []any{&p.Person, &p.Chat, &p.Point.Lat, &p.Point.Lon, (*moment)(&p.At)}
}

func lastStoryFields(l *store.LastStory) []any {
	return []any{&l.Person, &l.Chat, &l.Place, &l.Language, (*string)(&l.Length), &l.Aspect, &l.Message, (*moment)(&l.At)}
}

func scanLastPoint(row pgx.Row) (p store.LastPoint, err error) {
	err = row.Scan(lastPointFields(&p)...)
	return p, err
}

func scanLastStory(row pgx.Row) (l store.LastStory, err error) {
	err = row.Scan(lastStoryFields(&l)...)
	return l, err
}

// LastPoint implements store.Recent.
func (s *Store) LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error) {
	return recent(ctx, s, scanLastPoint, "SELECT person, chat, lat, lon, at FROM last_points", person, chat, now)
}

// LastStory implements store.Recent.
func (s *Store) LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error) {
	return recent(ctx, s, scanLastStory, "SELECT person, chat, place, language, length, aspect, message, at FROM last_stories", person, chat, now)
}

func recent[T any](ctx context.Context, s *Store, scan func(pgx.Row) (T, error), from string, person, chat int64, now time.Time) (T, error) {
	found, err := list(ctx, s, scan, from+" WHERE person = $1 AND chat = $2 AND at > $3", person, chat, moment(now.Add(-store.RecentLife)))
	if err := orNotFound(len(found) > 0, err); err != nil {
		var none T
		return none, err
	}
	return found[0], nil
}

// NotePoint implements store.Recent.
func (s *Store) NotePoint(ctx context.Context, p store.LastPoint) error {
	if err := p.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue(notePoint, lastPointFields(&p)...) })
}

// NoteStory implements store.Recent.
func (s *Store) NoteStory(ctx context.Context, l store.LastStory) error {
	if err := l.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue(noteStory, lastStoryFields(&l)...) })
}
