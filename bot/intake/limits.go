package intake

import (
	"cmp"
	"time"

	"excursobot/limiter"
)

// Limits are the rates to which people are held. A zero field is its default, a negative rate is no limit.
type Limits struct {
	StoryRate     float64 // story requests of a person, a second; default 0.2
	StoryBurst    int     // default 3
	UpdateRate    float64 // updates of any kind of a person, a second; default 2
	UpdateBurst   int     // default 20
	AllStoryRate  float64 // story requests of all people together, a second; default 40
	AllStoryBurst int     // default 80
}

// buckets are the token buckets of Limits.
type buckets struct {
	updates *limiter.Keyed[int64]    // by person
	stories *limiter.Keyed[int64]    // by person
	all     *limiter.Keyed[struct{}] // stories of all people
	storyIn time.Duration            // after how long a person's next request passes
}

func newBuckets(l Limits) buckets {
	l = Limits{
		StoryRate:     cmp.Or(l.StoryRate, 0.2),
		StoryBurst:    cmp.Or(l.StoryBurst, 3),
		UpdateRate:    cmp.Or(l.UpdateRate, 2),
		UpdateBurst:   cmp.Or(l.UpdateBurst, 20),
		AllStoryRate:  cmp.Or(l.AllStoryRate, 40),
		AllStoryBurst: cmp.Or(l.AllStoryBurst, 80),
	}
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
