package boltstore

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// first opens a copy of the file of the first edition.
func first(t *testing.T) *Store {
	t.Helper()
	dir := t.TempDir()
	packed, err := os.Open("testdata/first.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	file, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "excursobot.db"), file, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// testdata/first.db.gz is a file that the first edition of the program wrote, with something in every field of every record.
// testdata/first.jsonl is what that edition read from it, as JSON.
func TestAFileOfTheFirstEditionReadsAsItDid(t *testing.T) {
	t.Parallel()
	s := first(t)
	text, err := os.ReadFile("testdata/first.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want := map[store.Table][]store.Row{}
	for line := range bytes.Lines(text) {
		r := firstRow(t, line)
		want[r.Table] = append(want[r.Table], r)
	}
	for _, table := range store.Tables() {
		got, err := s.Rows(t.Context(), table, "", 1000)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[table], got); diff != "" || len(got) == 0 && len(want[table]) > 0 {
			t.Errorf("%s: %d rows (-want +got):\n%s", table, len(got), diff)
		}
	}
}

// A file of the first edition can be used: old rows stay, and new rows are added.
func TestAFileOfTheFirstEditionWorks(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), first(t)
	key := store.StoryKey{Place: "<Q1>&", Language: "текст-5", Length: "текст-6"}
	found, err := s.Stories(ctx, []store.StoryKey{key}, time.Unix(0, 0))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %d stories, %v", len(found), err)
	}
	old := found[0]
	if old.Version != 0 || old.Judged != store.Unjudged || old.Likes == 0 || len(old.WrongBy) != 2 || !old.Retired {
		t.Errorf("got %+v", old)
	}
	checked, more := old, old
	checked.Likes, checked.Judged, checked.Quotes = 0, store.JudgedPassed, []string{"a quote"}
	more.Aspect, more.Text, more.Version = 1, "More.", 2
	if err := s.PutStories(ctx, []store.Story{checked, more}); err != nil {
		t.Fatal(err)
	}
	if found, err = s.Stories(ctx, []store.StoryKey{key, more.StoryKey}, time.Unix(0, 0)); err != nil || len(found) != 2 {
		t.Fatalf("got %d stories, %v", len(found), err)
	}
	if checked.Likes = old.Likes; !cmp.Equal(found[0], checked) {
		t.Errorf("votes on an old text: %s", cmp.Diff(checked, found[0]))
	}
	told, err := s.Told(ctx, -1, []string{"<Q1>&", "Q2", "Q3"})
	if err != nil || !slices.Equal(told, []bool{true, true, false}) {
		t.Errorf("told %v, %v", told, err)
	}
	if p, err := s.Payment(ctx, "ä"); err != nil || p.Stars != 3 {
		t.Errorf("payment %+v, %v", p, err)
	}
	if _, err := s.Vote(ctx, -1, key, store.Like, time.Unix(1, 0)); err != nil {
		t.Error(err)
	}
	if err := s.PutArticle(ctx, store.Article{ArticleKey: store.ArticleKey{Edition: "fr", Page: 1}, Text: "Text"}, time.Now()); err != nil {
		t.Error(err)
	}
	if _, err := s.Sweep(ctx, time.Now(), 1000); err != nil {
		t.Error(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

func firstRow(t *testing.T, line []byte) store.Row {
	t.Helper()
	var parts struct {
		Table store.Table
		Row   json.RawMessage
	}
	if err := json.Unmarshal(line, &parts); err != nil {
		t.Fatal(err)
	}
	kinds := map[store.Table]any{
		store.TableUsers: store.User{}, store.TablePlaces: store.PlaceRow{}, store.TableTiles: store.Tile{}, store.TableStories: store.StoryRow{}, store.TableArticles: store.ArticleRow{},
		store.TableTold: store.ToldRow{}, store.TableLedger: store.LedgerRow{}, store.TableWalks: store.Walk{}, store.TableStops: store.StopRow{},
		store.TableClosed: store.ClosedRow{}, store.TablePayments: store.Payment{}, store.TableInbox: store.Entry{}, store.TableDone: store.DoneRow{},
		store.TableDeadLetters: store.DeadLetterRow{}, store.TableSettings: store.SettingRow{},
	}
	record := reflect.New(reflect.TypeOf(kinds[parts.Table]))
	dec := json.NewDecoder(bytes.NewReader(parts.Row))
	dec.DisallowUnknownFields()
	if err := dec.Decode(record.Interface()); err != nil {
		t.Fatal(err)
	}
	return store.NewRow(record.Elem().Interface())
}
