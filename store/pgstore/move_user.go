package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	moveUser = `
		INSERT INTO users (id, language_code, banned, unreachable, hint_at, asked_at, created_at, seen_at, walks, metres,
			voice_forbidden, questions_noted)
		SELECT $2, language_code, banned, unreachable, hint_at, asked_at, created_at, seen_at, walks, metres, voice_forbidden, questions_noted FROM users WHERE id = $1
		ON CONFLICT (id) DO NOTHING`

	movePreferences = `
		INSERT INTO user_preferences (user_id, language, length, interests, hide_pictures, hide_pins, voice, no_news)
		SELECT $2, language, length, interests, hide_pictures, hide_pins, voice, no_news FROM user_preferences WHERE user_id = $1
		ON CONFLICT (user_id) DO NOTHING`

	moveTold = `
		INSERT INTO told (person, place, at, walk, number) SELECT $2, place, at, walk, number FROM told WHERE person = $1
		ON CONFLICT (person, place) DO NOTHING`
)

// MoveUser implements store.Store.
func (s *Store) MoveUser(ctx context.Context, from, to int64) error {
	if from == to {
		return fmt.Errorf("%w: person %d moves to itself", store.ErrInvalid, from)
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(moveUser, from, to)
		b.Queue(movePreferences, from, to)
		b.Queue("DELETE FROM users WHERE id = $1", from)
		b.Queue(takeBack, from, nil)
		b.Queue(moveTold, from, to)
		b.Queue("DELETE FROM told WHERE person = $1", from)
	})
}
