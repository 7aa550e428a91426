package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

var _ store.Cluster = (*Store)(nil)

// deadReplica is the time without a lease after which the row of a replica is deleted, with its chats. Until then the chats are free, and
// the replica learns that it lost them.
const deadReplica = 24 * time.Hour

// alive is the condition that a replica with the id of an expression has a lease.
func alive(id string) string {
	return "EXISTS (SELECT FROM replicas WHERE replicas.id = " + id + " AND replicas.until >= now())"
}

// Heartbeat implements store.Cluster.
func (s *Store) Heartbeat(ctx context.Context, replica string, lease time.Duration) (st store.Standing, err error) {
	err = s.transact(ctx, repeatable, func(ctx context.Context, c *pgx.Conn) error {
		// All parts of the statement see the tables as they were before it.
		return s.row(ctx, c, `
			WITH beat AS (
				INSERT INTO replicas (id, until) VALUES ($1, now() + $2::interval)
				ON CONFLICT (id) DO UPDATE SET until = excluded.until
			), dead AS (
				DELETE FROM replicas WHERE id <> $1 AND until < now() - $3::interval
			)
			SELECT 1 + count(*) FILTER (WHERE id <> $1 AND until >= now()), NOT coalesce(bool_or(id = $1 AND until >= now()), false)
			FROM replicas`,
			[]any{replica, lease, deadReplica}, &st.Alive, &st.Lost)
	})
	return st, err
}

// Leave implements store.Cluster.
func (s *Store) Leave(ctx context.Context, replica string) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue("DELETE FROM replicas WHERE id = $1", replica) })
}

// Claim implements store.Cluster.
func (s *Store) Claim(ctx context.Context, replica string, chat int64) (owner string, err error) {
	err = s.transact(ctx, repeatable, func(ctx context.Context, c *pgx.Conn) error {
		return s.row(ctx, c, `
			INSERT INTO chat_owners AS o (chat, replica, asked_at) VALUES ($1, $2, now())
			ON CONFLICT (chat) DO UPDATE SET asked_at = now(),
				replica = CASE WHEN `+alive("o.replica")+` THEN o.replica ELSE excluded.replica END
			RETURNING replica`,
			[]any{chat, replica}, &owner)
	})
	return owner, err
}

// ClaimOrphans implements store.Cluster. It skips rows that another replica has locked.
func (s *Store) ClaimOrphans(ctx context.Context, replica string, limit int) (chats []int64, err error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	err = s.transact(ctx, repeatable, func(ctx context.Context, c *pgx.Conn) error {
		owned := "EXISTS (SELECT FROM chat_owners o WHERE o.chat = %s.chat AND " + alive("o.replica") + ")"
		chats, err = s.numbers(ctx, c, `
			WITH updates AS (
				SELECT chat FROM inbox WHERE NOT `+fmt.Sprintf(owned, "inbox")+`
				ORDER BY update_id LIMIT $2 FOR UPDATE SKIP LOCKED
			), open AS (
				SELECT chat FROM walks WHERE NOT closed AND NOT `+fmt.Sprintf(owned, "walks")+`
				ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED
			)
			INSERT INTO chat_owners AS o (chat, replica, asked_at)
			SELECT chat, $1, now() FROM (SELECT chat FROM updates UNION SELECT chat FROM open) free ORDER BY chat LIMIT $2
			ON CONFLICT (chat) DO UPDATE SET replica = excluded.replica, asked_at = excluded.asked_at
				WHERE NOT `+alive("o.replica")+`
			RETURNING chat`,
			replica, limit)
		return err
	})
	return chats, err
}

// Owned implements store.Cluster.
func (s *Store) Owned(ctx context.Context, replica string) (chats []int64, err error) {
	err = s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		chats, err = s.numbers(ctx, c, "SELECT chat FROM chat_owners WHERE replica = $1 ORDER BY chat", replica)
		return err
	})
	return chats, err
}

// Release implements store.Cluster.
func (s *Store) Release(ctx context.Context, replica string, idle time.Duration, chats ...int64) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(`
			DELETE FROM chat_owners o WHERE replica = $1 AND chat = ANY ($2) AND asked_at <= now() - $3::interval
				AND NOT EXISTS (SELECT FROM inbox WHERE inbox.chat = o.chat)`,
			replica, chats, idle)
	})
}

// row runs a statement and reads its one row.
func (s *Store) row(ctx context.Context, c *pgx.Conn, sql string, args []any, into ...any) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit+grace)
	defer cancel()
	return c.QueryRow(ctx, sql, args...).Scan(into...)
}

// numbers runs a statement and reads a column.
func (s *Store) numbers(ctx context.Context, c *pgx.Conn, sql string, args ...any) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, s.limit+grace)
	defer cancel()
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if len(list) == 0 {
		list = nil
	}
	return list, err
}

// PendingIn implements store.Cluster.
func (s *Store) PendingIn(ctx context.Context, before int64, chats ...int64) ([]store.Entry, error) {
	if len(chats) == 0 {
		return nil, ctx.Err()
	}
	return list(ctx, s, scanEntry, "SELECT "+entryColumns+" FROM inbox WHERE chat = ANY ($1) AND update_id < $2 ORDER BY update_id", chats, before)
}

// WalksIn implements store.Cluster.
func (s *Store) WalksIn(ctx context.Context, chats ...int64) ([]store.Walk, error) {
	if len(chats) == 0 {
		return nil, ctx.Err()
	}
	return list(ctx, s, scanWalk, selectWalks+"WHERE NOT closed AND chat = ANY ($1) ORDER BY id", chats)
}
