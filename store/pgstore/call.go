package pgstore

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	// patience is the time during which a call is tried again, after a pause that doubles from firstPause. There is no pause after a
	// dead connection, because the others in the pool may be dead, too.
	patience   = 2 * time.Second
	firstPause = 20 * time.Millisecond
	// grace is the time that a call gets beyond that of its statements, for the network.
	grace = time.Second
	// inOneGo is the number of statements that share the time of one statement: they are sent together, and most take microseconds.
	inOneGo = 1000
	// awayPatience is the time that a call waits for a connection while the database is known to be away.
	awayPatience = time.Second
)

// effect describes a call that runs twice because the first answer was lost.
type effect bool

const (
	repeatable effect = true  // the same as if it ran once
	once       effect = false // it might count twice
)

// read runs fn on a connection. It ends with its context, and is repeated if the connection is lost.
func (s *Store) read(ctx context.Context, fn func(context.Context, *pgx.Conn) error) error {
	return s.call(ctx, repeatable, func(c *pgxpool.Conn) error {
		limited, cancel := context.WithTimeout(ctx, s.limit+grace)
		defer cancel()
		err := s.inSession(limited, c.Conn(), func() error { return fn(limited, c.Conn()) })
		if err != nil && ctx.Err() != nil { // the connection was cut because the caller left
			return ctx.Err()
		}
		return err
	})
}

// write sends what build queues in one round trip, as one transaction. build runs again for every try. Once sent it is
// not interrupted.
func (s *Store) write(ctx context.Context, e effect, build func(*pgx.Batch)) error {
	return s.transact(ctx, e, func(ctx context.Context, c *pgx.Conn) error {
		b := new(pgx.Batch)
		build(b)
		return s.send(ctx, c, b)
	})
}

// transact runs fn on a connection, in a context that does not end with the caller's.
func (s *Store) transact(ctx context.Context, e effect, fn func(context.Context, *pgx.Conn) error) error {
	s.writes.Add(1)
	err := s.call(ctx, e, func(c *pgxpool.Conn) error {
		if err := ctx.Err(); err != nil { // it ended while the call waited for the connection
			return err
		}
		ctx := context.WithoutCancel(ctx)
		return s.inSession(ctx, c.Conn(), func() error { return fn(ctx, c.Conn()) })
	})
	if err == nil || isFull(err) {
		s.full.Store(err != nil)
	}
	if err == nil {
		s.commits.Add(1)
	}
	return err
}

// inSession runs fn on a connection that has the settings.
func (s *Store) inSession(ctx context.Context, c *pgx.Conn, fn func() error) error {
	if s.pooled.Load() {
		return s.local(ctx, c, fn)
	}
	return fn()
}

// send runs the statements of a batch and waits for their results as long as the server would.
func (s *Store) send(ctx context.Context, c *pgx.Conn, b *pgx.Batch) error {
	ctx, cancel := context.WithTimeout(ctx, s.limit*time.Duration(1+b.Len()/inOneGo)+grace)
	defer cancel()
	return c.SendBatch(ctx, b).Close()
}

// call runs fn on a connection of the pool, again after a failure that left nothing behind.
func (s *Store) call(ctx context.Context, e effect, fn func(*pgxpool.Conn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return store.ErrClosed
	}
	began, pause := time.Now(), firstPause
	for dead, named := int32(0), int32(0); ; {
		err := s.try(ctx, fn)
		if ctx.Err() != nil && pgconn.SafeToRetry(err) { // it failed because the caller left
			return ctx.Err()
		}
		if err == nil || code(err) != "" && !isAway(err) {
			s.answered()
		}
		if isNameless(err) && named < s.conns {
			named++
			s.notePooler()
			s.pool.Reset() // the connections that have prepared statements
			continue
		}
		wait := pause/2 + rand.N(pause)
		if !s.again(e, err) || time.Since(began)+wait > patience {
			return s.settle(err)
		}
		s.retries.Add(1)
		if isLost(err) && dead < s.conns {
			dead++
			continue
		}
		if limiter.Sleep(ctx, wait) != nil {
			return ctx.Err()
		}
		pause *= 2
	}
}

// try gets a connection and runs fn on it.
func (s *Store) try(ctx context.Context, fn func(*pgxpool.Conn) error) error {
	wait := s.limit + grace
	if s.away.Load() {
		wait = awayPatience
	}
	acquire, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := s.pool.Acquire(acquire)
	if err != nil {
		return &harmless{err}
	}
	defer c.Release()
	return fn(c)
}

// again reports whether a failed call is worth another try that does no harm. While the database is known to be away, there is no
// second try.
func (s *Store) again(e effect, err error) bool {
	switch {
	case err == nil:
		return false
	case isUndone(err):
		return true
	case !isAway(err) || s.away.Load():
		return false
	}
	return e == repeatable && code(err) != "57014" || pgconn.SafeToRetry(err) // a statement that took too long would take as long again
}

// settle records what a call learned about the database, and translates its error. A dead connection or a slow statement does
// not mean that the database is away.
func (s *Store) settle(err error) error {
	if isAway(err) && !isLost(err) && code(err) != "57014" && !s.away.Swap(true) {
		s.log.Warn("store_away", "error", err)
	}
	return translate(err)
}

// answered records that the database answers.
func (s *Store) answered() {
	if s.away.Load() && s.away.Swap(false) {
		s.log.Info("store_back")
	}
}

// harmless is a failure before anything could be written.
type harmless struct{ error }

// SafeToRetry is what pgconn.SafeToRetry asks.
func (*harmless) SafeToRetry() bool { return true }

func (e *harmless) Unwrap() error { return e.error }

// idle is the state of a connection without a transaction.
const idle = 'I'

// rollback ends a transaction that was not committed, also after a panic. A connection that cannot roll back is closed when it
// returns to the pool.
func (s *Store) rollback(ctx context.Context, c *pgx.Conn) {
	if c.IsClosed() || c.PgConn().TxStatus() == idle {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, grace)
	defer cancel()
	_, _ = c.Exec(ctx, "ROLLBACK")
}

// scan reads the columns of one row and reports whether there is one.
func scan(row pgx.Row, fields ...any) (found bool, err error) { return gotRow(row.Scan(fields...)) }

// gotRow reports whether a row was read. A missing row is not an error: a batch continues.
func gotRow(err error) (bool, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// list returns the rows of a query, nil if there are none.
func list[T any](ctx context.Context, s *Store, scan func(pgx.Row) (T, error), sql string, args ...any) (found []T, err error) {
	err = s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		rows, err := c.Query(ctx, sql, args...)
		if err != nil {
			return err
		}
		found, err = pgx.AppendRows[T, []T](nil, rows, func(row pgx.CollectableRow) (T, error) { return scan(row) })
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}

func orNotFound(found bool, err error) error {
	if err == nil && !found {
		return store.ErrNotFound
	}
	return err
}
