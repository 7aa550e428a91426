package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// sweep deletes the rows that expired first, kind by kind until the limit. It leaves locked rows for the next sweep.
const sweep = `
	WITH gone_tiles AS (
		DELETE FROM tiles WHERE (language, cell) IN (
			SELECT language, cell FROM tiles WHERE expires_at <= $1 ORDER BY expires_at LIMIT $3 FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), gone_stories AS (
		DELETE FROM stories WHERE (place, language, length) IN (
			SELECT place, language, length FROM stories WHERE expires_at <= $1 ORDER BY expires_at
			LIMIT $3 - (SELECT count(*) FROM gone_tiles) FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), gone_walks AS (
		DELETE FROM walks WHERE id IN (
			SELECT id FROM walks WHERE closed AND expires_at <= $1 ORDER BY expires_at
			LIMIT $3 - (SELECT count(*) FROM gone_tiles) - (SELECT count(*) FROM gone_stories) FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), gone_places AS (
		DELETE FROM places WHERE (id, language) IN (
			SELECT id, language FROM places WHERE fetched_at <= $4 ORDER BY fetched_at
			LIMIT $3 - (SELECT count(*) FROM gone_tiles) - (SELECT count(*) FROM gone_stories) - (SELECT count(*) FROM gone_walks)
			FOR UPDATE SKIP LOCKED)
		RETURNING 1
	), gone_days AS (
		DELETE FROM ledger WHERE (day, person) IN (
			SELECT day, person FROM ledger WHERE day < $2 ORDER BY day, person
			LIMIT $3 - (SELECT count(*) FROM gone_tiles) - (SELECT count(*) FROM gone_stories) - (SELECT count(*) FROM gone_walks)
				- (SELECT count(*) FROM gone_places)
			FOR UPDATE SKIP LOCKED)
		RETURNING 1
	)
	SELECT (SELECT count(*) FROM gone_tiles) + (SELECT count(*) FROM gone_stories) + (SELECT count(*) FROM gone_walks)
		+ (SELECT count(*) FROM gone_places) + (SELECT count(*) FROM gone_days)`

// Sweep implements store.Store.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	var swept int
	first := store.DayOf(now.AddDate(0, 0, -store.LedgerDays))
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(sweep, moment(now), string(first), max(limit, 0), moment(now.Add(-store.PlaceLife))).QueryRow(func(row pgx.Row) error { return row.Scan(&swept) })
	})
	if err != nil {
		return 0, err
	}
	return swept, nil
}
