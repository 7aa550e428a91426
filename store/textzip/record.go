package textzip

import (
	"bytes"
	"compress/flate"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"sync"
)

// words is the preset dictionary of records: what stories, places and addresses have in common, the most frequent at the end, which is the cheapest to
// refer to. It belongs to the format: a record cannot be read with another one.
//
//go:embed words.txt
var words []byte

var errSize = errors.New("unpack record: wrong size")

// recordWriter packs one record at a time; a DEFLATE writer is too large to make one for each.
type recordWriter struct {
	out bytes.Buffer
	w   *flate.Writer
}

var recordWriters = sync.Pool{New: func() any {
	p := new(recordWriter)
	w, err := flate.NewWriterDict(&p.out, flate.BestCompression, words)
	if err != nil {
		panic(fmt.Sprintf("textzip: %v", err)) // the level is valid
	}
	p.w = w
	return p
}}

// AppendRecord appends a record compressed to dst: its size as a varint and the DEFLATE stream with the preset dictionary.
func AppendRecord(dst, record []byte) []byte {
	p := recordWriters.Get().(*recordWriter) //nolint:forcetypeassert // the pool's own
	defer recordWriters.Put(p)
	p.out.Reset()
	p.w.Reset(&p.out)
	_, err := p.w.Write(record)
	if err = errors.Join(err, p.w.Close()); err != nil {
		panic(fmt.Sprintf("textzip: %v", err)) // a buffer takes everything
	}
	return append(binary.AppendUvarint(dst, uint64(len(record))), p.out.Bytes()...)
}

// recordReader unpacks one record at a time.
type recordReader struct {
	in  bytes.Reader
	r   io.Reader // flate's
	out []byte
}

var recordReaders = sync.Pool{New: func() any {
	p := new(recordReader)
	p.r = flate.NewReaderDict(&p.in, words)
	return p
}}

// UnpackRecord returns the record that AppendRecord was given. One of more than 1 MiB, or damaged, is an error.
func UnpackRecord(packed []byte) (string, error) {
	size, n := binary.Uvarint(packed)
	if n <= 0 || size > most {
		return "", errSize
	}
	p := recordReaders.Get().(*recordReader) //nolint:forcetypeassert // the pool's own
	defer recordReaders.Put(p)
	p.in.Reset(packed[n:])
	defer p.in.Reset(nil) // the packed bytes belong to the caller
	if err := p.r.(flate.Resetter).Reset(&p.in, words); err != nil {
		return "", fmt.Errorf("unpack record: %w", err)
	}
	if uint64(cap(p.out)) < size+1 {
		p.out = make([]byte, max(size+1, 4096))
	}
	out := p.out[:size+1] // one more, to see that there is no more
	got, err := io.ReadFull(p.r, out)
	switch {
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF):
		return "", fmt.Errorf("unpack record: %w", err)
	case uint64(got) != size:
		return "", errSize
	}
	return string(out[:size]), nil
}
