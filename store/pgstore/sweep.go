package pgstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// sweeps has the tables that a sweep deletes from, each with its key and with the rows that expired first: kind by kind until the limit, which is
// $2. It leaves locked rows for the next sweep.
var sweeps = []struct{ table, key, gone string }{
	{"tiles", "language, cell", "FROM tiles WHERE expires_at <= $1 ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"stories", "place, language, length, aspect", "FROM stories WHERE expires_at <= $1 ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"walks", "id", "FROM walks WHERE closed AND expires_at <= $1 ORDER BY expires_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"places", "id, language", "FROM places WHERE fetched_at <= $3 ORDER BY fetched_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"ledger", "day, person", "FROM ledger WHERE day < $4 ORDER BY day, person LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"articles", "edition, page", unusedArticles("$5", "$6", "true", "%s")},
}

// sweep deletes the rows and counts them.
var sweep = func() string {
	var parts, counts []string
	for _, s := range sweeps {
		left := strings.Join(append([]string{"$2::bigint"}, counts...), " - ")
		parts = append(parts, "gone_"+s.table+" AS (DELETE FROM "+s.table+" WHERE ("+s.key+") IN (SELECT "+s.key+" "+fmt.Sprintf(s.gone, left)+") RETURNING 1)")
		counts = append(counts, "(SELECT count(*) FROM gone_"+s.table+")")
	}
	return "WITH " + strings.Join(parts, ", ") + " SELECT " + strings.Join(counts, " + ")
}()

// Sweep implements store.Store.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	var swept int
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockArticles)
		b.Queue(sweep, moment(now), max(limit, 0), moment(now.Add(-store.PlaceLife)), string(store.DayOf(now.AddDate(0, 0, -store.LedgerDays))),
			s.articles, moment(now.Add(-store.ArticleLife))).QueryRow(func(row pgx.Row) error { return row.Scan(&swept) })
	})
	if err != nil {
		return 0, err
	}
	return swept, nil
}
