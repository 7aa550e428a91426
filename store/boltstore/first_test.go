package boltstore

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// testdata/first.db.gz is a file that the first edition of the program wrote, with something in every field of every record.
// testdata/first.jsonl is what that edition read from it, as JSON.
func TestAFileOfTheFirstEditionReadsAsItDid(t *testing.T) {
	t.Parallel()
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
		if diff := cmp.Diff(want[table], got); diff != "" || len(got) == 0 {
			t.Errorf("%s: %d rows (-want +got):\n%s", table, len(got), diff)
		}
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
		store.TableUsers: store.User{}, store.TablePlaces: store.PlaceRow{}, store.TableTiles: store.Tile{}, store.TableStories: store.StoryRow{},
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
