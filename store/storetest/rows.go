package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/dump"
)

func testRows(t *testing.T, open OpenFunc) {
	t.Run("EveryField", func(t *testing.T) {
		s := open(t, t.TempDir())
		defer closeStore(t, s)
		testRowsFields(t, s)
	})
	t.Run("Refused", func(t *testing.T) {
		s := open(t, t.TempDir())
		defer closeStore(t, s)
		testRowsRefused(t, s)
	})
	t.Run("Rings", func(t *testing.T) {
		a, b := open(t, t.TempDir()), open(t, t.TempDir())
		testRowsRings(t, a, b)
		closeStore(t, a)
		closeStore(t, b)
	})
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("Twin", seed), func(t *testing.T) {
			a, b := open(t, t.TempDir()), open(t, t.TempDir())
			Twin(t, a, b, seed)
			closeStore(t, a)
			closeStore(t, b)
		})
	}
	t.Run("Ended", func(t *testing.T) {
		s := open(t, t.TempDir())
		testRowsEnded(t, s)
	})
}

// Rows returns at least one row of every table, with something in every field, in the order of import.
func Rows() []store.Row {
	open := with(filled[store.Walk](), func(w *store.Walk) { w.ID, w.Closed, w.Number, w.Told = "7:1", false, 0, time.Time{} })
	gone := with(open, func(w *store.Walk) { w.ID, w.Closed = "7:2", true })
	bare := store.Walk{ID: "7:3", Closed: true}
	leads := with(filled[store.PlaceRow](), func(p *store.PlaceRow) { p.Leads = true })
	other := with(leads, func(p *store.PlaceRow) { p.ID, p.Leads = "other", false })
	stop := with(filled[store.StopRow](), func(s *store.StopRow) { s.Walk, s.Number = open.ID, 3 })
	first := with(filled[store.StoryRow](), func(s *store.StoryRow) { s.Place, s.Edition = "<Q1>&", 7 })
	voted := with(filled[store.ToldRow](), func(r *store.ToldRow) { r.Person, r.Place, r.Vote.Mark, r.Vote.Edition = -1, "<Q1>&", store.Wrong, 9 })
	entry, parked := filled[store.Entry](), filled[store.DeadLetterRow]()
	parked.Position = 1
	records := []any{
		filled[store.User](), store.User{ID: 1 << 60}, leads, other, store.PlaceRow{Place: store.Place{ID: "other", Language: "ru"}},
		filled[store.Tile](), store.Tile{TileKey: store.TileKey{Cell: ^geo.Cell(0), Language: "ru"}}, first, store.StoryRow{Edition: 8},
		filled[store.ArticleRow](), store.ArticleRow{Article: store.Article{ArticleKey: store.ArticleKey{Edition: "ru"}, Text: "Текст."}},
		filled[store.Voice](), filled[store.Report](), store.Report{ReportKey: store.ReportKey{Place: "Q1"}, Withheld: true}, filled[store.Judgement](),
		filled[store.LastPoint](), filled[store.LastStory](), store.LastStory{Person: 9},
		filled[store.Tour](), store.Tour{Person: -9},
		voted, store.ToldRow{Person: -1, Place: "Q2", At: noon},
		store.LedgerRow{Day: "2026-05-17", Tokens: 1 << 40}, store.LedgerRow{Day: "2026-05-17", Person: -3, Tokens: 5}, store.LedgerRow{Day: "2026-05-18", Person: 9},
		open, gone, bare, stop, store.ClosedRow{Position: 1, Walk: bare.ID}, store.ClosedRow{Position: 2, Walk: gone.ID},
		filled[store.Payment](), store.Payment{Charge: "ä", Person: 9, Stars: 3, At: noon},
		entry, store.Entry{Update: 1, Tries: 2},
		store.DoneRow{Position: 1, Update: 90}, store.DoneRow{Position: 2, Update: -5}, store.DoneRow{Position: 3, Update: 50},
		parked, store.DeadLetterRow{Position: 2, Entry: store.Entry{Update: -9}},
		store.SettingRow{Name: "\"paused\"\n", Value: "<yes> & no\u2028"},
	}
	rows := make([]store.Row, len(records))
	for i, r := range records {
		rows[i] = store.NewRow(r)
	}
	return rows
}

