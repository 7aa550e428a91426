package store

import (
	"context"
	"time"
)

// Mark is a person's vote on a story.
type Mark int8

// The votes.
const (
	NoMark  Mark = 0
	Like    Mark = 1
	Dislike Mark = 2
	Wrong   Mark = 3
)

// Told keeps which places a person has heard of, for ever.
type Told interface {
	// Told says for each of the places whether the person has heard of it, in the order asked.
	Told(ctx context.Context, person int64, places []string) ([]bool, error)
	// CountTold counts the places that the person has heard of.
	CountTold(ctx context.Context, person int64) (int, error)
	// Vote records what the person thinks of a story told to them (ErrNotFound if its place was not) and counts it in the
	// story of that key, which is returned as it is then. A person has one vote for a place: a new one takes the old one
	// back, also from a story in another language or length, and NoMark only takes back. A vote is taken back from the
	// text it was given to, never from a later text. The second different person who says Wrong retires the story, and
	// taking a Wrong back does not revive it. A story that is gone is no error: the vote is kept, and a Story with nothing
	// but its key comes back.
	Vote(ctx context.Context, person int64, story StoryKey, mark Mark, at time.Time) (Story, error)
}
