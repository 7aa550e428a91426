package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"golang.org/x/sync/errgroup"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/store"
)

const (
	// moveBatch is how many rows are read, and written in one transaction, at a time.
	moveBatch = 1000
	// moveSetting names the setting of a store that is being filled, with how far that is. It goes when everything is there.
	moveSetting = "migrate.cursor"
)

// moveCursor is how far a move has come. It is written in the transaction that brings the rows up to it.
type moveCursor struct {
	From   string      `json:"from"` // identity of the source
	Table  store.Table `json:"table"`
	After  store.Key   `json:"after"`            // of the last row that is there
	Failed bool        `json:"failed,omitempty"` // everything was copied, and is not what the source has
}

// readCursor returns the zero moveCursor for a store that is not being filled.
func readCursor(ctx context.Context, s store.Settings) (moveCursor, error) {
	text, err := s.Setting(ctx, moveSetting)
	if err != nil || text == "" {
		return moveCursor{}, err
	}
	var c moveCursor
	if err := json.Unmarshal([]byte(text), &c); err != nil || c.From == "" {
		return moveCursor{}, fmt.Errorf("setting %s: %q is no cursor: %w", moveSetting, text, err)
	}
	return c, nil
}

// RefuseIncomplete refuses a store into which a move has not ended: people would be taken for strangers.
func RefuseIncomplete(ctx context.Context, s store.Settings) error {
	cursor, err := readCursor(ctx, s)
	if err == nil && cursor != (moveCursor{}) {
		err = config.UsageError{Err: errors.New("the store is not complete: repeat the \"excursobot migrate\" that was to fill it")}
	}
	return err
}

// row is the setting that the cursor is written as.
func (c moveCursor) row() (store.Row, error) {
	text, err := json.Marshal(c)
	return store.NewRow(store.SettingRow{Name: moveSetting, Value: string(text)}), err
}

// copyRows copies what comes after the cursor, batch rows at a time, and calls copied with the number of rows of each batch.
func copyRows(ctx context.Context, to store.Moving, from store.Source, at moveCursor, batch int, copied func(store.Table, int)) error {
	tables := store.Tables()
	if at.Table != "" {
		tables = tables[max(0, slices.Index(tables, at.Table)):]
	}
	for _, table := range tables {
		if table != at.Table {
			at.Table, at.After = table, ""
		}
		for {
			rows, err := from.Export(ctx, table, at.After, batch)
			if err != nil {
				return fmt.Errorf("read %s: %w", table, err)
			}
			if len(rows) == 0 {
				break
			}
			n := len(rows)
			at.After = rows[n-1].Key
			cursor, err := at.row()
			if err != nil {
				return err
			}
			if err := to.Import(ctx, append(rows, cursor)); err != nil {
				return fmt.Errorf("write %s: %w", table, err)
			}
			copied(table, n)
			killpoint.Step("migrate.batch")
		}
	}
	return nil
}

// endMove takes the cursor away.
func endMove(ctx context.Context, s store.Moving) error {
	return s.Import(ctx, []store.Row{store.NewRow(store.SettingRow{Name: moveSetting})})
}

// tableSum is a table in short: equal sums, equal tables.
type tableSum struct {
	table store.Table
	rows  int
	sum   [sha256.Size]byte // of the lines
}

// writeLines writes the canonical lines of everything to w and returns the sums of the tables. The cursor of a move is no part of what is kept.
func writeLines(ctx context.Context, w io.Writer, from store.Source, written func(int)) ([]tableSum, error) {
	var sums []tableSum
	for _, table := range store.Tables() {
		digest := sha256.New()
		n, err := writeTable(ctx, w, digest, from, table, written)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", table, err)
		}
		sums = append(sums, tableSum{table, n, [sha256.Size]byte(digest.Sum(nil))})
	}
	return sums, nil
}

func writeTable(ctx context.Context, w io.Writer, digest hash.Hash, from store.Source, table store.Table, written func(int)) (int, error) {
	both := io.MultiWriter(w, digest)
	n := 0
	var after store.Key
	for {
		rows, err := from.Export(ctx, table, after, moveBatch)
		if err != nil || len(rows) == 0 {
			return n, err
		}
		var lines bytes.Buffer
		for _, row := range rows {
			if setting, ok := row.Value.(store.SettingRow); ok && setting.Name == moveSetting {
				continue
			}
			line, err := store.Line(row)
			if err != nil {
				return n, err
			}
			lines.Write(line)
			n++
		}
		if _, err := both.Write(lines.Bytes()); err != nil {
			return n, err
		}
		written(len(rows))
		after = rows[len(rows)-1].Key
	}
}

// compare reads both stores and returns the sums of the tables, or says where they differ.
func compare(ctx context.Context, a, b store.Source, read func(int)) ([]tableSum, error) {
	var sums [2][]tableSum
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range []store.Source{a, b} {
		group.Go(func() error {
			var err error
			sums[i], err = writeLines(ctx, io.Discard, s, read)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var differ []error
	for i, there := range sums[0] {
		if here := sums[1][i]; here != there {
			differ = append(differ, fmt.Errorf("table %s %w: %d rows there, %d here", there.table, errDiffers, there.rows, here.rows))
		}
	}
	return sums[0], errors.Join(differ...)
}

// errDiffers says that two stores hold different things.
var errDiffers = errors.New("differs")

// countRows adds up the rows of all tables.
func countRows(ctx context.Context, s store.Source) (int, error) {
	all := 0
	for _, table := range store.Tables() {
		n, err := s.Rows(ctx, table)
		if err != nil {
			return 0, fmt.Errorf("count %s: %w", table, err)
		}
		all += n
	}
	return all, nil
}
