// Package store says what the bot remembers: its records, the roles through which they are read and written, and
// what every adapter promises. It holds no driver; boltstore and pgstore do, and storetest checks both.
//
// # The contract
//
//   - A method that returned nil has written durably; one that returned an error has written nothing.
//   - A context that has ended before the write writes nothing and its error is returned.
//   - Updaters (UpdateX with a function) read, call the function and write in one transaction. The function may run more than once and
//     must not touch the store. An error it returns comes back unchanged and nothing is written.
//   - Missing is ErrNotFound, after Close everything is ErrClosed, text that holds NUL or invalid UTF-8 is ErrInvalid.
//     A second Close returns nil.
//   - Times are kept in UTC with microseconds. Keys are ordered byte-wise. Ids of people may be negative.
//   - No value returned shares memory with the store or with another caller, and no argument is kept.
//   - Every method may be called from many goroutines at once.
package store

import (
	"context"
	"errors"
	"time"

	"excursobot/geo"
)

// Errors that callers branch on, with errors.Is.
var (
	ErrNotFound = errors.New("store: not found")
	ErrExists   = errors.New("store: exists already")
	ErrClosed   = errors.New("store: closed")
	ErrInvalid  = errors.New("store: text with NUL or invalid UTF-8")
)

// Store is all roles together, as an adapter implements them.
type Store interface {
	Users
	Told
	Places
	Stories
	Ledger
	Deliveries
	// Sweep deletes at most limit rows that expired before now (tiles, stories, old ledger days) in one transaction and
	// returns how many went: call again while it returns limit.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
	Close() error
}

// Users keeps a profile for each person.
type Users interface {
	// User returns ErrNotFound for a person never seen.
	User(ctx context.Context, id int64) (User, error)
	// UpdateUser hands fn the person (a zero User with the ID for a new one) and stores what fn leaves. fn may not change the ID.
	UpdateUser(ctx context.Context, id int64, fn func(*User) error) (User, error)
}

// Told keeps which places a person has heard of, for ever.
type Told interface {
	// Told says for each of the places whether the person has heard of it, in the order asked.
	Told(ctx context.Context, person int64, places []string) ([]bool, error)
	// Vote records what the person thinks of a story told to them (ErrNotFound if it was not) and counts it in the story
	// of the same place, language and length. A new vote replaces the person's old one. The second different person who says Wrong retires the story.
	Vote(ctx context.Context, person int64, story StoryKey, mark Mark, at time.Time) (Story, error)
}

// Places keeps what the sources said stands where.
type Places interface {
	// Tile returns ErrNotFound for one never stored or expired at now.
	Tile(ctx context.Context, key TileKey, now time.Time) (Tile, error)
	PutTile(ctx context.Context, tile Tile) error
	// Place returns the place as one language describes it.
	Place(ctx context.Context, id, language string) (Place, error)
	// PlacesByPage returns those of the pages that are known, in no order.
	PlacesByPage(ctx context.Context, language string, pages []int64) ([]Place, error)
	// PlacesIn returns at most limit places described in the language inside the ranges, ordered by leaf cell.
	PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]Place, error)
	PutPlaces(ctx context.Context, places []Place) error
}

// Stories is the library.
type Stories interface {
	// Stories returns those of the keys that are there and not expired at now, retired ones too, in the order asked.
	Stories(ctx context.Context, keys []StoryKey, now time.Time) ([]Story, error)
	// StoriesIn returns at most limit stories of the language inside the ranges, neither expired nor retired, ordered by leaf cell, place, length.
	StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]Story, error)
	// PutStories stores or replaces. A replaced story keeps its votes unless its text changed.
	PutStories(ctx context.Context, stories []Story) error
}

// Ledger counts tokens by UTC day.
type Ledger interface {
	// Spend adds tokens to the day and, if person is not 0, to the person's day, and returns the sums.
	Spend(ctx context.Context, day Day, person, tokens int64) (Spent, error)
	Spent(ctx context.Context, day Day, person int64) (Spent, error)
}

// Deliveries is the one method across roles.
type Deliveries interface {
	// Delivered records in one transaction that a story reached a person: the place is told, the update is done.
	// A second call for the same update or place changes nothing and returns nil.
	Delivered(ctx context.Context, d Delivery) error
	// Done says whether the update is among the last DoneKept done.
	Done(ctx context.Context, update int64) (bool, error)
	// MarkDone remembers updates that ended without a story.
	MarkDone(ctx context.Context, updates ...int64) error
}

// DoneKept is how many done update ids an adapter remembers; older ones are forgotten first.
const DoneKept = 10_000

// StoryLife is how long a story stays in the library.
const StoryLife = 180 * 24 * time.Hour
