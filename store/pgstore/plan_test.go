package pgstore

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
	"excursobot/store/storetest"
)

var planPairs = flag.Int("pairs", 3300, "places and stories that TestPlans stores; it logs what they take")

// small are the tables of which a call may read all rows.
var small = map[string]string{
	"replicas":       "one row for each",
	"slots":          "one row for each",
	"settings":       "one row for each name",
	"schema_version": "one row for each migration",
	"parked_updates": "at most store.DeadLettersKept",
	"judgements":     "at most store.MaxJudgements",
	"articles":       "their sizes are summed; the budget bounds them",
	"donations":      "summed for the operator and for a person who asks what is kept",
}

// TestPlans fails if a call reads a table that is not small from its beginning to its end: by EXPLAIN for the searches in a ring, and by the server's own
// counters for the calls of requests, walks, tours, voices, reports, replicas and operators. Left out are ForgetUser and MoveUser, which look for a
// person in all rows of some tables, for which an index would cost every write, and ClaimOrphans, which compares all that waits with all chats.
func TestPlans(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	s := open(t, cfg)
	towns := storetest.NewTowns()
	count := *planPairs / storetest.TownPairs
	conn := pgtest.Connect(t, cfg.URL)
	defer conn.Close(context.Background())
	exec := func(sql string) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("SET search_path = " + cfg.Schema)
	planFill(t, s, conn, towns, count)
	exec("ANALYZE")
	logSizes(t, conn)

	now := moment(time.Now())
	for name, at := range map[string]geo.Point{"a town": towns.Center(0), "nothing": geo.Offset(towns.Center(0), 45, 5000)} {
		low, high := bounds(geo.RangesWithin(at, 600))
		for statement, args := range map[string][]any{
			selectStoriesIn: {towns.Language(0), low, high, now, 4000},
			selectPlacesIn:  {towns.Language(0), low, high, 500},
		} {
			planOf(t, conn, name, statement, args)
		}
	}
	places, stories := towns.Pairs(0, time.Now())
	keys := []any{[]string{stories[0].Place, stories[1].Place}, []string{"ru", "ru"}, []string{"short", "short"}, []int16{0, 0}, now}
	planOf(t, conn, "by their keys", selectStories, keys)

	if *planPairs > 10_000 {
		planTimes(t, s, towns, count)
	}
	before := scansOf(t, conn)
	for n := range 12 { // from the sixth on, the server may take a plan that fits all arguments
		planCalls(t, s, n, towns, places, stories)
	}
	if err := s.Close(); err != nil { // a session tells its counters at its end at the latest
		t.Fatal(err)
	}
	for table, scans := range scansOf(t, conn) {
		switch {
		case small[table] != "":
		case scans.seq > before[table].seq:
			t.Errorf("%s: %d sequential scans by 12 rounds of calls", table, scans.seq-before[table].seq)
		case scans.index == before[table].index:
			t.Errorf("%s: no call reads it: add one, or the table to those that stay small", table)
		case scans.rows < 400: // the server reads a few pages as a whole, which proves nothing
			t.Errorf("%s: %d rows, too few", table, scans.rows)
		}
	}
}

// planNode is a node of a plan, as EXPLAIN (FORMAT JSON) prints it.
type planNode struct {
	Type     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Hit      int        `json:"Shared Hit Blocks"`
	Read     int        `json:"Shared Read Blocks"`
	Rows     float64    `json:"Actual Rows"`
	Plans    []planNode `json:"Plans"`
}

