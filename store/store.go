// Package store defines what the bot remembers: its records, the roles through which they are read and written, and
// what every adapter promises. It holds no driver: boltstore and pgstore are adapters, and storetest checks both.
//
// # The contract
//
//   - A method that returned nil has written durably; one that returned an error has written nothing (but see ErrAway).
//   - If the context has ended before the write, nothing is written and the context's error is returned. A write that has
//     begun is not interrupted: its outcome is returned.
//   - Updaters (UpdateX with a function) read, call the function and write in one transaction. The function may run more
//     than once and must not touch the store. An error it returns comes back unchanged and nothing is written.
//   - A missing record is ErrNotFound. After Close every method returns ErrClosed. A value that cannot be kept is ErrInvalid,
//     also as an argument of a question. A second Close returns nil. Close waits for running calls.
//   - Times are kept in UTC with microseconds, cut off and not rounded; the zero time stays the zero time. An empty list
//     comes back nil. Keys are ordered byte-wise. Ids of people may be negative.
//   - A record expires at the moment Expires, inclusive. A zero Expires means never.
//   - A limit that is not positive finds nothing. Ranges may overlap and come in any order: no record is found twice.
//   - If one record of a slice is refused, none of the slice is written. Of two records with one key the later one stays.
//   - No value returned shares memory with the store or with another caller, and no argument is kept.
//   - Every method may be called from many goroutines at once.
package store

import (
	"context"
	"errors"
	"time"
)

// Errors that callers branch on, with errors.Is.
var (
	ErrNotFound = errors.New("store: not found")
	ErrClosed   = errors.New("store: closed")
	// ErrInvalid refuses what the adapters cannot keep alike: text with NUL or invalid UTF-8, a part of a key longer
	// than MaxKey, a point off the globe, an invalid day or mark, a third person in WrongBy, another ID in an
	// updated record, a text or a list beyond its bound.
	ErrInvalid = errors.New("store: cannot be kept")
	// ErrFull means that the disk, or the store's own limit, has no room left. Reading still works.
	ErrFull = errors.New("store: no room left")
	// ErrAway means that the database does not answer now. After a write that returned it, it is unknown whether the write was
	// made.
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
	Articles
	Voices
	Judgements
	Reports
	Recent
	Tours
	Ledger
	Walks
	Payments
	Settings
	Inbox
	Deliveries
	RowStore
	// ForgetUser deletes a person: profile, what was told, votes (which are taken back from the stories), days in the ledger, dead letters,
	// last points and stories, the tour, and walks. It takes the person out of reports and out of the messages of judgements. Of a walk whose share may
	// still send edits only a keyed hash of the ID stays (ForgottenID), by which Walk finds it, closed until it expires (30 days after at if it has no
	// end), so that no edit revives it. A later SaveWalks of it is ignored. Dead letters of other chats go if they name the person (NamesPerson). Payments stay, without the Person. An unknown person is not an error.
	ForgetUser(ctx context.Context, person int64, at time.Time) error
	// MoveUser gives the profile of one id, and what was told under it, to another id: a group that becomes a supergroup gets a new one. What is kept
	// under the new id stays, and votes are taken back from the stories. Nothing is left under the old id, and that is not an error if there was nothing.
	// Records that live for hours only (last points and stories, tours) are not moved. Two equal ids are ErrInvalid.
	MoveUser(ctx context.Context, from, to int64) error
	// Sweep deletes at most limit rows in one transaction and returns how many it deleted. Call it again while it returns limit. It deletes
	// tiles, stories and closed walks expired at now, places fetched PlaceLife ago, days of the ledger older than LedgerDays, voices of
	// VoiceLife, last points and stories of RecentLife, tours of TourLife, judgements of JudgementLife, reports of ReportLife, and articles used ArticleLife
	// ago or beyond the budget. With a story go its voices, which do not count.
	Sweep(ctx context.Context, now time.Time, limit int) (int, error)
	Close() error
}
