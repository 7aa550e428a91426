package pgstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// The connection on which a replica listens holds an advisory lock. The server releases it when the connection ends, so the others learn within
// a moment that the process died. A replica that only lost its connection takes a new lock at once. Behind a pooler there is no such lock,
// because the pooler keeps its connections when a client dies: then only the lease tells.

const (
	// lockReplicas is the first of the keys from which each connection takes one at random.
	lockReplicas = 1 << 24
	// missedFor is how long a lock must be missing. A living replica has a new one by then.
	missedFor = 300 * time.Millisecond
)

// showAlive takes the replica's lock on the connection and records it.
func (s *Store) showAlive(ctx context.Context, conn *pgx.Conn, replica string) (key int32, err error) {
	if s.pooled.Load() {
		return 0, nil
	}
	key = lockReplicas + rand.Int32N(1<<30)
	var locked bool
	if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1, $2)", s.space, key).Scan(&locked); err != nil {
		return 0, err
	}
	if !locked {
		return 0, errors.New("the lock of this replica belongs to another one") // one in a billion: the next connection takes another key
	}
	return key, s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(`
			INSERT INTO replicas (id, until, lock_key, locked_on) VALUES ($1, now() - interval '1 ms', $2, pg_postmaster_start_time())
			ON CONFLICT (id) DO UPDATE SET lock_key = excluded.lock_key, locked_on = excluded.locked_on, missed_at = NULL`,
			replica, key)
	})
}

// hideAlive records that the replica has lost the lock and lives: its lease counts alone.
func (s *Store) hideAlive(ctx context.Context, replica string, key int32) {
	if key == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	_ = s.write(ctx, repeatable, func(b *pgx.Batch) { // without the database nobody looks
		b.Queue("UPDATE replicas SET lock_key = NULL, missed_at = NULL WHERE id = $1 AND lock_key = $2", replica, key)
	})
}

// EndLost implements store.Cluster.
func (s *Store) EndLost(ctx context.Context, replica string) (ended int, err error) {
	err = s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
		return s.row(ctx, c, `
			WITH missing AS (
				SELECT id, missed_at <= now() - $3::interval AS over FROM replicas r
				WHERE id <> $1 AND until >= now() AND lock_key IS NOT NULL AND locked_on = pg_postmaster_start_time() AND NOT EXISTS (
					SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = $2 AND objid::bigint = r.lock_key AND objsubid = 2 AND granted
						AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
				FOR UPDATE SKIP LOCKED
			), ended AS (
				UPDATE replicas r SET missed_at = CASE WHEN over THEN NULL ELSE coalesce(r.missed_at, now()) END,
					lock_key = CASE WHEN over THEN NULL ELSE lock_key END,
					until = CASE WHEN over THEN now() - interval '1 ms' ELSE until END
				FROM missing WHERE r.id = missing.id
			)
			SELECT count(*) FILTER (WHERE over) FROM missing`,
			[]any{replica, int64(uint32(s.space)), missedFor}, &ended)
	})
	return ended, err
}
