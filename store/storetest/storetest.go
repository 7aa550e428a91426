// Package storetest is the contract of package store as a suite that every adapter runs: a script of operations for each role,
// refused arguments, concurrent calls, and the state after a crash. It knows no adapter.
package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// OpenFunc opens the store that belongs to a directory of the test, new or as it was left there. It fails the test
// if it cannot.
type OpenFunc func(t *testing.T, dir string) store.Store

// Run checks the contract. A part of it runs the test binary a second time and kills it.
func Run(t *testing.T, open OpenFunc) {
	for _, part := range []struct {
		name string
		ops  func() []op
	}{
		{"Users", userOps},
		{"Told", toldOps},
		{"Votes", voteOps},
		{"Tiles", tileOps},
		{"Places", placeOps},
		{"Stories", storyOps},
		{"Aspects", aspectOps},
		{"Articles", articleOps},
		{"Voices", voiceOps},
		{"Recent", recentOps},
		{"Tours", tourOps},
		{"Judgements", judgementOps},
		{"Experience", experienceOps},
		{"Reports", reportOps},
		{"Ranges", rangeOps},
		{"Ledger", ledgerOps},
		{"Deliveries", deliveryOps},
		{"Inbox", inboxOps},
		{"Walks", walkOps},
		{"ClosedWalks", closedWalkOps},
		{"Payments", paymentOps},
		{"Settings", settingOps},
		{"Order", orderOps},
		{"Forget", forgetOps},
		{"MoveUser", moveUserOps},
		{"Sweep", sweepOps},
	} {
		t.Run(part.name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			ops := part.ops()
			play(t, s, ops)
			s = reopen(t, open, s, dir)
			// After a reopen the last operations must find the same.
			last := len(ops)
			for last > 0 && ops[last-1].reads {
				last--
			}
			play(t, s, ops[last:])
			closeStore(t, s)
		})
	}
	t.Run("ArticleUse", func(t *testing.T) { testArticleUse(t, open) })
	t.Run("JudgementBounds", func(t *testing.T) { testJudgementBounds(t, open) })
	t.Run("ConcurrentJudgements", func(t *testing.T) { testConcurrentJudgements(t, open) })
	t.Run("ForgetEverything", func(t *testing.T) { testForgetEverything(t, open) })
	t.Run("ForgetLetters", func(t *testing.T) { testForgetLetters(t, open) })
	t.Run("EveryField", func(t *testing.T) { testEveryField(t, open) })
	t.Run("WalkFields", func(t *testing.T) { testWalkFields(t, open) })
	t.Run("InboxFields", func(t *testing.T) { testInboxFields(t, open) })
	t.Run("InboxBounds", func(t *testing.T) { testInboxBounds(t, open) })
	t.Run("Refused", func(t *testing.T) { testRefused(t, open) })
	t.Run("Ended", func(t *testing.T) { testEnded(t, open) })
	t.Run("Closed", func(t *testing.T) { testClosed(t, open) })
	t.Run("UnderWay", func(t *testing.T) { testUnderWay(t, open) })
	t.Run("Updater", func(t *testing.T) { testUpdater(t, open) })
	t.Run("Aliasing", func(t *testing.T) { testAliasing(t, open) })
	t.Run("Concurrent", func(t *testing.T) { testConcurrent(t, open) })
	t.Run("ConcurrentInbox", func(t *testing.T) { testConcurrentInbox(t, open) })
	t.Run("ConcurrentWalks", func(t *testing.T) { testConcurrentWalks(t, open) })
	t.Run("CloseWhileWriting", func(t *testing.T) { testCloseWhileWriting(t, open) })
	t.Run("Rows", func(t *testing.T) { testRows(t, open) })
	t.Run("Crash", func(t *testing.T) { testCrash(t, open) })
}

// op is one step of a script.
type op struct {
	name  string
	do    func(ctx context.Context, s store.Store) (any, error)
	want  any   // of a step without error; nil = the result does not matter
	err   error // errors.Is
	reads bool  // it changes nothing: repeated after a reopen if only such steps follow it
}

// play runs the steps in order.
func play(t *testing.T, s store.Store, ops []op) {
	t.Helper()
	for i, o := range ops {
		got, err := o.do(t.Context(), s)
		if !errors.Is(err, o.err) {
			t.Fatalf("step %d, %s: got error %v, want %v", i, o.name, err, o.err)
		}
		if o.want == nil || o.err != nil {
			continue
		}
		if diff := cmp.Diff(o.want, got, sameTime); diff != "" {
			t.Fatalf("step %d, %s (-want +got):\n%s", i, o.name, diff)
		}
	}
}

// sameTime wants the location too: the contract says UTC.
var sameTime = cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) && a.Location() == b.Location() })

func reopen(t *testing.T, open OpenFunc, s store.Store, dir string) store.Store {
	t.Helper()
	closeStore(t, s)
	return open(t, dir)
}

func closeStore(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
}

// noon is the present of the scripts.
var noon = time.Date(2026, time.May, 17, 12, 0, 0, 123456000, time.UTC)

// must checks steps that prepare a test.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
