package admin

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/store"
	"excursobot/store/dump"
)

const (
	// batchRows is how many rows are read, and written in one transaction, at a time.
	batchRows = 1000
	// incompleteSetting names the setting that marks a store that is being filled. It goes when everything is there and was compared.
	incompleteSetting = "migrate.cursor"
)

func incomplete(ctx context.Context, s store.Settings) (bool, error) {
	value, err := s.Setting(ctx, incompleteSetting)
	return value != "", err
}

// RefuseIncomplete returns an error for a store that was not filled to its end: the bot would take known people for strangers.
func RefuseIncomplete(ctx context.Context, s store.Settings) error {
	cut, err := incomplete(ctx, s)
	if err == nil && cut {
		err = config.UsageError{Err: errors.New("the store is not complete: repeat the \"excursobot migrate\" or \"import\" that was to fill it")}
	}
	return err
}

// fill puts rows into a store that is empty, compares what it holds then with what it was given, and removes the mark of an incomplete store.
func fill(ctx context.Context, to store.Store, batches iter.Seq2[[]store.Row, error], bar *progress) ([]dump.Sum, error) {
	var given dump.Tally
	for rows, err := range batches {
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if isMark(row) {
				return nil, fmt.Errorf("it holds the setting %s, which marks an incomplete store", incompleteSetting)
			}
			if err := given.Add(row); err != nil {
				return nil, err
			}
		}
		if err := to.PutRows(ctx, rows); err != nil {
			return nil, fmt.Errorf("write %s: %w", rows[0].Table, err)
		}
		bar.add("copied", len(rows))
		killpoint.Step("migrate.batch")
	}
	sums, err := tally(ctx, to, bar)
	if err != nil {
		return nil, err
	}
	if err := dump.Differences(given.Sums(), sums); err != nil {
		return nil, fmt.Errorf("the copy is not equal: was something else writing? %w", err)
	}
	killpoint.Step("migrate.checked")
	return sums, mark(ctx, to, "")
}

// mark marks a store as incomplete, or removes the mark with "".
func mark(ctx context.Context, s store.RowStore, value string) error {
	return s.PutRows(ctx, []store.Row{store.NewRow(store.SettingRow{Name: incompleteSetting, Value: value})})
}

func isMark(row store.Row) bool {
	setting, ok := row.Value.(store.SettingRow)
	return ok && setting.Name == incompleteSetting
}

// tally reads a whole store. The mark of an incomplete store does not count.
func tally(ctx context.Context, from store.RowReader, bar *progress) ([]dump.Sum, error) {
	var all dump.Tally
	for rows, err := range dump.Batches(ctx, from, batchRows) {
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			if isMark(row) {
				continue
			}
			if err := all.Add(row); err != nil {
				return nil, err
			}
		}
		bar.add("compared", len(rows))
	}
	return all.Sums(), nil
}

// isEmpty reports whether a store has no rows.
func isEmpty(ctx context.Context, s store.RowReader) (bool, error) {
	for _, err := range dump.Batches(ctx, s, 1) {
		return false, err
	}
	return true, nil
}
