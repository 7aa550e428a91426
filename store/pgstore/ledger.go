package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Spend implements store.Ledger. The day's row comes first, so that two calls never wait for each other.
func (s *Store) Spend(ctx context.Context, day store.Day, person, tokens int64) (store.Spent, error) {
	if err := store.CheckDay(day); err != nil {
		return store.Spent{}, err
	}
	people := []int64{0}
	if person != 0 {
		people = append(people, person)
	}
	var sum store.Spent
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue(`INSERT INTO ledger (day, person, tokens) SELECT $1, p, $3::bigint FROM unnest($2::bigint[]) WITH ORDINALITY AS g (p, n) ORDER BY n
			ON CONFLICT (day, person) DO UPDATE SET tokens = ledger.tokens + excluded.tokens
			RETURNING person, tokens`, string(day), people, tokens).Query(func(rows pgx.Rows) (err error) {
			sum, err = scanSpent(rows)
			return err
		})
	})
	if err != nil {
		return store.Spent{}, err
	}
	return sum, nil
}

// Spent implements store.Ledger.
func (s *Store) Spent(ctx context.Context, day store.Day, person int64) (store.Spent, error) {
	if err := store.CheckDay(day); err != nil {
		return store.Spent{}, err
	}
	var sum store.Spent
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, "SELECT person, tokens FROM ledger WHERE day = $1 AND person IN (0, $2)", string(day), person)
		if err != nil {
			return err
		}
		sum, err = scanSpent(rows)
		return err
	})
	return sum, err
}

func scanSpent(rows pgx.Rows) (sum store.Spent, err error) {
	var person, tokens int64
	_, err = pgx.ForEachRow(rows, []any{&person, &tokens}, func() error {
		if person == 0 {
			sum.Day = tokens
		} else {
			sum.Person = tokens
		}
		return nil
	})
	return sum, err
}
