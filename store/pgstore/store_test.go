package pgstore

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
	"excursobot/store/storetest"
)

// testConfig returns the configuration of a schema that belongs to the directory and goes with the test.
func testConfig(tb testing.TB, dir string) Config {
	tb.Helper()
	url := os.Getenv("TEST_DATABASE_URL")
	if url == "" {
		const missing = "no database: TEST_DATABASE_URL is not set (.ci/postgres sets it)"
		if os.Getenv("CI") != "" {
			tb.Fatal(missing)
		}
		tb.Skip(missing)
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(dir))
	schema := fmt.Sprintf("test_%x", h.Sum64())
	tb.Cleanup(func() {
		conn := connect(tb, url)
		defer conn.Close(context.Background())
		_, err := conn.Exec(context.Background(), "DROP SCHEMA IF EXISTS "+schema+" CASCADE")
		if err != nil {
			tb.Errorf("drop schema: %v", err)
		}
	})
	return Config{URL: url, Schema: schema}
}

// connect returns a connection beside the store's own.
func connect(tb testing.TB, url string) *pgx.Conn {
	tb.Helper()
	conn, err := pgx.Connect(context.Background(), url)
	if err != nil {
		tb.Fatal(err)
	}
	return conn
}

func open(tb testing.TB, cfg Config) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Store { return open(t, testConfig(t, dir)) })
}

func BenchmarkContract(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B, dir string) store.Store { return open(b, testConfig(b, dir)) })
}
