package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
)

func TestTranslate(t *testing.T) {
	sent := func(code string) error { return fmt.Errorf("read: %w", &pgconn.PgError{Code: code}) }
	tests := []struct {
		name string
		err  error
		want error // nil = unchanged
	}{
		{"ended by an administrator", sent("57P01"), store.ErrAway},
		{"starting", sent("57P03"), store.ErrAway},
		{"too many connections", sent("53300"), store.ErrAway},
		{"connection exception", sent("08006"), store.ErrAway},
		{"too slow", sent("57014"), store.ErrAway},
		{"read-only", sent("25006"), store.ErrAway},
		{"the connection ended", io.ErrUnexpectedEOF, store.ErrAway},
		{"reset", &net.OpError{Op: "read", Err: errors.New("reset")}, store.ErrAway},
		{"no answer in time", context.DeadlineExceeded, store.ErrAway},
		{"disk full", sent("53100"), store.ErrFull},
		{"no such time", sent("22008"), store.ErrInvalid},
		{"our mistake", sent("42P01"), nil},
		{"of somebody else", errors.New("no"), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := translate(tt.err)
			if tt.want != nil && !errors.Is(got, tt.want) {
				t.Errorf("got %v, want %v", got, tt.want)
			}
			if tt.want == nil && got != tt.err { //nolint:errorlint // unchanged means the same value
				t.Errorf("got %v, want it unchanged", got)
			}
			if !errors.Is(got, tt.err) {
				t.Errorf("%v does not hold its cause", got)
			}
		})
	}
}

// holder returns a store whose connections have a name, and a connection in an open transaction that made the changes.
func holder(t *testing.T, cfg Config, changes ...string) (*Store, *pgx.Conn) {
	t.Helper()
	plain := cfg.URL
	cfg.URL += "&application_name=" + cfg.Schema
	s := open(t, cfg)
	conn := pgtest.Connect(t, plain+"&search_path="+cfg.Schema)
	t.Cleanup(func() {
		_ = conn.Close(context.Background())
		_ = s.Close()
	})
	for _, sql := range append([]string{"BEGIN"}, changes...) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return s, conn
}

// A transaction that a deadlock ended is repeated. The test makes the server report one: its clock would decide which transaction loses a real one.
func TestDeadlock(t *testing.T) {
	s, _ := holder(t, testConfig(t, t.TempDir()), `CREATE SEQUENCE tries`, `CREATE FUNCTION deadlock() RETURNS trigger LANGUAGE plpgsql AS
		$$BEGIN IF nextval('tries') = 1 THEN RAISE EXCEPTION 'deadlock detected' USING ERRCODE = '40P01'; END IF; RETURN NEW; END$$`,
		`CREATE TRIGGER deadlock BEFORE INSERT ON settings FOR EACH ROW EXECUTE FUNCTION deadlock()`, "COMMIT")
	if err := s.SetSetting(t.Context(), "a", "ours"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Setting(t.Context(), "a"); err != nil || got != "ours" {
		t.Errorf("got %q (%v), want ours", got, err)
	}
	if got := s.Stats().Retries; got != 1 {
		t.Errorf("%d retries, want 1", got)
	}
}

func TestStatementTimeout(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.StatementTimeout = 50 * time.Millisecond
	s, _ := holder(t, cfg, `INSERT INTO settings VALUES ('a', 'theirs')`)
	if err := s.SetSetting(t.Context(), "a", "ours"); !errors.Is(err, store.ErrAway) {
		t.Errorf("got error %v, want ErrAway", err)
	}
	if st := s.Stats(); st.Away || st.Retries != 0 {
		t.Errorf("stats %+v, want neither away nor a second try", st)
	}
	if err := s.SetSetting(t.Context(), "b", "ours"); err != nil {
		t.Error(err)
	}
}

func TestFull(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	s, conn := holder(t, cfg, "COMMIT", `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
		'BEGIN RAISE EXCEPTION ''no space left on device'' USING ERRCODE = ''53100''; END'`,
		"CREATE TRIGGER full_disk BEFORE INSERT ON settings EXECUTE FUNCTION full_disk()")
	if err := s.SetSetting(t.Context(), "a", "b"); !errors.Is(err, store.ErrFull) {
		t.Errorf("got error %v, want ErrFull", err)
	}
	if _, err := s.Setting(t.Context(), "a"); err != nil {
		t.Errorf("read: %v", err)
	}
	if st := s.Stats(); !st.Full || st.Away || st.Retries != 0 {
		t.Errorf("stats %+v, want full, and no second try", st)
	}
	if _, err := conn.Exec(t.Context(), "DROP TRIGGER full_disk ON settings"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetSetting(t.Context(), "a", "b"); err != nil || s.Stats().Full {
		t.Errorf("got error %v, stats %+v", err, s.Stats())
	}
}

// A caller may leave while it waits for a connection, and has written nothing.
func TestContextEndsBeforeThereIsAConnection(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.MaxConns = 1
	s := open(t, cfg)
	defer s.Close()
	_, err := s.UpdateUser(t.Context(), 1, func(*store.User) error { // it has the only connection
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if err := s.SetSetting(ctx, "a", "b"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrAway) {
			t.Errorf("write: got error %v, want the context's", err)
		}
		if _, err := s.Setting(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, store.ErrAway) {
			t.Errorf("read: got error %v, want the context's", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if got, err := s.Setting(t.Context(), "a"); err != nil || got != "" {
		t.Errorf("what was left is stored: %q, %v", got, err)
	}
}
