package pgstore

import "github.com/jackc/pgx/v5"

// What one at a time may do, by the second key of advisory locks; the first is the schema's. They end with their transaction,
// and are taken in this order, behind those of updates.
const (
	lockMigrations int32 = iota
	lockPlaces           // putting places
	lockWalks            // changing walks: whether one ends is decided by the row that is there
	lockParked           // numbering what is parked
	lockArticles         // putting articles, which deletes others

	lockUpdates = 1 << 16 // and the next updateLocks: accepting and ending an update
)

// updateLocks is among how many locks updates are divided: a transaction can only hold so many.
const updateLocks = 256

// lock queues the taking of a lock.
func (s *Store) lock(b *pgx.Batch, key int32) {
	b.Queue("SELECT pg_advisory_xact_lock($1, $2)", s.space, key)
}
