package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// inspect refuses a schema that holds no store of this program, or one of another version. It changes nothing.
func (s *Store) inspect(ctx context.Context, c *pgx.Conn) error {
	list, err := steps()
	if err != nil {
		return err
	}
	have, err := s.version(ctx, c)
	switch known := list[len(list)-1].version; {
	case err != nil:
		return err
	case have < 0:
		return fmt.Errorf("schema %s holds no store of excursobot", s.schema)
	case have != known:
		return fmt.Errorf("schema %s is of version %d, this program knows version %d: start the bot of the newer version on it once", s.schema, have, known)
	}
	return nil
}

// ErrReadOnly is a database that answers and takes no writes. It names neither the database nor its user.
var ErrReadOnly = errors.New("store: the database takes no writes: it is a standby, read-only, or forbids them to this user")

// Writable returns why the database takes no writes at this moment, nil if it does. It writes nothing.
func (s *Store) Writable(ctx context.Context) error {
	var writable bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, `
			SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off' AND has_table_privilege('inbox', 'INSERT')
				AND has_table_privilege('inbox', 'DELETE') AND has_table_privilege('done_updates', 'INSERT')`).Scan(&writable)
	})
	if err == nil && !writable {
		return ErrReadOnly
	}
	return err
}
