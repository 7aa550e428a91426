package storetest

import (
	"context"
	"errors"
	"strings"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

func aTour(person int64) store.Tour {
	return store.Tour{
		Person: person, Planned: noon, Minutes: 60, Round: true, From: eiffel, Metres: 2400.5, At: noon,
		Stops: []store.TourStop{
			{Place: "Q1", Title: "Église <&> «Собор»", Point: louvre, Minutes: 7},
			{Place: "Q2", Title: "Second", Point: geo.Point{Lat: -16.5, Lon: -180}, Minutes: 21},
		},
	}
}

func tourOps() []op {
	first := aTour(7)
	replaced := with(first, func(t *store.Tour) { t.Minutes, t.Stops, t.At = 30, nil, noon.Add(time.Hour) })
	other := aTour(8)
	gone := with(other, func(t *store.Tour) {
		t.Next, t.Shown, t.Heard, t.Started, t.At = 1, 2, 1, noon.Add(time.Minute), noon.Add(2*time.Hour)
	})
	refusal := errors.New("no")
	ends := func(t store.Tour) time.Time { return t.At.Add(store.TourLife) }
	none := store.Tour{}
	return []op{
		tour("none", 7, noon, none, store.ErrNotFound),
		updateTour("none", 7, noon, func(*store.Tour) error { return nil }, none, store.ErrNotFound),
		deleteTour("none", 7),
		putTour("first", first), tour("first", 7, noon, first, nil), tour("of another", 8, noon, none, store.ErrNotFound),
		putTour("replaced", replaced), tour("replaced", 7, noon, replaced, nil),
		putTour("of another", other),
		updateTour("moved on", 8, noon, func(t *store.Tour) error { *t = gone; return nil }, gone, nil),
		updateTour("refused", 8, noon, func(t *store.Tour) error { t.Next = 9; return refusal }, none, refusal),
		updateTour("another person's", 8, noon, func(t *store.Tour) error { t.Person = 9; return nil }, none, store.ErrInvalid),
		updateTour("too many stops", 8, noon, func(t *store.Tour) error { t.Stops = make([]store.TourStop, store.MaxTourStops+1); return nil }, none, store.ErrInvalid),
		tour("as it was", 8, noon, gone, nil),
		tour("until its end", 7, ends(replaced).Add(-time.Microsecond), replaced, nil),
		tour("its end", 7, ends(replaced), none, store.ErrNotFound),
		updateTour("after its end", 7, ends(replaced), func(*store.Tour) error { return nil }, none, store.ErrNotFound),
		sweep("not yet", ends(replaced).Add(-time.Microsecond), 10, 0),
		sweep("the first", ends(replaced), 10, 1),
		tour("swept", 7, noon, none, store.ErrNotFound),
		putTour("again", first), putTour("a third one", aTour(9)),
		deleteTour("the third one", 9), tour("deleted", 9, noon, none, store.ErrNotFound),
		forget("7", 7),
		tour("forgotten", 7, noon, none, store.ErrNotFound), tour("of another", 8, noon, gone, nil),
	}
}

// refusedTours returns the errors of tours that cannot be kept, by name.
func refusedTours(ctx context.Context, s store.Store) map[string]error {
	errs := map[string]error{}
	for name, fn := range map[string]func(*store.Tour){
		"tour off the globe":              func(t *store.Tour) { t.From = geo.Point{Lat: 91} },
		"stop off the globe":              func(t *store.Tour) { t.Stops[1].Point = geo.Point{Lon: 181} },
		"too many stops":                  func(t *store.Tour) { t.Stops = make([]store.TourStop, store.MaxTourStops+1) },
		"place of a stop too long":        func(t *store.Tour) { t.Stops[0].Place = strings.Repeat("x", store.MaxKey+1) },
		"title of a stop too long":        func(t *store.Tour) { t.Stops[0].Title = strings.Repeat("x", store.MaxNameBytes+1) },
		"title of a stop that is no text": func(t *store.Tour) { t.Stops[0].Title = "\xff" },
	} {
		tour := aTour(1)
		fn(&tour)
		errs[name] = s.PutTour(ctx, tour)
	}
	return errs
}

func tour(name string, person int64, now time.Time, want store.Tour, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Tour(ctx, person, now)
	}}
}

func putTour(name string, t store.Tour) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutTour(ctx, t) }}
}

func updateTour(name string, person int64, now time.Time, fn func(*store.Tour) error, want store.Tour, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.UpdateTour(ctx, person, now, fn)
	}}
}

func deleteTour(name string, person int64) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.DeleteTour(ctx, person) }}
}
