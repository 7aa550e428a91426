package pgstore

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// versionTable records the migrations that were made.
	versionTable = "schema_version"
	// migrateTimeout is the time for the migrations of one start, including waiting for another process that makes them.
	migrateTimeout = 10 * time.Minute
)

// migration is one step of the schema: a file whose name begins with its number.
type migration struct {
	version int64
	sql     string
}

// steps returns all migrations in order.
func steps() (list []migration, err error) {
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		number, _, _ := strings.Cut(strings.TrimPrefix(file, "migrations/"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", file, err)
		}
		sql, err := migrations.ReadFile(file)
		if err != nil {
			return nil, err
		}
		list = append(list, migration{version, string(sql)})
	}
	return list, nil
}

// migrate brings the schema up to date, in one transaction that holds a lock: processes that start together do it one after the other.
func (s *Store) migrate(ctx context.Context, c *pgx.Conn) error {
	list, err := steps()
	if err != nil {
		return err
	}
	have, err := s.version(ctx, c)
	if err != nil {
		return err
	}
	known := list[len(list)-1].version
	if have < known {
		ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
		defer cancel()
		defer s.rollback(ctx, c)
		if have, err = s.makeMigrations(ctx, c, list); err != nil {
			return err
		}
	}
	if have > known {
		return fmt.Errorf("schema %s is of version %d, from a newer program; this one knows version %d: use the newer one", s.schema, have, known)
	}
	return nil
}

// version returns the number of the last migration that was made, -1 if there are no tables of ours.
func (s *Store) version(ctx context.Context, c *pgx.Conn) (int64, error) {
	// to_regclass would answer from a cache that does not see what another process made while this one waited for the lock.
	row, err := simple(ctx, c, "SELECT FROM pg_tables WHERE tablename = '"+versionTable+"' AND schemaname = "+text(s.schema))
	if err != nil || row == nil {
		return -1, err
	}
	row, err = simple(ctx, c, "SELECT coalesce(max(version_id), 0) FROM "+s.table(versionTable)+" WHERE is_applied")
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(row[0], 10, 64)
}

// text returns a string as SQL.
func text(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// table returns the name of a table with its schema.
func (s *Store) table(name string) string { return pgx.Identifier{s.schema, name}.Sanitize() }

// makeMigrations makes the missing ones and returns the number of the last.
func (s *Store) makeMigrations(ctx context.Context, c *pgx.Conn, list []migration) (have int64, err error) {
	// An index over a large table takes its time.
	unlimited := set([]setting{{"statement_timeout", "0"}, {"idle_in_transaction_session_timeout", "0"}}, true)
	lock := fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, %d)", s.space, lockMigrations)
	if _, err := simple(ctx, c, s.begin()+"; "+unlimited+"; "+lock); err != nil {
		return 0, err
	}
	if have, err = s.version(ctx, c); err != nil { // another process may have made them while this one waited
		return 0, err
	}
	if have < 0 {
		if err := s.prepareSchema(ctx, c); err != nil {
			return 0, err
		}
	}
	row, err := simple(ctx, c, "SELECT coalesce(current_schema(), '')")
	if err == nil {
		err = s.checkSchema(row[0])
	}
	if err != nil {
		return 0, err
	}
	for _, m := range list {
		if m.version <= have {
			continue
		}
		began := time.Now()
		if _, err := simple(ctx, c, m.sql+fmt.Sprintf(";\nINSERT INTO %s (version_id, is_applied) VALUES (%d, true)", versionTable, m.version)); err != nil {
			return 0, fmt.Errorf("migration %d: %w", m.version, err)
		}
		have = m.version
		s.log.Info("store_migrated", "schema", s.schema, "version", m.version, "duration", time.Since(began))
	}
	_, err = simple(ctx, c, "COMMIT")
	return have, err
}

// prepareSchema makes the schema if there is none, with the table of versions, and refuses one with tables that we did not make.
func (s *Store) prepareSchema(ctx context.Context, c *pgx.Conn) error {
	name := text(s.schema)
	row, err := simple(ctx, c, `
		SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = `+name+`), (
			SELECT min(tablename) FROM pg_tables WHERE schemaname = `+name+` AND
				tablename IN ('users', 'user_preferences', 'donations', 'stories', 'walks', 'inbox', 'settings'))`)
	if err != nil {
		return err
	}
	if foreign := row[1]; foreign != "" {
		return fmt.Errorf("schema %s has a table %s of another program; give the bot a schema of its own, "+
			"with ?search_path=excursobot at the end of the address", s.schema, foreign)
	}
	if exists := row[0] == "t"; !exists {
		if _, err := simple(ctx, c, "CREATE SCHEMA "+pgx.Identifier{s.schema}.Sanitize()); err != nil {
			return err
		}
	}
	_, err = simple(ctx, c, `
		CREATE TABLE `+s.table(versionTable)+` (
			id integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
			version_id bigint NOT NULL,
			is_applied boolean NOT NULL,
			tstamp timestamp NOT NULL DEFAULT now()
		);
		INSERT INTO `+s.table(versionTable)+` (version_id, is_applied) VALUES (0, true)`)
	return err
}
