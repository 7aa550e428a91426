package pgstore

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
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

// large are the tables that grow with the towns and the people. A sequential scan of one makes each request slower as they grow.
var large = []string{"stories", "places", "pages", "tiles", "told", "users", "done_updates"}

// TestPlans fails if a request reads a large table from its beginning to its end: by EXPLAIN for the searches in a ring, and by the server's own
// counters for all calls of a request.
func TestPlans(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	s := open(t, cfg)
	towns := storetest.NewTowns()
	count := *planPairs / storetest.TownPairs
	planFill(t, s, towns, count)
	conn := pgtest.Connect(t, cfg.URL)
	defer conn.Close(context.Background())
	exec := func(sql string) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	exec("SET search_path = " + cfg.Schema)
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

	before := scansOf(t, conn)
	for n := range 12 { // from the sixth on, the server may take a plan that fits all arguments
		planCalls(t, s, n, towns, places, stories)
	}
	if err := s.Close(); err != nil { // a session tells its counters at its end at the latest
		t.Fatal(err)
	}
	for table, scans := range scansOf(t, conn) {
		if scans > before[table] {
			t.Errorf("%s: %d sequential scans by the calls of 12 requests", table, scans-before[table])
		}
	}
}

func planFill(t *testing.T, s *Store, towns *storetest.Towns, count int) {
	t.Helper()
	ctx, now := t.Context(), time.Now()
	for n := range count {
		places, stories := towns.Pairs(n, now)
		tile := store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(places[0].Point, geo.LevelTile), Language: places[0].Language}, Expires: now.Add(time.Hour)}
		if err := errors.Join(s.PutPlaces(ctx, places), s.PutStories(ctx, stories), s.PutTile(ctx, tile)); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 1000 {
		if err := s.PutTile(ctx, store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(towns.Center(n), geo.LevelTile), Language: "fr"}, Expires: now.Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	var rows []store.Row
	for person := range int64(1000) {
		rows = append(rows, store.NewRow(store.User{ID: person + 1, Language: "ru", Seen: now}))
	}
	for person := range int64(1000) {
		for n := range 5 {
			rows = append(rows, store.NewRow(store.ToldRow{Person: person + 1, Place: fmt.Sprint("Q", 1_000_000+n*7919), At: now}))
		}
	}
	for n := range store.DoneKept {
		rows = append(rows, store.NewRow(store.DoneRow{Position: n + 1, Update: int64(n + 1)}))
	}
	for len(rows) > 0 {
		n := min(len(rows), 500)
		if err := s.PutRows(ctx, rows[:n]); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
}

// planCalls makes the calls of a request for a story.
func planCalls(t *testing.T, s *Store, n int, towns *storetest.Towns, places []store.Place, stories []store.Story) {
	t.Helper()
	ctx, now, person := t.Context(), time.Now(), int64(n+1)
	update := int64(1_000_000 + n)
	var errs []error
	add := func(_ any, err error) {
		if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	ranges := geo.RangesWithin(towns.Center(0), 600)
	add(s.Done(ctx, update))
	add(s.Accept(ctx, store.Entry{Update: update, Chat: person, Arrived: now}))
	add(s.User(ctx, person))
	add(s.UpdateUser(ctx, person, func(u *store.User) error { u.Seen = now; return nil }))
	add(s.StoriesIn(ctx, "ru", ranges, 4000, now))
	add(s.PlacesIn(ctx, "ru", ranges, 500))
	add(s.Told(ctx, person, []string{stories[n].Place, stories[n+1].Place}))
	add(s.CountTold(ctx, person))
	add(s.Tile(ctx, store.TileKey{Cell: geo.CellAt(places[0].Point, geo.LevelTile), Language: "ru"}, now))
	add(s.Place(ctx, places[n].ID, "ru"))
	add(s.PlacesByPage(ctx, "ru", []int64{places[n].PageID, places[n+1].PageID}))
	add(s.Stories(ctx, []store.StoryKey{stories[n].StoryKey}, now))
	add(nil, s.Note(ctx, update, stories[n].Place, 0))
	add(nil, s.Delivered(ctx, store.Delivery{
		Update: update, Person: person, Place: stories[n].Place, At: now, Chat: person, Message: 7, Story: stories[n].StoryKey, From: places[n].Point, FromAt: now,
	}))
	add(s.Vote(ctx, person, stories[n].StoryKey, store.Like, now))
	add(nil, s.PutStories(ctx, stories[n:n+1]))
	add(nil, s.PutPlaces(ctx, places[n:n+1]))
	add(s.Sweep(ctx, now.AddDate(0, 0, -1), 1000))
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
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

// scansOf returns how often each large table was read sequentially.
func scansOf(t *testing.T, conn *pgx.Conn) map[string]int64 {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE schemaname = current_schema() AND relname = ANY ($1)", large)
	if err != nil {
		t.Fatal(err)
	}
	scans := map[string]int64{}
	var table string
	var n int64
	if _, err := pgx.ForEachRow(rows, []any{&table, &n}, func() error { scans[table] = n; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(scans) != len(large) {
		t.Fatalf("counters of %d tables, want %d", len(scans), len(large))
	}
	return scans
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
