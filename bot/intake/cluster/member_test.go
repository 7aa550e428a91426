package cluster

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/store"
	"excursobot/store/pgstore"
	"excursobot/store/pgstore/pgtest"
)

// output is a log that is read while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// joined runs a member until the test or the function ends it. Each caught-up list of chats comes through the channel.
func joined(t *testing.T, s *pgstore.Store, id string, lease time.Duration, log *output) (_ *Member, caught <-chan []int64, leave func()) {
	t.Helper()
	chats := make(chan []int64, 100)
	m, err := New(Config{
		Store: s, ID: id, Lease: lease, Log: slog.New(slog.NewTextHandler(log, nil)),
		Hooks: Hooks{
			Adopt: func(context.Context, ...int64) error { return nil }, Drop: func(int64) {}, Idle: func(int64) bool { return false },
			Taking: func() bool { return true }, Hear: func(context.Context, int64, []byte) {}, SetShare: func(float64) {}, Fault: func(error) {},
			CatchUp: func(_ context.Context, list []int64) error { chats <- list; return nil },
			Guard:   func(run func()) { run() },
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = m.Run(ctx) }()
	leave = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(leave)
	return m, chats, leave
}

func openStore(t *testing.T, url string) *pgstore.Store {
	t.Helper()
	s, err := pgstore.Open(t.Context(), pgstore.Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestFirstStartLosesNoLease(t *testing.T) {
	var log output
	m, caught, leave := joined(t, openStore(t, pgtest.URL(t)), "a", time.Minute, &log)
	m.Wake()
	<-caught
	leave()
	if got := log.String(); strings.Contains(got, "WARN") || strings.Contains(got, "ERROR") {
		t.Errorf("the log says:\n%s", got)
	}
}

// The lease is an hour: only the end of its connections tells that the replica died.
func TestWorkOfAKilledReplicaIsTakenOverDuringItsLease(t *testing.T) {
	url := pgtest.URL(t)
	relayed, cut := pgtest.Relay(t, url)
	s, killed := openStore(t, url), openStore(t, relayed)
	if _, err := s.Accept(t.Context(), store.Entry{Update: 1, Chat: 7, Arrived: time.Now(), Raw: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	var log output
	_, first, _ := joined(t, killed, "a", time.Hour, &log)
	for len(<-first) == 0 { // until a has the chat
	}
	m, second, _ := joined(t, s, "b", time.Hour, &log)
	for alive := 0; alive < 2; alive, _ = m.Stats() {
		m.Wake()
		if got := <-second; len(got) > 0 {
			t.Fatalf("b took the chats %v of a, which lives", got)
		}
	}
	cut()
	for {
		if got := <-second; len(got) > 0 {
			if got[0] != 7 {
				t.Errorf("b took the chats %v, want 7", got)
			}
			break
		}
	}
	if got := log.String(); strings.Contains(got, "replica_lease_lost") || !strings.Contains(got, "replica_died") {
		t.Errorf("the log says:\n%s", got)
	}
}
