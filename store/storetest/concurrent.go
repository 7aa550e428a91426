package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"excursobot/store"
)

const (
	writers    = 16
	increments = 100
)

// testConcurrent writes from many goroutines: no increment is lost, and a refused write does not affect another one.
func testConcurrent(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	text := story("Q1", "ru", store.Short, eiffel)
	must(t, s.PutStories(ctx, []store.Story{text}))
	must(t, s.PutTour(ctx, aTour(7)))
	day, refusal := store.DayOf(noon), errors.New("no")

	var credited [increments]atomic.Int32 // how often each charge was new
	var wg sync.WaitGroup
	for w := range int64(writers) {
		wg.Go(func() {
			check := func(what string, err error) {
				if err != nil {
					t.Errorf("writer %d: %s: %v", w, what, err)
				}
			}
			for i := range int64(increments) {
				_, err := s.UpdateUser(ctx, 7, func(u *store.User) error { u.HintAt = u.HintAt.Add(time.Second); return nil })
				check("increment", err)
				_, err = s.UpdateTour(ctx, 7, noon, func(t *store.Tour) error { t.Heard++; return nil })
				check("tour", err)
				if _, err := s.UpdateUser(ctx, 7, func(u *store.User) error { u.HintAt = noon; return refusal }); !errors.Is(err, refusal) {
					t.Errorf("writer %d: got error %v, want the updater's", w, err)
				}
				_, err = s.Spend(ctx, day, w, store.Tokens{Prompt: 1})
				check("spend", err)
				_, err = s.Speak(ctx, day, 1)
				check("speak", err)
				check("delivered", s.Delivered(ctx, store.Delivery{Update: 1 + i, Person: w % 2, Place: fmt.Sprint("Q", i), At: noon}))
				check("put", s.PutStories(ctx, []store.Story{story(fmt.Sprint("Q", 1+i%10), "ru", store.Short, eiffel)}))
				_, fresh, err := s.Credit(ctx, store.Payment{Charge: fmt.Sprint("charge", i), Person: 7, Stars: 1, At: noon})
				check("credit", err)
				if fresh {
					credited[i].Add(1)
				}
				found, err := s.StoriesIn(ctx, "ru", at(eiffel), 100, noon)
				check("read", err)
				for j := 1; j < len(found); j++ {
					if found[j-1].Place >= found[j].Place {
						t.Errorf("writer %d: read %s before %s", w, found[j-1].Place, found[j].Place)
					}
				}
			}
			check("told", s.Delivered(ctx, store.Delivery{Person: 100 + w, Place: "Q1", At: noon}))
			_, err := s.Vote(ctx, 100+w, text.StoryKey, store.Like, noon)
			check("vote", err)
		})
	}
	wg.Wait()

	walked, err := s.Tour(ctx, 7, noon)
	must(t, err)
	if walked.Heard != writers*increments {
		t.Errorf("got %d increments of a tour, want %d", walked.Heard, writers*increments)
	}
	for i := range credited {
		if got := credited[i].Load(); got != 1 {
			t.Errorf("payment %d was new %d times", i, got)
		}
	}
	const n = writers * increments
	text.Likes = writers
	play(t, s, []op{
		user("increments", 7, store.User{ID: 7, HintAt: time.Time{}.Add(n * time.Second)}, nil),
		given("stars", 7, store.Given{Person: increments, All: increments}),
		spent("tokens", day, 3, store.Spent{Day: n, Person: increments}),
		stories("votes", []store.StoryKey{text.StoryKey}, noon, text),
		told("told", 1, []string{"Q0", "Q99", "Q100"}, []bool{true, true, false}),
		done("first update", 1, true),
		done("last update", increments, true),
	})
}

