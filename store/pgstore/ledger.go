package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Spend implements store.Ledger. The day's row comes first, so that two calls never wait for each other.
func (s *Store) Spend(ctx context.Context, day store.Day, person int64, tokens store.Tokens) (store.Spent, error) {
	if err := store.CheckDay(day); err != nil {
		return store.Spent{}, err
	}
	people, amounts := []int64{0}, []int64{tokens.All()}
	if tokens.Answer != 0 {
		people, amounts = append(people, store.Answers), append(amounts, tokens.Answer)
	}
	if person != 0 {
		people, amounts = append(people, person), append(amounts, tokens.All())
	}
	var sum store.Spent
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue(`WITH put AS (
				INSERT INTO ledger (day, person, tokens) SELECT $1, p, t FROM unnest($2::bigint[], $3::bigint[]) WITH ORDINALITY AS g (p, t, n) ORDER BY n
				ON CONFLICT (day, person) DO UPDATE SET tokens = ledger.tokens + excluded.tokens
				RETURNING person, tokens)
			SELECT person, tokens FROM put
			UNION ALL SELECT person, tokens FROM ledger WHERE day = $1 AND person = $4 AND $4 <> ALL ($2)`,
			string(day), people, amounts, int64(store.Answers)).Query(func(rows pgx.Rows) (err error) {
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
		rows, err := c.Query(ctx, "SELECT person, tokens FROM ledger WHERE day = $1 AND person IN (0, $2, $3)", string(day), person, int64(store.Answers))
		if err != nil {
			return err
		}
		sum, err = scanSpent(rows)
		return err
	})
	return sum, err
}

// Speak implements store.Ledger.
func (s *Store) Speak(ctx context.Context, day store.Day, characters int64) (sum int64, err error) {
	if err := store.CheckDay(day); err != nil {
		return 0, err
	}
	if characters == 0 {
		err = s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
			return c.QueryRow(ctx, "SELECT coalesce(sum(tokens), 0)::bigint FROM ledger WHERE day = $1 AND person = $2", string(day), int64(store.Speech)).Scan(&sum)
		})
		return sum, err
	}
	err = s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue(`INSERT INTO ledger (day, person, tokens) VALUES ($1, $2, $3)
			ON CONFLICT (day, person) DO UPDATE SET tokens = ledger.tokens + excluded.tokens
			RETURNING tokens`, string(day), int64(store.Speech), characters).QueryRow(func(row pgx.Row) error { return row.Scan(&sum) })
	})
	if err != nil {
		return 0, err
	}
	return sum, nil
}

func scanSpent(rows pgx.Rows) (sum store.Spent, err error) {
	var person, tokens int64
	_, err = pgx.ForEachRow(rows, []any{&person, &tokens}, func() error {
		switch person {
		case 0:
			sum.Day = tokens
		case store.Answers:
			sum.Answers = tokens
		default:
			sum.Person = tokens
		}
		return nil
	})
	return sum, err
}
