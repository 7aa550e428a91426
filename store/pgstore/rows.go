package pgstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"excursobot/geo"
	"excursobot/store"
)

// reader describes how a table is read in the order of its rows' keys.
type reader struct {
	columns string
	from    string   // with a condition that begins with WHERE
	keys    []string // the columns that rows are ordered by
	after   []any    // pointers for the parts of a store.Key
	row     func(pgx.Row) (any, error)
}

// readerOf returns how to read a table that is ordered by columns of its rows.
func readerOf(table store.Table) (reader, bool) {
	var number, other int64
	var texts [4]string
	var cell geo.Cell
	person, text := []any{&number}, []any{&texts[0]}
	switch table {
	case store.TableUsers:
		return reader{userColumns, "users JOIN user_preferences ON user_id = id WHERE true", []string{"id"}, person, exported(scanKnownUser)}, true
	case store.TablePlaces:
		const leads = ", EXISTS (SELECT FROM pages g WHERE g.language = p.language AND g.page = p.page AND g.place = p.id)"
		return reader{placeColumns + leads, "places p WHERE true", []string{"id", "language"}, []any{&texts[0], &texts[1]}, exported(scanPlaceRow)}, true
	case store.TableTiles:
		return reader{"language, cell, pages::text, expires_at", "tiles WHERE true", []string{"language", "cell"}, []any{&texts[0], &cell}, exported(scanTile)}, true
	case store.TableStories:
		return reader{storyColumns + ", edition", "stories WHERE true", []string{"place", "language", "length", "aspect"}, []any{&texts[0], &texts[1], &texts[2], &number}, exported(scanStoryRow)}, true
	case store.TableArticles:
		return reader{articleColumns + ", used_at", "articles WHERE true", []string{"edition", "page"}, []any{&texts[0], &number}, exported(scanArticleRow)}, true
	case store.TableVoices:
		return reader{voiceColumns, "voices WHERE true", []string{"place", "language", "length", "aspect", "voice"},
			[]any{&texts[0], &texts[1], &texts[2], &number, &texts[3]}, exported(scanVoice)}, true
	case store.TableReports:
		return reader{reportColumns, "reports WHERE true", []string{"place", "language", "revision"}, []any{&texts[0], &texts[1], &number}, exported(scanReport)}, true
	case store.TableJudgements:
		return reader{judgementColumns, "judgements j WHERE true", []string{"place", "language", "length", "aspect"},
			[]any{&texts[0], &texts[1], &texts[2], &number}, exported(scanJudgement)}, true
	case store.TableLastPoints:
		return reader{"person, chat, lat, lon, at", "last_points WHERE true", []string{"person", "chat"}, []any{&number, &other}, exported(scanLastPoint)}, true
	case store.TableLastStories:
		return reader{"person, chat, place, language, length, aspect, message, at", "last_stories WHERE true", []string{"person", "chat"},
			[]any{&number, &other}, exported(scanLastStory)}, true
	case store.TableTours:
		return reader{tourColumns, "tours WHERE true", []string{"person"}, person, exported(scanTour)}, true
	case store.TableTold:
		return reader{toldColumns, "told WHERE true", []string{"person", "place"}, []any{&number, &texts[0]}, exported(scanToldRow)}, true
	case store.TableLedger:
		return reader{"day, person, tokens", "ledger WHERE true", []string{"day", "person"}, []any{&texts[0], &number}, exported(scanLedgerRow)}, true
	case store.TableWalks:
		return reader{walkColumns, "walks w WHERE true", []string{"id"}, text, exported(scanBareWalk)}, true
	case store.TableStops:
		return reader{"walk, number, place, title, lat, lon, at", "walk_stops WHERE true", []string{"walk", "number"}, []any{&texts[0], &number}, exported(scanStopRow)}, true
	case store.TablePayments:
		return reader{paymentColumns, "donations WHERE true", []string{"charge"}, text, exported(scanPayment)}, true
	case store.TableInbox:
		return reader{entryColumns, "inbox WHERE true", []string{"update_id"}, person, exported(scanEntry)}, true
	case store.TableSettings:
		return reader{"name, value", "settings WHERE value <> ''", []string{"name"}, text, exported(scanSettingRow)}, true
	}
	return reader{}, false
}

// listOf returns the SELECT of a table whose rows are identified by their position.
func listOf(table store.Table) (from, order, columns string, scan func(pgx.Row) (any, error)) {
	switch table {
	case store.TableClosed:
		return "walks WHERE closed_as IS NOT NULL", "closed_as", "id", exported(scanClosedRow)
	case store.TableDone:
		return "done_updates", "number", "update_id", exported(scanDoneRow)
	case store.TableDeadLetters:
		return "parked_updates", "number", entryColumns, exported(scanDeadLetterRow)
	}
	return "", "", "", nil
}

// exported adapts a scan function to the Value of a row.
func exported[T any](scan func(pgx.Row) (T, error)) func(pgx.Row) (any, error) {
	return func(row pgx.Row) (any, error) { return scan(row) }
}

// Rows implements store.RowReader.
func (s *Store) Rows(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	var rows []store.Row
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		rows, err = exportRows(ctx, c, table, after, limit)
		return err
	})
	return rows, err
}

func exportRows(ctx context.Context, c *pgx.Conn, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	if from, order, columns, scan := listOf(table); scan != nil {
		var position int64
		if after != "" {
			if err := after.Parts(&position); err != nil {
				return nil, err
			}
		}
		sql := fmt.Sprintf("SELECT row_number() OVER (ORDER BY %s), %s FROM %s ORDER BY %[1]s OFFSET $1 LIMIT $2", order, columns, from)
		return queryRows(ctx, c, scan, sql, max(position, 0), max(limit, 0))
	}
	r, ok := readerOf(table)
	if !ok {
		return nil, fmt.Errorf("%w: table %q", store.ErrInvalid, table)
	}
	order := strings.Join(r.keys, ", ")
	if after == "" {
		return queryRows(ctx, c, r.row, fmt.Sprintf("SELECT %s FROM %s ORDER BY %s LIMIT $1", r.columns, r.from, order), max(limit, 0))
	}
	if err := after.Parts(r.after...); err != nil {
		return nil, err
	}
	args, holes := []any{max(limit, 0)}, make([]string, len(r.after))
	for i, part := range r.after {
		holes[i] = fmt.Sprint("$", i+2)
		if cell, ok := part.(*geo.Cell); ok {
			part = ordered(*cell)
		}
		args = append(args, part)
	}
	sql := fmt.Sprintf("SELECT %s FROM %s AND (%s) > (%s) ORDER BY %[3]s LIMIT $1", r.columns, r.from, order, strings.Join(holes, ", "))
	return queryRows(ctx, c, r.row, sql, args...)
}

func queryRows(ctx context.Context, c *pgx.Conn, scan func(pgx.Row) (any, error), sql string, args ...any) ([]store.Row, error) {
	rows, err := c.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows[store.Row, []store.Row](nil, rows, func(row pgx.CollectableRow) (store.Row, error) {
		record, err := scan(row)
		if err != nil {
			return store.Row{}, err
		}
		return store.NewRow(record), nil
	})
}