// testCloseWhileWriting checks that what was confirmed before Close is there after it.
func testCloseWhileWriting(t *testing.T, open OpenFunc) {
	dir := t.TempDir()
	s := open(t, dir)
	confirmed := make([]int64, writers)
	var wg, half sync.WaitGroup
	half.Add(writers)
	for w := range confirmed {
		wg.Go(func() {
			for {
				_, err := s.Spend(t.Context(), store.DayOf(noon), int64(w+1), store.Tokens{Prompt: 1})
				if errors.Is(err, store.ErrClosed) {
					return
				}
				if err != nil {
					t.Errorf("got error %v, want ErrClosed", err)
					return
				}
				if confirmed[w]++; confirmed[w] == 10 {
					half.Done()
				}
			}
		})
	}
	half.Wait()
	closeStore(t, s)
	wg.Wait()
	s = open(t, dir)
	defer closeStore(t, s)
	for w, want := range confirmed {
		got, err := s.Spent(t.Context(), store.DayOf(noon), int64(w+1))
		must(t, err)
		if got.Person != want {
			t.Errorf("writer %d: got %d, want %d", w, got.Person, want)
		}
	}
}

// crashDir is set in the process that is to be killed.
const crashDir = "STORETEST_CRASH_DIR"

// testCrash runs this test alone in a second process, which writes and confirms until it is killed, three times over.
func testCrash(t *testing.T, open OpenFunc) {
	if dir := os.Getenv(crashDir); dir != "" {
		writeUntilKilled(t, open(t, dir))
		return
	}
	dir := t.TempDir()
	var last int64
	for round, acks := range []int{1, 40, 25} {
		last = crash(t, dir, acks)
		s := open(t, dir)
		finished := 0
		for n := int64(1); n <= last+1; n++ {
			done, err := s.Done(t.Context(), n)
			must(t, err)
			told, err := s.Told(t.Context(), n, []string{"Q1"})
			must(t, err)
			if done {
				finished++
			}
			if done != told[0] {
				t.Errorf("round %d: delivery %d is there by half: told %v, done %v", round, n, told[0], done)
			}
			if n <= last && !done {
				t.Errorf("round %d: delivery %d was confirmed and is lost (last %d)", round, n, last)
			}
		}
		left, err := s.Pending(t.Context(), 0, 10)
		must(t, err)
		for _, e := range left {
			if done, err := s.Done(t.Context(), e.Update); err != nil || done || len(left) > 1 {
				t.Errorf("round %d: %d updates are left, number %d with done %v (%v)", round, len(left), e.Update, done, err)
			}
		}
		stops, err := s.Stops(t.Context(), "w")
		must(t, err)
		if len(stops) != finished {
			t.Errorf("round %d: %d deliveries are there, %d of them in their walk", round, finished, len(stops))
		}
		closeStore(t, s)
	}
}

// crash returns the last number that the killed process confirmed.
func crash(t *testing.T, dir string, acks int) int64 {
	t.Helper()
	var pattern []string
	for part := range strings.SplitSeq(t.Name(), "/") {
		pattern = append(pattern, "^"+regexp.QuoteMeta(part)+"$")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+strings.Join(pattern, "/"), "-test.count=1")
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	var last int64
	lines := bufio.NewScanner(out)
	for range acks {
		if !lines.Scan() {
			break
		}
		n, ok := strings.CutPrefix(lines.Text(), "confirmed ")
		if last, err = strconv.ParseInt(n, 10, 64); !ok || err != nil {
			t.Errorf("the other process said: %s", lines.Text())
			break
		}
	}
	must(t, cmd.Process.Kill())
	for lines.Scan() { // what it confirmed before it died
		if n, ok := strings.CutPrefix(lines.Text(), "confirmed "); ok {
			if v, err := strconv.ParseInt(n, 10, 64); err == nil {
				last = v
			}
		}
	}
	_ = cmd.Wait() // "signal: killed"
	if last == 0 {
		t.Fatal("the other process confirmed nothing")
	}
	return last
}

func writeUntilKilled(t *testing.T, s store.Store) {
	must(t, s.SaveWalks(t.Context(), []store.Walk{{ID: "w", Revision: 1}}))
	for n := int64(1); ; n++ {
		if done, err := s.Done(t.Context(), n); err != nil {
			t.Fatal(err)
		} else if done {
			continue
		}
		_, err := s.Accept(t.Context(), store.Entry{Update: n, Arrived: noon})
		must(t, err)
		must(t, s.Delivered(t.Context(), store.Delivery{Update: n, Person: n, Place: "Q1", Walk: "w", Number: int(n), At: noon}))
		if _, err := fmt.Printf("confirmed %d\n", n); err != nil { // nobody listens any more
			return
		}
	}
}
