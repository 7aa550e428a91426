package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// Walk is a live walk: one shared live location. A closed one is no more than the memory that it was there.
type Walk struct {
	ID       string // "<chat>:<message>" of the share
	Person   int64
	Chat     int64
	Message  int
	Revision uint64 // counts the changes by the one who keeps the walk

	Began time.Time // when the share arrived
	Date  time.Time // of its message
	Ends  time.Time // Date and the live period; zero = until stopped

	Interval time.Duration // between stories
	Anchor   time.Time     // due times are Anchor + n*Interval, n >= 1
	Due      time.Time     // the next one; Began while the first story is owed
	First    bool          // the first story is still owed
	Chosen   bool          // Interval is final: chosen, or the default taken
	Question int           // the message that asks how often; 0 = none
	Paused   bool          // the person wants silence
	Parked   bool          // nothing was heard for long
	Quiet    bool          // everything round QuietAt is told
	QuietAt  geo.Point

	Point   geo.Point // the newest position
	Heading float64   // as the phone said it: degrees clockwise from north, negative = unknown
	Fixed   time.Time // when the phone was at Point
	Metres  float64   // walked so far
	Track   []byte    // the route as package live packs it

	Ended   time.Time // zero = it goes on
	Reason  string    // why it ended, in live's words
	Closed  bool      // the person was told of the end, or never will be
	Expires time.Time // until when a closed walk is remembered; zero = for ever

	Begun Begun // the story on its way; of interest while its Number is the next

	// What Delivered wrote, and only Delivered: SaveWalks ignores these two.
	Number int       // of the last story told, 0 = none
	Told   time.Time // when that was
}

// Begun is a story of a walk of which the person may have seen something: a try after a crash goes on with that.
type Begun struct {
	Number  int    // 0 = none
	Asked   bool   // the person wanted it at once
	Place   string // what it is about; "" = not chosen yet
	Message int    // the card that is to become the story; 0 = none
}

// Stop is a story told in a walk.
type Stop struct {
	Number int
	Place  string
	Title  string
	Point  geo.Point // of the place
	At     time.Time
}

// Walks keeps live walks.
type Walks interface {
	// SaveWalks stores the walks. One whose stored Revision is the same or higher stays as it is, and that is no error:
	// what is newer was written first. That holds inside the slice too. A closed walk loses its Track and its stops, and one that was open
	// before is added to its person's User.Walks and User.Metres (by the longer of the two rows), if that person is known. Of closed walks the last
	// WalksKept are remembered, whatever their Expires.
	SaveWalks(ctx context.Context, walks []Walk) error
	// Walk returns one, closed or not.
	Walk(ctx context.Context, id string) (Walk, error)
	// OpenWalks returns all that are not closed, ordered by ID.
	OpenWalks(ctx context.Context) ([]Walk, error)
	// Stops returns the stories told in a walk, ordered by number. An unknown walk has none.
	Stops(ctx context.Context, walk string) ([]Stop, error)
}

// WalksKept is how many closed walks an adapter remembers; the one closed first is forgotten first.
const WalksKept = 10_000
