package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// LastPoint is where a person was last, as a chat knows it. A photo or a command without a location refers to it.
type LastPoint struct {
	Person int64     `json:"person,omitzero"`
	Chat   int64     `json:"chat,omitzero"`
	Point  geo.Point `json:"point"`
	At     time.Time `json:"at,omitzero"`
}

// LastStory is what a person was told last in a chat. A question refers to it.
type LastStory struct {
	Person int64 `json:"person,omitzero"`
	Chat   int64 `json:"chat,omitzero"`
	StoryKey
	Message int       `json:"message,omitzero"` // that shows it
	At      time.Time `json:"at,omitzero"`
}

// Recent keeps the last point and the last story of each person in each chat, for RecentLife after At. Sweep may delete them ten minutes earlier.
type Recent interface {
	// LastPoint returns ErrNotFound if there is none, or if it is older than RecentLife at now.
	LastPoint(ctx context.Context, person, chat int64, now time.Time) (LastPoint, error)
	// NotePoint stores a point, unless a later one is stored.
	NotePoint(ctx context.Context, p LastPoint) error
	// LastStory returns ErrNotFound if there is none, or if it is older than RecentLife at now.
	LastStory(ctx context.Context, person, chat int64, now time.Time) (LastStory, error)
	// NoteStory stores a story, unless a later one is stored. Delivered does the same for a delivery with a Chat.
	NoteStory(ctx context.Context, s LastStory) error
}

// RecentLife is how long a last point or story is kept.
const RecentLife = 6 * time.Hour
