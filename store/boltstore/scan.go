package boltstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"slices"
)

// scan reads the structure of a bbolt file that nobody writes to: headers, free list and every page of the tree. It is
// stricter than opening the file, which follows page numbers blindly: out of the file, or round in circles until the stack
// ends the process. sound is false if only one of the two headers is valid.
//
// The layout, in the machine's byte order: pages of pageSize bytes, each run of pages led by id(8) flags(2) count(2)
// overflow(4), where overflow is the number of pages that follow in the run. Pages 0 and 1 are headers.
func scan(f *os.File) (sound bool, err error) {
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	head, sound, err := readHeader(f)
	if err != nil {
		return false, err
	}
	sc := scanner{f: f, header: head}
	if int64(head.high)*int64(head.pageSize) > info.Size() || head.high > uint64(info.Size()) {
		return false, fmt.Errorf("cut to %d bytes, %d pages of %d belong to it", info.Size(), head.high, head.pageSize)
	}
	sc.used = make([]bool, head.high)
	sc.used[0], sc.used[1] = true, true
	if err := sc.tree(head.root, 0); err != nil {
		return false, err
	}
	return sound, sc.freelist()
}

const (
	pageHead   = 16
	elemSize   = 16 // of branch and leaf elements alike
	bucketHead = 16

	flagBranch   = 0x01
	flagLeaf     = 0x02
	flagFreelist = 0x10

	leafBucket = 0x01 // flag of a leaf element that holds a bucket

	boltMagic   = 0xED0CDAED
	boltVersion = 2

	maxDepth = 64 // of a tree; a store of a million rows has 5
)

var order = binary.NativeEndian

// header is what a valid meta page says.
type header struct {
	pageSize             uint32
	root, free, high, tx uint64 // page of the root bucket, page of the free list, number of pages, transaction
}

// readHeader returns the newer of the two headers, and whether both were valid.
func readHeader(f io.ReaderAt) (h header, both bool, err error) {
	first, ok := parseHeader(f, 0)
	if ok {
		second, ok := parseHeader(f, int64(first.pageSize))
		if ok && second.tx > first.tx {
			return second, true, nil
		}
		return first, ok, nil
	}
	for size := int64(1 << 10); size <= 1<<24; size <<= 1 { // where the second one lies is said in the first
		if h, ok := parseHeader(f, size); ok {
			return h, false, nil
		}
	}
	return header{}, false, errors.New("no valid header")
}

func parseHeader(f io.ReaderAt, offset int64) (header, bool) {
	var b [pageHead + 64]byte
	if _, err := f.ReadAt(b[:], offset); err != nil {
		return header{}, false
	}
	m := b[pageHead:]
	sum := fnv.New64a()
	_, _ = sum.Write(m[:56]) // never fails
	if order.Uint32(m) != boltMagic || order.Uint32(m[4:]) != boltVersion || order.Uint64(m[56:]) != sum.Sum64() {
		return header{}, false
	}
	h := header{
		pageSize: order.Uint32(m[8:]),
		root:     order.Uint64(m[16:]), free: order.Uint64(m[32:]), high: order.Uint64(m[40:]), tx: order.Uint64(m[48:]),
	}
	return h, h.pageSize >= 1<<10 && h.pageSize <= 1<<24
}

// scanner walks the tree and remembers which pages it met.
type scanner struct {
	header
	f    io.ReaderAt
	used []bool
	buf  []byte // of page
}

// page reads the run of pages that starts at id, and marks them used. What it returns holds until the next call.
func (s *scanner) page(id uint64) ([]byte, error) {
	if id < 2 || id >= s.high {
		return nil, fmt.Errorf("page %d is outside of the file", id)
	}
	at := int64(id) * int64(s.pageSize)
	var h [pageHead]byte
	if _, err := s.f.ReadAt(h[:], at); err != nil {
		return nil, err
	}
	overflow := uint64(order.Uint32(h[12:]))
	if order.Uint64(h[:]) != id || overflow >= s.high-id {
		return nil, fmt.Errorf("page %d: wrong head", id)
	}
	for i := id; i <= id+overflow; i++ {
		if s.used[i] {
			return nil, fmt.Errorf("page %d is used twice", i)
		}
		s.used[i] = true
	}
	size := int(overflow+1) * int(s.pageSize)
	s.buf = slices.Grow(s.buf[:0], size)[:size]
	_, err := s.f.ReadAt(s.buf, at)
	return s.buf, err
}

