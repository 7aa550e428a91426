package boltstore

import (
	"context"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

func reportFields(c *codec, r *store.Report) {
	c.text(&r.Place)
	c.text(&r.Language)
	c.int64(&r.Revision)
	c.text(&r.Title)
	list(c, &r.WrongBy, (*codec).int64)
	c.bool(&r.Withheld)
	c.bool(&r.Restored)
	c.time(&r.At)
}

// ifReported returns when a report is to be swept; the zero time is never.
func ifReported(r store.Report) time.Time {
	if r.Withheld {
		return time.Time{}
	}
	return later(r.At, store.ReportLife)
}

// ReportExtract implements store.Reports.
func (s *Store) ReportExtract(ctx context.Context, key store.ReportKey, person int64, title string, at time.Time) (store.Report, error) {
	r := store.Report{ReportKey: key, Title: title}
	if err := r.Check(); err != nil {
		return store.Report{}, err
	}
	err := s.write(ctx, func(t *txn) error {
		var found bool
		var err error
		if r, found, err = findReport(t.tx, key); err != nil {
			return err
		}
		if !found {
			r = store.Report{ReportKey: key}
		}
		if r.Withheld || r.Restored || len(r.WrongBy) == 2 || slices.Contains(r.WrongBy, person) {
			return nil
		}
		if counts, err := experienced(t.tx, person); err != nil || !counts {
			return err
		}
		r.WrongBy, r.Title, r.At = append(r.WrongBy, person), title, kept(at)
		return t.putReport(&r)
	})
	if err != nil {
		return store.Report{}, err
	}
	return r, nil
}

// Withhold implements store.Reports.
func (s *Store) Withhold(ctx context.Context, key store.ReportKey, title string, at time.Time) error {
	r := store.Report{ReportKey: key, Title: title}
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		r, _, err := findReport(t.tx, key)
		if err != nil {
			return err
		}
		r.ReportKey, r.Title, r.Withheld, r.Restored, r.At = key, title, true, false, at
		if err := t.putReport(&r); err != nil || !wholePlace(key) {
			return err
		}
		return t.changeStories(key.Place, func(row *storyRow) bool {
			changed := !row.Retired
			row.Retired = true
			return changed
		})
	})
}

// Withheld implements store.Reports.
func (s *Store) Withheld(ctx context.Context, keys []store.ReportKey) ([]bool, error) {
	for _, k := range keys {
		if err := k.Check(); err != nil {
			return nil, err
		}
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]bool, error) {
		withheld := make([]bool, len(keys))
		list := tx.Bucket(bucketWithheld)
		for i, k := range keys {
			withheld[i] = list.Get(reportKey(k)) != nil || list.Get(reportKey(store.ReportKey{Place: k.Place})) != nil
		}
		return withheld, nil
	})
}

// WithheldPlaces implements store.Reports.
func (s *Store) WithheldPlaces(ctx context.Context, after store.ReportKey, limit int) ([]store.Report, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	var start []byte
	if after != (store.ReportKey{}) {
		start = reportKey(after)
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Report, error) {
		var reports []store.Report
		for k := range rowsAfter(tx, bucketWithheld, start) {
			if len(reports) >= limit {
				break
			}
			r, err := decoded(k, tx.Bucket(bucketReports).Get(k), reportFields)
			if err != nil {
				return nil, err
			}
			reports = append(reports, r)
		}
		return reports, nil
	})
}

// Restore implements store.Reports.
func (s *Store) Restore(ctx context.Context, key store.ReportKey, at time.Time) error {
	if err := key.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		r, _, err := findReport(t.tx, key)
		if err != nil {
			return err
		}
		if !r.Withheld {
			return store.ErrNotFound
		}
		r.Withheld, r.Restored, r.WrongBy, r.At = false, true, nil, at
		if err := t.putReport(&r); err != nil || !wholePlace(key) {
			return err
		}
		return t.changeStories(key.Place, restoreRow)
	})
}

// wholePlace reports whether a key names a place and not an extract.
func wholePlace(k store.ReportKey) bool { return k.Language == "" && k.Revision == 0 }

func withheldPlace(tx *bolt.Tx, place string) bool {
	return tx.Bucket(bucketWithheld).Get(reportKey(store.ReportKey{Place: place})) != nil
}

func findReport(tx *bolt.Tx, key store.ReportKey) (r store.Report, found bool, err error) {
	return find(tx, bucketReports, reportKey(key), reportFields)
}

// putReport stores a report in the place of an older one.
func (t *txn) putReport(r *store.Report) error {
	if err := r.Check(); err != nil {
		return err
	}
	old, _, err := findReport(t.tx, r.ReportKey)
	if err != nil {
		return err
	}
	key := reportKey(r.ReportKey)
	if err := t.reschedule(expiringReport, key, ifReported(old), ifReported(*r)); err != nil {
		return err
	}
	if err := t.list(bucketWithheld, key, r.Withheld); err != nil {
		return err
	}
	return t.putRecord(bucketReports, key, func(c *codec) { reportFields(c, r) })
}

// forgetReports takes a person out of the reports. It reads all.
func (t *txn) forgetReports(person int64) error {
	var theirs []store.Report
	err := t.bucket(bucketReports).ForEach(func(k, v []byte) error {
		r, err := decoded(k, v, reportFields)
		if err == nil && slices.Contains(r.WrongBy, person) {
			theirs = append(theirs, r)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range theirs {
		r.WrongBy = slices.DeleteFunc(r.WrongBy, func(p int64) bool { return p == person })
		if err := t.putReport(&r); err != nil {
			return err
		}
	}
	return nil
}
