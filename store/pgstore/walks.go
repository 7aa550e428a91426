package pgstore

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	walkColumns = `id, person, chat, message, revision, began_at, date, ends_at, interval, anchor, due_at, first, chosen, question, paused, parked,
		quiet, quiet_lat, quiet_lon, w.lat, w.lon, heading, fixed_at, metres, track, ended_at, reason, closed, expires_at,
		begun_number, begun_asked, begun_place, begun_message, topic, aim_lat, aim_lon, pass, told_lat, told_lon`

	selectWalks = `
		SELECT ` + walkColumns + `, coalesce(s.number, 0), s.at
		FROM walks w LEFT JOIN LATERAL (
			SELECT number, at FROM walk_stops WHERE walk = w.id ORDER BY number DESC LIMIT 1
		) s ON true `

	selectWalk = selectWalks + "WHERE id IN ($1, " + forgottenID + "$1" + forgottenEnd + ") ORDER BY id = $1 DESC LIMIT 1"

	// closeWalk counts a walk that was open for its person, and deletes its stops.
	closeWalk = `
		WITH closing AS (
			SELECT metres FROM walks WHERE id = $1 AND NOT closed AND revision < $2
		), counted AS (
			UPDATE users u SET walks = u.walks + 1, metres = u.metres + greatest(c.metres, $4) FROM closing c WHERE u.id = $3
		)
		DELETE FROM walk_stops WHERE walk = $1 AND EXISTS (SELECT FROM closing)`

	importWalk = `
		INSERT INTO walks AS w (id, person, chat, message, revision, began_at, date, ends_at, interval, anchor, due_at, first, chosen, question,
			paused, parked, quiet, quiet_lat, quiet_lon, lat, lon, heading, fixed_at, metres, track, ended_at, reason, closed, expires_at,
			begun_number, begun_asked, begun_place, begun_message, topic, aim_lat, aim_lon, pass, told_lat, told_lon)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39)
		ON CONFLICT (id) DO UPDATE SET
			person = excluded.person, chat = excluded.chat, message = excluded.message, revision = excluded.revision, began_at = excluded.began_at,
			date = excluded.date, ends_at = excluded.ends_at, interval = excluded.interval, anchor = excluded.anchor, due_at = excluded.due_at,
			first = excluded.first, chosen = excluded.chosen, question = excluded.question, paused = excluded.paused, parked = excluded.parked,
			quiet = excluded.quiet, quiet_lat = excluded.quiet_lat, quiet_lon = excluded.quiet_lon, lat = excluded.lat, lon = excluded.lon,
			heading = excluded.heading, fixed_at = excluded.fixed_at, metres = excluded.metres, track = excluded.track, ended_at = excluded.ended_at,
			reason = excluded.reason, closed = excluded.closed, expires_at = excluded.expires_at,
			begun_number = excluded.begun_number, begun_asked = excluded.begun_asked, begun_place = excluded.begun_place,
			begun_message = excluded.begun_message, topic = excluded.topic,
			aim_lat = excluded.aim_lat, aim_lon = excluded.aim_lon, pass = excluded.pass, told_lat = excluded.told_lat, told_lon = excluded.told_lon,
			closed_as = CASE WHEN excluded.closed THEN w.closed_as END`

	upsertWalk = importWalk + " WHERE w.revision < excluded.revision"

	// numberClosed gives the walks that closed in this transaction the next numbers, those given in the order given. The server expects many
	// of them, and would read all walks to join them, so it gets their ids as a list, too.
	numberClosed = `
		WITH new AS (
			SELECT w.id, row_number() OVER (ORDER BY min(g.n), w.id) AS k
			FROM walks w LEFT JOIN unnest($1::text[]) WITH ORDINALITY AS g (id, n) ON g.id = w.id
			WHERE w.closed AND w.closed_as IS NULL GROUP BY w.id
		)
		UPDATE walks SET closed_as = (SELECT coalesce(max(closed_as), 0) FROM walks WHERE closed_as IS NOT NULL) + new.k
		FROM new WHERE walks.id = new.id AND walks.id = ANY (ARRAY(SELECT id FROM new))`

	forgetClosed = "DELETE FROM walks WHERE closed_as <= (SELECT max(closed_as) FROM walks WHERE closed_as IS NOT NULL) - $1"
)

