package store

import (
	"context"
	"time"
)

// Entry is an update that was accepted from Telegram and is not done.
type Entry struct {
	Update  int64     `json:"update,omitzero"`  // Telegram's id of it; never 0
	Chat    int64     `json:"chat,omitzero"`    // whose order it keeps
	Arrived time.Time `json:"arrived,omitzero"` // when it was accepted
	Raw     []byte    `json:"raw,omitzero"`     // the update as Telegram sent it
	Tries   int       `json:"tries,omitzero"`   // how often it was begun since the last Survived; who accepts an update begins it

	// What the person has seen of the answer, from Note: a try after a crash goes on with that.
	Place   string `json:"place,omitzero"`   // its place; "" = not chosen yet
	Message int    `json:"message,omitzero"` // the message that is to become the answer; 0 = none yet
}

// Inbox keeps accepted updates until they are done, in the order of their ids. Delivered and MarkDone take them out, in
// the transaction that makes them done.
type Inbox interface {
	// Accept stores the entries (Update, Chat, Arrived and Raw of each) and says of each whether it is new: one that is
	// there or done already stays as it is.
	Accept(ctx context.Context, entries ...Entry) ([]bool, error)
	// Pending returns at most limit entries whose Update is greater than after, ordered by Update.
	Pending(ctx context.Context, after int64, limit int) ([]Entry, error)
	// Note records what the person sees of the answer to an update. An update that is not in the inbox is no error.
	Note(ctx context.Context, update int64, place string, message int) error
	// Retry counts one more try of an update that an earlier process left and returns true. After MaxTries tries it
	// parks the update instead: done, and kept among the last DeadLettersKept for the operator to look at. An update that
	// is not in the inbox is ErrNotFound.
	Retry(ctx context.Context, update int64) (bool, error)
	// Survived sets the tries of updates back to 0: the process that began them lived on for so long that they did not end it. Updates that are
	// not in the inbox are no error.
	Survived(ctx context.Context, updates ...int64) error
	// DeadLetters returns the parked entries, the one parked last first.
	DeadLetters(ctx context.Context) ([]Entry, error)
	// InboxStats counts.
	InboxStats(ctx context.Context) (InboxStats, error)
}

// InboxStats is an inbox at one moment.
type InboxStats struct{ Pending, DeadLetters int }

const (
	// MaxTries is how often an update is begun, in one process after the other, before it is parked: it may be what ends them.
	MaxTries = 3
	// DeadLettersKept is how many parked updates are kept; older ones are forgotten first.
	DeadLettersKept = 1000
)
