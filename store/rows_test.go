package store_test

import (
	"errors"
	"math"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/store"
	"excursobot/store/storetest"
)

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

// The privacy page names every table that holds the number of a person.
func TestThePrivacyPageListsWhatIsKeptAboutPeople(t *testing.T) {
	page, err := os.ReadFile("../docs/privacy.md")
	if err != nil {
		t.Fatal(err)
	}
	var listed []store.Table
	for _, row := range regexp.MustCompile(`(?m)^\| [^|]+ \| ([^|]+) \| [^|]+ \|$`).FindAllStringSubmatch(string(page), -1) {
		for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(row[1], -1) {
			listed = append(listed, store.Table(name[1]))
		}
	}
	want := storetest.PersonalTables()
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("docs/privacy.md lists the tables %q, people are in %q", listed, want)
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
