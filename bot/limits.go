package bot

import (
	"cmp"
	"time"

	"excursobot/limiter"
)

// buckets are the limits on what comes in.
type buckets struct {
	updates *limiter.Keyed[int64]    // any update of a person
	stories *limiter.Keyed[int64]    // story requests of a person
	all     *limiter.Keyed[struct{}] // story requests together
	storyIn time.Duration            // after how long a person's next request passes
}

func newBuckets(l Limits) buckets {
	b := buckets{
		updates: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: l.UpdateRate, Burst: l.UpdateBurst}),
		stories: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: l.StoryRate, Burst: l.StoryBurst}),
		all:     limiter.NewKeyed[struct{}](limiter.KeyedConfig{Rate: l.AllStoryRate, Burst: l.AllStoryBurst, MaxKeys: 1}),
	}
	if l.StoryRate > 0 {
		b.storyIn = time.Duration(float64(time.Second) / l.StoryRate)
	}
	return b
}

func (l Limits) withDefaults() Limits {
	return Limits{
		StoryRate:      cmp.Or(l.StoryRate, 0.2),
		StoryBurst:     cmp.Or(l.StoryBurst, 3),
		UpdateRate:     cmp.Or(l.UpdateRate, 2),
		UpdateBurst:    cmp.Or(l.UpdateBurst, 20),
		AllStoryRate:   cmp.Or(l.AllStoryRate, 40),
		AllStoryBurst:  cmp.Or(l.AllStoryBurst, 80),
		ChatRate:       cmp.Or(l.ChatRate, 1),
		ChatBurst:      cmp.Or(l.ChatBurst, 3),
		OutRate:        cmp.Or(l.OutRate, 25),
		OutBurst:       cmp.Or(l.OutBurst, 5),
		NoticeInterval: cmp.Or(max(l.NoticeInterval, 0), time.Minute),
	}
}

// backoff is the pause before the next of a row of tries: 1 s, doubled up to 60 s, ±50 %.
type backoff struct{ last time.Duration }

const (
	backoffFirst = time.Second
	backoffMost  = time.Minute
)

func (b *backoff) next() time.Duration {
	b.last = min(max(2*b.last, backoffFirst), backoffMost)
	return min(max(limiter.Jitter(b.last), backoffFirst), backoffMost)
}
