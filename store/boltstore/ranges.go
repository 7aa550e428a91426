package boltstore

import (
	"bytes"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
)

// walk calls fn for the rows of a language inside the ranges, in the order of keys (language, leaf, ...), until fn returns false.
func walk(c *bolt.Cursor, language string, ranges []geo.CellRange, fn func(k, v []byte) (bool, error)) error {
	key := leafKey(language, 0)
	prefix := key[:len(key)-8]
	var k, v []byte // the first row not yet handed out, once there was a seek
	for i, r := range geo.Disjoint(ranges) {
		if i == 0 || leafOf(k, prefix) < r.Min { // otherwise the cursor is already in or beyond this range
			k, v = c.Seek(appendUint(prefix, uint64(r.Min)))
		}
		for ; bytes.HasPrefix(k, prefix) && leafOf(k, prefix) <= r.Max; k, v = c.Next() {
			more, err := fn(k, v)
			if err != nil || !more {
				return err
			}
		}
		if !bytes.HasPrefix(k, prefix) { // the language has nothing further on
			return nil
		}
	}
	return nil
}

// leafOf reads the leaf cell of a key that starts with prefix.
func leafOf(k, prefix []byte) geo.Cell { return geo.Cell(readUint(k[len(prefix):])) }
