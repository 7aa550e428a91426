package pgstore

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/store"
)

const (
	userColumns = `id, language_code, banned, unreachable, hint_at, asked_at, created_at, seen_at, walks, metres,
		language, length, interests, hide_pictures, hide_pins, voice_forbidden, voice, no_news, questions_noted`

	selectUser = `
		SELECT ` + userColumns + `
		FROM users JOIN user_preferences ON user_id = id WHERE id = $1`

	selectUsersAfter = `
		SELECT ` + userColumns + `
		FROM users JOIN user_preferences ON user_id = id WHERE id > $1 ORDER BY id LIMIT $2`

	insertUser = `
		WITH new AS (
			INSERT INTO users (id, language_code, banned, unreachable, hint_at, asked_at, created_at, seen_at, walks, metres,
				voice_forbidden, questions_noted)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $16, $19) ON CONFLICT (id) DO NOTHING RETURNING id
		)
		INSERT INTO user_preferences (user_id, language, length, interests, hide_pictures, hide_pins, voice, no_news)
		SELECT id, $11, $12, $13::text[], $14::boolean, $15::boolean, $17, $18::boolean FROM new`

	updateUser = `
		WITH old AS (
			UPDATE users SET language_code = $2, banned = $3, unreachable = $4, hint_at = $5, asked_at = $6, created_at = $7,
				seen_at = $8, walks = $9, metres = $10, voice_forbidden = $16, questions_noted = $19
			WHERE id = $1
		)
		UPDATE user_preferences SET language = $11, length = $12, interests = $13, hide_pictures = $14, hide_pins = $15, voice = $17, no_news = $18
		WHERE user_id = $1`
)

func userFields(u *store.User) []any {
	return []any{
		&u.ID, &u.LanguageCode, &u.Banned, &u.Unreachable, (*moment)(&u.HintAt), (*moment)(&u.AskedAt), (*moment)(&u.Created),
		(*moment)(&u.Seen), &u.Walks, &u.Metres,
		&u.Language, (*string)(&u.Length), &u.Interests, &u.HidePictures, &u.HidePins,
		&u.VoiceForbidden, (*string)(&u.Voice), &u.NoNews, &u.QuestionsNoted,
	}
}

// User implements store.Users.
func (s *Store) User(ctx context.Context, id int64) (store.User, error) {
	var u store.User
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		u, found, err = scanUser(c.QueryRow(ctx, selectUser, id))
		return err
	})
	return u, orNotFound(found, err)
}

func scanUser(row pgx.Row) (u store.User, found bool, err error) {
	found, err = scan(row, userFields(&u)...)
	if len(u.Interests) == 0 {
		u.Interests = nil
	}
	return u, found, err
}

// UpdateUser implements store.Users. The person's row is locked from reading to writing. An update that changes nothing costs no write.
func (s *Store) UpdateUser(ctx context.Context, id int64, fn func(*store.User) error) (store.User, error) {
	for {
		var up userUpdate
		err := s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
			up = userUpdate{id: id, fn: fn}
			return s.updateUser(ctx, c, &up)
		})
		if up.refused != nil { // returned unchanged
			return store.User{}, up.refused
		}
		if err != nil {
			return store.User{}, err
		}
		if !up.late {
			return up.stored, nil
		}
	}
}

// userUpdate is one try of an UpdateUser.
type userUpdate struct {
	id      int64
	fn      func(*store.User) error
	stored  store.User
	refused error // fn's own
	late    bool  // the person was new, and somebody else stored them first
}

func (s *Store) updateUser(ctx context.Context, c *pgx.Conn, up *userUpdate) error {
	defer s.rollback(ctx, c)
	var old store.User
	var found bool
	b := new(pgx.Batch)
	beginIn(b, c)
	b.Queue(selectUser+" FOR UPDATE OF users", up.id).QueryRow(func(row pgx.Row) (err error) {
		old, found, err = scanUser(row)
		return err
	})
	if err := s.send(ctx, c, b); err != nil {
		return &harmless{err}
	}

	u := old
	u.ID, u.Interests = up.id, slices.Clone(old.Interests)
	if up.refused = up.fn(&u); up.refused != nil {
		return nil
	}
	if up.refused = checkUser(&u, up.id); up.refused != nil {
		return nil
	}
	up.stored = keptUser(u)
	if found && reflect.DeepEqual(up.stored, old) {
		return nil
	}
	sql := insertUser
	if found {
		sql = updateUser
	}
	b = new(pgx.Batch)
	b.Queue(sql, userFields(&up.stored)...).Exec(func(tag pgconn.CommandTag) error {
		up.late = tag.RowsAffected() == 0
		return nil
	})
	b.Queue("COMMIT")
	return s.send(ctx, c, b)
}

func checkUser(u *store.User, id int64) error {
	if u.ID != id {
		return fmt.Errorf("%w: the ID of person %d was changed", store.ErrInvalid, id)
	}
	return u.Check()
}

// keptUser returns u as User will return it.
func keptUser(u store.User) store.User {
	for _, t := range []*time.Time{&u.HintAt, &u.AskedAt, &u.Created, &u.Seen} {
		*t = cut(*t)
	}
	if u.Interests = slices.Clone(u.Interests); len(u.Interests) == 0 {
		u.Interests = nil
	}
	return u
}

// UsersAfter implements store.Users.
func (s *Store) UsersAfter(ctx context.Context, after int64, limit int) ([]store.User, error) {
	each := func(row pgx.Row) (store.User, error) {
		u, _, err := scanUser(row)
		return u, err
	}
	return list(ctx, s, each, selectUsersAfter, after, max(limit, 0))
}

// People implements store.Users. It reads all people.
func (s *Store) People(ctx context.Context, since time.Time) (int, error) {
	n := 0
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM users WHERE seen_at >= $1 OR $1::timestamptz IS NULL", moment(since)).Scan(&n)
	})
	return n, err
}
