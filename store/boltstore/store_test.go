package boltstore

import (
	"errors"
	"path/filepath"
	"testing"

	"excursobot/store"
	"excursobot/store/storetest"
)

func open(tb testing.TB, dir string) *Store {
	tb.Helper()
	s, err := Open(Config{Path: filepath.Join(dir, "excursobot.db")})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// checked closes a store only if nothing is wrong with it, so that every part of the contract's suite ends in a check.
type checked struct {
	*Store
	t *testing.T
}

func (c checked) Close() error {
	if err := c.Check(c.t.Context()); err != nil && err != store.ErrClosed { //nolint:errorlint // the second Close
		c.t.Errorf("check: %v", err)
	}
	return c.Store.Close()
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T, dir string) store.Store { return checked{open(t, dir), t} })
}

func BenchmarkContract(b *testing.B) {
	storetest.Benchmark(b, func(b *testing.B, dir string) store.Store { return open(b, dir) })
}

func TestArticlesKeepToTheirBudget(t *testing.T) {
	const budget = 40_000
	s, err := Open(Config{Path: filepath.Join(t.TempDir(), "excursobot.db"), Articles: budget})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Budget(t, s, budget)
	if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
}