// planOf runs a statement under EXPLAIN, fails if it reads a table sequentially, and logs what it touched.
func planOf(t *testing.T, conn *pgx.Conn, what, statement string, args []any) {
	t.Helper()
	var raw []byte
	if err := conn.QueryRow(t.Context(), "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) "+statement, args...).Scan(&raw); err != nil {
		t.Fatal(err)
	}
	var plans []struct {
		Plan planNode
		Time float64 `json:"Execution Time"`
	}
	if err := json.Unmarshal(raw, &plans); err != nil || len(plans) != 1 {
		t.Fatal(err)
	}
	var used []string
	var walk func(n planNode)
	walk = func(n planNode) {
		if n.Relation != "" {
			used = append(used, n.Type+" on "+n.Relation)
			if n.Type == "Seq Scan" {
				t.Errorf("%s: a sequential scan of %s:\n%s", what, n.Relation, raw)
			}
		}
		for _, p := range n.Plans {
			walk(p)
		}
	}
	top := plans[0]
	walk(top.Plan)
	if len(used) == 0 {
		t.Errorf("%s: the plan reads no table:\n%s", what, raw)
	}
	t.Logf("%s: %s: %.0f rows, %d buffers, %.2f ms", what, strings.Join(used, ", "), top.Plan.Rows, top.Plan.Hit+top.Plan.Read, top.Time)
}

// tableScans counts how often a table was read sequentially and by an index, and its rows.
type tableScans struct{ seq, index, rows int64 }

// scansOf returns the counters of all tables.
func scansOf(t *testing.T, conn *pgx.Conn) map[string]tableScans {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT s.relname, s.seq_scan, s.idx_scan, c.reltuples::bigint FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
		WHERE s.schemaname = current_schema()`)
	if err != nil {
		t.Fatal(err)
	}
	scans := map[string]tableScans{}
	var table string
	var n tableScans
	if _, err := pgx.ForEachRow(rows, []any{&table, &n.seq, &n.index, &n.rows}, func() error { scans[table] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	return scans
}

// planTimes logs how long the calls of a request take.
func planTimes(t *testing.T, s *Store, towns *storetest.Towns, count int) {
	t.Helper()
	const calls = 300
	r := rand.New(rand.NewPCG(2, 2)) //nolint:gosec // the same towns in each run
	ctx, now := t.Context(), time.Now()
	at := make([]int, calls)
	for i := range at {
		at[i] = r.IntN(count)
	}
	measure := func(name string, call func(i int) (int, error)) {
		began, found := time.Now(), 0
		for i := range calls {
			n, err := call(i)
			if err != nil {
				t.Fatal(err)
			}
			found += n
		}
		t.Logf("%s: %.2f ms, %.1f rows", name, time.Since(began).Seconds()*1000/calls, float64(found)/calls)
	}
	for _, state := range []string{"first", "second"} {
		measure("StoriesIn, the "+state+" time", func(i int) (int, error) {
			got, err := s.StoriesIn(ctx, towns.Language(at[i]), geo.RangesWithin(towns.Center(at[i]), 600), 4000, now)
			return len(got), err
		})
		measure("PlacesIn, the "+state+" time", func(i int) (int, error) {
			got, err := s.PlacesIn(ctx, towns.Language(at[i]), geo.RangesWithin(towns.Center(at[i]), 600), 500)
			return len(got), err
		})
		measure("StoriesIn, an empty ring, the "+state+" time", func(i int) (int, error) {
			got, err := s.StoriesIn(ctx, towns.Language(at[i]), geo.RangesWithin(geo.Offset(towns.Center(at[i]), 45, 5000), 600), 4000, now)
			return len(got), err
		})
	}
	measure("Delivered", func(i int) (int, error) {
		return 0, s.Delivered(ctx, store.Delivery{Update: 5_000_000 + int64(i), Person: int64(i%50 + 1), Place: fmt.Sprint("Q", 900_000_000+i), At: now})
	})
}

// logSizes logs what the tables and their indexes take.
func logSizes(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	rows, err := conn.Query(t.Context(), `SELECT c.relname, c.relkind = 'i', c.reltuples::bigint, CASE WHEN c.relkind = 'i' THEN pg_relation_size(c.oid) ELSE pg_table_size(c.oid) END
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'i') AND c.relname ~ '^(stories|places|pages)' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	var name string
	var index bool
	var tuples, size, all int64
	_, err = pgx.ForEachRow(rows, []any{&name, &index, &tuples, &size}, func() error {
		all += size
		t.Logf("%-20s index %-5v %8d rows %8.1f MiB", name, index, tuples, float64(size)/(1<<20))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes a pair", all/int64(*planPairs))
}
