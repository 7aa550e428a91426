package boltstore

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
	"excursobot/store/storetest"
)

// first opens a copy of the file of the first edition.
func first(t *testing.T) *Store {
	t.Helper()
	dir := t.TempDir()
	unpackFile(t, "first", dir)
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

func TestAFileOfTheFirstEditionWorks(t *testing.T) {
	t.Parallel()
	s := first(t)
	storetest.FirstEdition(t, s)
	if err := s.Check(t.Context()); err != nil {
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
