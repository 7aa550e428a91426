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
	{"voices", "place, language, length, aspect, voice", "FROM voices WHERE created_at <= $7 ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"last_points", "person, chat", "FROM last_points WHERE at <= $8 OR at IS NULL ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"last_stories", "person, chat", "FROM last_stories WHERE at <= $8 OR at IS NULL ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"tours", "person", "FROM tours WHERE at <= $11 OR at IS NULL ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"judgements", "place, language, length, aspect", "FROM judgements WHERE queued_at <= $9 ORDER BY queued_at LIMIT %s FOR UPDATE SKIP LOCKED"},
	{"reports", "place, language, revision", "FROM reports WHERE NOT withheld AND at <= $10 ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED"},
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
			s.articles, moment(now.Add(-store.ArticleLife)), moment(now.Add(-store.VoiceLife)), moment(now.Add(-store.RecentLife)),
			moment(now.Add(-store.JudgementLife)), moment(now.Add(-store.ReportLife)), tourSince(now)).QueryRow(func(row pgx.Row) error { return row.Scan(&swept) })
	})
	if err != nil {
		return 0, err
	}
	return swept, nil
}
