package pgstore

import (
	"context"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// inspect refuses a schema that holds no store of this program, or one of another version. It changes nothing.
func (s *Store) inspect(ctx context.Context, conf *pgx.ConnConfig) error {
	known, err := newest()
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	schema := conf.RuntimeParams["search_path"]
	var ours bool
	if err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2)", schema, versionTable).Scan(&ours); err != nil {
		return err
	}
	if !ours {
		return fmt.Errorf("schema %s holds no store of excursobot", schema)
	}
	var have int64
	if err := conn.QueryRow(ctx, "SELECT max(version_id) FROM "+versionTable+" WHERE is_applied").Scan(&have); err != nil {
		return err
	}
	if have != known {
		return fmt.Errorf("schema %s is of version %d, this program knows version %d: start the bot of the newer version on it once", schema, have, known)
	}
	return nil
}

// newest returns the number of the last migration.
func newest() (int64, error) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) == 0 {
		return 0, fmt.Errorf("no migrations: %w", err)
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(files[len(files)-1], "migrations/"), "_")
	return strconv.ParseInt(number, 10, 64)
}
