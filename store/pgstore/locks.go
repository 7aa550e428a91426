package pgstore

import "github.com/jackc/pgx/v5"

// The second keys of advisory locks, for what only one transaction may do at a time; the first key is the schema's. The locks end with
// their transaction, and are taken in this order, after those of updates.
const (
	lockMigrations  int32 = iota
	lockPlaces            // putting places
	lockWalks             // changing walks: the stored row decides whether a walk ends
	lockDeadLetters       // numbering dead letters
	lockArticles          // putting articles, which deletes others
	lockJudgements        // queueing judgements, which deletes others

	lockUpdates = 1 << 16 // and the next updateLocks keys: accepting and ending an update
)

// updateLocks is the number of locks that updates share, because a transaction can hold only a limited number.
const updateLocks = 256

// lock queues a statement that takes a lock.
func (s *Store) lock(b *pgx.Batch, key int32) {
	b.Queue("SELECT pg_advisory_xact_lock($1, $2)", s.space, key)
}
