package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
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

// reads returns a check that a row is a readable record.
func reads[T any](fields func(*codec, *T)) func(k, v []byte) error {
	return func(k, v []byte) error {
		_, err := decoded(k, v, fields)
		return err
	}
}

// checkRecords decodes every record and looks up what indexes it and what it indexes.
func checkRecords(ctx context.Context, tx *bolt.Tx) error {
	expiring := 0 // rows that there must be in bucketExpiry
	edition := uint64(0)
	retired := 0               // stories
	var articles []int         // their sizes
	given := map[int64]int64{} // sums of the payments
	withheld := 0              // reports
	// add checks that a row lies under its own key and is scheduled.
	add := func(key, own []byte, kind byte, end time.Time, err error) error {
		switch {
		case err != nil:
			return err
		case !bytes.Equal(key, own):
			return fmt.Errorf("%w: %q lies under the key of another row", errRecord, key)
		case end.IsZero():
			return nil
		}
		expiring++
		return points(tx, bucketExpiry, expiryKey(end, kind, key), nil)
	}
	checks := []struct {
		bucket []byte
		row    func(k, v []byte) error
	}{
		{bucketUsers, reads(userFields)},
		{bucketTold, func(k, v []byte) error { return decode(k, v, new(toldRow).fields) }},
		{bucketLedger, reads((*codec).int64)},
		{bucketTiles, func(k, v []byte) error {
			tile, err := decoded(k, v, tileFields)
			if err != nil || tile.Expires.IsZero() {
				return err
			}
			expiring++
			return points(tx, bucketExpiry, expiryKey(tile.Expires, expiringTile, k), nil)
		}},
		{bucketPlaces, func(k, v []byte) error {
			p, err := decoded(k, v, placeFields)
			if err != nil {
				return err
			}
			id := placeIDKey(p.ID, p.Language)
			err = points(tx, bucketPlaceIDs, id, appendUint(nil, uint64(geo.Leaf(p.Point))))
			if err != nil || p.Fetched.IsZero() {
				return err
			}
			expiring++
			return points(tx, bucketExpiry, expiryKey(ifFetched(p), expiringPlace, id), nil)
		}},
		{bucketStories, func(k, v []byte) error {
			var row storyRow
			if err := decode(k, v, row.fields); err != nil {
				return err
			}
			edition = max(edition, row.edition)
			id := storyIDKey(row.StoryKey)
			if row.Retired {
				retired++
				if err := points(tx, bucketRetired, id, nil); err != nil {
					return err
				}
			}
			err := points(tx, bucketStoryIDs, id, appendUint(nil, uint64(geo.Leaf(row.Point))))
			if err != nil || row.Expires.IsZero() {
				return err
			}
			expiring++
			return points(tx, bucketExpiry, expiryKey(row.Expires, expiringStory, id), nil)
		}},
		{bucketArticles, func(k, v []byte) error {
			size, err := checkArticle(tx, k, v)
			articles = append(articles, size)
			return err
		}},
		{bucketVoices, func(k, v []byte) error {
			voice, err := decoded(k, v, voiceFields)
			return add(k, voiceKey(voice.VoiceKey), expiringVoice, ifCreated(voice), err)
		}},
		{bucketReports, func(k, v []byte) error {
			r, err := decoded(k, v, reportFields)
			if r.Withheld {
				withheld++
				err = errors.Join(err, points(tx, bucketWithheld, k, nil))
			}
			return add(k, reportKey(r.ReportKey), expiringReport, ifReported(r), err)
		}},
		{bucketJudgements, func(k, v []byte) error {
			row, err := decoded(k, v, judgementFields)
			return add(k, storyIDKey(row.StoryKey), expiringJudgement, ifQueued(row.Judgement), err)
		}},
		{bucketRecent, func(k, v []byte) error {
			if bytes.HasSuffix(k, []byte{expiringLastPoint}) {
				p, err := decoded(k, v, lastPointFields)
				return add(k, recentKey(p.Person, p.Chat, expiringLastPoint), expiringLastPoint, recentEnd(p.At), err)
			}
			l, err := decoded(k, v, lastStoryFields)
			return add(k, recentKey(l.Person, l.Chat, expiringLastStory), expiringLastStory, recentEnd(l.At), err)
		}},
		{bucketTours, func(k, v []byte) error {
			t, err := decoded(k, v, tourFields)
			return add(k, idKey(t.Person), expiringTour, t.At.Add(store.TourLife), err)
		}},
		{bucketPages, func(k, v []byte) error {
			language, page, _ := bytes.Cut(k, []byte{0})
			p, err := getPlace(tx, append(appendText(nil, string(language)), v...))
			if err == nil && !bytes.Equal(page, appendInt(nil, p.PageID)) {
				err = fmt.Errorf("%w: page %q of place %s", errRecord, k, p.ID)
			}
			return err
		}},
		{bucketWalks, func(k, _ []byte) error {
			w, _, err := walkRow(tx, k)
			if err != nil || ifClosed(w).IsZero() {
				return err
			}
			expiring++
			return points(tx, bucketExpiry, expiryKey(w.Expires, expiringWalk, k), nil)
		}},
		{bucketStops, func(k, v []byte) error {
			if err := decode(k, v, func(c *codec) { stopFields(c, new(store.Stop)) }); err != nil {
				return err
			}
			w, found, err := walkRow(tx, k[:max(0, len(k)-8)])
			if err == nil && (!found || w.Closed) {
				err = fmt.Errorf("%w: stop %q of no open walk", errRecord, k)
			}
			return err
		}},
		{bucketPayments, func(k, v []byte) error {
			p, err := decoded(k, v, paymentFields)
			if err != nil || !p.Refunded.IsZero() {
				return err
			}
			given[0] += p.Stars
			if p.Person != 0 {
				given[p.Person] += p.Stars
			}
			return nil
		}},
		{bucketSettings, reads((*codec).text)},
		{bucketInbox, func(k, v []byte) error {
			if err := decode(k, v, func(c *codec) { entryFields(c, new(store.Entry)) }); err != nil {
				return err
			}
			if isDone(tx.Bucket(bucketDone), k) {
				return fmt.Errorf("%w: update %q is done and in the inbox", errRecord, k)
			}
			return nil
		}},
		{bucketDeadLetters, reads(entryFields)},
	}
	for _, check := range checks {
		rows := 0
		err := tx.Bucket(check.bucket).ForEach(func(k, v []byte) error {
			if rows++; rows%1024 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			return check.row(k, v)
		})
		if err != nil {
			return err
		}
	}
	for person, want := range given {
		got, err := tokens(tx.Bucket(bucketGiven), idKey(person))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%w: payments of %d stars, their sum is %d", errRecord, want, got)
		}
	}
	// Every record has its row in the index. If both have the same number of rows, no row of an index points to nothing.
	for _, same := range []struct {
		index []byte
		want  int
	}{
		{bucketPlaceIDs, rows(tx, bucketPlaces)},
		{bucketStoryIDs, rows(tx, bucketStories)},
		{bucketRetired, retired},
		{bucketWithheld, withheld},
		{bucketArticleUses, len(articles)},
		{bucketArticleOrder, len(articles)},
		{bucketExpiry, expiring},
		{bucketGiven, len(given)},
	} {
		if got := rows(tx, same.index); got != same.want {
			return fmt.Errorf("%w: index %s has %d rows for %d", errRecord, same.index, got, same.want)
		}
	}
	if _, err := exportDone(tx); err != nil {
		return err
	}
	if got := rows(tx, bucketDone); got >= store.DoneKept+doneSlack {
		return fmt.Errorf("%w: %d updates done are remembered", errRecord, got)
	}
	bytes := 0
	for _, size := range articles {
		bytes += size
	}
	if number, size := tx.Bucket(bucketArticleUses).Sequence(), tx.Bucket(bucketArticles).Sequence(); number != uint64(len(articles)) || size != uint64(bytes) {
		return fmt.Errorf("%w: %d articles of %d bytes were counted, there are %d of %d", errRecord, number, size, len(articles), bytes)
	}
	if got := tx.Bucket(bucketStories).Sequence(); got < edition {
		return fmt.Errorf("%w: %d texts were counted, there is number %d", errRecord, got, edition)
	}
	return nil
}

