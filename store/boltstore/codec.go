package boltstore

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// A record is a version byte, the CRC-32C of key and body (bbolt checks no pages: a flipped bit in a story would
// otherwise be told), and the body: the fields one after the other, integers as varints, texts and lists with their length in
// front. The order of the fields is the format: a field added later goes to the end, and no field is ever removed or moved. An older
// record stops before a new field, which reads as zero. In a packed record the body is compressed, and addresses are written otherwise.
const (
	recordPlain  = 1
	recordPacked = 2
	recordHead   = 1 + 4
)

// errRecord is wrapped by every error of reading a record.
var errRecord = errors.New("unreadable record")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// codec goes over the fields of a record in order, reading or writing them: one function per record serves both
// directions, so that they cannot differ. After the first error it does nothing more.
type codec struct {
	reading bool
	packed  bool
	out     []byte // written so far
	in      string // still to be read; texts read are parts of it, so that a record costs one allocation
	err     error
}

// encode returns the record of what fields describes, stored under key.
func encode(key []byte, fields func(*codec)) ([]byte, error) {
	c := codec{out: make([]byte, recordHead, 256)}
	if fields(&c); c.err != nil {
		return nil, c.err
	}
	return seal(recordPlain, key, c.out), nil
}

// seal completes the head of a record whose body is there.
func seal(version byte, key, record []byte) []byte {
	record[0] = version
	binary.LittleEndian.PutUint32(record[1:], checksum(key, record[recordHead:]))
	return record
}

// decode reads a record stored under key. The record shares no memory with value.
func decode(key, value []byte, fields func(*codec)) error {
	if len(value) < recordHead || value[0] != recordPlain && value[0] != recordPacked {
		return fmt.Errorf("%w %q: unknown version", errRecord, key)
	}
	body := value[recordHead:]
	if binary.LittleEndian.Uint32(value[1:]) != checksum(key, body) {
		return fmt.Errorf("%w %q: wrong checksum", errRecord, key)
	}
	if value[0] == recordPacked {
		return decodePacked(key, body, fields)
	}
	return decodeBody(key, codec{reading: true, in: string(body)}, fields)
}

// decodeBody reads with a codec that has the whole body before it.
func decodeBody(key []byte, c codec, fields func(*codec)) error {
	fields(&c)
	if c.err == nil && c.in != "" {
		c.err = fmt.Errorf("%w: %d bytes too many", errRecord, len(c.in))
	}
	if c.err != nil {
		return fmt.Errorf("%w (key %q)", c.err, key)
	}
	return nil
}

func checksum(key, body []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, body)
}

// more reports whether there is a field to read. A record that ends here was written before the field existed.
func (c *codec) more() bool { return c.err == nil && c.in != "" }

func (c *codec) short() {
	c.in = ""
	c.err = fmt.Errorf("%w: cut short", errRecord)
}

func (c *codec) uint64(p *uint64) {
	if !c.reading {
		c.out = binary.AppendUvarint(c.out, *p)
		return
	}
	if !c.more() {
		return
	}
	var v uint64
	for i := 0; i < len(c.in) && i < binary.MaxVarintLen64; i++ {
		b := c.in[i]
		v |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			*p, c.in = v, c.in[i+1:]
			return
		}
	}
	c.short()
}

func (c *codec) int64(p *int64) {
	v := uint64(*p)<<1 ^ uint64(*p>>63) // zigzag: small negative numbers stay small
	c.uint64(&v)
	if c.reading { // a record that is written may be read by others meanwhile
		*p = int64(v>>1) ^ -int64(v&1)
	}
}

func (c *codec) int(p *int) {
	v := int64(*p)
	c.int64(&v)
	if c.reading {
		*p = int(v)
	}
}

func (c *codec) bool(p *bool) {
	var v uint64
	if *p {
		v = 1
	}
	c.uint64(&v)
	if c.reading {
		*p = v != 0
	}
}

// lastBool is a bool at the end of a record, which is left out if it is false. A field that is added after it needs it always: then it becomes a bool.
func (c *codec) lastBool(p *bool) {
	if c.reading || *p {
		c.bool(p)
	}
}

func (c *codec) float64(p *float64) {
	if !c.reading {
		c.out = binary.LittleEndian.AppendUint64(c.out, math.Float64bits(*p))
		return
	}
	if !c.more() {
		return
	}
	if len(c.in) < 8 {
		c.short()
		return
	}
	var v uint64
	for i := range 8 {
		v |= uint64(c.in[i]) << (8 * i)
	}
	*p, c.in = math.Float64frombits(v), c.in[8:]
}

// time keeps microseconds. The zero time comes back as the zero time: it is a number like any other.
func (c *codec) time(p *time.Time) {
	v := p.UnixMicro()
	c.int64(&v)
	if c.reading {
		*p = time.UnixMicro(v).UTC()
	}
}

// kept returns a time as it is read.
func kept(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

func (c *codec) point(p *geo.Point) {
	if !c.reading {
		if err := store.CheckPoint(*p); err != nil {
			c.err = err
			return
		}
	}
	number := (*codec).float64
	if c.packed {
		number = (*codec).degrees
	}
	number(c, &p.Lat)
	number(c, &p.Lon)
}

func (c *codec) text(p *string) {
	if !c.reading {
		if err := store.CheckText(*p); err != nil {
			c.err = err
			return
		}
		c.raw(*p)
		return
	}
	var n uint64
	if c.uint64(&n); n > uint64(len(c.in)) {
		c.short()
		return
	}
	*p, c.in = c.in[:n], c.in[n:]
}

// raw writes a text without a check.
func (c *codec) raw(text string) {
	c.out = append(binary.AppendUvarint(c.out, uint64(len(text))), text...)
}

// bytes handles raw bytes. Empty ones are read as nil.
func (c *codec) bytes(p *[]byte) {
	if !c.reading {
		c.out = append(binary.AppendUvarint(c.out, uint64(len(*p))), *p...)
		return
	}
	var n uint64
	if c.uint64(&n); n > uint64(len(c.in)) {
		c.short()
		return
	}
	if *p = nil; n > 0 {
		*p = []byte(c.in[:n])
	}
	c.in = c.in[n:]
}

// texts goes over a map in the order of its keys. An empty one is read as nil.
func (c *codec) texts(p *map[string]string) {
	type pair struct{ key, value string }
	var pairs []pair
	if !c.reading {
		for _, key := range slices.Sorted(maps.Keys(*p)) {
			pairs = append(pairs, pair{key, (*p)[key]})
		}
	}
	list(c, &pairs, func(c *codec, v *pair) {
		c.text(&v.key)
		c.text(&v.value)
	})
	if !c.reading {
		return
	}
	if *p = nil; len(pairs) > 0 {
		*p = make(map[string]string, len(pairs))
	}
	for _, v := range pairs {
		(*p)[v.key] = v.value
	}
}

// list goes over a list of records, whose fields item describes. An empty one is read as nil.
func list[T any](c *codec, p *[]T, item func(*codec, *T)) {
	n := uint64(len(*p))
	c.uint64(&n)
	if c.reading {
		if n > uint64(len(c.in)) { // an item has at least one byte, so a damaged record cannot make us allocate more
			c.short()
			return
		}
		if *p = nil; n > 0 {
			*p = make([]T, n)
		}
	}
	for i := range *p {
		item(c, &(*p)[i])
	}
}

func creditFields(c *codec, r *store.Credit) {
	c.text(&r.File)
	c.text(&r.Author)
	c.text(&r.License)
	c.address(&r.LicenseURL)
	c.address(&r.Page)
}
