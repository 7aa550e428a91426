package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"excursobot/store"
)

func aJudgement(s store.Story, after time.Duration, shown ...store.Shown) store.Judgement {
	return store.Judgement{StoryKey: s.StoryKey, Text: store.TextHash(s.Text), Queued: noon.Add(after), Shown: shown}
}

func judgementOps() []op {
	pending := func(place string) store.Story {
		return with(story(place, "ru", store.Short, eiffel), func(s *store.Story) { s.Judged = store.JudgedPending })
	}
	one, two, three := pending("Q1"), pending("Q2"), pending("Q3")
	two.Aspect = 2
	judged := func(s store.Story, j store.Judged) store.Story {
		return with(s, func(s *store.Story) { s.Judged, s.Retired = j, j == store.JudgedRefused })
	}
	a, b, c := store.Shown{Chat: 7, Message: 1, Person: 7}, store.Shown{Chat: -9, Message: 1, Person: 8}, store.Shown{Chat: 8, Message: 1, Person: 8}
	first, second, third := aJudgement(one, time.Hour, a, b), aJudgement(two, 0), aJudgement(three, time.Hour)
	rewritten := with(one, func(s *store.Story) { s.Text = "Rewritten." })
	again := with(aJudgement(rewritten, 2*time.Hour, c, a), func(j *store.Judgement) { j.Objections = []string{"in 1912", "a duke"} })
	merged := with(again, func(j *store.Judgement) { j.Shown = []store.Shown{a, b, c} })
	minute, lease := noon.Add(time.Minute), 2*time.Minute
	return []op{
		claim("nothing", "r1", noon, lease, 10),
		endJudgement("nothing", one.StoryKey, first.Text, store.JudgedPassed, store.Judgement{}, store.ErrNotFound),
		putStories("pending", one, two, three),
		queueJudgement("first", first), queueJudgement("second", second), queueJudgement("third", third),
		pendingJudgements("three", 3),
		showPending("in another chat", two.StoryKey, c), showPending("again", two.StoryKey, c),
		showPending("of no judgement", store.StoryKey{Place: "Q9"}, c),
		claim("no limit", "r1", noon, lease, 0),
		claim("the earliest, then by key", "r1", noon, lease, 2, with(second, func(j *store.Judgement) { j.Shown = []store.Shown{c} }), first),
		claim("the other one", "r2", minute, lease, 10, third),
		claim("all are claimed", "r1", minute, lease, 10),
		claim("the first leases ended", "r2", noon.Add(lease), lease, 1, with(second, func(j *store.Judgement) { j.Shown = []store.Shown{c} })),
		endJudgement("of another text", one.StoryKey, third.Text, store.JudgedPassed, store.Judgement{}, store.ErrNotFound),
		putStories("rewritten", rewritten),
		queueJudgement("rewritten: the messages stay", again),
		endJudgement("of the text before", one.StoryKey, first.Text, store.JudgedPassed, store.Judgement{}, store.ErrNotFound),
		claim("it is free again", "r2", noon, lease, 10, merged),
		endJudgement("refused", one.StoryKey, again.Text, store.JudgedRefused, merged, nil),
		endJudgement("again", one.StoryKey, again.Text, store.JudgedRefused, store.Judgement{}, store.ErrNotFound),
		stories("retired", []store.StoryKey{one.StoryKey}, noon, judged(rewritten, store.JudgedRefused)),
		putStories("another text meanwhile", with(three, func(s *store.Story) { s.Text = "Newer." })),
		endJudgement("the newer text is not judged", three.StoryKey, third.Text, store.JudgedPassed, third, nil),
		stories("still pending", []store.StoryKey{three.StoryKey}, noon, with(three, func(s *store.Story) { s.Text = "Newer." })),
		endJudgement("passed", two.StoryKey, second.Text, store.JudgedPassed, with(second, func(j *store.Judgement) { j.Shown = []store.Shown{c} }), nil),
		stories("passed", []store.StoryKey{two.StoryKey}, noon, judged(two, store.JudgedPassed)),
		pendingJudgements("none", 0),

		queueJudgement("of a story that is gone", aJudgement(pending("Q5"), 0, a, b, c)),
		forget("7", 7),
		claim("without the messages of 7", "r1", noon, lease, 1, aJudgement(pending("Q5"), 0, b, c)),
		sweep("not yet", noon.Add(store.JudgementLife-time.Microsecond), 10, 0),
		sweep("a day later", noon.Add(store.JudgementLife), 10, 1),
		pendingJudgements("none", 0),
		restoreStory("the judge was wrong", one.StoryKey, judged(rewritten, store.JudgedPassed), nil),
		storiesIn("told again", "ru", at(eiffel), 10, noon, judged(rewritten, store.JudgedPassed), with(three, func(s *store.Story) { s.Text = "Newer." })),
	}
}

