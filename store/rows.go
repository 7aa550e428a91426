package store

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"excursobot/geo"
)

// RowReader returns everything that a store keeps, row by row.
type RowReader interface {
	// Rows returns at most limit rows of a table whose Key is greater than after, ordered by Key; "" comes before the first. Each call is
	// its own transaction: a row written between two calls may be in neither.
	Rows(ctx context.Context, table Table, after Key, limit int) ([]Row, error)
}

// RowStore carries everything that is kept from one store to another, whichever adapters they have. Rows read from one store and put into an
// empty one give a store that answers as the first one does.
type RowStore interface {
	RowReader
	// PutRows stores the rows in one transaction, or replaces the rows with the same keys. It stores also what other methods leave alone
	// (votes, tries, walks that are closed). Tables must come in the order of Tables, each in the order of Rows: a row whose position in a
	// list is not the next one is ErrInvalid, and so is a row that contradicts the rest of the store.
	PutRows(ctx context.Context, rows []Row) error
}

// Table names a kind of row.
type Table string

// The tables, with the record that a Row of each holds.
const (
	TableUsers       Table = "users"        // User
	TablePlaces      Table = "places"       // PlaceRow
	TableTiles       Table = "tiles"        // Tile
	TableStories     Table = "stories"      // StoryRow
	TableArticles    Table = "articles"     // ArticleRow
	TableVoices      Table = "voices"       // Voice
	TableReports     Table = "reports"      // Report
	TableJudgements  Table = "judgements"   // Judgement; who claimed it is not in the row
	TableLastPoints  Table = "last_points"  // LastPoint
	TableLastStories Table = "last_stories" // LastStory
	TableTours       Table = "tours"        // Tour
	TableTold        Table = "told"         // ToldRow
	TableLedger      Table = "ledger"       // LedgerRow
	TableWalks       Table = "walks"        // Walk, without what its stops say (Number, Told)
	TableStops       Table = "stops"        // StopRow
	TableClosed      Table = "closed"       // ClosedRow
	TablePayments    Table = "payments"     // Payment
	TableInbox       Table = "inbox"        // Entry
	TableDone        Table = "done"         // DoneRow
	TableDeadLetters Table = "parked"       // DeadLetterRow
	TableSettings    Table = "settings"     // SettingRow
)

// Tables returns all of them, in the order in which they are imported.
func Tables() []Table {
	return []Table{
		TableUsers, TablePlaces, TableTiles, TableStories, TableArticles, TableVoices, TableReports, TableJudgements,
		TableLastPoints, TableLastStories, TableTours, TableTold, TableLedger, TableWalks, TableStops, TableClosed,
		TablePayments, TableInbox, TableDone, TableDeadLetters, TableSettings,
	}
}

// Row is one row of a table. NewRow makes it.
type Row struct {
	Table Table
	Key   Key
	Value any // the record that the table holds, not a pointer to it
}

// NewRow returns the row of a record. It panics for a type that no table holds.
func NewRow(record any) Row {
	table, key := place(record)
	return Row{Table: table, Key: key, Value: record}
}

func place(record any) (Table, Key) {
	switch r := record.(type) {
	case User:
		return TableUsers, keyOf(r.ID)
	case PlaceRow:
		return TablePlaces, keyOf(r.ID, r.Language)
	case Tile:
		return TableTiles, keyOf(r.Language, r.Cell)
	case StoryRow:
		return TableStories, keyOf(r.Place, r.Language, string(r.Length), int64(r.Aspect))
	case ArticleRow:
		return TableArticles, keyOf(r.Edition, r.Page)
	case Voice:
		return TableVoices, keyOf(r.Place, r.Language, string(r.Length), int64(r.Aspect), r.Voice)
	case Report:
		return TableReports, keyOf(r.Place, r.Language, r.Revision)
	case Judgement:
		return TableJudgements, keyOf(r.Place, r.Language, string(r.Length), int64(r.Aspect))
	case LastPoint:
		return TableLastPoints, keyOf(r.Person, r.Chat)
	case LastStory:
		return TableLastStories, keyOf(r.Person, r.Chat)
	case Tour:
		return TableTours, keyOf(r.Person)
	case ToldRow:
		return TableTold, keyOf(r.Person, r.Place)
	case LedgerRow:
		return TableLedger, keyOf(string(r.Day), r.Person)
	case Walk:
		return TableWalks, keyOf(r.ID)
	case StopRow:
		return TableStops, keyOf(r.Walk, int64(r.Number))
	case ClosedRow:
		return TableClosed, keyOf(int64(r.Position))
	case Payment:
		return TablePayments, keyOf(r.Charge)
	case Entry:
		return TableInbox, keyOf(r.Update)
	case DoneRow:
		return TableDone, keyOf(int64(r.Position))
	case DeadLetterRow:
		return TableDeadLetters, keyOf(int64(r.Position))
	case SettingRow:
		return TableSettings, keyOf(r.Name)
	}
	panic(fmt.Sprintf("store: no table holds a %T", record))
}

// Key identifies a row in its table. Its parts are texts as they are and numbers as 16 hexadecimal digits with the sign bit flipped, with
// NUL between them, so that the order of bytes is the order of the parts.
type Key string

const signBit = 1 << 63

// keyOf makes a key of texts, numbers and cells.
func keyOf(parts ...any) Key {
	texts := make([]string, len(parts))
	for i, part := range parts {
		switch p := part.(type) {
		case string:
			texts[i] = p
		case int64:
			texts[i] = fmt.Sprintf("%016x", uint64(p)^signBit)
		case geo.Cell:
			texts[i] = fmt.Sprintf("%016x", uint64(p))
		}
	}
	return Key(strings.Join(texts, "\x00"))
}

// Parts stores the parts of a key where the pointers point (*string, *int64 or *geo.Cell). There must be as many pointers as parts. A key
// of another form is ErrInvalid.
func (k Key) Parts(pointers ...any) error {
	parts := strings.Split(string(k), "\x00")
	if len(parts) != len(pointers) {
		return fmt.Errorf("%w: key %q of %d parts", ErrInvalid, string(k), len(parts))
	}
	for i, part := range parts {
		if p, ok := pointers[i].(*string); ok {
			*p = part
			continue
		}
		n, err := strconv.ParseUint(part, 16, 64)
		if err != nil || len(part) != 16 {
			return fmt.Errorf("%w: key %q: %q is not a number", ErrInvalid, string(k), part)
		}
		switch p := pointers[i].(type) {
		case *int64:
			*p = int64(n ^ signBit)
		case *geo.Cell:
			*p = geo.Cell(n)
		}
	}
	return nil
}
