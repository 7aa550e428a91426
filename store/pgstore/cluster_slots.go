package pgstore

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// Take implements store.Cluster. A slot is free if nobody took it, if its lease ended, or if its replica is dead.
func (s *Store) Take(ctx context.Context, kind string, slots int, replica string, lease time.Duration) (slot int, ok bool, err error) {
	err = s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
		// If two replicas choose the same slot, the second finds it taken and gets none this time.
		err := s.row(ctx, c, `
			INSERT INTO slots AS s (kind, slot, replica, until)
			SELECT $1, n, $3, now() + $4::interval FROM generate_series(0, $2::int - 1) n
			WHERE NOT EXISTS (SELECT FROM slots t WHERE t.kind = $1 AND t.slot = n AND t.until >= now() AND `+alive("t.replica")+`)
			ORDER BY random() LIMIT 1
			ON CONFLICT (kind, slot) DO UPDATE SET replica = excluded.replica, until = excluded.until
				WHERE s.until < now() OR NOT `+alive("s.replica")+`
			RETURNING slot`,
			[]any{kind, slots, replica, lease}, &slot)
		if ok = err == nil; errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		return err
	})
	return slot, ok && err == nil, err
}

// Renew implements store.Cluster.
func (s *Store) Renew(ctx context.Context, kind string, replica string, lease time.Duration) (held []int, err error) {
	var list []int64
	err = s.transact(ctx, repeatable, func(ctx context.Context, c *pgx.Conn) error {
		list, err = s.numbers(ctx, c, `
			UPDATE slots SET until = now() + $3::interval WHERE kind = $1 AND replica = $2 AND until >= now() RETURNING slot`,
			kind, replica, lease)
		return err
	})
	for _, slot := range list {
		held = append(held, int(slot))
	}
	slices.Sort(held)
	return held, err
}

// Return implements store.Cluster.
func (s *Store) Return(ctx context.Context, kind string, slot int, replica string) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue("DELETE FROM slots WHERE kind = $1 AND slot = $2 AND replica = $3", kind, slot, replica)
	})
}
