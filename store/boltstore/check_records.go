package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// checkRecords decodes every record and looks up what indexes it and what it indexes.
func checkRecords(ctx context.Context, tx *bolt.Tx) error {
	a := audit{tx: tx, given: map[int64]int64{}}
	for _, check := range []struct {
		bucket []byte
		row    func(k, v []byte) error
	}{
		{bucketUsers, reads(userFields)},
		{bucketTold, func(k, v []byte) error { return decode(k, v, new(toldRow).fields) }},
		{bucketLedger, reads((*codec).int64)},
		{bucketTiles, a.tile},
		{bucketPlaces, a.place},
		{bucketStories, a.story},
		{bucketArticles, a.article},
		{bucketVoices, a.voice},
		{bucketReports, a.report},
		{bucketJudgements, a.judgement},
		{bucketRecent, a.recent},
		{bucketTours, a.tour},
		{bucketPages, a.page},
		{bucketWalks, a.walk},
		{bucketStops, a.stop},
		{bucketPayments, a.payment},
		{bucketSettings, reads((*codec).text)},
		{bucketInbox, a.entry},
		{bucketDeadLetters, reads(entryFields)},
	} {
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
	return errors.Join(a.sums(), a.indexes(), a.counters(), a.done())
}

// reads returns a check that a row is a readable record.
func reads[T any](fields func(*codec, *T)) func(k, v []byte) error {
	return func(k, v []byte) error {
		_, err := decoded(k, v, fields)
		return err
	}
}

// audit checks rows one by one and counts what the indexes and counters must hold when all rows were seen.
type audit struct {
	tx       *bolt.Tx
	expiring int    // rows of bucketExpiry
	edition  uint64 // highest of the stories
	retired  int    // stories
	withheld int    // reports
	articles int
	bytes    int             // of the articles
	given    map[int64]int64 // sums of the payments by person; 0 is all
}

// scheduled checks that a row that ends is in bucketExpiry; the zero time is never.
func (a *audit) scheduled(key []byte, kind byte, end time.Time) error {
	if end.IsZero() {
		return nil
	}
	a.expiring++
	return points(a.tx, bucketExpiry, expiryKey(end, kind, key), nil)
}

// own checks that a row lies under its own key and is scheduled.
func (a *audit) own(key, own []byte, kind byte, end time.Time) error {
	if !bytes.Equal(key, own) {
		return fmt.Errorf("%w: %q lies under the key of another row", errRecord, key)
	}
	return a.scheduled(key, kind, end)
}

func (a *audit) tile(k, v []byte) error {
	tile, err := decoded(k, v, tileFields)
	if err != nil {
		return err
	}
	return a.scheduled(k, expiringTile, tile.Expires)
}

func (a *audit) place(k, v []byte) error {
	p, err := decoded(k, v, placeFields)
	if err != nil {
		return err
	}
	id := placeIDKey(p.ID, p.Language)
	if err := points(a.tx, bucketPlaceIDs, id, appendUint(nil, uint64(geo.Leaf(p.Point)))); err != nil {
		return err
	}
	return a.scheduled(id, expiringPlace, ifFetched(p))
}

func (a *audit) story(k, v []byte) error {
	var row storyRow
	if err := decode(k, v, row.fields); err != nil {
		return err
	}
	a.edition = max(a.edition, row.edition)
	id := storyIDKey(row.StoryKey)
	if row.Retired {
		a.retired++
		if err := points(a.tx, bucketRetired, id, nil); err != nil {
			return err
		}
	}
	if err := points(a.tx, bucketStoryIDs, id, appendUint(nil, uint64(geo.Leaf(row.Point)))); err != nil {
		return err
	}
	return a.scheduled(id, expiringStory, row.Expires)
}

func (a *audit) article(k, v []byte) error {
	size, err := checkArticle(a.tx, k, v)
	a.articles++
	a.bytes += size
	return err
}

func (a *audit) voice(k, v []byte) error {
	voice, err := decoded(k, v, voiceFields)
	if err != nil {
		return err
	}
	return a.own(k, voiceKey(voice.VoiceKey), expiringVoice, ifCreated(voice))
}

func (a *audit) report(k, v []byte) error {
	r, err := decoded(k, v, reportFields)
	if err != nil {
		return err
	}
	if r.Withheld {
		a.withheld++
		if err := points(a.tx, bucketWithheld, k, nil); err != nil {
			return err
		}
	}
	return a.own(k, reportKey(r.ReportKey), expiringReport, ifReported(r))
}

func (a *audit) judgement(k, v []byte) error {
	row, err := decoded(k, v, judgementFields)
	if err != nil {
		return err
	}
	return a.own(k, storyIDKey(row.StoryKey), expiringJudgement, ifQueued(row.Judgement))
}

func (a *audit) recent(k, v []byte) error {
	if bytes.HasSuffix(k, []byte{expiringLastPoint}) {
		p, err := decoded(k, v, lastPointFields)
		if err != nil {
			return err
		}
		return a.own(k, recentKey(p.Person, p.Chat, expiringLastPoint), expiringLastPoint, recentEnd(p.At))
	}
	l, err := decoded(k, v, lastStoryFields)
	if err != nil {
		return err
	}
	return a.own(k, recentKey(l.Person, l.Chat, expiringLastStory), expiringLastStory, recentEnd(l.At))
}

func (a *audit) tour(k, v []byte) error {
	t, err := decoded(k, v, tourFields)
	if err != nil {
		return err
	}
	return a.own(k, idKey(t.Person), expiringTour, t.At.Add(store.TourLife))
}

func (a *audit) page(k, v []byte) error {
	language, page, _ := bytes.Cut(k, []byte{0})
	p, err := getPlace(a.tx, append(appendText(nil, string(language)), v...))
	if err == nil && !bytes.Equal(page, appendInt(nil, p.PageID)) {
		err = fmt.Errorf("%w: page %q of place %s", errRecord, k, p.ID)
	}
	return err
}

func (a *audit) walk(k, _ []byte) error {
	w, _, err := walkRow(a.tx, k)
	if err != nil {
		return err
	}
	return a.scheduled(k, expiringWalk, ifClosed(w))
}

func (a *audit) stop(k, v []byte) error {
	if _, err := decoded(k, v, stopFields); err != nil {
		return err
	}
	w, found, err := walkRow(a.tx, k[:max(0, len(k)-8)])
	if err == nil && (!found || w.Closed) {
		err = fmt.Errorf("%w: stop %q of no open walk", errRecord, k)
	}
	return err
}

func (a *audit) payment(k, v []byte) error {
	p, err := decoded(k, v, paymentFields)
	if err != nil || !p.Refunded.IsZero() {
		return err
	}
	a.given[0] += p.Stars
	if p.Person != 0 {
		a.given[p.Person] += p.Stars
	}
	return nil
}

func (a *audit) entry(k, v []byte) error {
	if _, err := decoded(k, v, entryFields); err != nil {
		return err
	}
	if isDone(a.tx.Bucket(bucketDone), k) {
		return fmt.Errorf("%w: update %q is done and in the inbox", errRecord, k)
	}
	return nil
}

// done checks the numbers of the updates done, and how many are kept.
func (a *audit) done() error {
	if _, err := exportDone(a.tx); err != nil {
		return err
	}
	if got := rows(a.tx, bucketDone); got >= store.DoneKept+doneSlack {
		return fmt.Errorf("%w: %d updates done are remembered", errRecord, got)
	}
	return nil
}

// sums checks the sums of the payments.
func (a *audit) sums() error {
	for person, want := range a.given {
		got, err := tokens(a.tx.Bucket(bucketGiven), idKey(person))
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%w: payments of %d stars, their sum is %d", errRecord, want, got)
		}
	}
	return nil
}

