package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// Walk is a live walk: one shared live location. A closed walk only remembers that the share existed.
//
// The groups are embedded: a walk is one flat record, in JSON and in the stores.
type Walk struct {
	ID       string `json:"id,omitzero"` // "<chat>:<message>" of the share
	Person   int64  `json:"person,omitzero"`
	Revision uint64 `json:"revision,string,omitzero"` // counts the changes by the process that keeps the walk

	Share
	Rhythm
	Position
	Attempt Attempt `json:"begun,omitzero"` // the story on its way; it counts only while its Number is the next one

	Ended   time.Time `json:"ended,omitzero"`   // zero = it goes on
	Reason  string    `json:"reason,omitzero"`  // why it ended, as package live names it
	Closed  bool      `json:"closed,omitzero"`  // the person was told of the end, or never will be
	Expires time.Time `json:"expires,omitzero"` // until when a closed walk is remembered; zero = for ever

	// Delivered writes these two fields. SaveWalks ignores them.
	Number int       `json:"-"` // of the last story told, 0 = none
	Told   time.Time `json:"-"` // when the last story was told
}

// Share is the message that shares the live location.
type Share struct {
	Chat    int64     `json:"chat,omitzero"`
	Message int       `json:"message,omitzero"`
	Topic   int       `json:"topic,omitzero"` // of the chat, in which it was shared; 0 = none
	Began   time.Time `json:"began,omitzero"` // when the share arrived
	Date    time.Time `json:"date,omitzero"`  // of its message
	Ends    time.Time `json:"ends,omitzero"`  // Date plus the live period; zero = until stopped
}

// Rhythm is when a walk's stories are due, and whether they are wanted.
type Rhythm struct {
	Interval time.Duration `json:"interval,omitzero"` // between stories
	Anchor   time.Time     `json:"anchor,omitzero"`   // due times are Anchor + n*Interval, n >= 1
	Due      time.Time     `json:"due,omitzero"`      // the next one; Began while the first story is owed
	First    bool          `json:"first,omitzero"`    // the first story is still owed
	Chosen   bool          `json:"chosen,omitzero"`   // Interval is final: chosen, or the default taken
	Question int           `json:"question,omitzero"` // the message that asks how often; 0 = none
	Paused   bool          `json:"paused,omitzero"`   // the person wants silence
	Parked   bool          `json:"parked,omitzero"`   // no update came for a long time
	Quiet    bool          `json:"quiet,omitzero"`    // everything around QuietAt is told
	QuietAt  geo.Point     `json:"quiet_at"`
	Pass     bool          `json:"pass,omitzero"`    // stories come when the walker passes a place; Interval is how long the person waits for one
	ToldAt   geo.Point     `json:"told_at,omitzero"` // where the walker was at the last story; 0, 0 = unknown
	Aim      geo.Point     `json:"aim,omitzero"`     // the next stop of the person's tour, whose story comes on arrival and before which none is due; 0, 0 = none
}

// Position is where the walker is, and the way so far.
type Position struct {
	Point   geo.Point `json:"point"`          // the newest position
	Heading float64   `json:"heading"`        // as the phone reported it: degrees clockwise from north, negative = unknown
	Fixed   time.Time `json:"fixed,omitzero"` // when the phone was at Point
	Metres  float64   `json:"metres"`         // walked so far
	Track   []byte    `json:"track,omitzero"` // the route, in the encoding of the walks' route codec
}

// Attempt is a story of a walk of which the person may have seen something. After a crash the next try continues with it.
type Attempt struct {
	Number  int    `json:"number,omitzero"`  // 0 = none
	Asked   bool   `json:"asked,omitzero"`   // the person wanted it at once
	Place   string `json:"place,omitzero"`   // what it is about; "" = not chosen yet
	Message int    `json:"message,omitzero"` // the card that is to become the story; 0 = none
}

// Stop is a story told in a walk.
type Stop struct {
	Number int       `json:"number,omitzero"`
	Place  string    `json:"place,omitzero"`
	Title  string    `json:"title,omitzero"`
	Point  geo.Point `json:"point"` // of the place
	At     time.Time `json:"at,omitzero"`
}

// Walks keeps live walks.
type Walks interface {
	// SaveWalks stores the walks. A walk whose stored Revision is the same or higher stays as it is, which is not an error. That holds
	// inside the slice, too. A closed walk loses its Track and its stops. If it was open before and its person is known, it is added to
	// User.Walks and User.Metres (with the greater Metres of both rows). The last WalksKept closed walks are remembered, whatever
	// their Expires.
	SaveWalks(ctx context.Context, walks []Walk) error
	// Walk returns a walk, closed or not.
	Walk(ctx context.Context, id string) (Walk, error)
	// OpenWalks returns all walks that are not closed, ordered by ID.
	OpenWalks(ctx context.Context) ([]Walk, error)
	// Stops returns the stories told in a walk, ordered by number. An unknown walk has none.
	Stops(ctx context.Context, walk string) ([]Stop, error)
}

// WalksKept is the number of closed walks that an adapter remembers. The one closed first is forgotten first.
const WalksKept = 10_000
