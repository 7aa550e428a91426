package guide

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// judgeWithin is how long a story waits for its verdict. After that the checks of its text are enough.
	judgeWithin = 10 * time.Minute
	// pendingMost is how long after its writing a story counts as pending. It helps those whose judgement was lost.
	pendingMost = 2 * judgeWithin
	// judgeLease is how long this process has for the judgements that it claimed, with the rewriting. After it, any process may claim them.
	judgeLease = 2 * time.Minute
	// judgeGather is how long the judge waits after a story for others of the same batch.
	judgeGather = 2 * time.Second
	// judgeEvery is how often judgements are looked for that nobody announced: those of other processes and of earlier ones.
	judgeEvery = 30 * time.Second
)

// judging shows new stories to the judge, after they were stored and told. If it fails, the stories stay as the checks left them.
type judging struct {
	judge   *model.Judge // nil = every story is skipped
	store   Store
	batches *batches // whose gate, budget and model the judge shares
	correct func(context.Context, Correction) error
	replica string
	counts  *counters
	log     *slog.Logger

	wake  chan struct{} // holds at most one call
	watch watch         // of the judge itself

	mu     sync.Mutex
	people map[store.StoryKey]int64 // for whom a pending story was written; at most store.MaxJudgements
}

func newJudging(cfg *Config, b *batches, c *counters) *judging {
	j := &judging{
		judge: cfg.Judge, store: cfg.Store, batches: b, correct: cfg.Correct, replica: cfg.Replica, counts: c, log: cfg.Log,
		wake: make(chan struct{}, 1), people: make(map[store.StoryKey]int64),
	}
	if j.replica == "" {
		j.replica = "alone"
	}
	if j.correct == nil {
		j.correct = func(context.Context, Correction) error { return nil }
	}
	return j
}

// isPending reports whether a story still waits for its verdict.
func isPending(s *store.Story, now time.Time) bool {
	return s.Judged == store.JudgedPending && now.Sub(s.Created) < pendingMost
}

// first returns the state of a story that was just written.
func (j *judging) first(ctx context.Context) store.Judged {
	if j.asks(ctx) {
		return store.JudgedPending
	}
	j.counts.judgeSkipped.Add(1)
	return store.JudgedSkipped
}

// asks reports whether the judge may be asked now: it is on, it is trusted today, and the day's tokens allow it.
func (j *judging) asks(ctx context.Context) bool {
	if j.judge == nil || j.watch.ignored(time.Now()) {
		return false
	}
	ok, err := j.batches.budget.allows(ctx, Judging, 0)
	return err == nil && ok
}

// queue puts a stored story before the judge, if it is pending. It was written for the person, 0 = for nobody.
func (j *judging) queue(ctx context.Context, s *store.Story, person int64) {
	if s.Judged != store.JudgedPending {
		return
	}
	j.mu.Lock()
	if person != 0 && len(j.people) < store.MaxJudgements {
		key := s.StoryKey
		key.Place = strings.Clone(key.Place) // the id of a stored place would keep its whole record
		j.people[key] = person
	}
	j.mu.Unlock()
	j.put(ctx, s, nil)
}

func (j *judging) put(ctx context.Context, s *store.Story, objections []string) {
	err := j.store.QueueJudgement(ctx, store.Judgement{StoryKey: s.StoryKey, Text: store.TextHash(s.Text), Objections: objections, Queued: time.Now()})
	if err != nil {
		j.log.Error("judgement_unsaved", "place", s.Place, "error", err)
		return
	}
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// wroteFor reports whether a pending story was written for the person.
func (j *judging) wroteFor(key store.StoryKey, person int64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	wanted, ok := j.people[key]
	return ok && wanted == person
}

// run judges until ctx ends. Without a judge it ends when no judgement of an earlier process is left.
func (j *judging) run(ctx context.Context) {
	ticker := time.NewTicker(judgeEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		for j.round(ctx) {
		}
		if j.judge == nil {
			return
		}
		select {
		case <-j.wake:
			_ = limiter.Sleep(ctx, judgeGather)
		case <-ticker.C:
		case <-ctx.Done():
		}
	}
}

// round judges up to model.MaxCases stories, and reports whether there may be more at once.
func (j *judging) round(ctx context.Context) bool {
	if n, err := j.store.PendingJudgements(ctx); err != nil || n == 0 { // reading is cheaper than a claim
		return false
	}
	now := time.Now()
	claimed, err := j.store.ClaimJudgements(ctx, j.replica, now, judgeLease, model.MaxCases)
	if err != nil {
		if ctx.Err() == nil && !errors.Is(err, store.ErrAway) {
			j.log.Error("judgements_unread", "error", err)
		}
		return false
	}
	ctx, cancel := context.WithDeadline(ctx, now.Add(judgeLease))
	defer cancel()
	asks := j.asks(ctx)
	var files []*file
	for _, one := range claimed {
		f := j.fileOf(ctx, one)
		if !asks || f == nil || now.Sub(one.Queued) >= judgeWithin {
			j.end(ctx, one, store.JudgedSkipped)
			continue
		}
		if again := fileAbout(files, one.Place); again != nil {
			continue // the other length or language of it: in a later round, after the lease
		}
		files = append(files, f)
	}
	if len(files) > 0 && j.judge.Ready() {
		j.hear(ctx, files)
	}
	return len(claimed) == model.MaxCases && ctx.Err() == nil
}

// end gives a story its verdict. The judgement, with the messages that showed the story, is returned; it is empty if somebody else ended it.
func (j *judging) end(ctx context.Context, one store.Judgement, verdict store.Judged) store.Judgement {
	ended, err := j.store.EndJudgement(ctx, one.StoryKey, one.Text, verdict)
	if errors.Is(err, store.ErrNotFound) {
		return store.Judgement{}
	}
	if err != nil {
		j.log.Error("verdict_unsaved", "place", one.Place, "verdict", verdict, "error", err)
		return store.Judgement{}
	}
	j.mu.Lock()
	delete(j.people, one.StoryKey)
	j.mu.Unlock()
	switch verdict {
	case store.JudgedPassed:
		j.counts.judgePassed.Add(1)
	case store.JudgedRefused:
		j.counts.judgeRefused.Add(1)
	default:
		j.counts.judgeSkipped.Add(1)
	}
	stories, err := j.store.Stories(ctx, []store.StoryKey{one.StoryKey}, time.Now())
	if err == nil && len(stories) > 0 {
		j.batches.library.invalidate(stories[0].Point, one.Language)
	}
	return ended
}

// Correction tells what to show in place of a text that was told and did not hold up.
type Correction struct {
	Language string // of that text
	Story    Story  // the extract, or the story as it was written again
	Shown    []store.Shown
}
