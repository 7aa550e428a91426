package store

import (
	"context"
	"slices"
	"time"
)

// Judgement is a story that waits for the judge.
type Judgement struct {
	StoryKey
	Text       string    `json:"text,omitzero"`       // TextHash of the story's text
	Objections []string  `json:"objections,omitzero"` // what the judge refused in the text before this one; nil = it is the first
	Queued     time.Time `json:"queued,omitzero"`
	Shown      []Shown   `json:"shown,omitzero"` // the messages that show the text meanwhile, the earliest first
}

// Shown is a message that shows a story.
type Shown struct {
	Chat    int64 `json:"chat,omitzero"`
	Message int   `json:"message,omitzero"`
	Person  int64 `json:"person,omitzero"`
}

// Add adds a message that shows the story, unless it is listed; of more than MaxShown the earliest go.
func (j *Judgement) Add(shown ...Shown) {
	for _, m := range shown {
		if !slices.ContainsFunc(j.Shown, func(s Shown) bool { return s.Chat == m.Chat && s.Message == m.Message }) {
			j.Shown = append(j.Shown, m)
		}
	}
	j.Shown = j.Shown[max(0, len(j.Shown)-MaxShown):]
}

// Judgements keeps at most MaxJudgements stories that wait for the judge, for JudgementLife each.
type Judgements interface {
	// QueueJudgement stores a judgement that nobody has claimed. If one with its key is there, it is replaced, and the messages that it
	// lists stay before the new ones. If there are too many judgements, those queued first are deleted.
	QueueJudgement(ctx context.Context, j Judgement) error
	// ShowPending adds a message to the judgement of that key, unless it is listed. Without such a judgement it does nothing. Of more
	// than MaxShown messages the earliest are forgotten.
	ShowPending(ctx context.Context, key StoryKey, shown Shown) error
	// ClaimJudgements returns at most limit judgements, those queued first, and claims them for the replica until now plus the lease. It
	// leaves out what somebody claimed whose lease has not ended. Replicas that claim at once get different ones.
	ClaimJudgements(ctx context.Context, replica string, now time.Time, lease time.Duration, limit int) ([]Judgement, error)
	// EndJudgement deletes the judgement, writes the verdict (JudgedPassed, JudgedSkipped or JudgedRefused) into the story, if that
	// still has the text, and returns the judgement. JudgedRefused retires the story. It returns ErrNotFound if no judgement of that key
	// and text is there.
	EndJudgement(ctx context.Context, key StoryKey, text string, verdict Judged) (Judgement, error)
	// PendingJudgements counts.
	PendingJudgements(ctx context.Context) (int, error)
}

// Bounds of the judgements. A longer text, or more objections, are ErrInvalid.
const (
	MaxJudgements     = 500
	MaxShown          = 64
	JudgementLife     = 24 * time.Hour
	MaxObjections     = 16
	MaxObjectionBytes = 500
)
