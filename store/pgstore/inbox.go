package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	entryColumns = "update_id, chat, arrived_at, raw, tries, place, message"

	insertEntry = `
		INSERT INTO inbox (` + entryColumns + `, ticket)
		SELECT $1::bigint, $2::bigint, $3::timestamptz, $4::bytea, 1, '', 0, $5::bigint
		WHERE NOT EXISTS (SELECT FROM done_updates WHERE update_id = $1)
		ON CONFLICT (update_id) DO NOTHING`

	parkEntry = `
		WITH gone AS (DELETE FROM inbox WHERE update_id = $1 RETURNING ` + entryColumns + `)
		INSERT INTO parked_updates (number, ` + entryColumns + `)
		SELECT (SELECT coalesce(max(number), 0) + 1 FROM parked_updates), ` + entryColumns + ` FROM gone
		RETURNING number, raw`
)

func entryFields(e *store.Entry) []any {
	return []any{&e.Update, &e.Chat, (*moment)(&e.Arrived), (*blob)(&e.Raw), &e.Tries, &e.Place, &e.Message}
}

func scanEntry(row pgx.Row) (e store.Entry, err error) {
	err = row.Scan(entryFields(&e)...)
	return e, err
}

// Accept implements store.Inbox.
func (s *Store) Accept(ctx context.Context, entries ...store.Entry) ([]bool, error) {
	updates := make([]int64, len(entries))
	for i, e := range entries {
		if e.Update == 0 {
			return nil, fmt.Errorf("%w: an entry without update", store.ErrInvalid)
		}
		updates[i] = e.Update
	}
	ticket := newTicket()
	accepted := map[int64]bool{}
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lockUpdates(b, updates)
		for _, e := range entries {
			b.Queue(insertEntry, e.Update, e.Chat, moment(e.Arrived), blob(e.Raw), ticket)
		}
		b.Queue("SELECT update_id FROM inbox WHERE update_id = ANY ($1) AND ticket = $2", updates, ticket).Query(func(rows pgx.Rows) error {
			clear(accepted)
			var id int64
			_, err := pgx.ForEachRow(rows, []any{&id}, func() error { accepted[id] = true; return nil })
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	fresh := make([]bool, len(entries))
	for i, id := range updates {
		fresh[i] = accepted[id]
		delete(accepted, id) // the first of two equal updates is the new one
	}
	return fresh, nil
}

// Pending implements store.Inbox.
func (s *Store) Pending(ctx context.Context, after int64, limit int) ([]store.Entry, error) {
	return list(ctx, s, scanEntry, "SELECT "+entryColumns+" FROM inbox WHERE update_id > $1 ORDER BY update_id LIMIT $2", after, max(limit, 0))
}

// Note implements store.Inbox.
func (s *Store) Note(ctx context.Context, update int64, place string, message int) error {
	if err := store.CheckKey(place); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue("UPDATE inbox SET place = $2, message = $3 WHERE update_id = $1 AND (place, message) <> ($2, $3)", update, place, message)
	})
}

// Retry implements store.Inbox.
func (s *Store) Retry(ctx context.Context, update int64) (bool, error) {
	var again bool
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue("UPDATE inbox SET tries = tries + 1 WHERE update_id = $1 AND tries < $2 RETURNING tries", update, store.MaxTries).QueryRow(func(row pgx.Row) (err error) {
			again, err = scan(row, new(int64))
			return err
		})
	})
	if err != nil || again {
		return again && err == nil, err
	}
	return false, s.bury(ctx, update)
}

// Survived implements store.Inbox.
func (s *Store) Survived(ctx context.Context, updates ...int64) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue("UPDATE inbox SET tries = 0 WHERE update_id = ANY ($1) AND tries <> 0", updates)
	})
}

// bury moves an update from the inbox to the dead letters.
func (s *Store) bury(ctx context.Context, update int64) error {
	var found bool
	var number int64
	var raw []byte
	err := s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
		defer s.rollback(ctx, c)
		b := new(pgx.Batch)
		beginIn(b, c)
		s.lockUpdates(b, []int64{update})
		s.lock(b, lockDeadLetters)
		b.Queue(parkEntry, update).QueryRow(func(row pgx.Row) (err error) {
			found, err = scan(row, &number, (*blob)(&raw))
			return err
		})
		if err := s.send(ctx, c, b); err != nil {
			return &harmless{err}
		}
		if !found {
			return nil
		}
		b = new(pgx.Batch)
		b.Queue("UPDATE parked_updates SET raw = $2 WHERE number = $1", number, store.WithoutWords(raw))
		b.Queue("DELETE FROM parked_updates WHERE number <= (SELECT max(number) FROM parked_updates) - $1", store.DeadLettersKept)
		s.done(b, []int64{update})
		b.Queue("COMMIT")
		return s.send(ctx, c, b)
	})
	return orNotFound(found, err)
}

// DeadLetters implements store.Inbox.
func (s *Store) DeadLetters(ctx context.Context) ([]store.Entry, error) {
	return list(ctx, s, scanEntry, "SELECT "+entryColumns+" FROM parked_updates ORDER BY number DESC")
}

// InboxStats implements store.Inbox.
func (s *Store) InboxStats(ctx context.Context) (store.InboxStats, error) {
	var st store.InboxStats
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM parked_updates)").Scan(&st.Pending, &st.DeadLetters)
	})
	return st, err
}
