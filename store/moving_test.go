package store_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

// What a line says is all that the row says.
func TestLineKeepsEveryField(t *testing.T) {
	full := map[store.Table]bool{} // a row with something in every field was seen
	for _, row := range storetest.Rows() {
		line, err := store.Line(row)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.IndexByte(line, '\n') != len(line)-1 {
			t.Errorf("not one line: %q", line)
		}
		var parts struct {
			Table store.Table
			Row   json.RawMessage
		}
		if err := json.Unmarshal(line, &parts); err != nil {
			t.Fatal(err)
		}
		got := reflect.New(reflect.TypeOf(row.Value))
		dec := json.NewDecoder(bytes.NewReader(parts.Row))
		dec.DisallowUnknownFields()
		if err := dec.Decode(got.Interface()); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if diff := cmp.Diff(row, store.NewRow(got.Elem().Interface())); diff != "" || parts.Table != row.Table {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
		full[row.Table] = full[row.Table] || filled(reflect.ValueOf(row.Value))
	}
	for _, table := range store.Tables() {
		if !full[table] {
			t.Errorf("%s: no row with something in every field", table)
		}
	}
}

// filled says whether nothing in v is zero but what is not told of an open walk, and a bool, of which both values are common.
func filled(v reflect.Value) bool {
	if v.Kind() != reflect.Struct || v.Type() == reflect.TypeFor[time.Time]() {
		return v.Kind() == reflect.Bool || !v.IsZero()
	}
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("json") != "-" && !filled(v.Field(i)) {
			return false
		}
	}
	return true
}

var snakeCase = regexp.MustCompile(`^[a-z]+(_[a-z]+)*(,string)?(,omitzero)?$`)

func TestFieldsAreNamedAlike(t *testing.T) {
	var check func(of reflect.Type)
	check = func(of reflect.Type) {
		for of.Kind() == reflect.Slice {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct || of == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range of.NumField() {
			f := of.Field(i)
			tag := f.Tag.Get("json")
			stays := of == reflect.TypeFor[store.Walk]() && (f.Name == "Number" || f.Name == "Told")
			if !f.Anonymous && stays != (tag == "-") || !f.Anonymous && !stays && !snakeCase.MatchString(tag) {
				t.Errorf("%s.%s: json %q", of, f.Name, tag)
			}
			check(f.Type)
		}
	}
	for _, row := range storetest.Rows() {
		check(reflect.TypeOf(row.Value))
	}
}

func TestLine(t *testing.T) {
	at := time.Date(2026, 5, 17, 12, 0, 0, 123456000, time.UTC)
	tests := []struct {
		record any
		want   string
	}{
		{store.User{ID: -7, Language: "ru", Interests: []string{"<art>"}, Seen: at, Metres: 0.1}, `{"table":"users","row":{"id":-7,"language":"ru","interests":["<art>"],"seen":"2026-05-17T12:00:00.123456Z","metres":0.1}}`},
		{store.User{}, `{"table":"users","row":{"metres":0}}`},
		{store.Tile{TileKey: store.TileKey{Cell: math.MaxUint64, Language: "en"}, Expires: at.Truncate(time.Second)},
			`{"table":"tiles","row":{"cell":"18446744073709551615","language":"en","expires":"2026-05-17T12:00:00Z"}}`},
		{store.StoryRow{Story: store.Story{StoryKey: store.StoryKey{Place: "Q1"}, Point: geo.Point{Lat: 1e-9, Lon: -180}}, Edition: 3},
			`{"table":"stories","row":{"place":"Q1","point":{"lat":1e-9,"lon":-180},"edition":3}}`},
		{store.ToldRow{Person: 1, Place: "Q1", Vote: store.VoteRow{Mark: store.Dislike}}, `{"table":"told","row":{"person":1,"place":"Q1","vote":{"mark":2}}}`},
		{store.Entry{Update: 5, Raw: []byte{0, 255}}, `{"table":"inbox","row":{"update":5,"raw":"AP8="}}`},
	}
	for _, tt := range tests {
		got, err := store.Line(store.NewRow(tt.record))
		if err != nil || string(got) != tt.want+"\n" {
			t.Errorf("got %s%v, want %s", got, err, tt.want)
		}
	}
	if _, err := store.Line(store.NewRow(store.User{ID: 5, Metres: math.NaN()})); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("no number: got error %v", err)
	}
}

func TestKeysAreOrderedByTheirParts(t *testing.T) {
	records := []any{ // in order
		store.ToldRow{Person: math.MinInt64, Place: "z"},
		store.ToldRow{Person: -1, Place: "z"},
		store.ToldRow{Person: 0, Place: "a"},
		store.ToldRow{Person: 1, Place: "Q1"},
		store.ToldRow{Person: 1, Place: "Q10"},
		store.ToldRow{Person: 1, Place: "é"},
		store.ToldRow{Person: math.MaxInt64},
	}
	keys := make([]store.Key, len(records))
	for i, r := range records {
		keys[i] = store.NewRow(r).Key
		var person int64
		var place string
		if err := keys[i].Parts(&person, &place); err != nil {
			t.Error(err)
		}
		if got := (store.ToldRow{Person: person, Place: place}); got != r {
			t.Errorf("parts %+v, want %+v", got, r)
		}
	}
	if !slices.IsSorted(keys) {
		t.Errorf("keys are not in the order of their parts: %q", keys)
	}
	if a, b := store.NewRow(store.PlaceRow{Place: store.Place{ID: "a", Language: "z"}}), store.NewRow(store.PlaceRow{Place: store.Place{ID: "a!", Language: "a"}}); a.Key >= b.Key {
		t.Errorf("keys %q and %q: the first part does not decide", a.Key, b.Key)
	}
	for _, bad := range []store.Key{"", "x", "00", "zzzzzzzzzzzzzzzz\x00", "8000000000000000", "8000000000000000\x00a\x00b"} {
		if err := bad.Parts(new(int64), new(string)); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("key %q: got error %v, want %v", bad, err, store.ErrInvalid)
		}
	}
}

func FuzzKeyParts(f *testing.F) {
	f.Add("8000000000000000\x00a")
	f.Fuzz(func(t *testing.T, k string) {
		var person int64
		var place string
		if err := store.Key(k).Parts(&person, &place); err == nil && !strings.EqualFold(string(store.NewRow(store.ToldRow{Person: person, Place: place}).Key), k) {
			t.Errorf("key %q has the parts %d and %q", k, person, place)
		}
	})
}