func rows(tx *bolt.Tx, bucket []byte) int { return tx.Bucket(bucket).Stats().KeyN }

// points checks that the index holds the value under the key.
func points(tx *bolt.Tx, index, key, value []byte) error {
	if v := tx.Bucket(index).Get(key); v == nil || !bytes.Equal(v, value) {
		return fmt.Errorf("%w: %q is missing in index %s", errRecord, key, index)
	}
	return nil
}

// Backup writes a compacted copy of the store, as it is at this moment, to w. The pages that bbolt freed are left out, because they hold what was
// deleted, such as people who asked to be forgotten. The copy is made beside the store first. Readers and writers continue meanwhile.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	if err := s.view(ctx, func(*bolt.Tx) error { return nil }); err != nil { // closed, or ctx ended
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(s.path), ".backup-")
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() { _ = os.Remove(temp.Name()) }()
	_ = temp.Close()                                                           // only its name is needed
	compact, err := bolt.Open(temp.Name(), 0o600, &bolt.Options{NoSync: true}) // it does not outlive this call
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer func() { _ = compact.Close() }()
	const batch = 1 << 20 // bytes in one transaction
	if err := bolt.Compact(compact, s.db, batch); err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	return copyTo(ctx, compact, w)
}

// copyTo writes the bytes of a file to w.
func copyTo(ctx context.Context, db *bolt.DB, w io.Writer) error {
	var failed error // kept apart from the store's own errors: a full disk may be the target's
	err := db.View(func(tx *bolt.Tx) error {
		_, failed = tx.WriteTo(writerFunc(func(b []byte) (int, error) {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			return w.Write(b)
		}))
		return nil
	})
	switch {
	case err != nil:
		return err
	case ctx.Err() != nil && failed != nil: // bbolt does not wrap it
		return ctx.Err()
	case failed != nil:
		return fmt.Errorf("store: backup: %w", failed)
	}
	return nil
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
