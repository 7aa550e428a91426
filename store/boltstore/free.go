package boltstore

import (
	"context"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"time"
)

const (
	adviseEvery = 24 * time.Hour
	weighEvery  = 10 * time.Minute
	// A file is worth compacting from this many bytes of free pages on, if they are also this part of it. What is free is used again, so a little
	// of it is not a loss.
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

var (
	errFreeList = errors.New("the list of free pages changed while it was read")
	errUnlisted = errors.New("the list of free pages is only in memory")
)

// noList stands in a header whose commit wrote no list.
const noList = math.MaxUint64

// weigh decides whether commits write the list of free pages to the file. bbolt writes all of it with each commit, sorted: of 1 GiB of free pages that are 2 MiB
// and 30 ms. From s.listMost on it stays in memory. Then Close writes it, and after a crash Open finds the free pages by reading the whole file.
func (s *Store) weigh() {
	if s.unlisted.Load() {
		return
	}
	if free, err := freePages(s.path); err == nil {
		s.free.Store(free)
		s.unlisted.Store(free >= s.listMost)
	}
}

// writeFreeList writes the list of free pages to the file.
func (s *Store) writeFreeList(ctx context.Context) error {
	s.unlisted.Store(false)
	return s.write(ctx, func(t *txn) error { t.dirty, t.wrote = true, true; return nil })
}

// tendFreePages weighs the free pages until ctx ends, and advises from time to time.
func (s *Store) tendFreePages(ctx context.Context) {
	ticker := time.NewTicker(weighEvery)
	defer ticker.Stop()
	var advised time.Time
	for {
		if now := time.Now(); now.Sub(advised) >= adviseEvery {
			if s.unlisted.Load() { // what Stats knows is old
				if err := s.writeFreeList(ctx); err != nil && ctx.Err() == nil {
					s.log.Warn("store_free_pages_unknown", "file", s.path, "error", err)
				}
			}
			advised = now
			s.advise()
		}
		s.weigh()
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

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
	if list == noList {
		return 0, errUnlisted
	}
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
