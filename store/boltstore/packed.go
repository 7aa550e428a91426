package boltstore

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"excursobot/store"
	"excursobot/store/textzip"
)

// packFrom is the size in bytes from which a body is worth packing.
const packFrom = 100

// encodePacked is encode for records that are mostly text. The record is packed if it gets smaller by that.
func encodePacked(key []byte, fields func(*codec)) ([]byte, error) {
	c := codec{packed: true, out: make([]byte, 0, 1024)}
	if fields(&c); c.err != nil {
		return nil, c.err
	}
	if len(c.out) >= packFrom {
		record := textzip.AppendRecord(make([]byte, recordHead, recordHead+len(c.out)/2), c.out)
		if len(record) < recordHead+len(c.out) {
			return seal(recordPacked, key, record), nil
		}
	}
	return encode(key, fields)
}

// decodePacked reads the body of a packed record.
func decodePacked(key, body []byte, fields func(*codec)) error {
	unpacked, err := textzip.UnpackRecord(body)
	if err != nil {
		return fmt.Errorf("%w %q: %w", errRecord, key, err)
	}
	return decodeBody(key, codec{reading: true, packed: true, in: unpacked}, fields)
}

// degrees handles a coordinate in a packed record: one with at most eight decimals, as sources give them, is a varint, and any other one follows
// the number 1.
func (c *codec) degrees(p *float64) {
	const scale = 1e8
	rounded := int64(math.Round(*p * scale))
	number := (uint64(rounded)<<1 ^ uint64(rounded>>63)) << 1
	if !c.reading && math.Float64bits(float64(rounded)/scale) != math.Float64bits(*p) {
		number = 1
	}
	c.uint64(&number)
	switch {
	case number&1 == 1:
		c.float64(p)
	case c.reading:
		number >>= 1
		*p = float64(int64(number>>1)^-int64(number&1)) / scale
	}
}

// asIs begins an address in a packed record that is stored as it is. No text holds it.
const asIs = "\x00"

// address handles a web address. In a packed record its letters stand as letters, because the dictionary and the title know those, and not
// "%D0%94".
func (c *codec) address(p *string) {
	if !c.packed {
		c.text(p)
		return
	}
	if !c.reading {
		if err := store.CheckText(*p); err != nil {
			c.err = err
			return
		}
		stored, ok := lettered(*p)
		if !ok {
			stored = asIs + *p
		}
		c.raw(stored)
		return
	}
	var stored string
	c.text(&stored)
	if as, ok := strings.CutPrefix(stored, asIs); ok {
		*p = as
		return
	}
	*p = escaped(stored)
}

const upperHex = "0123456789ABCDEF"

// lettered returns an address with letters beyond ASCII in the place of their escapes, and whether escaped makes the same address of it.
func lettered(address string) (string, bool) {
	if !strings.Contains(address, "%") {
		return address, ascii(address)
	}
	var b strings.Builder
	for i := 0; i < len(address); i++ {
		switch c := address[i]; {
		case c >= utf8.RuneSelf:
			return "", false
		case c == '%' && i+2 < len(address):
			high, low := strings.IndexByte(upperHex, address[i+1]), strings.IndexByte(upperHex, address[i+2])
			if high >= 8 && low >= 0 {
				b.WriteByte(byte(high<<4 | low)) //nolint:gosec // both are below 16
				i += 2
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), utf8.ValidString(b.String())
}

// escaped returns an address with all bytes beyond ASCII escaped.
func escaped(address string) string {
	if ascii(address) {
		return address
	}
	var b strings.Builder
	b.Grow(len(address) * 2)
	for i := range len(address) {
		if c := address[i]; c >= utf8.RuneSelf {
			b.Write([]byte{'%', upperHex[c>>4], upperHex[c&15]})
			continue
		}
		b.WriteByte(address[i])
	}
	return b.String()
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
