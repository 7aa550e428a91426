// Package pgstore keeps the bot's memory in a Postgres database, which several processes may share. It implements the
// contract of package store and decides how records are laid out in tables, how long a call may wait and when it is repeated. It
// does not decide what is kept or for how long.
package pgstore

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"excursobot/store"
)

// Config describes the database and how much of it is used.
type Config struct {
	URL              string        // postgres://user:password@host:port/database?options, or keywords as in libpq
	Schema           string        // of the tables, created if missing; "" = the URL's search_path, else public
	MaxConns         int32         // most connections at once, default 8
	StatementTimeout time.Duration // for one statement, default 5 s
	Log              *slog.Logger  // nil = no log
	Articles         int64         // most bytes of all articles' texts, as stored; 0 = store.ArticleBudget
	ReadOnly         bool          // the tables must exist, and every write fails
}

var _ store.Store = (*Store)(nil)

// Store is a pool of connections to a database.
type Store struct {
	pool     *pgxpool.Pool
	log      *slog.Logger
	limit    time.Duration // for one statement, as the server keeps it
	conns    int32         // most at once
	articles int64         // budget of their texts
	schema   string        // where the tables are
	readOnly bool
	space    int32 // of the advisory locks: another one for each schema

	mu     sync.RWMutex // held for reading by every call, so that Close waits for them
	closed bool

	pooled atomic.Bool  // a pooler may lend another connection for each transaction
	probe  atomic.Int64 // while Open looks for a pooler: the number of the connection beside the pool

	away    atomic.Bool // the last call got no answer
	full    atomic.Bool // the last write found no room
	writes  atomic.Uint64
	commits atomic.Uint64
	retries atomic.Uint64
}

// Close waits for running calls and closes the connections.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	s.pool.Close()
	return nil
}

// Stats counts what a Store did since it was opened, and what it holds now.
type Stats struct {
	Writes  uint64 // calls that asked for a write transaction
	Commits uint64 // those that were made
	Retries uint64 // calls that were made again
	Conns   int    // connections open
	Idle    int    // connections that no call uses
	Away    bool   // the last call got no answer from the database
	Full    bool   // the last write found no room
}

// Size returns how many bytes the tables and their indexes take.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var n int64
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
			WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace`).Scan(&n)
	})
	return n, err
}

// Stats returns the counters.
func (s *Store) Stats() Stats {
	st := Stats{
		Writes: s.writes.Load(), Commits: s.commits.Load(), Retries: s.retries.Load(), Away: s.away.Load(), Full: s.full.Load(),
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if !s.closed {
		pool := s.pool.Stat()
		st.Conns, st.Idle = int(pool.TotalConns()), int(pool.IdleConns())
	}
	return st
}
