package pack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

// packMaker makes packs of a few places at random, with rows as strangers could write them.
type packMaker struct {
	t   testing.TB
	rng *rand.Rand
}

func (m packMaker) one(choices ...string) string { return choices[m.rng.IntN(len(choices))] }

func (m packMaker) chance(of float64) bool { return m.rng.Float64() < of }

// when returns a time before, at or after the one at which packs are imported.
func (m packMaker) when() time.Time {
	return read.Add(time.Duration(m.rng.IntN(5)-2)*24*time.Hour).AddDate(m.rng.IntN(8)/7*50, 0, 0)
}

// texts that a stranger could put anywhere.
func (m packMaker) foul(text string) string {
	if m.chance(0.8) {
		return text
	}
	return m.one("", "\x00\x1b[2J", "Visit https://evil.example now", "Pay to t.me/scam", strings.Repeat("Long ", 3000), text+" It was built in 1066 by Napoleon Bonaparte.", "\u202e"+text, "{{x}}", "<b>"+text)
}

// rows returns the rows of a pack in their order.
func (m packMaker) rows() []any {
	var places, tiles, stories, articles []any
	for n := range 1 + m.rng.IntN(4) {
		p, s, a := tower(), towerStory(), towerArticle()
		page := int64(n + 1)
		id := fmt.Sprint("Q", 100+n)
		if m.chance(0.1) {
			id = m.one("Q1000000", "wp:en:1", "no such id", "Q-5")
		}
		p.ID, s.Place, a.Place = id, id, id
		p.PageID, a.Page, s.Article.Page = page, page, page
		p.Fetched, a.Fetched, s.Created = m.when(), m.when(), m.when()
		p.Extract, a.Text, s.Text, p.Title, p.Description = m.foul(p.Extract), m.foul(a.Text), m.foul(s.Text), m.foul(p.Title), m.foul(p.Description)
		p.Picture, p.URL, s.URL = m.foul(p.Picture), m.foul(p.URL), m.foul(s.URL)
		if m.chance(0.1) {
			p.Point = geo.Point{Lat: -33.9, Lon: 151.2}
		}
		if m.chance(0.1) {
			s.Likes, s.Dislikes, s.WrongBy = 99, 1, []int64{5}
		}
		if m.chance(0.1) {
			s.Retired, s.Judged = true, store.JudgedRefused
		}
		if m.chance(0.05) {
			s.Aspect = 9 // a key that no store can have
		}
		if m.chance(0.9) {
			places = append(places, store.PlaceRow{Place: p})
		}
		if m.chance(0.9) {
			stories = append(stories, store.StoryRow{Story: s})
		}
		if m.chance(0.9) {
			articles = append(articles, store.ArticleRow{Article: a})
		}
	}
	if m.chance(0.5) {
		tiles = append(tiles, towerTile())
	}
	var all []any
	for _, some := range [][]any{places, tiles, stories, articles} {
		all = append(all, inKeyOrder(some)...)
	}
	return all
}

// inKeyOrder leaves out rows that no dump can hold: those whose key is not behind the one before.
func inKeyOrder(rows []any) []any {
	var kept []any
	last := ""
	for _, r := range rows {
		if key := string(store.NewRow(r).Key); key > last {
			kept, last = append(kept, r), key
		}
	}
	return kept
}

