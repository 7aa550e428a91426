package boltstore

import (
	"bytes"
	"cmp"
	"slices"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
)

// walk calls fn for the rows of a language inside the ranges, in the order of keys (language, leaf, ...), until fn says no.
func walk(c *bolt.Cursor, language string, ranges []geo.CellRange, fn func(k, v []byte) (bool, error)) error {
	key := leafKey(language, 0)
	prefix := key[:len(key)-8]
	var k, v []byte // the first row not yet handed out, once there was a seek
	for i, r := range disjoint(ranges) {
		if i == 0 || leafOf(k, prefix) < r.Min { // else the last range's end is already in or beyond this one
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

// disjoint returns the ranges in order, without those that hold nothing and without overlaps.
func disjoint(ranges []geo.CellRange) []geo.CellRange {
	fine := true
	for i, r := range ranges {
		fine = fine && r.Min <= r.Max && (i == 0 || ranges[i-1].Max < r.Min)
	}
	if fine {
		return ranges
	}
	sorted := slices.DeleteFunc(slices.Clone(ranges), func(r geo.CellRange) bool { return r.Min > r.Max })
	slices.SortFunc(sorted, func(a, b geo.CellRange) int { return cmp.Compare(a.Min, b.Min) })
	out := sorted[:0]
	for _, r := range sorted {
		if n := len(out); n > 0 && r.Min <= out[n-1].Max {
			out[n-1].Max = max(out[n-1].Max, r.Max)
			continue
		}
		out = append(out, r)
	}
	return out
}
