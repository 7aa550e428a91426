package pgstore

import (
	"context"
	"testing"

	"excursobot/store/pgstore/pgtest"
)

// listenAs lets a replica with a long lease listen. The channel is closed when it ends.
func listenAs(t *testing.T, s *Store, replica string) (ended chan struct{}) {
	t.Helper()
	beat(t, s, replica, forLong)
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Listen(ctx, replica, func() { close(ready) }, func(int64, []byte) {})
	}()
	<-ready
	t.Cleanup(func() { stop(); <-ended })
	return ended
}

// endLost calls EndLost twice, with a second for the database in between, and returns how many leases ended.
func endLost(t *testing.T, s *Store) int {
	t.Helper()
	first, err := s.EndLost(t.Context(), "other")
	if err != nil || first != 0 {
		t.Fatalf("%d leases ended at the first look (%v)", first, err)
	}
	change(t, s, "UPDATE replicas SET missed_at = missed_at - interval '1 s'")
	second, err := s.EndLost(t.Context(), "other")
	if err != nil {
		t.Fatal(err)
	}
	return second
}

func change(t *testing.T, s *Store, sql string) {
	t.Helper()
	if _, err := s.pool.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

// lockGone waits until the server noticed that the connection ended which had the replica's lock.
func lockGone(t *testing.T, s *Store) {
	t.Helper()
	for held := 1; held > 0; {
		err := s.pool.QueryRow(t.Context(), `SELECT count(*) FROM pg_locks JOIN replicas ON objid::bigint = lock_key WHERE locktype = 'advisory'`).Scan(&held)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestEndLost(t *testing.T) {
	tests := []struct {
		name string
		then func(t *testing.T, s *Store, cut func(), ended chan struct{})
		want int
	}{
		{"a living replica keeps its lease", func(*testing.T, *Store, func(), chan struct{}) {}, 0},
		{"that of a killed one ends", func(t *testing.T, s *Store, cut func(), _ chan struct{}) { cut(); lockGone(t, s) }, 1},
		{"a restart of the server proves nothing", func(t *testing.T, s *Store, cut func(), _ chan struct{}) {
			cut()
			lockGone(t, s)
			change(t, s, "UPDATE replicas SET locked_on = locked_on - interval '1 s'")
		}, 0},
		{"one that lost only this connection says so", func(t *testing.T, s *Store, _ func(), ended chan struct{}) {
			change(t, s, "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN replicas ON objid::bigint = lock_key WHERE locktype = 'advisory'")
			<-ended
		}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := testConfig(t, t.TempDir())
			s := open(t, cfg)
			defer s.Close()
			relayed, cut := pgtest.Relay(t, cfg.URL)
			replica := open(t, Config{URL: relayed, Schema: cfg.Schema})
			defer replica.Close()
			ended := listenAs(t, replica, "a")
			tt.then(t, s, cut, ended)
			if got := endLost(t, s); got != tt.want {
				t.Errorf("%d leases ended, want %d", got, tt.want)
			}
			if standing := beat(t, s, "a", forLong); standing.Lost != (tt.want > 0) {
				t.Errorf("the replica's lease was lost: %v", standing.Lost)
			}
			if got := endLost(t, s); got != 0 {
				t.Errorf("%d leases ended of a replica that began a new one", got)
			}
		})
	}
}

// A pooler keeps its connections to the server, and their locks, when a client dies.
func TestNoLockBehindPooler(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	s := open(t, cfg)
	defer s.Close()
	pooled := open(t, Config{URL: poolerURL(t, "transaction"), Schema: cfg.Schema})
	defer pooled.Close()
	listenAs(t, pooled, "a")
	if got := endLost(t, s); got != 0 {
		t.Errorf("%d leases ended", got)
	}
}
