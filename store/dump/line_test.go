package dump_test

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/dump"
	"excursobot/store/storetest"
)

func TestLineKeepsEveryField(t *testing.T) {
	full := map[store.Table]bool{} // a row with something in every field was seen
	for _, row := range storetest.Rows() {
		line, err := dump.Line(row)
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

// filled reports whether no field of v is zero, except bools and the fields that JSON leaves out.
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
		got, err := dump.Line(store.NewRow(tt.record))
		if err != nil || string(got) != tt.want+"\n" {
			t.Errorf("got %s%v, want %s", got, err, tt.want)
		}
	}
	if _, err := dump.Line(store.NewRow(store.User{ID: 5, Metres: math.NaN()})); err == nil || !strings.Contains(err.Error(), "users") {
		t.Errorf("no number: got error %v", err)
	}
}
