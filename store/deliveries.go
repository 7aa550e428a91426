package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// Delivery records that a story reached a person.
type Delivery struct {
	Update int64 // 0 = not the answer to an update
	Person int64
	Place  string
	Walk   string // "" = a single location
	Number int    // of the story in the walk, from 1; 0 = a single location
	Title  string
	Point  geo.Point // of the place; with Title for the walk's summary
	At     time.Time

	// With a Chat, the person's last story and last point there are noted (see Recent).
	Chat    int64
	Message int       // that shows the story
	Story   StoryKey  // of the story; of an extract with the Length Extract
	From    geo.Point // where the person was at FromAt
	FromAt  time.Time // zero = not known
}

// LastStory returns the story to note, false if there is none.
func (d *Delivery) LastStory() (LastStory, bool) {
	return LastStory{Person: d.Person, Chat: d.Chat, StoryKey: d.Story, Message: d.Message, At: d.At}, d.Chat != 0
}

// LastPoint returns the point to note, false if there is none.
func (d *Delivery) LastPoint() (LastPoint, bool) {
	return LastPoint{Person: d.Person, Chat: d.Chat, Point: d.From, At: d.FromAt}, d.Chat != 0 && !d.FromAt.IsZero()
}

// Deliveries is the one method across roles.
type Deliveries interface {
	// Delivered records in one transaction that a story reached a person: the place is told, the update is done and out of the inbox,
	// and the story is listed with its Number under its Walk, if the walk is known and not closed. Each of these happens once: a
	// place told before, an update done before and a number given before stay as they are, which is not an error. The person's last story and point are noted too.
	Delivered(ctx context.Context, d Delivery) error
	// Done reports whether the update is among the last DoneKept done.
	Done(ctx context.Context, update int64) (bool, error)
	// MarkDone remembers updates that ended without a story and takes them out of the inbox. Update 0 is ignored.
	MarkDone(ctx context.Context, updates ...int64) error
}

// DoneKept is the number of done update ids that an adapter remembers. It forgets the oldest first. An adapter may count ids
// of calls that failed.
const DoneKept = 10_000
