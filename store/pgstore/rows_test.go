package pgstore

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore/pgtest"
	"excursobot/store/storetest"
)

// A store that was copied to the other adapter gives the same answers from then on.
func TestTwins(t *testing.T) {
	for name, swap := range map[string]bool{"file to database": false, "database to file": true} {
		t.Run(name, func(t *testing.T) {
			file, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "excursobot.db")})
			if err != nil {
				t.Fatal(err)
			}
			database := open(t, testConfig(t, t.TempDir()))
			from, to := store.Store(file), store.Store(database)
			if swap {
				from, to = to, from
			}
			storetest.Twin(t, from, to, 5)
			if err := errors.Join(file.Check(t.Context()), file.Close(), database.Close()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestNameHasNoPassword(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	s := open(t, cfg)
	defer s.Close()
	if name := s.Name(); !strings.Contains(name, cfg.Schema) || strings.Contains(name, "test-only") {
		t.Errorf("name %s", name)
	}
}

func TestErase(t *testing.T) {
	s := open(t, testConfig(t, t.TempDir()))
	defer s.Close()
	ctx := t.Context()
	for range 2 { // the second time into what the first left
		if err := errors.Join(s.PutRows(ctx, storetest.Rows()), s.Erase(ctx)); err != nil {
			t.Fatal(err)
		}
		for _, table := range store.Tables() {
			if rows, err := s.Rows(ctx, table, "", 1); err != nil || rows != nil {
				t.Errorf("%s: rows %v, %v", table, rows, err)
			}
		}
	}
}

func TestStill(t *testing.T) {
	s := open(t, testConfig(t, t.TempDir()))
	defer s.Close()
	ctx := t.Context()
	if err := s.PutRows(ctx, storetest.Rows()); err != nil {
		t.Fatal(err)
	}
	calls := 0
	err := s.Still(ctx, func(still store.RowReader) error {
		calls++
		before, err := still.Rows(ctx, store.TableDone, "", 100)
		if err != nil {
			return err
		}
		if err := s.MarkDone(ctx, 1000, 1001); err != nil {
			return err
		}
		rows, err := still.Rows(ctx, store.TableDone, "", 100)
		if err == nil && len(rows) != len(before) {
			t.Errorf("%d rows, at first %d", len(rows), len(before))
		}
		return err
	})
	if err != nil || calls != 1 {
		t.Errorf("%d calls, %v", calls, err)
	}
	refusal := errors.New("no")
	if err := s.Still(ctx, func(store.RowReader) error { return refusal }); !errors.Is(err, refusal) {
		t.Errorf("got error %v, want %v", err, refusal)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.Still(ended, func(store.RowReader) error { t.Error("called"); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
}

func TestReadOnly(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.ReadOnly = true
	if s, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "holds no store") {
		t.Fatalf("an empty database: %v, %v", s, err)
	}
	writable := cfg
	writable.ReadOnly = false
	s := open(t, writable)
	if err := errors.Join(s.PutRows(t.Context(), storetest.Rows()), s.Close()); err != nil {
		t.Fatal(err)
	}
	s = open(t, cfg)
	defer s.Close()
	if done, err := s.Done(t.Context(), 90); err != nil || !done {
		t.Errorf("read: %v, %v", done, err)
	}
	if err := s.MarkDone(t.Context(), 91); err == nil {
		t.Error("it was written")
	}
	conn := pgtest.Connect(t, cfg.URL)
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "INSERT INTO "+cfg.Schema+"."+versionTable+" (version_id, is_applied) VALUES (99, true)"); err != nil {
		t.Fatal(err)
	}
	if other, err := Open(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "version 99") {
		t.Errorf("a newer schema: %v, %v", other, err)
	}
}