func testRowsFields(t *testing.T, s store.Store) {
	ctx, rows := t.Context(), Rows()
	must(t, s.PutRows(ctx, rows))
	must(t, s.PutRows(ctx, rows)) // again: nothing is there twice
	want := map[store.Table][]store.Row{}
	for _, r := range rows {
		want[r.Table] = append(want[r.Table], r)
	}
	for _, table := range store.Tables() {
		got := exported(t, s, table, 1000)
		if len(got) == 0 {
			t.Errorf("%s: nothing", table)
		}
		if diff := cmp.Diff(sorted(want[table]), got, sameTime); diff != "" {
			t.Errorf("%s (-want +got):\n%s", table, diff)
		}
		if diff := cmp.Diff(got, exported(t, s, table, 1), sameTime); diff != "" {
			t.Errorf("%s, one by one (-want +got):\n%s", table, diff)
		}
		if none, err := s.Rows(ctx, table, "", 0); err != nil || none != nil {
			t.Errorf("%s: without a limit %v, %v", table, none, err)
		}
	}
	// The sums and indexes follow from the rows.
	given, err := s.Given(ctx, 9)
	must(t, err)
	if given != (store.Given{Person: 3, All: 3}) {
		t.Errorf("given %+v", given)
	}
	walk, err := s.Walk(ctx, "7:1")
	must(t, err)
	if stop := filled[store.StopRow](); walk.Number != 3 || !walk.Told.Equal(stop.At) {
		t.Errorf("walk's last story %d at %v", walk.Number, walk.Told)
	}
	places, err := s.PlacesByPage(ctx, filled[store.PlaceRow]().Language, []int64{filled[store.PlaceRow]().PageID})
	must(t, err)
	if len(places) != 1 || places[0].ID == "other" {
		t.Errorf("the page leads to %v", places)
	}
	// A setting without a value has no row.
	must(t, s.SetSetting(ctx, "\"paused\"\n", ""))
	if rows, err := s.Rows(ctx, store.TableSettings, "", 1); err != nil || rows != nil {
		t.Errorf("an empty setting: rows %v, %v", rows, err)
	}
}

func testRowsRefused(t *testing.T, s store.Store) {
	ctx := t.Context()
	must(t, s.PutRows(ctx, Rows()))
	before := lines(t, s)
	good := store.User{ID: 5, Language: "ru"}
	for name, records := range map[string][]any{
		"text with NUL":                {good, store.User{ID: 6, Language: "a\x00b"}},
		"key too long":                 {good, store.ToldRow{Place: strings.Repeat("x", store.MaxKey+1)}},
		"point off the globe":          {good, store.PlaceRow{Place: store.Place{ID: "x", Point: geo.Point{Lat: 91}}}},
		"no date":                      {good, store.LedgerRow{Day: "today"}},
		"third name":                   {good, store.StoryRow{Story: store.Story{WrongBy: []int64{1, 2, 3}}}},
		"no mark":                      {good, store.ToldRow{Vote: store.VoteRow{Mark: 4}}},
		"stop of no walk":              {good, store.StopRow{Walk: "none", Stop: store.Stop{Number: 1}}},
		"stop of a closed walk":        {good, store.StopRow{Walk: "7:2", Stop: store.Stop{Number: 1}}},
		"open walk among the closed":   {good, store.ClosedRow{Position: 3, Walk: "7:1"}},
		"gap in the closed":            {good, store.ClosedRow{Position: 4, Walk: "7:2"}},
		"gap in the done":              {good, store.DoneRow{Position: 5, Update: 1000}},
		"position 0":                   {good, store.DoneRow{Update: 1000}},
		"update done at two places":    {good, store.DoneRow{Position: 4, Update: 90}},
		"update done and in the inbox": {good, store.DoneRow{Position: 4, Update: 1}},
		"entry that is done":           {good, store.Entry{Update: 90}},
		"entry of no update":           {good, store.Entry{}},
		"gap in the parked":            {good, store.DeadLetterRow{Position: 4}},
		"payment without charge":       {good, store.Payment{Stars: 1}},
		"setting without name":         {good, store.SettingRow{Value: "x"}},
	} {
		rows := make([]store.Row, len(records))
		for i, r := range records {
			rows[i] = store.NewRow(r)
		}
		if err := s.PutRows(ctx, rows); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: got error %v, want %v", name, err, store.ErrInvalid)
		}
	}
	if err := s.PutRows(ctx, []store.Row{{Table: "users", Value: "a text"}}); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("no record: got error %v, want %v", err, store.ErrInvalid)
	}
	if diff := cmp.Diff(before, lines(t, s)); diff != "" {
		t.Errorf("a refused import changed (-before +after):\n%s", diff)
	}
	for _, table := range store.Tables() {
		if _, err := s.Rows(ctx, table, "a\x00b\x00c\x00d", 1); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s, after no key of its: got error %v, want %v", table, err, store.ErrInvalid)
		}
	}
	if _, err := s.Rows(ctx, "nothing", "", 1); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("unknown table: got error %v, want %v", err, store.ErrInvalid)
	}
}

