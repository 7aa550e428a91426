package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// Length of a story.
type Length string

// The two lengths: 60-80 and 100-120 words.
const (
	Short Length = "short"
	Long  Length = "long"
)

// StoryKey names a story.
type StoryKey struct {
	Place    string `json:"place,omitzero"`
	Language string `json:"language,omitzero"`
	Length   Length `json:"length,omitzero"`
}

// Story is a text about a place, shared by all people. It carries what is needed to show it without asking for the place.
type Story struct {
	StoryKey
	Title    string    `json:"title,omitzero"`
	Point    geo.Point `json:"point"`
	Kind     string    `json:"kind,omitzero"`
	URL      string    `json:"url,omitzero"`
	Picture  string    `json:"picture,omitzero"`
	Text     string    `json:"text,omitzero"`
	Source   string    `json:"source,omitzero"` // "model" or "pack"
	Model    string    `json:"model,omitzero"`  // name of the model that wrote it
	Likes    int       `json:"likes,omitzero"`
	Dislikes int       `json:"dislikes,omitzero"`
	WrongBy  []int64   `json:"wrong_by,omitzero"` // at most two people who called it wrong
	Retired  bool      `json:"retired,omitzero"`
	Created  time.Time `json:"created,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`
}

// Stories is the library.
type Stories interface {
	// Stories returns the stories of the keys that exist and have not expired at now, also retired ones, in the order asked.
	Stories(ctx context.Context, keys []StoryKey, now time.Time) ([]Story, error)
	// StoriesIn returns at most limit stories of the language inside the ranges, neither expired nor retired, ordered by leaf cell, place, length.
	StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]Story, error)
	// PutStories stores or replaces. If the text is unchanged, the stored votes stay (Likes, Dislikes, WrongBy, Retired);
	// a new text is stored with the votes in the argument.
	PutStories(ctx context.Context, stories []Story) error
}

// StoryLife is the time that a story stays in the library.
const StoryLife = 180 * 24 * time.Hour
