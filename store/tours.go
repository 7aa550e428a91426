package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/geo"
)

// Tour is a planned walk of a person from stop to stop. A person has one: a new plan replaces the one before it.
type Tour struct {
	Person  int64      `json:"person,omitzero"`
	Planned time.Time  `json:"planned,omitzero"` // tells this plan from the person's others
	Minutes int        `json:"minutes,omitzero"` // that the person has
	Round   bool       `json:"round,omitzero"`   // it ends where it begins
	From    geo.Point  `json:"from"`
	Metres  float64    `json:"metres"` // of the whole way
	Stops   []TourStop `json:"stops,omitzero"`

	Started time.Time `json:"started,omitzero"` // zero = it is only planned
	Next    int       `json:"next,omitzero"`    // index of the stop to go to; the number of stops = all were visited, and a round tour goes back
	Shown   int       `json:"shown,omitzero"`   // how many stops the person was sent to, so that a crash repeats and skips none
	Heard   int       `json:"heard,omitzero"`   // stops whose story was told
	At      time.Time `json:"at,omitzero"`      // when something happened last; TourLife later it is over
}

// TourStop is a place of a tour.
type TourStop struct {
	Place   string    `json:"place,omitzero"`
	Title   string    `json:"title,omitzero"`
	Point   geo.Point `json:"point"`
	Minutes int       `json:"minutes,omitzero"` // from the start until the person arrives
}

// Bounds of a tour.
const (
	MaxTourStops = 12
	TourLife     = 24 * time.Hour
)

// Tours keeps the tour of each person.
type Tours interface {
	// Tour returns ErrNotFound if the person has none, or if nothing happened in it for TourLife at now.
	Tour(ctx context.Context, person int64, now time.Time) (Tour, error)
	// PutTour stores a tour and replaces the person's other one.
	PutTour(ctx context.Context, t Tour) error
	// UpdateTour changes the tour that Tour returns, and returns it as it is then.
	UpdateTour(ctx context.Context, person int64, now time.Time, fn func(*Tour) error) (Tour, error)
	// DeleteTour deletes the tour of a person. If there is none, that is not an error.
	DeleteTour(ctx context.Context, person int64) error
}

// Check refuses a tour that cannot be kept.
func (t *Tour) Check() error {
	if len(t.Stops) > MaxTourStops {
		return fmt.Errorf("%w: %d stops of a tour, at most %d", ErrInvalid, len(t.Stops), MaxTourStops)
	}
	err := CheckPoint(t.From)
	for _, s := range t.Stops {
		err = errors.Join(err, CheckKey(s.Place), checkTexts(MaxNameBytes, s.Title), CheckPoint(s.Point))
	}
	return err
}

// CheckUpdate refuses a tour that UpdateTour made another person's, and one that cannot be kept.
func (t *Tour) CheckUpdate(person int64) error {
	if t.Person != person {
		return fmt.Errorf("%w: the person of tour %d was changed", ErrInvalid, person)
	}
	return t.Check()
}
