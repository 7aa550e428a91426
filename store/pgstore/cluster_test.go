package pgstore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"excursobot/store"
)

const (
	forLong = time.Hour
	over    = -time.Second // a lease that has ended
)

// cluster is a store with replicas a, b and c.
func cluster(t *testing.T) *Store {
	t.Helper()
	s := open(t, testConfig(t, t.TempDir()))
	t.Cleanup(func() { _ = s.Close() })
	for _, r := range []string{"a", "b", "c"} {
		beat(t, s, r, forLong)
	}
	return s
}

func beat(t *testing.T, s *Store, replica string, lease time.Duration) store.Standing {
	t.Helper()
	st, err := s.Heartbeat(t.Context(), replica, lease)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func own(t *testing.T, s *Store, replica string, chat int64) string {
	t.Helper()
	owner, err := s.Claim(t.Context(), replica, chat)
	if err != nil {
		t.Fatal(err)
	}
	return owner
}

func TestHeartbeat(t *testing.T) {
	s := open(t, testConfig(t, t.TempDir()))
	defer s.Close()
	for i, step := range []struct {
		replica string
		lease   time.Duration
		want    store.Standing
	}{
		{"a", forLong, store.Standing{Alive: 1, Lost: true}}, // it never had one
		{"a", forLong, store.Standing{Alive: 1}},
		{"b", forLong, store.Standing{Alive: 2, Lost: true}},
		{"b", over, store.Standing{Alive: 2}},
		{"a", forLong, store.Standing{Alive: 1}},
		{"b", forLong, store.Standing{Alive: 2, Lost: true}},
	} {
		if got := beat(t, s, step.replica, step.lease); got != step.want {
			t.Errorf("step %d: got %+v, want %+v", i, got, step.want)
		}
	}
}

func TestAChatHasOneOwner(t *testing.T) {
	s := cluster(t)
	var mu sync.Mutex
	owners := map[string]int{}
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			owner, err := s.Claim(context.Background(), string("abc"[i%3]), 7)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			owners[owner]++
		})
	}
	wg.Wait()
	if len(owners) != 1 {
		t.Errorf("got owners %v, want one", owners)
	}
}

