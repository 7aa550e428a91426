// Package store says what the bot remembers: its records, the roles through which they are read and written, and
// what every adapter promises. It holds no driver; boltstore and pgstore do, and storetest checks both.
//
// # The contract
//
//   - A method that returned nil has written durably; one that returned an error has written nothing (but see ErrAway).
//   - A context that has ended before the write writes nothing and its error is returned. A write under way is not
//     interrupted: its outcome is returned.
//   - Updaters (UpdateX with a function) read, call the function and write in one transaction. The function may run more
//     than once and must not touch the store. An error it returns comes back unchanged and nothing is written.
//   - Missing is ErrNotFound, after Close everything is ErrClosed, what cannot be kept is ErrInvalid (see there), as an
//     argument of a question as well. A second Close returns nil. Close waits for what is running.
//   - Times are kept in UTC with microseconds, cut off and not rounded; the zero time stays the zero time. An empty list
//     comes back nil. Keys are ordered byte-wise. Ids of people may be negative.
//   - What expires is expired from the moment Expires on; a zero Expires never comes.
//   - A limit that is not positive finds nothing. Ranges may overlap and come in any order: nothing is found twice.
//   - When one record of a slice is refused, none of the slice is written. Of two records with one key the later stays.
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
	// ErrInvalid refuses what the adapters cannot keep alike: text with NUL or invalid UTF-8, a part of a key longer
	// than MaxKey, a point off the globe, a day that is no date, a mark that is none, a third name in WrongBy,
	// another ID in an updated record.
	ErrInvalid = errors.New("store: cannot be kept")
	// ErrFull says that the disk, or the store's own limit, has no room left. Reading goes on.
	ErrFull = errors.New("store: no room left")
	// ErrAway says that the database does not answer; later it may. A write that returned it was made or was not: nobody
	// knows who saw no answer.
	ErrAway = errors.New("store: the database does not answer")
)

// MaxKey is the most bytes that one text of a key may have (place, language, length).
const MaxKey = 256

// Store is all roles together, as an adapter implements them.
type Store interface {
	Users
	Told
	Places
	Stories
	Ledger
	Walks
	Payments
	Settings
	Inbox
	Deliveries
	Moving
	// ForgetUser deletes a person: profile, what was told, votes (taken back from the stories), days in the ledger, parked updates and walks. Of a walk
	// whose share may still send edits nothing stays but its ID, closed until it expires (one without an end: 30 days after at), so that no edit revives it; later
	// SaveWalks of it are ignored. Payments stay, without the Person. A person never seen is no error.
	ForgetUser(ctx context.Context, person int64, at time.Time) error
	// Sweep deletes at most limit rows (tiles, stories and closed walks expired at now, places fetched PlaceLife ago, days of the ledger
	// older than LedgerDays) in one transaction and returns how many went: call again while it returns limit.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
	Close() error
}

// Users keeps a profile for each person.
type Users interface {
	// User returns ErrNotFound for a person never seen.
	User(ctx context.Context, id int64) (User, error)
	// UpdateUser hands fn the person (a zero User with the ID for a new one) and stores what fn leaves. fn may not change the ID.
	UpdateUser(ctx context.Context, id int64, fn func(*User) error) (User, error)
	// People counts those seen at the time or after it.
	People(ctx context.Context, since time.Time) (int, error)
}

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

// Places keeps what the sources said stands where.
type Places interface {
	// Tile returns ErrNotFound for one never stored or expired at now.
	Tile(ctx context.Context, key TileKey, now time.Time) (Tile, error)
	PutTile(ctx context.Context, tile Tile) error
	// Place returns the place as one language describes it.
	Place(ctx context.Context, id, language string) (Place, error)
	// PlacesByPage returns those of the pages that are known, in no order. A page belongs to the place put last.
	PlacesByPage(ctx context.Context, language string, pages []int64) ([]Place, error)
	// PlacesIn returns at most limit places described in the language inside the ranges, ordered by leaf cell.
	PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]Place, error)
	// PutPlaces stores or replaces. Until a sweep that comes PlaceLife after Fetched the place is there; one with a zero Fetched stays.
	PutPlaces(ctx context.Context, places []Place) error
}

// Stories is the library.
type Stories interface {
	// Stories returns those of the keys that are there and not expired at now, retired ones too, in the order asked.
	Stories(ctx context.Context, keys []StoryKey, now time.Time) ([]Story, error)
	// StoriesIn returns at most limit stories of the language inside the ranges, neither expired nor retired, ordered by leaf cell, place, length.
	StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]Story, error)
	// PutStories stores or replaces. With the text unchanged the stored votes stay (Likes, Dislikes, WrongBy, Retired);
	// a new text comes with the votes given.
	PutStories(ctx context.Context, stories []Story) error
}

// Ledger counts tokens by UTC day.
type Ledger interface {
	// Spend adds tokens to the day and, if person is not 0, to the person's day, and returns the sums.
	Spend(ctx context.Context, day Day, person, tokens int64) (Spent, error)
	// Spent returns the sums; person 0 has none of its own.
	Spent(ctx context.Context, day Day, person int64) (Spent, error)
}

// Deliveries is the one method across roles.
type Deliveries interface {
	// Delivered records in one transaction that a story reached a person: the place is told, the update is done and out of the inbox,
	// and the story is listed with its Number under its Walk, if that is known and not closed. Each of these happens once: a
	// place told, an update done and a number given before stay as they are, and that is no error.
	Delivered(ctx context.Context, d Delivery) error
	// Done says whether the update is among the last DoneKept done.
	Done(ctx context.Context, update int64) (bool, error)
	// MarkDone remembers updates that ended without a story and takes them out of the inbox. Update 0 is no update.
	MarkDone(ctx context.Context, updates ...int64) error
}

// DoneKept is how many done update ids an adapter remembers; older ones are forgotten first. An adapter may count among them
// those of calls that failed.
const DoneKept = 10_000

// LedgerDays is for how many days the ledger is kept.
const LedgerDays = 40

// StoryLife is how long a story stays in the library.
const StoryLife = 180 * 24 * time.Hour

// PlaceLife is how long a place is kept after it was fetched. It outlives the stories about it, which are told without it.
const PlaceLife = 400 * 24 * time.Hour
