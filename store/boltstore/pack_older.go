package boltstore

import (
	"bytes"
	"context"
	"errors"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// A file of schema 3 holds plain records. They are read as they are; packOlder packs them while the bot works.

// keyPacking is there until all older records are packed. Its value is the bucket and the key of the last row that was looked at, with NUL between
// them; empty = none was.
var keyPacking = []byte("packing")

const (
	packRows = 200 // in one transaction
	// joined has bbolt join each page that is less than full, and of which a row was deleted, with the page before, and fill the pages that it
	// splits. Else each page would stay, with a third of its rows.
	joined       = 2
	packScan     = 5000 // rows looked at for one transaction
	packPatience = 9    // times as long as a step took, packing waits for the next if others write meanwhile, so that people's work comes first; else once
)

// packing lists the buckets whose records are packed, with a fresh record of each.
var packing = []struct {
	bucket []byte
	fields func() func(*codec)
}{
	{bucketPlaces, func() func(*codec) { p := new(store.Place); return func(c *codec) { placeFields(c, p) } }},
	{bucketStories, func() func(*codec) { return new(storyRow).fields }},
	{bucketTiles, func() func(*codec) { t := new(store.Tile); return func(c *codec) { tileFields(c, t) } }},
}

// Tend packs the records of an older file, some at a time, takes care of the free pages, and from time to time logs whether the file would be much smaller after
// Compact. It returns nil when ctx ends.
func (s *Store) Tend(ctx context.Context) error {
	if err := s.packOlder(ctx, packPatience); err != nil && ctx.Err() == nil {
		s.log.Error("store_packing_failed", "file", s.path, "error", err) // the records can be read as they are
	}
	s.tendFreePages(ctx)
	return nil
}

// packOlder packs the records that an older version wrote, if there are any. A process that ends before the last one goes on where it stopped.
func (s *Store) packOlder(ctx context.Context, patience int) error {
	var packed packed
	for calls := s.calls.Load(); ; {
		began := time.Now()
		more, err := s.packSome(ctx, packRows, &packed)
		if err != nil {
			return err
		}
		if !more {
			break
		}
		s.weigh()
		now := s.calls.Load()
		rest := restAfter(time.Since(began), patience, now == calls+1) // only this step's
		if calls = now; sleep(ctx, rest) != nil {
			return ctx.Err()
		}
	}
	if packed.rows > 0 {
		s.log.Info("store_packed", "file", s.path, "rows", packed.rows, "bytes_before", packed.before, "bytes_after", packed.after)
	}
	return nil
}

// restAfter returns how long packing rests after a step, by the time that the step took and by whether somebody else wrote meanwhile.
func restAfter(took time.Duration, patience int, alone bool) time.Duration {
	if alone {
		patience = min(patience, 1)
	}
	return took * time.Duration(patience)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// packed counts what was packed.
type packed struct{ rows, before, after int }

// plainRow is a row to be packed.
type plainRow struct{ key, plain, packed []byte }

// packSome packs at most limit of the next rows and notes how far it came, in one transaction. It packs before the transaction, so that others do not wait for it. It
// reports whether there may be more.
func (s *Store) packSome(ctx context.Context, limit int, count *packed) (more bool, err error) {
	var bucket, last []byte
	var rows []plainRow
	err = s.view(ctx, func(tx *bolt.Tx) error {
		at := tx.Bucket(bucketMeta).Get(keyPacking)
		if at == nil {
			return nil
		}
		more = true
		bucket, last, rows, err = plainRows(tx, at, limit)
		return err
	})
	if err != nil || !more {
		return false, err
	}
	return bucket != nil, s.write(ctx, func(t *txn) error {
		meta := t.bucket(bucketMeta)
		if bucket == nil {
			return t.delete(meta, keyPacking)
		}
		b := t.bucket(bucket)
		b.FillPercent = joined
		for _, r := range rows {
			if !bytes.Equal(b.Get(r.key), r.plain) {
				continue // it was changed, and with that packed, or deleted meanwhile
			}
			if err := errors.Join(t.delete(b, r.key), t.put(b, r.key, r.packed)); err != nil {
				return err
			}
			count.rows, count.before, count.after = count.rows+1, count.before+len(r.plain), count.after+len(r.packed)
		}
		return t.put(meta, keyPacking, append(appendText(nil, string(bucket)), last...))
	})
}

// plainRows returns the next rows after a position that can be packed, and the bucket and the last key that it looked at; a nil bucket means that
// there are no more rows.
func plainRows(tx *bolt.Tx, at []byte, limit int) (bucket, last []byte, rows []plainRow, err error) {
	name, after, _ := bytes.Cut(at, []byte{0})
	looked := 0
	begun := len(name) == 0
	for _, p := range packing {
		switch {
		case begun:
			after = nil
		case !bytes.Equal(p.bucket, name):
			continue
		}
		begun = true
		c := tx.Bucket(p.bucket).Cursor()
		for k, v := c.Seek(after); k != nil; k, v = c.Next() {
			if bytes.Equal(k, after) {
				continue
			}
			if looked++; len(rows) == limit || looked > packScan {
				return bucket, last, rows, nil
			}
			if bucket == nil || !bytes.Equal(bucket, p.bucket) {
				if len(rows) > 0 {
					return bucket, last, rows, nil // a transaction changes one bucket
				}
				bucket = p.bucket
			}
			last = bytes.Clone(k)
			row, err := packRow(k, v, p.fields())
			if err != nil {
				return nil, nil, nil, err
			}
			if row.packed != nil {
				rows = append(rows, row)
			}
		}
	}
	return bucket, last, rows, nil
}

// packRow packs a row. One that is packed already, or would not get smaller, has no packed value.
func packRow(key, value []byte, fields func(*codec)) (row plainRow, err error) {
	if len(value) == 0 || value[0] != recordPlain {
		return row, nil
	}
	if err := decode(key, value, fields); err != nil {
		return row, err
	}
	record, err := encodePacked(key, fields)
	if err != nil || record[0] != recordPacked {
		return row, err
	}
	return plainRow{key: bytes.Clone(key), plain: bytes.Clone(value), packed: record}, nil
}