// tree walks what hangs under the page.
func (s *scanner) tree(id uint64, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("page %d: tree too deep", id)
	}
	p, err := s.page(id)
	if err != nil {
		return err
	}
	children, err := elements(p, false)
	if err != nil {
		return fmt.Errorf("page %d: %w", id, err)
	}
	for _, child := range children {
		if err := s.tree(child, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// elements checks the elements of a branch or leaf page and returns the pages that they point to: children of a branch,
// roots of the buckets in a leaf.
func elements(p []byte, inline bool) ([]uint64, error) {
	if len(p) < pageHead {
		return nil, errors.New("no room for its head")
	}
	flags, count := order.Uint16(p[8:]), int(order.Uint16(p[10:]))
	branch := flags == flagBranch
	switch {
	case !branch && flags != flagLeaf, branch && inline:
		return nil, fmt.Errorf("unknown kind %#x", flags)
	case branch && count == 0:
		return nil, errors.New("branch without children")
	case pageHead+count*elemSize > len(p):
		return nil, fmt.Errorf("no room for %d elements", count)
	}
	var pages []uint64
	var last []byte
	// Keys and values lie behind the elements without a gap, which also tells when the count is not the true one.
	next := uint64(pageHead + count*elemSize)
	for i := range count {
		at := uint64(pageHead + i*elemSize)
		e := p[at:]
		pos, ksize, vsize := order.Uint32(e), order.Uint32(e[4:]), uint32(0)
		if !branch {
			pos, ksize, vsize = order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		}
		if next != at+uint64(pos) {
			return nil, fmt.Errorf("element %d is not where the last one ends", i)
		}
		if next += uint64(ksize) + uint64(vsize); next > uint64(len(p)) {
			return nil, fmt.Errorf("element %d does not end in the page", i)
		}
		key, value := e[pos:pos+ksize], e[pos+ksize:pos+ksize+vsize]
		if i > 0 && bytes.Compare(last, key) >= 0 {
			return nil, fmt.Errorf("element %d is out of order", i)
		}
		last = key
		switch {
		case branch:
			pages = append(pages, order.Uint64(e[8:]))
		case order.Uint32(e)&leafBucket == 0:
		case len(value) < bucketHead:
			return nil, fmt.Errorf("element %d: bucket cut short", i)
		case order.Uint64(value) != 0:
			pages = append(pages, order.Uint64(value))
		default: // a small bucket lies inside the element, as a page of its own
			sub, err := elements(value[bucketHead:], true)
			if err != nil || len(sub) > 0 {
				return nil, fmt.Errorf("element %d: damaged bucket: %w", i, err)
			}
		}
	}
	return pages, nil
}

// freelist checks that every page is either used or free: one that is both would be overwritten.
func (s *scanner) freelist() error {
	if s.free == ^uint64(0) { // written without one; not by us
		return nil
	}
	p, err := s.page(s.free)
	if err != nil {
		return fmt.Errorf("free list: %w", err)
	}
	n, ids := uint64(order.Uint16(p[10:])), p[pageHead:]
	if n == 0xFFFF { // more than fit: the number stands in front
		n, ids = order.Uint64(ids), ids[8:]
	}
	if order.Uint16(p[8:]) != flagFreelist || n > uint64(len(ids)/8) {
		return errors.New("free list: wrong head")
	}
	for i := range n {
		id := order.Uint64(ids[i*8:])
		if id < 2 || id >= s.high || s.used[id] {
			return fmt.Errorf("free list: page %d is not free", id)
		}
		s.used[id] = true
	}
	for id, used := range s.used {
		if !used {
			return fmt.Errorf("page %d is neither used nor free", id)
		}
	}
	return nil
}