// testJudgementBounds has more judgements and messages than are kept.
func testJudgementBounds(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const more = 3
	of := func(i int) store.Judgement {
		return aJudgement(story(fmt.Sprint("Q", i), "ru", store.Short, eiffel), time.Duration(i%100)*time.Second)
	}
	for i := range store.MaxJudgements + more {
		must(t, s.QueueJudgement(ctx, of(i)))
	}
	all, err := s.ClaimJudgements(ctx, "r", noon, time.Minute, 2*store.MaxJudgements)
	must(t, err)
	if len(all) != store.MaxJudgements || all[0].Place == "Q0" || !slices.IsSortedFunc(all, func(a, b store.Judgement) int { return a.Queued.Compare(b.Queued) }) {
		t.Errorf("%d judgements, the first of %s at %v", len(all), all[0].Place, all[0].Queued)
	}
	key := all[0].StoryKey
	for i := range store.MaxShown + more {
		must(t, s.ShowPending(ctx, key, store.Shown{Chat: 1, Message: i}))
	}
	ended, err := s.EndJudgement(ctx, key, all[0].Text, store.JudgedSkipped)
	must(t, err)
	if n := len(ended.Shown); n != store.MaxShown || ended.Shown[0].Message != more || ended.Shown[n-1].Message != store.MaxShown+more-1 {
		t.Errorf("%d messages: %v", n, ended.Shown)
	}
}

// testConcurrentJudgements has many replicas claim and end judgements at once: each goes to one of them.
func testConcurrentJudgements(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const judgements = 60
	for i := range judgements {
		j := aJudgement(story(fmt.Sprint("Q", i), "ru", store.Short, eiffel), 0)
		must(t, s.PutStories(ctx, []store.Story{story(j.Place, "ru", store.Short, eiffel)}))
		must(t, s.QueueJudgement(ctx, j))
	}
	var mu sync.Mutex
	claimed := map[string]int{}
	var wg sync.WaitGroup
	for w := range 6 {
		wg.Go(func() {
			for {
				got, err := s.ClaimJudgements(ctx, fmt.Sprint("r", w), noon, time.Minute, 3)
				if err != nil {
					t.Errorf("claim: %v", err)
				}
				if len(got) == 0 { // in a database what another one is about to claim is passed over
					return
				}
				for _, j := range got {
					mu.Lock()
					claimed[j.Place]++
					mu.Unlock()
					if _, err := s.EndJudgement(ctx, j.StoryKey, j.Text, store.JudgedPassed); err != nil {
						t.Errorf("end: %v", err)
					}
				}
			}
		})
	}
	wg.Wait()
	left, err := s.ClaimJudgements(ctx, "last", noon, time.Minute, judgements)
	must(t, err)
	for _, j := range left {
		claimed[j.Place]++
	}
	for place, n := range claimed {
		if n != 1 {
			t.Errorf("%s was claimed %d times", place, n)
		}
	}
	if len(claimed) != judgements {
		t.Errorf("%d of %d were claimed", len(claimed), judgements)
	}
}
