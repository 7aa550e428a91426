// Package dump reads and writes the one format in which rows leave a store: copies of a store, and packs. It decides how rows
// are encoded and checks what it reads. It opens no store and no file.
//
// # The format
//
// A dump is gzip over lines of JSON, each at most MaxLine bytes and ended by a newline:
//
//	{"format":"excursobot-dump","version":1,"content":"store","program":"1.4.0","created":"2026-05-17T12:00:00Z"}
//	{"table":"users","row":{"id":7,"language":"ru","metres":0}}
//	{"table":"told","row":{"person":7,"place":"Q243","at":"2026-05-17T12:00:00Z"}}
//	{"end":[{"table":"users","rows":1,"sha256":"5b4c..."},{"table":"told","rows":1,"sha256":"90ab..."}]}
//
// The first line is the header. A reader refuses a version that it does not know. Tables come in the order of store.Tables, the rows of a
// table in the order of their keys, no key twice. The last line has the number of rows of each table and the SHA-256 of their lines,
// newlines included. A dump without its last line was cut.
//
// Line returns the same bytes for the same row, from whichever store it came: fields in the order of the record, zero values left out
// except fractions and points, times in RFC 3339 in UTC, bytes in base64, and 64-bit numbers that are not ids of Telegram as texts.
// A field may be added to a record without a new version, as long as its zero value is left out.
//
// A dump is read as hostile input: memory is bounded by MaxLine and the batch, and every row passes the checks of the store that takes it.
package dump

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"slices"
	"time"

	"excursobot/store"
)

const (
	format  = "excursobot-dump"
	version = 1

	// MaxLine is the most bytes of a line, with its newline. The largest record is an update of Telegram's, which the bot takes up to 1 MiB.
	MaxLine = 4 << 20
)

// Errors of reading.
var (
	ErrFormat    = errors.New("is not a dump of excursobot")
	ErrVersion   = errors.New("has a version that this program does not know")
	ErrTruncated = errors.New("was cut: its end is missing")
	ErrDamaged   = errors.New("is damaged")
)

// Header is the first line of a dump.
type Header struct {
	Format  string    `json:"format"`  // set by the Writer
	Version int       `json:"version"` // set by the Writer
	Content string    `json:"content"` // what the rows are together: "store" or "pack"
	Program string    `json:"program"` // version of the program that wrote the dump
	Created time.Time `json:"created"`

	// Of a pack only.
	Area      string `json:"area,omitzero"`
	Languages string `json:"languages,omitzero"` // with commas between them
	Licences  string `json:"licences,omitzero"`  // of texts and pictures
}

// Sum describes the rows of one table. Equal sums mean equal tables.
type Sum struct {
	Table  store.Table `json:"table"`
	Rows   int         `json:"rows"`
	SHA256 string      `json:"sha256"` // of the lines, hexadecimal
}

// Tally adds up rows. The zero Tally has seen none.
type Tally struct {
	sums []Sum
	hash hash.Hash
	last store.Row
}

// Add counts a row. It is ErrDamaged if the row does not come after the row before.
func (t *Tally) Add(row store.Row) error {
	line, err := Line(row)
	if err != nil {
		return err
	}
	return t.add(row, line)
}

func (t *Tally) add(row store.Row, line []byte) error {
	tables := store.Tables()
	switch before, now := slices.Index(tables, t.last.Table), slices.Index(tables, row.Table); {
	case now < before, now == before && row.Key <= t.last.Key:
		return fmt.Errorf("%w: row %q of %s is not in order", ErrDamaged, string(row.Key), row.Table)
	case now > before:
		t.endTable()
		t.sums = append(t.sums, Sum{Table: row.Table})
		t.hash = sha256.New()
	}
	t.last = store.Row{Table: row.Table, Key: row.Key}
	t.sums[len(t.sums)-1].Rows++
	t.hash.Write(line)
	return nil
}

func (t *Tally) endTable() {
	if t.hash != nil {
		t.sums[len(t.sums)-1].SHA256 = hex.EncodeToString(t.hash.Sum(nil))
	}
}

// Sums returns the tables that had rows, in the order of store.Tables.
func (t *Tally) Sums() []Sum {
	t.endTable()
	return slices.Clone(t.sums)
}

// Differences reports the tables in which two stores differ, nil if they are equal.
func Differences(want, got []Sum) error {
	var errs []error
	for _, table := range store.Tables() {
		if w, g := sumOf(want, table), sumOf(got, table); w != g {
			what := fmt.Sprintf("%d rows expected, %d found", w.Rows, g.Rows)
			if w.Rows == g.Rows {
				what = "its rows have another content"
			}
			errs = append(errs, fmt.Errorf("table %s differs: %s", table, what))
		}
	}
	return errors.Join(errs...)
}

func sumOf(sums []Sum, table store.Table) Sum {
	for _, s := range sums {
		if s.Table == table {
			return s
		}
	}
	return Sum{}
}
