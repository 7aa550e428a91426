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

// Told keeps forever which places were told to a person.
type Told interface {
	// Told reports for each of the places whether it was told to the person, in the order asked.
	Told(ctx context.Context, person int64, places []string) ([]bool, error)
	// CountTold counts the places that were told to the person.
	CountTold(ctx context.Context, person int64) (int, error)
	// Experienced reports whether the person has heard at least ExperiencedStories, on at least ExperiencedDays different UTC days.
	Experienced(ctx context.Context, person int64) (bool, error)
	// Vote records the person's mark on a story that was told to them (ErrNotFound if its place was not told) and counts it in
	// the story of that key, which it returns as it is then. A person has one vote for a place: a new one takes the old one
	// back, also from a story in another language or length, and NoMark only takes back. A vote is taken back from the
	// text it was given to, never from a later text. Wrong counts only from an experienced person:
	// the second different one who says it retires the story, and taking it back does not revive the story. A story that is gone is not an error: the vote is kept, and a Story with nothing
	// but its key comes back.
	Vote(ctx context.Context, person int64, story StoryKey, mark Mark, at time.Time) (Story, error)
}

// Thresholds for an experienced person: fresh accounts cannot retire a story.
const (
	ExperiencedStories = 5
	ExperiencedDays    = 2
)