// pack returns a pack of the rows. Its checksums are right, whatever the rows hold.
func (m packMaker) pack(rows []any) Open {
	var b bytes.Buffer
	w, err := dump.NewWriter(&b, header(m.t))
	if err != nil {
		m.t.Fatal(err)
	}
	for _, r := range rows {
		if err := w.Put(store.NewRow(r)); err != nil {
			m.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		m.t.Fatal(err)
	}
	return opened(b.Bytes())
}

// lived returns a store in which there is something of some places already: read, written, voted on or withdrawn.
func (m packMaker) lived(s *boltstore.Store, seed uint64) {
	m.rng = rand.New(rand.NewPCG(seed, 8))
	for n := range 4 {
		if m.chance(0.5) {
			continue
		}
		p, st, a := tower(), towerStory(), towerArticle()
		p.ID = fmt.Sprint("Q", 100+n)
		st.Place, a.Place, p.PageID, a.Page, st.Article.Page = p.ID, p.ID, int64(n+1), int64(n+1), int64(n+1)
		p.Description, st.Text, a.Text = "tower that was read here", told+" It was read here.", intro+" It was read here.\n"
		p.Fetched, st.Created, a.Fetched = m.past(), m.past(), m.past()
		st.Expires = now.Add(100 * 24 * time.Hour)
		switch m.rng.IntN(4) {
		case 0:
			st.Likes = 1
		case 1:
			st.Retired = true
		case 2:
			st.WrongBy = []int64{7}
		}
		if err := errors.Join(s.PutPlaces(m.t.Context(), []store.Place{p}), s.PutStories(m.t.Context(), []store.Story{st}), s.PutArticle(m.t.Context(), a, now)); err != nil {
			m.t.Fatal(err)
		}
	}
}

// past returns a time of a lived store, which is before now.
func (m packMaker) past() time.Time { return read.Add(time.Duration(m.rng.IntN(7)-3) * 24 * time.Hour) }

// rowsOf returns all rows of a store that an import may write, and checks that everything can be read and the file is in order.
func rowsOf(t *testing.T, s *boltstore.Store) []store.Row {
	t.Helper()
	if err := s.Check(t.Context()); err != nil {
		t.Fatalf("the store is not in order: %v", err)
	}
	var all []store.Row
	for rows, err := range dump.Batches(t.Context(), s, 100) {
		if err != nil {
			t.Fatalf("the store cannot be read: %v", err)
		}
		for _, row := range rows {
			if setting, ok := row.Value.(store.SettingRow); ok && setting.Name == store.PackImported {
				continue
			}
			all = append(all, row)
		}
	}
	for _, language := range []string{"en", "ru"} {
		if _, err := s.PlacesIn(t.Context(), language, []geo.CellRange{geo.CellAt(middle, 3).Range()}, 100); err != nil {
			t.Fatalf("the places cannot be read: %v", err)
		}
		if _, err := s.Stories(t.Context(), storyKeys("Q100", []string{language}), now); err != nil {
			t.Fatalf("the stories cannot be read: %v", err)
		}
	}
	return all
}

// TestImportProperties imports packs made at random into stores that lived, whole, twice, after a break, and after the bot read the places again.
func TestImportProperties(t *testing.T) {
	for seed := range uint64(25) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			m := packMaker{t, rand.New(rand.NewPCG(seed, 7))}
			open := m.pack(m.rows())
			s := newStore(t)
			m.lived(s, seed)
			before := rowsOf(t, s)
			first, err := Import(t.Context(), s, open, now, nil)
			if errors.Is(err, ErrForeign) {
				if diff := cmp.Diff(before, rowsOf(t, s)); diff != "" {
					t.Errorf("a pack that was refused changed the store (-before +after):\n%s", diff)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			once := rowsOf(t, s)
			checkKept(t, before, once)

			again, err := Import(t.Context(), s, open, now.Add(time.Hour), nil)
			if err != nil || len(nonZero(again.Added)) > 0 {
				t.Errorf("the second import added %v (%v) after %v", again.Added, err, first.Added)
			}
			if diff := cmp.Diff(once, rowsOf(t, s)); diff != "" {
				t.Errorf("the second import changed the store (-once +twice):\n%s", diff)
			}

			broken := newStore(t)
			m.lived(broken, seed)
			ctx, cancel := context.WithCancel(t.Context())
			stop, calls := m.rng.IntN(4), 0
			_, err = Import(ctx, broken, open, now, func(int, int) {
				if calls++; calls > stop {
					cancel()
				}
			})
			cancel()
			rowsOf(t, broken) // whatever is there can be read
			if err == nil && stop < calls-1 {
				t.Error("an import that was cut off reported success")
			}
			if _, err := Import(t.Context(), broken, open, now, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(once, rowsOf(t, broken)); diff != "" {
				t.Errorf("an import after a break (-whole +broken):\n%s", diff)
			}
		})
	}
}

// checkKept checks that an import left what people voted on or withdrew as it was.
func checkKept(t *testing.T, before, after []store.Row) {
	t.Helper()
	now := map[string]store.Story{}
	for _, row := range after {
		if r, ok := row.Value.(store.StoryRow); ok {
			now[string(row.Key)] = r.Story
		}
	}
	for _, row := range before {
		r, ok := row.Value.(store.StoryRow)
		if !ok || r.Likes == 0 && !r.Retired && len(r.WrongBy) == 0 {
			continue
		}
		if diff := cmp.Diff(r.Story, now[string(row.Key)]); diff != "" {
			t.Errorf("a story that people judged changed (-before +after):\n%s", diff)
		}
	}
}

// A time of the future does not make a row newer than what the bot read itself.
func TestAPackFromTheFutureReplacesNothing(t *testing.T) {
	future := now.AddDate(10, 0, 0)
	p, st, a := tower(), towerStory(), towerArticle()
	p.Fetched, st.Created, a.Fetched = future, future, future
	p.Description, st.Text = "tower of strangers", told+" Its clock is in the museum today."
	open := packed(t, header(t), store.PlaceRow{Place: p}, store.StoryRow{Story: st}, store.ArticleRow{Article: a})
	s := newStore(t)
	mine := towerStory()
	mine.Expires = now.Add(time.Hour)
	if err := errors.Join(s.PutPlaces(t.Context(), []store.Place{tower()}), s.PutStories(t.Context(), []store.Story{mine}), s.PutArticle(t.Context(), towerArticle(), now)); err != nil {
		t.Fatal(err)
	}
	r := imported(t, s, open)
	if got, want := nonZero(r.Kept), counts(1, 0, 1, 1); !cmp.Equal(got, want) || len(nonZero(r.Added)) > 0 {
		t.Errorf("kept %v, want %v; added %v; refused %v", got, want, r.Added, r.Refused)
	}
	empty := newStore(t)
	if r := imported(t, empty, open); !cmp.Equal(nonZero(r.Added), counts(1, 0, 1, 1)) {
		t.Errorf("into an empty store: added %v; refused %v", r.Added, r.Refused)
	}
	if got, err := empty.Place(t.Context(), "Q100", "en"); err != nil || got.Fetched.After(now) {
		t.Errorf("read at %v, %v", got.Fetched, err)
	}
}
