package pgstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
)

var noon = time.Date(2026, time.May, 17, 12, 0, 0, 0, time.UTC)

// answers reports whether the database answers the store.
func answers(ctx context.Context, s *Store) error {
	_, err := s.Done(ctx, 1)
	return err
}

// fillPool opens as many connections as the pool may have.
func fillPool(t *testing.T, s *Store) {
	t.Helper()
	var hold, held sync.WaitGroup
	hold.Add(1)
	for id := range int64(s.conns) {
		held.Add(1)
		go func() {
			_, _ = s.UpdateUser(context.Background(), -1-id, func(*store.User) error {
				held.Done()
				hold.Wait()
				return errors.New("no")
			})
		}()
	}
	held.Wait()
	if got := s.Stats().Conns; got != int(s.conns) {
		t.Errorf("%d connections, want %d", got, s.conns)
	}
	hold.Done()
}

// Every connection dies at once, as when a server fails over. Calls that may be repeated do not fail.
func TestConnectionsLost(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.MaxConns = 4
	name := cfg.Schema // no other store's connections are meant
	cfg.URL += "&application_name=" + name
	s := open(t, cfg)
	defer s.Close()
	admin := pgtest.Connect(t, cfg.URL)
	defer admin.Close(context.Background())
	terminate := func() {
		t.Helper()
		fillPool(t, s)
		var killed int
		err := admin.QueryRow(t.Context(), `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE application_name = $1 AND pid <> pg_backend_pid()`, name).Scan(&killed)
		if err != nil || killed != int(s.conns) {
			t.Fatalf("terminated %d connections: %v", killed, err)
		}
	}
	ctx := t.Context()
	day := store.DayOf(noon)
	for what, call := range map[string]func() error{
		"read":    func() error { return answers(ctx, s) },
		"write":   func() error { return s.SetSetting(ctx, "name", "value") },
		"deliver": func() error { return s.Delivered(ctx, store.Delivery{Update: 1, Person: 1, Place: "Q1", At: noon}) },
		"update": func() error {
			_, err := s.UpdateUser(ctx, 1, func(u *store.User) error { u.Walks++; return nil })
			return err
		},
		"accept":     func() error { return accepts(ctx, s, 2) },
		"credit":     func() error { return credits(ctx, s, "c") },
		"not park":   func() error { err := s.bury(ctx, 77); return ifOther(err, store.ErrNotFound) },
		"save walks": func() error { return s.SaveWalks(ctx, []store.Walk{{ID: "w", Revision: 1}}) },
	} {
		terminate()
		if err := call(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	// The store does not repeat a call that might count twice.
	terminate()
	if _, err := s.Spend(ctx, day, 1, store.Tokens{Prompt: 10}); err != nil && !errors.Is(err, store.ErrAway) {
		t.Errorf("spend: got error %v, want ErrAway or none", err)
	}
	if err := answers(ctx, s); err != nil {
		t.Error(err)
	}
	before, err := s.Spent(ctx, day, 1)
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Spend(ctx, day, 1, store.Tokens{Prompt: 10})
	if err != nil || after.Person != before.Person+10 || after.Person > 20 {
		t.Errorf("%d and 10 tokens are %d (%v)", before.Person, after.Person, err)
	}
	if st := s.Stats(); st.Retries == 0 || st.Away {
		t.Errorf("stats %+v", st)
	}
}

// accepts wants a new update to be accepted as new, however often the call was made.
func accepts(ctx context.Context, s *Store, update int64) error {
	fresh, err := s.Accept(ctx, store.Entry{Update: update, Chat: 1, Arrived: noon, Raw: []byte("{}")})
	if err == nil && !fresh[0] {
		err = fmt.Errorf("update %d is not new", update)
	}
	return err
}

func credits(ctx context.Context, s *Store, charge string) error {
	_, fresh, err := s.Credit(ctx, store.Payment{Charge: charge, Person: 1, Stars: 1, At: noon})
	if err == nil && !fresh {
		err = errors.New("the payment is not new")
	}
	return err
}

func ifOther(err, want error) error {
	if errors.Is(err, want) {
		return nil
	}
	return fmt.Errorf("got error %w, want %w", err, want)
}

// restarting is set in the process that has a server to itself.
const restarting = "PGSTORE_TEST_RESTARTING"

// TestRestart runs itself once more with a separate server, which it stops and starts.
func TestRestart(t *testing.T) {
	if os.Getenv(restarting) == "" {
		if testConfig(t, t.TempDir()); os.Getenv("TEST_DATABASE_CONTROL") == "" {
			t.Skip("no server that may be stopped: .ci/postgres has one")
		}
		cmd := exec.CommandContext(t.Context(), "../../.ci/postgres", os.Args[0], "-test.run=^TestRestart$", "-test.count=1", "-test.v", "-test.timeout=2m")
		cmd.Env = append(os.Environ(), restarting+"=1")
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // so that it takes its server with it
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "--- PASS: TestRestart") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	server := func(do ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), os.Getenv("TEST_DATABASE_CONTROL"), do...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", do, err, out)
		}
	}
	ctx := t.Context()
	s := open(t, Config{URL: os.Getenv("TEST_DATABASE_URL"), Schema: "restarting"})
	defer s.Close()
	fillPool(t, s)

	// Writers do not give up: each confirmed write is there, once.
	const writers, each = 4, 50
	var stop atomic.Bool
	var wg sync.WaitGroup
	fresh := make([]int, writers*each+1)
	var confirmed atomic.Int64
	reached := make(chan struct{})
	for w := range writers {
		wg.Go(func() {
			for i := 1; i <= each && !stop.Load(); i++ {
				update := int64(w*each + i)
				for {
					got, err := s.Accept(ctx, store.Entry{Update: update, Chat: int64(w), Arrived: noon})
					if errors.Is(err, store.ErrAway) {
						continue
					}
					if err != nil {
						t.Errorf("accept: %v", err)
						return
					}
					if got[0] {
						fresh[update]++
					}
					break
				}
				if confirmed.Add(1) == writers*each/4 {
					close(reached)
				}
			}
		})
	}
	<-reached
	server("stop", "immediate")
	if err := answers(ctx, s); !errors.Is(err, store.ErrAway) {
		t.Errorf("got error %v, want ErrAway", err)
	} else if strings.Contains(err.Error(), "test-only") {
		t.Errorf("the error holds the password: %v", err)
	}
	if !s.Stats().Away {
		t.Error("the database does not count as away")
	}
	if err := s.SetSetting(ctx, "a", "b"); !errors.Is(err, store.ErrAway) {
		t.Errorf("got error %v, want ErrAway", err)
	}
	if _, err := Open(ctx, Config{URL: os.Getenv("TEST_DATABASE_URL"), Schema: "restarting"}); !errors.Is(err, store.ErrAway) {
		t.Errorf("open: got error %v, want ErrAway", err)
	}
	server("start")
	wg.Wait()
	if err := answers(ctx, s); err != nil || s.Stats().Away {
		t.Errorf("after the restart: %v, %+v", err, s.Stats())
	}
	kept, err := s.Pending(ctx, 0, writers*each+1)
	if err != nil || len(kept) != writers*each {
		t.Errorf("%d updates are kept, want %d (%v)", len(kept), writers*each, err)
	}
	for update, n := range fresh[1:] {
		if n > 1 {
			t.Errorf("update %d was new %d times", update+1, n)
		}
	}
	server("restart", "fast")
	if err := answers(ctx, s); err != nil {
		t.Errorf("after a restart that nobody was told of: %v", err)
	}
}
