package storetest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

// ofPeople says for every whole number of 64 bits in a row whether it is the number of a person, or of a chat, which is a person's too if it is
// a private one. A number that is not listed fails the test, so that the author of a new field decides.
var ofPeople = map[string]bool{
	"User.ID":          true,
	"ToldRow.Person":   true,
	"LedgerRow.Person": true,
	"Walk.Person":      true,
	"Share.Chat":       true,
	"Payment.Person":   true,
	"Entry.Chat":       true,
	"Story.WrongBy":    true,
	"Report.WrongBy":   true,
	"Shown.Chat":       true,
	"Shown.Person":     true,
	"LastPoint.Person": true,
	"LastPoint.Chat":   true,
	"LastStory.Person": true,
	"LastStory.Chat":   true,
	"Tour.Person":      true,

	"Place.PageID": false, "Place.Revision": false, "Sitelink.Page": false, "Page.ID": false, "ArticleKey.Page": false, "Article.Revision": false,
	"Story.Revision": false, "StoryRow.Edition": false, "VoteRow.Edition": false, "LedgerRow.Tokens": false, "Walk.Revision": false,
	"Rhythm.Interval": false, "Payment.Stars": false, "Entry.Update": false, "DoneRow.Update": false, "ReportKey.Revision": false,
	"Voice.Duration": false, "TileKey.Cell": false,
}

// PersonalTables returns the tables with a person's number in a field, for those who tell people what is kept.
func PersonalTables() []store.Table {
	var tables []store.Table
	for _, table := range store.Tables() {
		for _, row := range Rows() {
			if row.Table != table {
				continue
			}
			personal := false
			numbers(reflect.ValueOf(row.Value), func(field string, _ reflect.Value) { personal = personal || ofPeople[field] })
			if personal {
				tables = append(tables, table)
				break
			}
		}
	}
	return tables
}

// numbers calls fn with every whole number of 64 bits in a record, and the names of its type and field.
func numbers(v reflect.Value, fn func(field string, number reflect.Value)) {
	for i := range v.NumField() {
		field, of := v.Field(i), v.Type().Field(i)
		name := v.Type().Name() + "." + of.Name
		switch {
		case field.Type() == reflect.TypeFor[time.Time]():
		case field.Kind() == reflect.Int64, field.Kind() == reflect.Uint64:
			fn(name, field)
		case field.Kind() == reflect.Struct:
			numbers(field, fn)
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Struct:
			for j := range field.Len() {
				numbers(field.Index(j), fn)
			}
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.Int64:
			for j := range field.Len() {
				fn(name, field.Index(j))
			}
		}
	}
}

// testForgetEverything stores a row of each table in which every number that may be a person's is one person's, forgets that person and looks
// for the number in all rows. It stays only in updates that are being answered.
func testForgetEverything(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const person = 7_000_000_007
	held := map[store.Table]bool{}
	var rows []store.Row
	for _, row := range Rows() {
		record := reflect.New(reflect.TypeOf(row.Value)).Elem()
		record.Set(reflect.ValueOf(row.Value))
		numbers(record, func(field string, number reflect.Value) {
			personal, listed := ofPeople[field]
			if !listed {
				t.Errorf("%s in table %s: is it the number of a person?", field, row.Table)
			}
			if personal && (field != "Story.WrongBy" || number.Int() != 0) {
				number.SetInt(person)
				held[row.Table] = true
			}
		})
		rows = append(rows, ownVote(store.NewRow(record.Interface()), person))
	}
	byKey := map[string]bool{}
	for _, row := range rows {
		if key := string(row.Table) + string(row.Key); !byKey[key] { // several have become one
			byKey[key] = true
			must(t, s.PutRows(ctx, []store.Row{row}))
		}
	}
	for _, table := range store.Tables() {
		if found := holding(t, s, table, person); held[table] && !found {
			t.Fatalf("%s: the person is not there before they are forgotten", table)
		}
	}
	shares := []string{fmt.Sprint(person, ":90"), fmt.Sprint(person, ":91"), fmt.Sprint(person, ":92")}
	for i, id := range shares { // ids as they are: they hold the number, too
		w := store.Walk{ID: id, Person: person, Revision: uint64(i + 1), Closed: i > 0, Expires: noon.Add(time.Hour)}
		must(t, s.SaveWalks(ctx, []store.Walk{w}))
	}
	must(t, s.ForgetUser(ctx, person, noon))
	for _, id := range shares { // late edits of the shares find that they ended, and begin nothing
		must(t, s.SaveWalks(ctx, []store.Walk{{ID: id, Person: person, Revision: 100}}))
		if w, err := s.Walk(ctx, id); err != nil || !w.Closed || w.ID != id || w.Person != 0 {
			t.Errorf("%s: %+v (%v)", id, w, err)
		}
	}
	for _, table := range store.Tables() {
		if table != store.TableInbox && holding(t, s, table, person) {
			t.Errorf("%s: the person is still there", table)
		}
	}
}

// ownVote makes the vote in a row one for the story of Rows that lists its person as one who calls it wrong.
func ownVote(row store.Row, person int64) store.Row {
	told, ok := row.Value.(store.ToldRow)
	if !ok || told.Vote.Mark == store.NoMark {
		return row
	}
	for _, other := range Rows() {
		if s, ok := other.Value.(store.StoryRow); ok && s.Place == told.Place {
			told.Vote.Language, told.Vote.Length, told.Vote.Aspect, told.Vote.Edition = s.Language, s.Length, s.Aspect, s.Edition
		}
	}
	told.Person, told.Vote.Mark = person, store.Wrong
	return store.NewRow(told)
}

// holding reports whether a table holds the number of a person, as a number or inside a text.
func holding(t *testing.T, s store.Store, table store.Table, person int64) bool {
	t.Helper()
	found := false
	for _, row := range exported(t, s, table, 1000) {
		numbers(reflect.ValueOf(row.Value), func(_ string, number reflect.Value) { found = found || number.CanInt() && number.Int() == person })
		texts(addressable(row.Value), "", func(_, text string, _ func(string)) { found = found || strings.Contains(text, fmt.Sprint(person)) })
	}
	return found
}

func addressable(record any) reflect.Value {
	v := reflect.New(reflect.TypeOf(record)).Elem()
	v.Set(reflect.ValueOf(record))
	return v
}