func walkFields(w *store.Walk) []any {
	return []any{
		&w.ID, &w.Person, &w.Chat, &w.Message, (*ordered)(&w.Revision), (*moment)(&w.Began), (*moment)(&w.Date), (*moment)(&w.Ends),
		(*int64)(&w.Interval), (*moment)(&w.Anchor), (*moment)(&w.Due), &w.First, &w.Chosen, &w.Question, &w.Paused, &w.Parked,
		&w.Quiet, &w.QuietAt.Lat, &w.QuietAt.Lon, &w.Point.Lat, &w.Point.Lon, &w.Heading, (*moment)(&w.Fixed), &w.Metres, (*blob)(&w.Track),
		(*moment)(&w.Ended), &w.Reason, &w.Closed, (*moment)(&w.Expires),
		&w.Attempt.Number, &w.Attempt.Asked, &w.Attempt.Place, &w.Attempt.Message, &w.Topic, &w.Aim.Lat, &w.Aim.Lon, &w.Pass, &w.ToldAt.Lat, &w.ToldAt.Lon,
	}
}

func scanWalk(row pgx.Row) (w store.Walk, err error) {
	err = row.Scan(append(walkFields(&w), &w.Number, (*moment)(&w.Told))...)
	return w, err
}

// SaveWalks implements store.Walks. One call runs at a time, because a save depends on the stored row.
func (s *Store) SaveWalks(ctx context.Context, walks []store.Walk) error {
	ids := make([]string, len(walks))
	var closed []string
	for i := range walks {
		w := &walks[i]
		if err := checkWalk(w); err != nil {
			return err
		}
		if ids[i] = w.ID; w.Closed {
			closed = append(closed, w.ID)
		}
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockWalks)
		b.Queue("SELECT FROM walks WHERE id = ANY ($1) ORDER BY id FOR UPDATE", ids) // no delivery adds a stop from here on
		for i := range walks {
			w := walks[i]
			if w.Closed {
				w.Track = nil
				b.Queue(closeWalk, w.ID, ordered(w.Revision), w.Person, w.Metres)
			}
			b.Queue(upsertWalk, walkFields(&w)...)
		}
		b.Queue(dropForgotten, ids)
		if len(closed) > 0 {
			b.Queue(numberClosed, closed)
			b.Queue(forgetClosed, store.WalksKept)
		}
	})
}

func checkWalk(w *store.Walk) error {
	return errors.Join(store.CheckKey(w.ID), store.CheckText(w.Reason), store.CheckText(w.Attempt.Place), store.CheckPoint(w.Point, w.QuietAt, w.Aim, w.ToldAt))
}

// Walk implements store.Walks.
func (s *Store) Walk(ctx context.Context, id string) (store.Walk, error) {
	if err := store.CheckKey(id); err != nil {
		return store.Walk{}, err
	}
	var w store.Walk
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		w, err = scanWalk(c.QueryRow(ctx, selectWalk, id))
		found, err = gotRow(err)
		return err
	})
	if found {
		w.ID = id // of a forgotten one, too
	}
	return w, orNotFound(found, err)
}

// OpenWalks implements store.Walks.
func (s *Store) OpenWalks(ctx context.Context) ([]store.Walk, error) {
	return list(ctx, s, scanWalk, selectWalks+"WHERE NOT closed ORDER BY id")
}

// Stops implements store.Walks.
func (s *Store) Stops(ctx context.Context, walk string) ([]store.Stop, error) {
	if err := store.CheckKey(walk); err != nil {
		return nil, err
	}
	return list(ctx, s, scanStop, "SELECT number, place, title, lat, lon, at FROM walk_stops WHERE walk = $1 ORDER BY number", walk)
}

func scanStop(row pgx.Row) (s store.Stop, err error) {
	err = row.Scan(stopFields(&s)...)
	return s, err
}

func stopFields(s *store.Stop) []any {
	return []any{&s.Number, &s.Place, &s.Title, &s.Point.Lat, &s.Point.Lon, (*moment)(&s.At)}
}
