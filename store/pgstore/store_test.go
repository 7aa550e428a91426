package pgstore

import (
	"testing"

	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
	"excursobot/store/storetest"
)

// testConfig returns the configuration of a schema that belongs to the directory and goes with the test.
func testConfig(tb testing.TB, dir string) Config {
	tb.Helper()
	url, schema := pgtest.Schema(tb, dir)
	return Config{URL: url, Schema: schema}
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
	testConfig(t, t.TempDir()) // one line where there is no database
	storetest.Run(t, func(t *testing.T, dir string) store.Store { return open(t, testConfig(t, dir)) })
}

func BenchmarkContract(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B, dir string) store.Store { return open(b, testConfig(b, dir)) })
}

func TestArticlesKeepToTheirBudget(t *testing.T) {
	const budget = 40_000
	cfg := testConfig(t, t.TempDir())
	cfg.Articles = budget
	s := open(t, cfg)
	storetest.Budget(t, s, budget)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
