package pack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/store"
	"excursobot/store/dump"
)

// Target is the part of a store that a pack is imported into.
type Target interface {
	store.Places
	store.Stories
	store.Articles
	store.Settings
}

// Report counts what an import did.
type Report struct {
	Info    Info
	Added   map[string]int // rows written, by table
	Kept    map[string]int // rows whose place in the store is taken by something newer, equal, voted on or retired, by table
	Refused map[string]int // rows that no live source could have given, by table and reason
}

// String returns the report as lines for people.
func (r Report) String() string {
	var b strings.Builder
	for _, t := range tables {
		if n := r.Info.Rows[string(t)]; n > 0 {
			fmt.Fprintf(&b, "%-9s %6d added, %6d known\n", t, r.Added[string(t)], r.Kept[string(t)])
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Refused)) {
		fmt.Fprintf(&b, "left out  %6d %s\n", r.Refused[reason], reason)
	}
	return b.String()
}

// batchRows is how many rows are written in one transaction.
const batchRows = 200

// Import puts those rows of a pack into a store that the store does not have, or has in an older state. A story that people voted on or retired stays. The pack is read three
// times: for its checksums, for places, searches and articles, and for stories, which are checked against them. To continue an interrupted import, repeat it. progress is called with the rows read of all.
func Import(ctx context.Context, to Target, open Open, now time.Time, progress func(done, all int)) (Report, error) {
	info, err := Read(ctx, open, refuseKeys) // before anything is written
	if err != nil {
		return Report{}, err
	}
	i := &importing{
		to: to, guard: guard{area: info.Area, languages: info.Languages, now: now.UTC()},
		editions: map[string][]string{}, pages: map[pageKey]store.Page{},
		report: Report{Info: info, Added: map[string]int{}, Kept: map[string]int{}, Refused: map[string]int{}},
	}
	all := 0
	for _, n := range info.Rows {
		all += n
	}
	done := 0
	for _, pass := range [][]store.Table{{store.TablePlaces, store.TableTiles, store.TableArticles}, {store.TableStories}} {
		err := eachBatch(ctx, open, pass, func(rows []store.Row) error {
			done += len(rows)
			if progress != nil {
				progress(done, all)
			}
			return i.put(ctx, rows)
		})
		if err != nil {
			return i.report, err
		}
	}
	if i.report.wrote() {
		err = to.SetSetting(ctx, store.PackImported, now.UTC().Format(time.RFC3339Nano))
	}
	return i.report, err
}

// refuseKeys refuses a story whose key no store can have.
func refuseKeys(row store.Row) error {
	if s, ok := row.Value.(store.StoryRow); ok {
		if err := s.StoryKey.Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
	}
	return nil
}

func (r *Report) wrote() bool {
	for _, n := range r.Added {
		if n > 0 {
			return true
		}
	}
	return false
}

// eachBatch calls fn with the rows of the tables, some of one table at a time.
func eachBatch(ctx context.Context, open Open, of []store.Table, fn func([]store.Row) error) error {
	var batch []store.Row
	size := 0
	flush := func() error {
		rows := batch
		batch, size = nil, 0
		if len(rows) == 0 {
			return nil
		}
		return fn(rows)
	}
	_, err := Read(ctx, open, func(row store.Row) error {
		if !slices.Contains(of, row.Table) {
			return nil
		}
		if len(batch) > 0 && batch[0].Table != row.Table || len(batch) >= batchRows || size > dump.MaxLine {
			if err := flush(); err != nil {
				return err
			}
		}
		batch = append(batch, row)
		if a, ok := row.Value.(store.ArticleRow); ok {
			size += len(a.Text)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// importing is an import under way.
type importing struct {
	to     Target
	guard  guard
	report Report

	editions map[string][]string    // of each place that the pack described, at most MaxRows
	pages    map[pageKey]store.Page // of these places
}

type pageKey struct {
	edition string
	page    int64
}

func (i *importing) put(ctx context.Context, rows []store.Row) error {
	switch rows[0].Table {
	case store.TablePlaces:
		return i.putPlaces(ctx, rows)
	case store.TableTiles:
		return i.putTiles(ctx, rows)
	case store.TableArticles:
		return i.putArticles(ctx, rows)
	}
	return i.putStories(ctx, rows)
}

func (i *importing) refuse(t store.Table, err error) {
	reason := err.Error()
	if errors.Is(err, errFacts) {
		reason = errFacts.Error()
	}
	if len(i.report.Refused) < 100 {
		i.report.Refused[string(t)+": "+reason]++
	}
}

func (i *importing) add(t store.Table, n int) { i.report.Added[string(t)] += n }

func (i *importing) keep(t store.Table) { i.report.Kept[string(t)]++ }
