package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"excursobot/store"
)

// Name returns the address of the database and the schema, without user and password.
func (s *Store) Name() string {
	conf := s.pool.Config().ConnConfig
	return fmt.Sprintf("postgres://%s:%d/%s (schema %s)", conf.Host, conf.Port, conf.Database, s.schema)
}

// Replicas counts the processes that share the work on the database at this moment.
func (s *Store) Replicas(ctx context.Context) (int, error) {
	n := 0
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*) FROM replicas WHERE until >= now()").Scan(&n)
	})
	return n, err
}

// Erase deletes everything except the replicas' own tables. It waits for the transactions of others.
func (s *Store) Erase(ctx context.Context) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(`TRUNCATE users, user_preferences, donations, told, tiles, places, pages, stories, articles, voices, last_points, last_stories, tours,
			judgements, judgement_messages, reports, ledger, walks, walk_stops,
			inbox, parked_updates, done_updates, settings RESTART IDENTITY`)
	})
}

// Still calls fn once with a snapshot of the store, whatever others write meanwhile. Only the goroutine of fn may use the snapshot.
func (s *Store) Still(ctx context.Context, fn func(store.RowReader) error) error {
	var failed error // separate from the call's own errors, after which the call is repeated
	err := s.call(ctx, repeatable, func(c *pgxpool.Conn) error {
		tx, err := c.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // nothing was written
		list := append(s.settings(), setting{"idle_in_transaction_session_timeout", "0"})
		if _, err := simple(ctx, c.Conn(), set(list, true)); err != nil {
			return err
		}
		failed = fn(still{conn: c.Conn()})
		return nil
	})
	return errors.Join(failed, err)
}

// still is a snapshot of a store.
type still struct{ conn *pgx.Conn }

// Rows implements store.RowReader.
func (s still) Rows(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	rows, err := exportRows(ctx, s.conn, table, after, limit)
	return rows, translate(err)
}
