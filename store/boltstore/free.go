package boltstore

import (
	"encoding/binary"
	"errors"
	"os"
	"time"
)

const (
	adviseEvery = 24 * time.Hour
	// A file is worth compacting from this many bytes of free pages on, if they are also this part of it. What is free is used again, so a little
	// of it is no loss.
	adviseBytes = 128 << 20
	adviseShare = 0.3
)

// advise logs that Compact would make the file much smaller.
func (s *Store) advise() {
	st := s.Stats()
	if paysToCompact(st) {
		s.log.Warn("store_compact_pays", "file", s.path, "bytes", st.SizeBytes, "free", st.FreeBytes,
			"remedy", `stop the bot and run "excursobot compact"`)
	}
}

func paysToCompact(st Stats) bool {
	return st.FreeBytes >= adviseBytes && float64(st.FreeBytes) >= adviseShare*float64(st.SizeBytes)
}

var errFreeList = errors.New("the list of free pages changed while it was read")

// freePages returns the bytes of the pages that hold nothing, of which bbolt keeps a list in the file. It reads the two headers and the head of the
// list.
func freePages(path string) (bytes int64, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	// Offsets in a header; see readHeader.
	const (
		listAt        = 32
		transactionAt = 48
	)
	order := binary.NativeEndian
	pageSize, ok := readHeader(f, 0)
	if !ok {
		return 0, errHeader
	}
	var list, newest uint64
	for page := range int64(2) {
		b := make([]byte, headerSize)
		if _, err := f.ReadAt(b, page*pageSize+pageHead); err != nil {
			return 0, err
		}
		if n := order.Uint64(b[transactionAt:]); n >= newest {
			newest, list = n, order.Uint64(b[listAt:])
		}
	}
	// The head of a page: its number, flags, the number of items, the pages that follow it. A list of 65535 pages or more has the number in its first
	// item.
	const freeListFlag = 0x10
	b := make([]byte, pageHead+8)
	if _, err := f.ReadAt(b, int64(list)*pageSize); err != nil { //nolint:gosec // a page of the file
		return 0, err
	}
	if order.Uint64(b) != list || order.Uint16(b[8:])&freeListFlag == 0 {
		return 0, errFreeList
	}
	n := uint64(order.Uint16(b[10:]))
	if n == 0xFFFF {
		n = order.Uint64(b[pageHead:])
	}
	return int64(n) * pageSize, nil //nolint:gosec // pages of the file
}