func TestADeadReplicasChatsAreFree(t *testing.T) {
	s := cluster(t)
	for _, want := range []string{"a", "a"} {
		if got := own(t, s, "a", 1); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := own(t, s, "b", 1); got != "a" {
		t.Errorf("a living replica's chat went to %s", got)
	}
	beat(t, s, "a", over)
	if got := own(t, s, "b", 1); got != "b" {
		t.Errorf("a dead replica's chat stayed with %s", got)
	}
	if got := own(t, s, "a", 1); got != "b" {
		t.Errorf("it went back to %s", got)
	}
	own(t, s, "b", 2)
	if err := s.Leave(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if got := own(t, s, "c", 2); got != "c" {
		t.Errorf("the chat of a replica that left stayed with %s", got)
	}
}

func TestOwnedAndDisowned(t *testing.T) {
	s := cluster(t)
	ctx := t.Context()
	for _, chat := range []int64{3, -5, 1} {
		own(t, s, "a", chat)
	}
	owned := func(want ...int64) {
		t.Helper()
		got, err := s.Owned(ctx, "a")
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	owned(-5, 1, 3)
	disown := func(idle time.Duration, chats ...int64) {
		t.Helper()
		if err := s.Release(ctx, "a", idle, chats...); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Accept(ctx, store.Entry{Update: 10, Chat: 3, Arrived: time.Now(), Raw: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	disown(time.Minute, 1, 3)
	owned(-5, 1, 3) // asked for just now
	disown(0, 1, 3)
	owned(-5, 3) // 3 has work
	if err := s.Release(ctx, "b", 0, -5); err != nil {
		t.Fatal(err)
	}
	owned(-5, 3) // not b's
}

func TestWorkOfADeadReplicaIsSharedOut(t *testing.T) {
	s := cluster(t)
	ctx := t.Context()
	for chat := range int64(20) {
		own(t, s, "a", chat)
		entries := []store.Entry{
			{Update: 2*chat + 1, Chat: chat, Arrived: time.Now(), Raw: []byte("{}")},
			{Update: 2*chat + 2, Chat: chat, Arrived: time.Now(), Raw: []byte("{}")},
		}
		if _, err := s.Accept(ctx, entries...); err != nil {
			t.Fatal(err)
		}
	}
	open := store.Walk{ID: "50:1", Person: 50, Share: store.Share{Chat: 50, Message: 1, Began: time.Now()}, Revision: 1, Rhythm: store.Rhythm{Interval: time.Minute}}
	closed := store.Walk{ID: "51:1", Person: 51, Share: store.Share{Chat: 51, Message: 1}, Revision: 1, Closed: true}
	if err := s.SaveWalks(ctx, []store.Walk{open, closed}); err != nil {
		t.Fatal(err)
	}
	own(t, s, "a", 50)
	if got, err := s.ClaimOrphans(ctx, "b", 100); err != nil || len(got) != 0 {
		t.Errorf("a living replica's chats went to b: %v, %v", got, err)
	}
	beat(t, s, "a", over)

	taken := make([][]int64, 2)
	var wg sync.WaitGroup
	for i, replica := range []string{"b", "c"} {
		wg.Go(func() {
			for range 12 {
				got, err := s.ClaimOrphans(context.Background(), replica, 2)
				if err != nil || len(got) > 2 {
					t.Errorf("got %v, %v", got, err)
				}
				taken[i] = append(taken[i], got...)
			}
		})
	}
	wg.Wait()
	all := slices.Sorted(slices.Values(slices.Concat(taken...)))
	want := append([]int64{}, 50)
	for chat := range int64(20) {
		want = append(want, chat)
	}
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("got %v, want %v: each once, and the closed walk's not", all, want)
	}
	for i, replica := range []string{"b", "c"} {
		got, err := s.Owned(ctx, replica)
		if slices.Sort(taken[i]); err != nil || !slices.Equal(got, taken[i]) {
			t.Errorf("%s owns %v, %v, took %v", replica, got, err, taken[i])
		}
	}
	entries, err := s.PendingIn(ctx, 6, 1, 2, 3)
	if err != nil || len(entries) != 3 || entries[0].Update != 3 || entries[2].Update != 5 || entries[2].Chat != 2 {
		t.Errorf("got %+v, %v, want updates 3, 4 and 5", entries, err)
	}
	walks, err := s.WalksIn(ctx, 50, 51, 1)
	if err != nil || len(walks) != 1 || walks[0].ID != "50:1" || walks[0].Interval != time.Minute {
		t.Errorf("got %+v, %v, want the open walk", walks, err)
	}
}

func TestSlots(t *testing.T) {
	s := cluster(t)
	ctx := t.Context()
	take := func(replica string, lease time.Duration) (int, bool) {
		t.Helper()
		slot, ok, err := s.Take(ctx, "model", 2, replica, lease)
		if err != nil {
			t.Fatal(err)
		}
		return slot, ok
	}
	first, ok1 := take("a", forLong)
	second, ok2 := take("b", forLong)
	if !ok1 || !ok2 || first == second || first+second != 1 {
		t.Fatalf("got slots %d and %d (%v, %v), want 0 and 1", first, second, ok1, ok2)
	}
	if _, ok := take("c", forLong); ok {
		t.Error("got a third of two slots")
	}
	if _, ok, err := s.Take(ctx, "another kind", 1, "c", forLong); err != nil || !ok {
		t.Errorf("another kind: %v, %v", ok, err)
	}
	if err := s.Return(ctx, "model", second, "c"); err != nil {
		t.Fatal(err)
	}
	if _, ok := take("c", forLong); ok {
		t.Error("got a slot that somebody returned who did not hold it")
	}
	if err := s.Return(ctx, "model", second, "b"); err != nil {
		t.Fatal(err)
	}
	if got, ok := take("c", over); !ok || got != second {
		t.Errorf("got %d, %v, want the slot returned", got, ok)
	}
	if got, ok := take("b", forLong); !ok || got != second {
		t.Errorf("got %d, %v, want the slot whose lease ended", got, ok)
	}
	if got, err := s.Renew(ctx, "model", "b", forLong); err != nil || !slices.Equal(got, []int{second}) {
		t.Errorf("got %v, %v, want b's slot", got, err)
	}
	if got, err := s.Renew(ctx, "model", "c", forLong); err != nil || got != nil {
		t.Errorf("got %v, %v, want none of c's", got, err)
	}
	beat(t, s, "a", over)
	if got, ok := take("c", forLong); !ok || got != first {
		t.Errorf("got %d, %v, want the dead replica's slot", got, ok)
	}
}

func TestNoSlotIsHeldTwice(t *testing.T) {
	s := cluster(t)
	var mu sync.Mutex
	held, most, takes := 0, 0, 0
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			replica := string("abc"[i%3])
			for range 20 {
				slot, ok, err := s.Take(context.Background(), "model", 3, replica, forLong)
				if err != nil {
					t.Error(err)
				}
				if !ok {
					continue
				}
				mu.Lock()
				held, takes = held+1, takes+1
				most = max(most, held)
				mu.Unlock()
				mu.Lock()
				held--
				mu.Unlock()
				if err := s.Return(context.Background(), "model", slot, replica); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if most > 3 || takes == 0 {
		t.Errorf("%d of 3 slots held at once, %d taken in all", most, takes)
	}
}

func TestWords(t *testing.T) {
	s := cluster(t)
	ctx, stop := context.WithCancel(t.Context())
	type heard struct {
		chat   int64
		update string
	}
	words := make(chan heard, 10)
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- s.Listen(ctx, "a", func() { close(ready) }, func(chat int64, update []byte) { words <- heard{chat, string(update)} })
	}()
	<-ready
	update := fmt.Sprintf(`{"update_id":7,"text":%q}`, "привет")
	for _, post := range []struct {
		to     string
		chat   int64
		update []byte
	}{{"b", 1, nil}, {"a", -2, nil}, {"a", 3, []byte(update)}} {
		if err := s.Post(t.Context(), post.to, post.chat, post.update); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []heard{{-2, ""}, {3, update}} {
		if got := <-words; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	if err := s.Post(t.Context(), "a", 1, make([]byte, store.MaxPost+1)); err == nil {
		t.Error("a word that is too long was posted")
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("got %v, want nil after its end", err)
	}
}