// indexes counts the rows of the indexes. Every record has its row there. If both have the same number of rows, no row of an index points to
// nothing.
func (a *audit) indexes() error {
	for _, same := range []struct {
		index []byte
		want  int
	}{
		{bucketPlaceIDs, rows(a.tx, bucketPlaces)},
		{bucketStoryIDs, rows(a.tx, bucketStories)},
		{bucketRetired, a.retired},
		{bucketWithheld, a.withheld},
		{bucketArticleUses, a.articles},
		{bucketArticleOrder, a.articles},
		{bucketExpiry, a.expiring},
		{bucketGiven, len(a.given)},
	} {
		if got := rows(a.tx, same.index); got != same.want {
			return fmt.Errorf("%w: index %s has %d rows for %d", errRecord, same.index, got, same.want)
		}
	}
	return nil
}

// counters checks the sequences of the buckets.
func (a *audit) counters() error {
	number, size := a.tx.Bucket(bucketArticleUses).Sequence(), a.tx.Bucket(bucketArticles).Sequence()
	if number != uint64(a.articles) || size != uint64(a.bytes) {
		return fmt.Errorf("%w: %d articles of %d bytes were counted, there are %d of %d", errRecord, number, size, a.articles, a.bytes)
	}
	if got := a.tx.Bucket(bucketStories).Sequence(); got < a.edition {
		return fmt.Errorf("%w: %d texts were counted, there is number %d", errRecord, got, a.edition)
	}
	return nil
}

// points checks that the index holds the value under the key.
func points(tx *bolt.Tx, index, key, value []byte) error {
	if v := tx.Bucket(index).Get(key); v == nil || !bytes.Equal(v, value) {
		return fmt.Errorf("%w: %q is missing in index %s", errRecord, key, index)
	}
	return nil
}

// checkArticle checks that an article can be read and is indexed, and returns its size.
func checkArticle(tx *bolt.Tx, k, v []byte) (int, error) {
	if _, err := readArticle(k, v); err != nil {
		return 0, err
	}
	use, err := articleUsed(tx, k)
	if err != nil {
		return 0, err
	}
	return use.size, points(tx, bucketArticleOrder, articleOrderKey(use.used, k), nil)
}
