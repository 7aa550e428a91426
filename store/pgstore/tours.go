package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	tourColumns = "person, planned_at, minutes, round, lat, lon, metres, stops, started_at, next, shown, heard, at"

	selectTour = "SELECT " + tourColumns + " FROM tours WHERE person = $1 AND at > $2"

	upsertTour = `
		INSERT INTO tours (` + tourColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
		ON CONFLICT (person) DO UPDATE SET planned_at = excluded.planned_at, minutes = excluded.minutes, round = excluded.round,
			lat = excluded.lat, lon = excluded.lon, metres = excluded.metres, stops = excluded.stops, started_at = excluded.started_at,
			next = excluded.next, shown = excluded.shown, heard = excluded.heard, at = excluded.at`
)

func tourFields(t *store.Tour) []any {
	return []any{
		&t.Person, (*moment)(&t.Planned), &t.Minutes, &t.Round, &t.From.Lat, &t.From.Lon, &t.Metres, jsonColumn{&t.Stops}, (*moment)(&t.Started),
		&t.Next, &t.Shown, &t.Heard, (*moment)(&t.At),
	}
}

func scanTour(row pgx.Row) (t store.Tour, err error) {
	err = row.Scan(tourFields(&t)...)
	return t, err
}

// tourSince is the moment after which something must have happened in a tour.
func tourSince(now time.Time) moment { return moment(now.Add(-store.TourLife)) }

// Tour implements store.Tours.
func (s *Store) Tour(ctx context.Context, person int64, now time.Time) (store.Tour, error) {
	found, err := list(ctx, s, scanTour, selectTour, person, tourSince(now))
	if err := orNotFound(len(found) > 0, err); err != nil {
		return store.Tour{}, err
	}
	return found[0], nil
}

// PutTour implements store.Tours.
func (s *Store) PutTour(ctx context.Context, t store.Tour) error {
	if err := t.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue(upsertTour, tourFields(&t)...) })
}

// UpdateTour implements store.Tours. The row is locked from reading to writing.
func (s *Store) UpdateTour(ctx context.Context, person int64, now time.Time, fn func(*store.Tour) error) (store.Tour, error) {
	var t store.Tour
	var found bool
	var refused error // fn's own
	err := s.transact(ctx, once, func(ctx context.Context, c *pgx.Conn) error {
		defer s.rollback(ctx, c)
		t, found, refused = store.Tour{}, false, nil
		b := new(pgx.Batch)
		beginIn(b, c)
		b.Queue(selectTour+" FOR UPDATE", person, tourSince(now)).QueryRow(func(row pgx.Row) (err error) {
			t, err = scanTour(row)
			found, err = gotRow(err)
			return err
		})
		if err := s.send(ctx, c, b); err != nil {
			return &harmless{err}
		}
		if !found {
			return nil
		}
		if refused = fn(&t); refused == nil {
			refused = t.CheckUpdate(person)
		}
		if refused != nil {
			return nil
		}
		b = new(pgx.Batch)
		b.Queue(upsertTour, tourFields(&t)...)
		b.Queue("COMMIT")
		return s.send(ctx, c, b)
	})
	if refused != nil { // returned unchanged
		return store.Tour{}, refused
	}
	if err := orNotFound(found, err); err != nil {
		return store.Tour{}, err
	}
	return keptTour(t), nil
}

// keptTour returns t as Tour will return it.
func keptTour(t store.Tour) store.Tour {
	for _, at := range []*time.Time{&t.Planned, &t.Started, &t.At} {
		*at = cut(*at)
	}
	t.Stops = append([]store.TourStop(nil), t.Stops...)
	return t
}

// DeleteTour implements store.Tours.
func (s *Store) DeleteTour(ctx context.Context, person int64) error {
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue("DELETE FROM tours WHERE person = $1", person) })
}
