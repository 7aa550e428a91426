package boltstore

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// A sealed file ends in a line that bbolt does not read: the mark, and the SHA-256 of all bytes before it in hexadecimal.
const (
	sealMark = "\nexcursobot backup, sha256 "
	sealSize = len(sealMark) + 2*sha256.Size + 1
)

// The two headers of a bbolt file are at the beginning of its first two pages, behind the head of the page.
const (
	pageHead    = 16
	headerSize  = 64
	headerMagic = 0xED0CDAED
	leastPage   = 512
	mostPage    = 1 << 16
)

var (
	// ErrUnsealed means that a file has no checksum: it is a backup of an older version, or a copy that no backup made.
	ErrUnsealed = errors.New("it has no checksum")
	errSeal     = errors.New("its content does not match its checksum: it is damaged or incomplete")
	errHeader   = errors.New("one of its two headers is damaged, and the other one may belong to an older state")
)

// Seal appends the checksum of a closed file to it. Unseal checks and removes it.
func Seal(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil { // which leaves the end as the place to write
		return err
	}
	_, err = f.Write(sealLine(sum.Sum(nil)))
	return err
}

func sealLine(sum []byte) []byte { return []byte(sealMark + hex.EncodeToString(sum) + "\n") }

// Sealed reports whether a file ends in a checksum, right or wrong.
func Sealed(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false
	}
	mark := make([]byte, len(sealMark))
	_, err = f.ReadAt(mark, info.Size()-int64(sealSize))
	return err == nil && string(mark) == sealMark
}

// Is reports whether a file begins as a store or a backup does.
func Is(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	_, ok := readHeader(f, 0)
	return ok
}

// Unseal is CheckSeal of the file, and then removes the checksum.
func Unseal(path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	content, err := checkSeal(f)
	if err != nil {
		return err
	}
	return f.Truncate(content)
}

// CheckSeal checks the checksum and the headers of a closed file. A file without a checksum is ErrUnsealed.
func CheckSeal(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = checkSeal(f)
	return err
}

// checkSeal is CheckSeal of an open file. It returns how many bytes are before the checksum.
func checkSeal(f *os.File) (content int64, err error) {
	fi, err := f.Stat()
	if err != nil {
		return 0, err
	}
	content = fi.Size() - int64(sealSize)
	sum, line := sha256.New(), make([]byte, sealSize)
	if content > 0 {
		if _, err := io.CopyN(sum, f, content); err != nil {
			return 0, err
		}
		if _, err := io.ReadFull(f, line); err != nil {
			return 0, err
		}
	}
	if content > 0 && bytes.Equal(line, sealLine(sum.Sum(nil))) {
		return content, checkHeaders(f)
	}
	if fi.Size()%leastPage != 0 { // bbolt writes whole pages: more than that was a seal
		return 0, errSeal
	}
	if err := checkHeaders(f); err != nil {
		return 0, err
	}
	return 0, ErrUnsealed
}

// checkHeaders returns an error if a header of the file is damaged. bbolt then uses the other one silently; it may be the older one, which
// lacks the last write.
func checkHeaders(f io.ReaderAt) error {
	pageSize, ok := readHeader(f, 0)
	if !ok || pageSize < leastPage || pageSize > mostPage {
		return errHeader
	}
	if _, ok := readHeader(f, pageSize); !ok {
		return errHeader
	}
	return nil
}

// readHeader reads the header of the page at an offset, and returns the size of pages in bytes and whether the header is undamaged.
func readHeader(f io.ReaderAt, page int64) (pageSize int64, ok bool) {
	b := make([]byte, headerSize)
	if _, err := f.ReadAt(b, page+pageHead); err != nil {
		return 0, false
	}
	order, sum := binary.NativeEndian, fnv.New64a()
	sum.Write(b[:headerSize-8])
	ok = order.Uint32(b) == headerMagic && order.Uint64(b[headerSize-8:]) == sum.Sum64()
	return int64(order.Uint32(b[8:])), ok
}

// checkFile is checkHeaders of the file at path.
func checkFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer f.Close()
	if err := checkHeaders(f); err != nil {
		return damage(path, err)
	}
	return nil
}
