package pgstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Told implements store.Told.
func (s *Store) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	if err := store.CheckKey(places...); err != nil {
		return nil, err
	}
	heard, err := list(ctx, s, scanText, "SELECT place FROM told WHERE person = $1 AND place = ANY ($2)", person, places)
	if err != nil {
		return nil, err
	}
	told := make([]bool, len(places))
	for i, place := range places {
		told[i] = slices.Contains(heard, place)
	}
	return told, nil
}

func scanText(row pgx.Row) (text string, err error) {
	err = row.Scan(&text)
	return text, err
}

// CountTold implements store.Told.
func (s *Store) CountTold(ctx context.Context, person int64) (int, error) {
	n := 0
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM told WHERE person = $1", person).Scan(&n)
	})
	return n, err
}

const (
	// takeBack removes a person's votes from the stories that count them, if those texts are still there. With a place it
	// is the vote for that one.
	takeBack = `
		UPDATE stories s SET
			likes = CASE t.vote WHEN 1 THEN greatest(0, s.likes - 1) ELSE s.likes END,
			dislikes = CASE t.vote WHEN 2 THEN greatest(0, s.dislikes - 1) ELSE s.dislikes END,
			wrong_by = CASE t.vote WHEN 3 THEN array_remove(s.wrong_by, t.person) ELSE s.wrong_by END
		FROM told t
		WHERE t.person = $1 AND ($2::text IS NULL OR t.place = $2) AND t.vote <> 0
			AND s.place = t.place AND s.language = t.vote_language AND s.length = t.vote_length AND s.aspect = t.vote_aspect AND s.edition = t.vote_edition`

	// experienced reports whether the person $1 is one whose word counts: with store.ExperiencedStories on store.ExperiencedDays.
	experienced = "(SELECT count(*) >= 5 AND count(DISTINCT (at AT TIME ZONE 'UTC')::date) >= 2 FROM told WHERE person = $1)"

	// countVote adds a vote to the story. The second different experienced person who says wrong retires it.
	countVote = `
		UPDATE stories SET
			likes = likes + ($5::int = 1)::int,
			dislikes = dislikes + ($5 = 2)::int,
			wrong_by = CASE WHEN $5 = 3 AND ` + experienced + ` AND cardinality(wrong_by) < 2 AND $1 <> ALL (wrong_by) THEN wrong_by || $1::bigint ELSE wrong_by END,
			retired = retired OR $5 = 3 AND (cardinality(wrong_by) = 2 OR ` + experienced + ` AND cardinality(wrong_by) = 1 AND $1 <> ALL (wrong_by))
		WHERE place = $2 AND language = $3 AND length = $4 AND aspect = $6 AND EXISTS (SELECT FROM told t WHERE t.person = $1 AND t.place = $2)
		RETURNING ` + storyColumns

	keepVote = `
		UPDATE told SET vote = $5, vote_at = $7, vote_language = $3, vote_length = $4, vote_aspect = $6,
			vote_edition = coalesce((SELECT edition FROM stories s WHERE s.place = $2 AND s.language = $3 AND s.length = $4 AND s.aspect = $6), 0)
		WHERE person = $1 AND place = $2`

	dropVote = `
		UPDATE told SET vote = 0, vote_at = NULL, vote_language = '', vote_length = '', vote_aspect = 0, vote_edition = 0
		WHERE person = $1 AND place = $2`
)

// Experienced implements store.Told.
func (s *Store) Experienced(ctx context.Context, person int64) (bool, error) {
	var is bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT "+experienced, person).Scan(&is)
	})
	return is && err == nil, err
}

// Vote implements store.Told. If the place was not told, its statements find nothing.
func (s *Store) Vote(ctx context.Context, person int64, key store.StoryKey, mark store.Mark, at time.Time) (store.Story, error) {
	if err := errors.Join(store.CheckMark(mark), key.Check()); err != nil {
		return store.Story{}, err
	}
	var told, found bool
	var story store.Story
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue("SELECT person FROM told WHERE person = $1 AND place = $2 FOR UPDATE", person, key.Place).QueryRow(func(row pgx.Row) (err error) {
			told, err = scan(row, new(int64))
			return err
		})
		b.Queue(takeBack, person, key.Place)
		b.Queue(countVote, person, key.Place, key.Language, string(key.Length), int(mark), key.Aspect).QueryRow(func(row pgx.Row) (err error) {
			story, err = scanStory(row)
			found, err = gotRow(err)
			return err
		})
		if mark == store.NoMark {
			b.Queue(dropVote, person, key.Place)
		} else {
			b.Queue(keepVote, person, key.Place, key.Language, string(key.Length), int(mark), key.Aspect, moment(at))
		}
	})
	switch {
	case err != nil:
		return store.Story{}, err
	case !told:
		return store.Story{}, store.ErrNotFound
	case !found:
		return store.Story{StoryKey: key}, nil
	}
	return story, nil
}