// testRowsRings copies lists that are full and have forgotten their first rows, and continues with both stores.
func testRowsRings(t *testing.T, a, b store.Store) {
	ctx := t.Context()
	const more = 7
	updates := make([]int64, store.DoneKept+more)
	for i := range updates {
		updates[i] = int64(i*37%len(updates)) + 1 // in an order that is not theirs
	}
	must(t, a.MarkDone(ctx, updates...))
	walks := make([]store.Walk, store.WalksKept+more)
	for i := range walks {
		walks[i] = store.Walk{ID: fmt.Sprint("1:", i), Revision: 1, Closed: true}
	}
	must(t, a.SaveWalks(ctx, walks))
	must(t, move(ctx, a, b, 9999))
	for _, s := range []store.Store{a, b} {
		must(t, s.MarkDone(ctx, 1<<40, 1<<41))
		must(t, s.SaveWalks(ctx, []store.Walk{{ID: "2:1", Revision: 1, Closed: true}}))
	}
	for _, table := range []store.Table{store.TableDone, store.TableClosed} {
		want, got := exported(t, a, table, 20_000), exported(t, b, table, 20_000)
		if !slices.Equal(want, got) {
			t.Errorf("%s: moved and gone on (-there +here):\n%s", table, cmp.Diff(want, got))
		}
	}
	done, err := b.Done(ctx, updates[more+1])
	must(t, err)
	if _, err := b.Walk(ctx, fmt.Sprint("1:", more)); done || !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what came first was not forgotten first: %v, %v", done, err)
	}
}

// Twin copies a store with rows of every kind, and expects the same answers from both stores from then on.
func Twin(t *testing.T, a, b store.Store, seed uint64) {
	t.Helper()
	ctx := t.Context()
	r := rand.New(rand.NewPCG(seed, 7))
	must(t, a.SetSetting(ctx, store.ForgetSecret, "both know it")) // each would make its own
	for range 250 {
		_, _ = randomOp(r).do(ctx, a) // some find nothing
	}
	must(t, move(ctx, a, b, 1+r.IntN(40)))
	if diff := cmp.Diff(lines(t, a), lines(t, b)); diff != "" {
		t.Fatalf("moved (-there +here):\n%s", diff)
	}
	for range 250 {
		o := randomOp(r)
		wantResult, want := o.do(ctx, a)
		got, err := o.do(ctx, b)
		if diff := cmp.Diff(wantResult, got, sameTime); diff != "" || fmt.Sprint(want) != fmt.Sprint(err) {
			t.Fatalf("%s: errors %v and %v (-there +here):\n%s", o.name, want, err, diff)
		}
	}
	if diff := cmp.Diff(withoutEditions(lines(t, a)), withoutEditions(lines(t, b))); diff != "" {
		t.Fatalf("and gone on (-there +here):\n%s", diff)
	}
}

func testRowsEnded(t *testing.T, s store.Store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	rows := Rows()
	must(t, s.PutRows(t.Context(), nil))
	if err := s.PutRows(ended, rows); !errors.Is(err, context.Canceled) {
		t.Errorf("put: got error %v", err)
	}
	if _, err := s.Rows(ended, store.TableUsers, "", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("rows: got error %v", err)
	}
	for _, table := range store.Tables() {
		if rows, err := s.Rows(t.Context(), table, "", 1); err != nil || rows != nil {
			t.Errorf("%s: rows %v, %v", table, rows, err)
		}
	}
	closeStore(t, s)
	if err := s.PutRows(t.Context(), rows); !errors.Is(err, store.ErrClosed) {
		t.Errorf("put after close: got error %v", err)
	}
	if _, err := s.Rows(t.Context(), store.TableDone, "", 1); !errors.Is(err, store.ErrClosed) {
		t.Errorf("rows after close: got error %v", err)
	}
}

// move copies everything, batch rows at a time.
func move(ctx context.Context, from store.RowReader, to store.RowStore, batch int) error {
	for _, table := range store.Tables() {
		var after store.Key
		for {
			rows, err := from.Rows(ctx, table, after, batch)
			if err != nil {
				return err
			}
			if len(rows) == 0 {
				break
			}
			if err := to.PutRows(ctx, rows); err != nil {
				return err
			}
			after = rows[len(rows)-1].Key
		}
	}
	return nil
}

func exported(t *testing.T, s store.RowReader, table store.Table, limit int) []store.Row {
	t.Helper()
	var all []store.Row
	var after store.Key
	for {
		rows, err := s.Rows(t.Context(), table, after, limit)
		must(t, err)
		for _, r := range rows {
			if r.Key <= after || r.Table != table {
				t.Fatalf("%s: key %q after %q", r.Table, string(r.Key), string(after))
			}
			after = r.Key
		}
		all = append(all, rows...)
		if len(rows) < limit {
			return all
		}
	}
}

// lines returns the lines of all rows.
func lines(t *testing.T, s store.RowReader) []string {
	t.Helper()
	var all []string
	for _, table := range store.Tables() {
		for _, row := range exported(t, s, table, 20_000) {
			line, err := dump.Line(row)
			must(t, err)
			all = append(all, string(line))
		}
	}
	return all
}
