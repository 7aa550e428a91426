package intake

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLanesKeepOrderInsideALane(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLanes(100, 100)
		var got []int
		for i := range 50 {
			mustReserve(t, l, 1)
			l.run(1, Telling, func() {
				time.Sleep(time.Duration(50-i) * time.Millisecond)
				got = append(got, i)
			})
		}
		l.wait()
		if !slices.IsSorted(got) || len(got) != 50 {
			t.Errorf("order %v, want 0..49", got)
		}
	})
}

func TestLanesOfOtherChatsAndControlDoNotWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLanes(100, 100)
		start := time.Now()
		var mu sync.Mutex
		ended := map[string]time.Duration{}
		task := func(name string, chat int64, in Lane, takes time.Duration) {
			mustReserve(t, l, chat)
			l.run(chat, in, func() {
				time.Sleep(takes)
				mu.Lock()
				defer mu.Unlock()
				ended[name] = time.Since(start)
			})
		}
		task("slow story", 1, Telling, time.Minute)
		task("next story", 1, Telling, time.Second)
		task("button", 1, Control, time.Second)
		task("other chat", 2, Telling, time.Second)
		l.wait()
		want := map[string]time.Duration{
			"slow story": time.Minute, "next story": time.Minute + time.Second, "button": time.Second, "other chat": time.Second,
		}
		for name, at := range want {
			if ended[name] != at {
				t.Errorf("%s ended after %v, want %v", name, ended[name], at)
			}
		}
	})
}

func TestLanesRefuseWhatIsOverTheirBounds(t *testing.T) {
	t.Parallel()
	l := newLanes(3, 2)
	mustReserve(t, l, 1)
	mustReserve(t, l, 1)
	if err := l.reserve(1); !errors.Is(err, errChatFull) {
		t.Errorf("third of a chat: %v, want %v", err, errChatFull)
	}
	mustReserve(t, l, 2)
	if err := l.reserve(3); !errors.Is(err, ErrFull) {
		t.Errorf("fourth in all: %v, want %v", err, ErrFull)
	}
	l.cancel(1)
	mustReserve(t, l, 3)
}

func TestLanesLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	l := newLanes(1000, 10)
	for chat := range int64(500) {
		mustReserve(t, l, chat)
		l.run(chat, Control, func() {})
	}
	l.wait()
	if len(l.chats) != 0 || len(l.queue) != 0 || l.total != 0 {
		t.Errorf("left: %d chats, %d lanes, %d tasks; want none", len(l.chats), len(l.queue), l.total)
	}
}

func TestLanesRoomWaitsForATaskToEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := newLanes(1, 1)
		mustReserve(t, l, 1)
		l.run(1, Telling, func() { time.Sleep(7 * time.Second) })
		start := time.Now()
		if err := l.waitForRoom(t.Context(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 7*time.Second {
			t.Errorf("room after %v, want 7s", took)
		}
		mustReserve(t, l, 1)
		defer l.cancel(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.waitForRoom(ctx, func() bool { return true }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("room while full: %v, want the context's error", err)
		}
	})
}

func mustReserve(t *testing.T, l *lanes, chat int64) {
	t.Helper()
	if err := l.reserve(chat); err != nil {
		t.Fatalf("reserve for chat %d: %v", chat, err)
	}
}

func BenchmarkLanes(b *testing.B) {
	l := newLanes(1<<20, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		if l.reserve(1) == nil {
			l.run(1, Control, func() {})
		}
	}
	l.wait()
}
