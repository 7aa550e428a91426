package store

import (
	"context"
	"time"
)

// Entry is an update from Telegram that was accepted and is not done.
type Entry struct {
	Update  int64     `json:"update,omitzero"`  // Telegram's id of it; never 0
	Chat    int64     `json:"chat,omitzero"`    // updates of one chat are handled in order
	Arrived time.Time `json:"arrived,omitzero"` // when it was accepted
	Raw     []byte    `json:"raw,omitzero"`     // the update as Telegram sent it
	Tries   int       `json:"tries,omitzero"`   // how often it was begun since the last Survived; who accepts an update begins it

	// The part of the answer that the person has seen, from Note. A try after a crash continues with it.
	Place   string `json:"place,omitzero"`   // its place; "" = not chosen yet
	Message int    `json:"message,omitzero"` // the message that is to become the answer; 0 = none yet
}

// Inbox keeps accepted updates until they are done, in the order of their ids. Delivered and MarkDone take them out, in
// the transaction that makes them done.
type Inbox interface {
	// Accept stores the entries (Update, Chat, Arrived and Raw of each) and reports for each whether it is new. An update that is
	// there or done already stays as it is.
	Accept(ctx context.Context, entries ...Entry) ([]bool, error)
	// Pending returns at most limit entries whose Update is greater than after, ordered by Update.
	Pending(ctx context.Context, after int64, limit int) ([]Entry, error)
	// Note records what the person sees of the answer to an update. An update that is not in the inbox is not an error.
	Note(ctx context.Context, update int64, place string, message int) error
	// Retry counts one more try of an update that an earlier process left, and returns true. After MaxTries tries it
	// makes the update a dead letter instead and returns false: the update is done, and kept for the operator among the last
	// DeadLettersKept, without what the person wrote (WithoutWords). An update that is not in the inbox is ErrNotFound.
	Retry(ctx context.Context, update int64) (bool, error)
	// Survived sets the tries of updates back to 0: the process that began them ran long enough to show that they did not end it. Updates that are
	// not in the inbox are not an error.
	Survived(ctx context.Context, updates ...int64) error
	// DeadLetters returns the dead letters, the newest first.
	DeadLetters(ctx context.Context) ([]Entry, error)
	// InboxStats counts.
	InboxStats(ctx context.Context) (InboxStats, error)
}

// InboxStats is an inbox at one moment.
type InboxStats struct{ Pending, DeadLetters int }

const (
	// MaxTries is how often an update is begun without surviving, in one process after the other, before it becomes a dead letter: it is what ends
	// the processes.
	MaxTries = 4
	// DeadLettersKept is the number of dead letters that are kept. The oldest are forgotten first.
	DeadLettersKept = 1000
)
