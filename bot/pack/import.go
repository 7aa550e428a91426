package pack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/geo"
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
	info, err := Read(ctx, open, nil)
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

func (i *importing) putPlaces(ctx context.Context, rows []store.Row) error {
	var list []store.Place
	for _, row := range rows {
		given := row.Value.(store.PlaceRow).Place
		p, err := i.guard.place(given)
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		i.editions[p.ID] = append(i.editions[p.ID], p.Language)
		i.pages[pageKey{p.Language, p.PageID}] = store.Page{ID: p.PageID, Title: p.Title, Point: p.Point, Kind: p.Kind, Dim: p.Dim}
		have, err := i.to.Place(ctx, p.ID, p.Language)
		if err == nil && !i.guard.newer(given.Fetched, have.Fetched) {
			i.keep(row.Table)
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		list = append(list, p)
	}
	i.add(store.TablePlaces, len(list))
	return i.to.PutPlaces(ctx, list)
}

func (i *importing) putTiles(ctx context.Context, rows []store.Row) error {
	for _, row := range rows {
		t, err := i.guard.tile(row.Value.(store.Tile), func(language string, page int64) (store.Page, bool) {
			known, ok := i.pages[pageKey{language, page}]
			return known, ok
		})
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		_, err = i.to.Tile(ctx, t.TileKey, i.guard.now)
		if err == nil {
			i.keep(row.Table)
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := i.to.PutTile(ctx, t); err != nil {
			return err
		}
		i.add(row.Table, 1)
	}
	return nil
}

func (i *importing) putArticles(ctx context.Context, rows []store.Row) error {
	for _, row := range rows {
		given := row.Value.(store.ArticleRow).Article
		a, err := i.guard.article(given)
		if err != nil {
			i.refuse(row.Table, err)
			continue
		}
		if _, known := i.editions[a.Place]; !known {
			i.refuse(row.Table, errors.New("of no place of the pack"))
			continue
		}
		have, err := i.to.Article(ctx, a.ArticleKey, i.guard.now)
		if err == nil && !i.guard.newer(given.Fetched, have.Fetched) {
			i.keep(row.Table)
			continue
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := i.to.PutArticle(ctx, a, i.guard.now); err != nil {
			return err
		}
		i.add(row.Table, 1)
	}
	return nil
}

func (i *importing) putStories(ctx context.Context, rows []store.Row) error {
	keys := make([]store.StoryKey, len(rows))
	for n, row := range rows {
		keys[n] = row.Value.(store.StoryRow).StoryKey
		if err := keys[n].Check(); err != nil {
			return fmt.Errorf("%w: %w", ErrForeign, err)
		}
	}
	have, err := i.to.Stories(ctx, keys, i.guard.now)
	if err != nil {
		return err
	}
	known := make(map[store.StoryKey]*store.Story, len(have))
	for n := range have {
		known[have[n].StoryKey] = &have[n]
	}
	var list []store.Story
	for _, row := range rows {
		s := row.Value.(store.StoryRow).Story
		if old := known[s.StoryKey]; old != nil && i.guard.stays(old, &s) {
			i.keep(row.Table)
			continue
		}
		p, a, err := i.sourceOf(ctx, &s)
		if err == nil {
			s, err = i.guard.story(s, p, a)
		}
		switch {
		case errors.Is(err, errNoSource) || err != nil && !errors.Is(err, errStore):
			i.refuse(row.Table, err)
		case err != nil:
			return err
		default:
			list = append(list, s)
		}
	}
	i.add(store.TableStories, len(list))
	return i.to.PutStories(ctx, list)
}

// stays reports whether a story of the store is not replaced by one of a pack.
func (g *guard) stays(old, s *store.Story) bool {
	voted := old.Likes > 0 || old.Dislikes > 0 || len(old.WrongBy) > 0
	return old.Retired || voted || old.Text == s.Text || !g.newer(s.Created, old.Created)
}

var (
	errNoSource = errors.New("without its source")
	errStore    = errors.New("read the store")
)

// sourceOf returns the place of a story and the article from which it was written, zero if it was written from an intro.
func (i *importing) sourceOf(ctx context.Context, s *store.Story) (store.Place, store.Article, error) {
	var p store.Place
	for _, edition := range i.inOrder(s) {
		found, err := i.to.Place(ctx, s.Place, edition)
		if err == nil {
			p = found
			break
		}
		if !errors.Is(err, store.ErrNotFound) {
			return p, store.Article{}, fmt.Errorf("%w: %w", errStore, err)
		}
	}
	if p.ID == "" || !i.guard.area.Contains(p.Point) || p.Point == (geo.Point{}) {
		return p, store.Article{}, errNoSource
	}
	if s.Article.Page == 0 {
		return p, store.Article{}, nil
	}
	if s.Article.Check() != nil {
		return p, store.Article{}, errNoSource
	}
	a, err := i.to.Article(ctx, s.Article, i.guard.now)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Place != "" && a.Place != s.Place {
		return p, a, errNoSource
	}
	if err != nil {
		return p, a, fmt.Errorf("%w: %w", errStore, err)
	}
	return p, a, nil
}

// inOrder returns the editions in which the pack describes the place of a story: that of its language first, then that of its article.
func (i *importing) inOrder(s *store.Story) []string {
	rank := func(edition string) int {
		switch edition {
		case s.Language:
			return 0
		case s.Article.Edition:
			return 1
		}
		return 2
	}
	list := slices.Clone(i.editions[s.Place])
	slices.SortStableFunc(list, func(a, b string) int { return rank(a) - rank(b) })
	return list
}

// File returns an Open for a file that is open already: it is read from its beginning each time, and not closed.
func File(f io.ReaderAt) Open {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(f, 0, 1<<62)), nil
	}
}
