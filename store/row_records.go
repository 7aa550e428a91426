package store

import "time"

// PlaceRow is a place and whether its page leads to it: PlacesByPage finds one of several places with one page.
type PlaceRow struct {
	Place
	Leads bool `json:"leads,omitzero"`
}

// StoryRow is a story with the number of its text: a vote counts for the text it was given to.
type StoryRow struct {
	Story
	Edition uint64 `json:"edition,omitzero"`
}

// ArticleRow is an article and when it was last used.
type ArticleRow struct {
	Article
	Used time.Time `json:"used,omitzero"`
}

// ToldRow records that a place was told to a person.
type ToldRow struct {
	Person int64     `json:"person,omitzero"`
	Place  string    `json:"place,omitzero"`
	At     time.Time `json:"at,omitzero"`
	Walk   string    `json:"walk,omitzero"`
	Number int       `json:"number,omitzero"`
	Vote   VoteRow   `json:"vote,omitzero"`
}

// VoteRow is a person's mark on one text of a place. The zero VoteRow means no vote.
type VoteRow struct {
	Mark     Mark      `json:"mark,omitzero"`
	At       time.Time `json:"at,omitzero"`
	Language string    `json:"language,omitzero"`
	Length   Length    `json:"length,omitzero"`
	Aspect   int       `json:"aspect,omitzero"`
	Edition  uint64    `json:"edition,omitzero"` // of the text; 0 = the story was gone
}

// LedgerRow is the number of tokens that a person spent on a day. Person 0 is the sum of all, Answers is the part that the answers had, and Speech
// has the characters that were spoken.
type LedgerRow struct {
	Day    Day   `json:"day,omitzero"`
	Person int64 `json:"person,omitzero"`
	Tokens int64 `json:"tokens,omitzero"`
}

// StopRow is a story told in a walk that is not closed.
type StopRow struct {
	Walk string `json:"walk,omitzero"`
	Stop
}

// ClosedRow is the Position-th closed walk, from 1, in the order of closing.
type ClosedRow struct {
	Position int    `json:"position,omitzero"`
	Walk     string `json:"walk,omitzero"`
}

// DoneRow is the Position-th of the last updates done, from 1, in the order in which they were done.
type DoneRow struct {
	Position int   `json:"position,omitzero"`
	Update   int64 `json:"update,omitzero"`
}

// DeadLetterRow is the Position-th dead letter, from 1, the oldest first.
type DeadLetterRow struct {
	Position int `json:"position,omitzero"`
	Entry
}

// SettingRow is a setting. A setting with the value "" has no row.
type SettingRow struct {
	Name  string `json:"name,omitzero"`
	Value string `json:"value,omitzero"`
}
