package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"
)

// Check reads the whole file and returns what is wrong with it: the structure of the file, the checksum of every record,
// and whether every index points to a record and every record is indexed. Writers wait while it reads the structure.
//
// Check is meant for copies and for a request by the operator: it takes memory and time in proportion to the file. bbolt
// has no defence against a branch page that leads back to itself; such a file ends the process that checks it.
func (s *Store) Check(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	// bbolt's check reads the list of free pages, which only a write transaction keeps still.
	if err := s.translate(s.update(func(t *txn) error { return s.checkFile(t.tx) })); err != nil {
		return err
	}
	return s.view(ctx, func(tx *bolt.Tx) error { return checkRecords(ctx, tx) })
}

// checkFile checks the structure. bbolt's own check comes last: it runs in its own goroutine, where a page number outside
// of the file, or a page of four billion pages, would end the process. Here the same damage is a panic, which update recovers.
func (s *Store) checkFile(tx *bolt.Tx) error {
	if _, err := checkBuckets(tx); err != nil {
		return damage(s.path, err)
	}
	if err := errors.Join(checkPages(tx), readRows(tx)); err != nil {
		return damage(s.path, err)
	}
	var errs []error
	for err := range tx.Check(bolt.WithKVStringer(shortKeys{})) { // to its end, whatever it finds: its goroutine uses the transaction
		if len(errs) < 10 {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return damage(s.path, errors.Join(errs...))
	}
	return nil
}

// shortKeys writes keys into bbolt's messages. A damaged key may claim to be longer than the file.
type shortKeys struct{}

func (shortKeys) KeyToString(k []byte) string   { return fmt.Sprintf("%x", k[:min(len(k), 16)]) }
func (shortKeys) ValueToString(v []byte) string { return fmt.Sprint(len(v), " bytes") }

// checkPages checks that each run of pages ends inside the file.
func checkPages(tx *bolt.Tx) error {
	pages := int(tx.Size() / int64(tx.DB().Info().PageSize))
	for id := 0; id < pages; {
		p, err := tx.Page(id)
		if err != nil {
			return err
		}
		if id++; p.Type == "free" { // its head may be from an earlier use
			continue
		}
		if p.OverflowCount > pages-id {
			return fmt.Errorf("page %d: %d more pages, %d are left in the file", id-1, p.OverflowCount, pages-id)
		}
		id += p.OverflowCount
	}
	return nil
}

// readRows reads every byte of every row, and looks each row up by its key, which reads every key of the pages above it.
func readRows(tx *bolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		var last []byte
		return b.ForEach(func(k, v []byte) error {
			before := checksum(k, v)
			switch {
			case v == nil:
				return fmt.Errorf("bucket %s: row %q is marked as a bucket", name, k)
			case last != nil && bytes.Compare(last, k) >= 0:
				return fmt.Errorf("bucket %s: row %q comes after %q", name, k, last)
			case checksum(k, b.Get(k)) != before:
				return fmt.Errorf("bucket %s: row %q is not found by its key", name, k)
			}
			last = k
			return nil
		})
	})
}

// checkBuckets checks what bbolt does not check when it opens a bucket, and returns the name of one that is none of ours. It reads
// the root page and the small buckets inside it.
func checkBuckets(tx *bolt.Tx) (unknown string, err error) {
	err = tx.ForEach(func(name []byte, b *bolt.Bucket) error {
		if b == nil || b.RootPage() == 0 && !inlineReadable(b) {
			return fmt.Errorf("bucket %q cannot be read", name)
		}
		if !slices.ContainsFunc(slices.Concat(buckets, oldBuckets), func(known []byte) bool { return bytes.Equal(known, name) }) {
			unknown = string(name)
		}
		return nil
	})
	return unknown, err
}

// inlineReadable reports whether a small bucket, which lies inside the page above it, has a page of the right kind (else a cursor in it never
// ends) and rows that fit into a page (else reading one reads other memory of the process).
func inlineReadable(b *bolt.Bucket) bool {
	if b.Stats().InlineBucketInuse == 0 {
		return false
	}
	left := b.Tx().DB().Info().PageSize
	err := b.ForEach(func(k, v []byte) error {
		if left -= len(k) + len(v); left < 0 {
			return errRecord
		}
		return nil
	})
	return err == nil
}
