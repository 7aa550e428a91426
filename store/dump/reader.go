package dump

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"

	"excursobot/store"
)

// Reader reads a dump.
type Reader struct {
	raw    *bufio.Reader // compressed
	lines  *bufio.Reader
	header Header
	tally  Tally // of the lines as they were read
	ended  bool
}

// NewReader returns a Reader that has read the header. A header that is not ours is ErrFormat, one of another version ErrVersion.
func NewReader(r io.Reader) (*Reader, error) {
	raw := bufio.NewReader(r) // gzip reads no further than its end from one
	zip, err := gzip.NewReader(raw)
	if err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
			err = fmt.Errorf("%w: %w", ErrFormat, err)
		}
		return nil, err
	}
	zip.Multistream(false) // what follows the end is not ours
	d := &Reader{raw: raw, lines: bufio.NewReaderSize(zip, 1<<16)}
	line, err := d.line()
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(line, &d.header) != nil || d.header.Format != format {
		return nil, ErrFormat
	}
	if d.header.Version != version {
		return nil, fmt.Errorf("%w: version %d, this program knows version %d", ErrVersion, d.header.Version, version)
	}
	return d, nil
}

// Header returns the header.
func (r *Reader) Header() Header { return r.header }

// Next returns the next row. After the last one it returns io.EOF if the dump is whole, and else ErrTruncated or ErrDamaged.
func (r *Reader) Next() (store.Row, error) {
	row, _, err := r.next()
	return row, err
}

// Batches returns the rows that Next would return, at most limit rows at a time, and no more than have lines of MaxLine bytes together (a
// longer one comes alone). It ends after an error; a whole dump ends without one.
func (r *Reader) Batches(limit int) iter.Seq2[[]store.Row, error] {
	return func(yield func([]store.Row, error) bool) {
		var rows []store.Row
		size := 0
		for {
			row, n, err := r.next()
			if (err != nil || len(rows) >= limit || size+n > MaxLine) && len(rows) > 0 {
				if !yield(rows, nil) {
					return
				}
				rows, size = nil, 0
			}
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			rows, size = append(rows, row), size+n
		}
	}
}

func (r *Reader) next() (store.Row, int, error) {
	if r.ended {
		return store.Row{}, 0, io.EOF
	}
	line, err := r.line()
	if err != nil {
		return store.Row{}, 0, err
	}
	p, err := parse(line)
	if err != nil {
		return store.Row{}, 0, err
	}
	if p.End != nil {
		return store.Row{}, 0, r.end(*p.End)
	}
	row, err := p.row()
	if err != nil {
		return store.Row{}, 0, err
	}
	return row, len(line), r.tally.add(row, line)
}

// end checks the last line, and that nothing follows it. It returns io.EOF if everything is right.
func (r *Reader) end(sums []Sum) error {
	if !slices.Equal(sums, r.tally.Sums()) {
		return fmt.Errorf("%w: the rows are not those that were written: %w", ErrDamaged, Differences(sums, r.tally.Sums()))
	}
	for _, rest := range []io.ByteReader{r.lines, r.raw} {
		switch _, err := rest.ReadByte(); {
		case err == nil:
			return fmt.Errorf("%w: something follows its end", ErrDamaged)
		case !errors.Is(err, io.EOF):
			return broken(err)
		}
	}
	r.ended = true
	return io.EOF
}

// line returns the next line with its newline, until the next call.
func (r *Reader) line() ([]byte, error) {
	line, err := r.lines.ReadSlice('\n')
	if err == nil {
		return line, nil
	}
	long := slices.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) && len(long) <= MaxLine {
		line, err = r.lines.ReadSlice('\n')
		long = append(long, line...)
	}
	if len(long) > MaxLine {
		return nil, fmt.Errorf("%w: a line is longer than %d bytes", ErrDamaged, MaxLine)
	}
	return long, broken(err)
}

// broken translates the errors of reading.
func broken(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return ErrTruncated
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.As(err, new(flate.CorruptInputError)):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return fmt.Errorf("read dump: %w", err)
}
