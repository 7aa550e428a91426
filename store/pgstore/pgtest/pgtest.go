// Package pgtest gives each test its own schema in a real Postgres database. It starts no server: .ci/postgres does.
package pgtest

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Schema returns the address of the database and the name of a schema for the directory, which is dropped after the test.
// Without a database the test is skipped; where CI is set, it fails.
func Schema(tb testing.TB, dir string) (url, schema string) {
	tb.Helper()
	url = os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		const missing = "no database: TEST_DATABASE_URL is not set (.ci/postgres sets it)"
		if os.Getenv("CI") != "" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(dir))
	schema = fmt.Sprintf("test_%x", h.Sum64())
	tb.Cleanup(func() {
		conn := Connect(tb, url)
		defer conn.Close(context.Background())
		if _, err := conn.Exec(context.Background(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE"); err != nil {
			tb.Errorf("drop schema: %v", err)
		}
	})
	return url, schema
}

// URL returns the address of a schema as Schema gives it, for tests that know only the address.
func URL(tb testing.TB) string {
	tb.Helper()
	url, schema := Schema(tb, tb.TempDir())
	return url + "&search_path=" + schema // the address that .ci/postgres gives has options already
}

// Connect returns a connection that the store does not use.
func Connect(tb testing.TB, url string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}
