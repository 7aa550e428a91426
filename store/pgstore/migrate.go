package pgstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// versionTable records the migrations that were made.
	versionTable = "schema_version"
	// migrateTimeout is the time for the migrations of one start, including waiting for another process that makes them.
	migrateTimeout = 10 * time.Minute
)

// migrate brings the schema up to date over a separate connection, which holds a lock meanwhile: processes that start
// together do it one after the other.
func (s *Store) migrate(ctx context.Context, conf *pgx.ConnConfig) (err error) {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	conf = conf.Copy()
	conf.RuntimeParams["statement_timeout"] = "0" // an index over a large table takes its time
	conf.RuntimeParams["idle_in_transaction_session_timeout"] = "0"
	schema := conf.RuntimeParams["search_path"]

	lock, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer func() { // closing it releases the lock
		if failed := lock.Close(context.WithoutCancel(ctx)); err == nil {
			err = failed
		}
	}()
	if _, err := lock.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", s.space, lockMigrations); err != nil {
		return err
	}
	if err := prepareSchema(ctx, lock, schema); err != nil {
		return err
	}

	db := stdlib.OpenDB(*conf)
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	return s.makeMigrations(ctx, db, schema)
}

// prepareSchema creates the schema if there is none, and refuses a schema with tables of another program.
func prepareSchema(ctx context.Context, conn *pgx.Conn, schema string) error {
	var exists, ours bool
	var foreign *string
	err := conn.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1),
			EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2),
			(SELECT min(tablename) FROM pg_tables WHERE schemaname = $1 AND tablename = ANY ($3))`,
		schema, versionTable, []string{"users", "user_preferences", "donations", "stories", "walks", "inbox", "settings"},
	).Scan(&exists, &ours, &foreign)
	switch {
	case err != nil:
		return err
	case !exists:
		_, err = conn.Exec(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{schema}.Sanitize())
		return err
	case !ours && foreign != nil:
		return fmt.Errorf("schema %s has a table %s of another program; give the bot a schema of its own, "+
			"with ?search_path=excursobot at the end of the address", schema, *foreign)
	}
	return nil
}

func (s *Store) makeMigrations(ctx context.Context, db *sql.DB, schema string) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return err
	}
	have, known, err := provider.GetVersions(ctx)
	if err != nil {
		return err
	}
	if have > known {
		return fmt.Errorf("schema %s is of version %d, from a newer program; this one knows version %d: use the newer one", schema, have, known)
	}
	made, err := provider.Up(ctx)
	for _, m := range made {
		s.log.Info("store_migrated", "schema", schema, "version", m.Source.Version, "duration", m.Duration)
	}
	return err
}
