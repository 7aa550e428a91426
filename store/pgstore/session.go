package pgstore

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// A session is one connection to the server, and keeps its settings. Behind a pooler there are no sessions: it may lend another of its connections for each
// transaction. So the settings are made in each transaction, and no statement is prepared under a name.

// setting is a value that every statement is to find.
type setting struct{ name, value string }

// settings are those of a session or a transaction.
func (s *Store) settings() []setting {
	return []setting{
		{"search_path", pgx.Identifier{s.schema}.Sanitize()},
		{"statement_timeout", milliseconds(s.limit)},
		// A process that dies without closing its connections must not keep its locks.
		{"idle_in_transaction_session_timeout", milliseconds(s.limit)},
		{"timezone", "UTC"},
	}
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(1, d.Milliseconds()), 10) }

// set is SQL that makes the settings, for the session or for the transaction, and returns the schema that is current then.
func set(list []setting, local bool) string {
	var b strings.Builder
	b.WriteString("SELECT ")
	for _, s := range list {
		fmt.Fprintf(&b, "set_config(%s, %s, %t), ", text(s.name), text(s.value), local)
	}
	return b.String() + "coalesce(current_schema(), '')"
}

// begin is SQL that begins a transaction with the settings. Every statement sees what was committed before it.
func (s *Store) begin() string {
	mode := "READ WRITE"
	if s.readOnly {
		mode = "READ ONLY"
	}
	return "BEGIN ISOLATION LEVEL READ COMMITTED " + mode + "; " + set(s.settings(), true)
}

// prepareConn makes the settings of a new connection, unless it finds out that there is a pooler: that gives the connection a new number, or lends
// one that another connection has.
func (s *Store) prepareConn(ctx context.Context, c *pgx.Conn) error {
	if s.pooled.Load() {
		return nil
	}
	list := append(s.settings(), setting{"default_transaction_isolation", "read committed"})
	if s.readOnly {
		list = append(list, setting{"default_transaction_read_only", "on"})
	}
	row, err := simple(ctx, c, fmt.Sprintf("%s WHERE pg_backend_pid() = %d AND pg_backend_pid() <> %d", set(list, false), c.PgConn().PID(), s.probe.Load()))
	if err != nil {
		return err
	}
	if row == nil {
		s.notePooler()
		return nil
	}
	return s.checkSchema(row[len(row)-1])
}

// checkSchema refuses a current schema that is not the wanted one.
func (s *Store) checkSchema(current string) error {
	switch current {
	case s.schema:
		return nil
	case "":
		return fmt.Errorf("this user may not use schema %s", s.schema)
	}
	return fmt.Errorf("the server did not take search_path=%s, the tables would be in %s: use the database's own address, not that of a pooler", s.schema, current)
}

// notePooler remembers that there is a pooler.
func (s *Store) notePooler() {
	if !s.pooled.Swap(true) {
		s.log.Info("database_pooler_found", "hint", "there is a pooler before the database: calls take two round trips more, and several replicas need the database's own address")
	}
}

// isNameless reports whether a statement failed because another connection of a pooler has prepared it. Nothing was done then.
func isNameless(err error) bool {
	c := code(err)
	return c == "26000" || c == "42P05" // there is no such prepared statement; there is one of that name
}

// local runs fn in a transaction with the settings, for a pooler. fn may end it.
func (s *Store) local(ctx context.Context, c *pgx.Conn, fn func() error) error {
	defer s.rollback(ctx, c)
	row, err := s.exec(ctx, c, s.begin())
	if err != nil {
		return &harmless{err}
	}
	if err := s.checkSchema(row[len(row)-1]); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	if c.IsClosed() || c.PgConn().TxStatus() == idle {
		return nil
	}
	_, err = s.exec(ctx, c, "COMMIT")
	return err
}

// beginIn queues the beginning of a transaction, unless the connection is in one, as local makes it.
func beginIn(b *pgx.Batch, c *pgx.Conn) {
	if c.PgConn().TxStatus() == idle {
		b.Queue("BEGIN")
	}
}

// exec is simple for a context that ends later than the caller's.
func (s *Store) exec(ctx context.Context, c *pgx.Conn, sql string) ([]string, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limit+grace)
	defer cancel()
	return simple(ctx, c, sql)
}

// simple runs SQL without parameters, of which no pooler has to remember anything, and returns its last row, nil if there is none. NULL is "".
func simple(ctx context.Context, c *pgx.Conn, sql string) (last []string, err error) {
	results, err := c.PgConn().Exec(ctx, sql).ReadAll()
	if err != nil {
		return nil, err
	}
	for _, r := range results {
		for _, row := range r.Rows {
			last = make([]string, len(row))
			for i, value := range row {
				last[i] = string(value)
			}
		}
	}
	return last, nil
}

// configureConn sets how a new connection of the pool sends statements.
func (s *Store) configureConn(_ context.Context, conf *pgx.ConnConfig) error {
	switch mode := conf.DefaultQueryExecMode; {
	case s.pooled.Load(), mode == pgx.QueryExecModeExec, mode == pgx.QueryExecModeSimpleProtocol:
		// The two modes do not learn the types of parameters, which the records need. This one prepares nothing under a name either.
		conf.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	}
	conf.OnNotification = func(*pgconn.PgConn, *pgconn.Notification) {} // a pooler may hand over what another connection listens for
	return nil
}
