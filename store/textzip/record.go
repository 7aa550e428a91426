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

// recordWriter packs one record at a time. A DEFLATE writer takes 0.8 MB and is too large to make one for each.
type recordWriter struct {
	out bytes.Buffer
	w   *flate.Writer // nil before the first record
}

// One writer is kept, which serves nearly all records: a pool alone would lose it to the garbage collector every second. Those that are packed at the
// same moment take writers of the pool.
var (
	keptMu        sync.Mutex
	kept          recordWriter
	recordWriters = sync.Pool{New: func() any { return new(recordWriter) }}
)

// AppendRecord appends a record compressed to dst: its size as a varint and the DEFLATE stream with the preset dictionary.
func AppendRecord(dst, record []byte) []byte {
	if keptMu.TryLock() {
		defer keptMu.Unlock()
		return kept.append(dst, record)
	}
	p := recordWriters.Get().(*recordWriter) //nolint:forcetypeassert // the pool's own
	defer recordWriters.Put(p)
	return p.append(dst, record)
}

func (p *recordWriter) append(dst, record []byte) []byte {
	var err error
	if p.w == nil {
		p.w, err = flate.NewWriterDict(&p.out, flate.BestCompression, words)
	} else {
		p.w.Reset(&p.out)
	}
	if err == nil {
		_, err = p.w.Write(record)
		err = errors.Join(err, p.w.Close())
	}
	if err != nil {
		panic(fmt.Sprintf("textzip: %v", err)) // the level is valid, and a buffer takes everything
	}
	dst = append(binary.AppendUvarint(dst, uint64(len(record))), p.out.Bytes()...)
	if p.out.Reset(); p.out.Cap() > maxKept {
		p.out = bytes.Buffer{}
	}
	return dst
}

// maxKept bounds the buffers that are kept for the next record, in bytes; usual records are smaller.
const maxKept = 64 << 10

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
	defer func() {
		if cap(p.out) > maxKept {
			p.out = nil
		}
		recordReaders.Put(p)
	}()
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
