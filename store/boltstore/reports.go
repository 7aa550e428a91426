package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
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
	withheld := make([]bool, len(keys))
	err := s.view(ctx, func(tx *bolt.Tx) error {
		list := tx.Bucket(bucketWithheld)
		for i, k := range keys {
			withheld[i] = list.Get(reportKey(k)) != nil || list.Get(reportKey(store.ReportKey{Place: k.Place})) != nil
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return withheld, nil
}

// WithheldPlaces implements store.Reports.
func (s *Store) WithheldPlaces(ctx context.Context, after store.ReportKey, limit int) ([]store.Report, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	var reports []store.Report
	err := s.view(ctx, func(tx *bolt.Tx) error {
		for k := range listedAfter(tx, bucketWithheld, reportKey(after), after == store.ReportKey{}) {
			if len(reports) >= limit {
				break
			}
			r, err := decodeReport(k, tx.Bucket(bucketReports).Get(k))
			if err != nil {
				return err
			}
			reports = append(reports, r)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return reports, nil
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

// RetiredStories implements store.Stories.
func (s *Store) RetiredStories(ctx context.Context, after store.StoryKey, limit int) ([]store.Story, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	var stories []store.Story
	err := s.view(ctx, func(tx *bolt.Tx) error {
		ids, rows := tx.Bucket(bucketStoryIDs).Cursor(), tx.Bucket(bucketStories).Cursor()
		for id := range listedAfter(tx, bucketRetired, storyIDKey(after), after == store.StoryKey{}) {
			if len(stories) >= limit {
				break
			}
			k, err := readStoryID(id)
			if err != nil {
				return err
			}
			row, at, err := findStory(ids, rows, k)
			if err != nil {
				return err
			}
			if at == nil {
				return fmt.Errorf("%w: story %q is retired and is not there", errRecord, id)
			}
			stories = append(stories, row.Story)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return stories, nil
}

// RestoreStory implements store.Stories.
func (s *Store) RestoreStory(ctx context.Context, key store.StoryKey) (store.Story, error) {
	if err := key.Check(); err != nil {
		return store.Story{}, err
	}
	var row storyRow
	err := s.write(ctx, func(t *txn) error {
		var at []byte
		var err error
		if row, at, err = t.findStory(key); err != nil {
			return err
		}
		if at == nil || !restoreRow(&row) {
			return store.ErrNotFound
		}
		return t.putStoryRow(at, &row)
	})
	if err != nil {
		return store.Story{}, err
	}
	return row.Story, nil
}

// restoreRow makes a retired story one that is told again and reports whether it was retired.
func restoreRow(row *storyRow) bool {
	if !row.Retired {
		return false
	}
	row.Retired, row.WrongBy = false, nil
	if row.Judged == store.JudgedRefused {
		row.Judged = store.JudgedPassed
	}
	return true
}

// changeStories stores the stories of a place that fn changed.
func (t *txn) changeStories(place string, fn func(*storyRow) bool) error {
	for _, id := range t.under(t.bucket(bucketStoryIDs), appendText(nil, place)) {
		k, err := readStoryID(id)
		if err != nil {
			return err
		}
		leaf := t.bucket(bucketStoryIDs).Get(id)
		key := storyKey(geo.Cell(readUint(leaf)), k)
		var row storyRow
		if err := decode(key, t.bucket(bucketStories).Get(key), row.fields); err != nil {
			return err
		}
		if fn(&row) {
			if err := t.putStoryRow(key, &row); err != nil {
				return err
			}
		}
	}
	return nil
}

// wholePlace reports whether a key names a place and not an extract.
func wholePlace(k store.ReportKey) bool { return k.Language == "" && k.Revision == 0 }

func withheldPlace(tx *bolt.Tx, place string) bool {
	return tx.Bucket(bucketWithheld).Get(reportKey(store.ReportKey{Place: place})) != nil
}

func decodeReport(k, v []byte) (store.Report, error) {
	var r store.Report
	err := decode(k, v, func(c *codec) { reportFields(c, &r) })
	return r, err
}

func findReport(tx *bolt.Tx, key store.ReportKey) (r store.Report, found bool, err error) {
	k := reportKey(key)
	v := tx.Bucket(bucketReports).Get(k)
	if v == nil {
		return r, false, nil
	}
	r, err = decodeReport(k, v)
	return r, true, err
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
	return t.importRecord(bucketReports, key, func(c *codec) { reportFields(c, r) })
}

// forgetReports takes a person out of the reports. It reads all.
func (t *txn) forgetReports(person int64) error {
	var theirs []store.Report
	err := t.bucket(bucketReports).ForEach(func(k, v []byte) error {
		r, err := decodeReport(k, v)
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

// listedAfter returns the keys of a bucket that come after a key, or all.
func listedAfter(tx *bolt.Tx, bucket, after []byte, all bool) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		c := tx.Bucket(bucket).Cursor()
		k, _ := c.First()
		if !all {
			if k, _ = c.Seek(after); bytes.Equal(k, after) {
				k, _ = c.Next()
			}
		}
		for ; k != nil && yield(k); k, _ = c.Next() {
		}
	}
}
