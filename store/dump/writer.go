package dump

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"excursobot/store"
)

// Writer writes a dump. Close must be called: only it writes the end.
type Writer struct {
	zip   *gzip.Writer
	lines *bufio.Writer
	tally Tally
}

// NewWriter returns a Writer that has written the header.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	h.Format, h.Version, h.Created = format, version, h.Created.UTC().Truncate(time.Second)
	line, err := encode(h)
	if err != nil {
		return nil, fmt.Errorf("dump: header: %w", err)
	}
	zip := gzip.NewWriter(w)
	d := &Writer{zip: zip, lines: bufio.NewWriterSize(zip, 1<<16)}
	_, err = d.lines.Write(line)
	return d, err
}

// Put writes a row. It is an error if the row does not come after the row before, or is longer than MaxLine.
func (w *Writer) Put(row store.Row) error {
	line, err := Line(row)
	if err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	if err := w.tally.add(row, line); err != nil {
		return fmt.Errorf("dump: %w", err)
	}
	_, err = w.lines.Write(line)
	return err
}

// Close writes the end. It does not close the writer under it.
func (w *Writer) Close() error {
	line, err := encode(map[string][]Sum{"end": append([]Sum{}, w.tally.Sums()...)})
	if err != nil {
		return err
	}
	_, err = w.lines.Write(line)
	return errors.Join(err, w.lines.Flush(), w.zip.Close())
}

// Batches returns all rows of a store in the order of a dump, at most limit rows of one table at a time. It ends after an error.
func Batches(ctx context.Context, from store.RowReader, limit int) iter.Seq2[[]store.Row, error] {
	return func(yield func([]store.Row, error) bool) {
		for _, table := range store.Tables() {
			for after := store.Key(""); ; {
				rows, err := from.Rows(ctx, table, after, limit)
				if err != nil {
					yield(nil, fmt.Errorf("read %s: %w", table, err))
					return
				}
				if len(rows) == 0 {
					break
				}
				after = rows[len(rows)-1].Key
				if !yield(rows, nil) {
					return
				}
			}
		}
	}
}
