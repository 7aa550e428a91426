package pgstore

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

const (
	tell = "INSERT INTO told (person, place, at, walk, number) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person, place) DO NOTHING"

	// The walk's row is locked, so that it does not close before the stop is there to be dropped.
	addStop = `
		INSERT INTO walk_stops (walk, number, place, title, lat, lon, at)
		SELECT id, $2::bigint, $3, $4, $5::double precision, $6::double precision, $7::timestamptz FROM walks WHERE id = $1 AND NOT closed FOR SHARE
		ON CONFLICT (walk, number) DO NOTHING`

	// rememberDone numbers updates in the order given, from a sequence, so that no transaction waits for the commit of another. A
	// failed transaction leaves its numbers unused.
	rememberDone = `
		INSERT INTO done_updates (update_id)
		SELECT id FROM (
			SELECT id FROM unnest($1::bigint[]) WITH ORDINALITY AS g (id, n)
			WHERE NOT EXISTS (SELECT FROM done_updates WHERE update_id = id) GROUP BY id ORDER BY min(n)
		) new
		ON CONFLICT (update_id) DO NOTHING`

	forgetDone = `
		DELETE FROM done_updates WHERE number = ANY (ARRAY(
			SELECT number FROM done_updates WHERE number <= (SELECT max(number) FROM done_updates) - $1
			ORDER BY number LIMIT 1000 FOR UPDATE SKIP LOCKED))`
)

// Delivered implements store.Deliveries.
func (s *Store) Delivered(ctx context.Context, d store.Delivery) error {
	if err := d.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		updates := updatesOf(d.Update)
		s.lockUpdates(b, updates)
		b.Queue(tell, d.Person, d.Place, moment(d.At), d.Walk, d.Number)
		if d.Walk != "" && d.Number > 0 {
			b.Queue(addStop, d.Walk, d.Number, d.Place, d.Title, d.Point.Lat, d.Point.Lon, moment(d.At))
		}
		if p, ok := d.LastPoint(); ok {
			b.Queue(notePoint, lastPointFields(&p)...)
		}
		if l, ok := d.LastStory(); ok {
			b.Queue(noteStory, lastStoryFields(&l)...)
		}
		s.done(b, updates)
	})
}

// Done implements store.Deliveries.
func (s *Store) Done(ctx context.Context, update int64) (bool, error) {
	var done bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM done_updates WHERE update_id = $1)", update).Scan(&done)
	})
	return done, err
}

// MarkDone implements store.Deliveries.
func (s *Store) MarkDone(ctx context.Context, updates ...int64) error {
	updates = updatesOf(updates...)
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lockUpdates(b, updates)
		s.done(b, updates)
	})
}

// updatesOf leaves out the zeros, which are not updates.
func updatesOf(ids ...int64) []int64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return id == 0 })
}

// lockUpdates prevents others from accepting or ending the updates until the transaction ends: no update may be both done and in the inbox.
func (s *Store) lockUpdates(b *pgx.Batch, updates []int64) {
	if len(updates) == 0 {
		return
	}
	keys := make([]int32, len(updates))
	for i, id := range updates {
		keys[i] = lockUpdates + int32(uint64(id)%updateLocks)
	}
	slices.Sort(keys) // in one order, otherwise two calls could wait for each other
	b.Queue("SELECT pg_advisory_xact_lock($1, key) FROM unnest($2::int[]) AS key", s.space, slices.Compact(keys))
}

// done takes updates out of the inbox and remembers them. They are locked.
func (s *Store) done(b *pgx.Batch, updates []int64) {
	if len(updates) == 0 {
		return
	}
	b.Queue("DELETE FROM inbox WHERE update_id = ANY ($1)", updates)
	b.Queue(rememberDone, updates)
	b.Queue(forgetDone, store.DoneKept)
}
