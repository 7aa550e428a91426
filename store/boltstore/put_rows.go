package boltstore

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// PutRows implements store.RowStore.
func (s *Store) PutRows(ctx context.Context, rows []store.Row) error {
	return s.write(ctx, func(t *txn) error {
		for _, row := range rows {
			if err := t.importRow(row.Value); err != nil {
				return fmt.Errorf("row %q of %s: %w", string(row.Key), row.Table, err)
			}
		}
		return nil
	})
}

func (t *txn) importRow(record any) error {
	switch r := record.(type) {
	case store.User:
		if err := r.Check(); err != nil {
			return err
		}
		key := idKey(r.ID)
		return t.putRecord(bucketUsers, key, func(c *codec) { userFields(c, &r) })
	case store.PlaceRow:
		return t.importPlace(r)
	case store.Tile:
		return t.importTile(r)
	case store.StoryRow:
		return t.importStory(r)
	case store.ArticleRow:
		return t.putArticle(&r.Article, r.Used)
	case store.Voice:
		return t.putVoice(&r)
	case store.Report:
		return t.putReport(&r)
	case store.Judgement:
		return t.putJudgement(&judgementRow{Judgement: r})
	case store.LastPoint:
		return lastPoints.put(t, &r, false)
	case store.LastStory:
		return lastStories.put(t, &r, false)
	case store.Tour:
		return t.putTour(&r)
	case store.ToldRow:
		return t.importTold(r)
	case store.LedgerRow:
		if err := store.CheckDay(r.Day); err != nil {
			return err
		}
		return t.putTokens(t.bucket(bucketLedger), ledgerKey(r.Day, r.Person), r.Tokens)
	case store.Walk:
		return t.importWalk(r)
	case store.StopRow:
		return t.importStop(r)
	case store.ClosedRow:
		return t.importClosed(r)
	case store.Payment:
		return t.importPayment(r)
	case store.Entry:
		return t.importEntry(r)
	case store.DoneRow:
		return t.importDone(r)
	case store.DeadLetterRow:
		return t.importDeadLetter(r)
	case store.SettingRow:
		return t.importSetting(r)
	}
	return fmt.Errorf("%w: a record of type %T", store.ErrInvalid, record)
}

func (t *txn) importPlace(r store.PlaceRow) error {
	if err := r.Place.Check(); err != nil {
		return err
	}
	if err := t.dropPlace(r.ID, r.Language); err != nil {
		return err
	}
	leaf := geo.Leaf(r.Point)
	key := placeKey(r.Language, leaf, r.ID)
	v, err := encodePacked(key, func(c *codec) { placeFields(c, &r.Place) })
	if err != nil {
		return err
	}
	if err := t.put(t.bucket(bucketPlaces), key, v); err != nil {
		return err
	}
	id := placeIDKey(r.ID, r.Language)
	if err := t.put(t.bucket(bucketPlaceIDs), id, appendUint(nil, uint64(leaf))); err != nil {
		return err
	}
	if err := t.reschedule(expiringPlace, id, time.Time{}, ifFetched(r.Place)); err != nil || !r.Leads {
		return err
	}
	return t.put(t.bucket(bucketPages), pageKey(r.Language, r.PageID), append(appendUint(nil, uint64(leaf)), r.ID...))
}

func (t *txn) importTile(tile store.Tile) error {
	if err := store.CheckKey(tile.Language); err != nil {
		return err
	}
	k := tileKey(tile.TileKey)
	v, err := encodePacked(k, func(c *codec) { tileFields(c, &tile) })
	if err != nil {
		return err
	}
	return t.putTile(k, v, tile.Expires)
}

func (t *txn) importStory(r store.StoryRow) error {
	if err := r.Story.Check(); err != nil {
		return err
	}
	if err := t.countTo(bucketStories, r.Edition); err != nil {
		return err
	}
	old, oldKey, err := t.findStory(r.StoryKey)
	if err != nil {
		return err
	}
	if oldKey != nil {
		if err := t.delete(t.bucket(bucketStories), oldKey); err != nil {
			return err
		}
	}
	if oldKey != nil && old.Text != r.Text {
		if err := t.dropVoices(r.StoryKey); err != nil {
			return err
		}
	}
	id, leaf := storyIDKey(r.StoryKey), geo.Leaf(r.Point)
	if err := t.reschedule(expiringStory, id, old.Expires, r.Expires); err != nil {
		return err
	}
	if err := t.put(t.bucket(bucketStoryIDs), id, appendUint(nil, uint64(leaf))); err != nil {
		return err
	}
	return t.putStoryRow(storyKey(leaf, r.StoryKey), &storyRow{edition: r.Edition, Story: r.Story})
}

// importTold also counts the editions: a vote may name an edition that is gone from the stories, and no other text may get that number.
func (t *txn) importTold(r store.ToldRow) error {
	voted := store.StoryKey{Place: r.Place, Language: r.Vote.Language, Length: r.Vote.Length, Aspect: r.Vote.Aspect}
	if err := errors.Join(store.CheckKey(r.Walk), voted.Check()); err != nil {
		return err
	}
	if err := store.CheckMark(r.Vote.Mark); err != nil {
		return err
	}
	if err := t.countTo(bucketStories, r.Vote.Edition); err != nil {
		return err
	}
	row := toldRow{
		at: r.At, walk: r.Walk, number: r.Number,
		vote: voteFor(voted, r.Vote.Mark, r.Vote.At, r.Vote.Edition),
	}
	return t.putRecord(bucketTold, toldKey(nil, r.Person, r.Place), row.fields)
}

func (t *txn) importWalk(w store.Walk) error {
	if err := store.CheckKey(w.ID); err != nil {
		return err
	}
	key := walkKey(w.ID)
	old, _, err := walkRow(t.tx, key)
	if err != nil {
		return err
	}
	if err := t.reschedule(expiringWalk, key, ifClosed(old), ifClosed(w)); err != nil {
		return err
	}
	if w.Closed && !old.Closed {
		if err := t.dropStops(key); err != nil {
			return err
		}
	}
	return t.putRecord(bucketWalks, key, func(c *codec) { walkFields(c, &w) })
}

func (t *txn) importStop(r store.StopRow) error {
	if err := store.CheckKey(r.Walk, r.Place); err != nil {
		return err
	}
	w, found, err := walkRow(t.tx, walkKey(r.Walk))
	if err != nil {
		return err
	}
	if !found || w.Closed || r.Number < 1 {
		return fmt.Errorf("%w: story %d of a walk that is not open", store.ErrInvalid, r.Number)
	}
	return t.putRecord(bucketStops, stopKey(r.Walk, r.Number), func(c *codec) { stopFields(c, &r.Stop) })
}

func (t *txn) importClosed(r store.ClosedRow) error {
	if err := store.CheckKey(r.Walk); err != nil {
		return err
	}
	key := walkKey(r.Walk)
	w, found, err := walkRow(t.tx, key)
	if err != nil {
		return err
	}
	if !found || !w.Closed {
		return fmt.Errorf("%w: a walk that is not closed", store.ErrInvalid)
	}
	if err := t.countOne(bucketWalkRing, r.Position, store.WalksKept); err != nil {
		return err
	}
	return t.put(t.bucket(bucketWalkRing), slotKey(uint32(r.Position-1)), key)
}

// importPayment also updates the sums.
func (t *txn) importPayment(p store.Payment) error {
	if err := store.CheckName(p.Charge); err != nil {
		return err
	}
	old, found, err := find(t.tx, bucketPayments, []byte(p.Charge), paymentFields)
	if err != nil {
		return err
	}
	if found {
		if err := t.addGiven(old, -1); err != nil {
			return err
		}
	}
	if _, err := t.putPayment(p); err != nil {
		return err
	}
	return t.addGiven(p, +1)
}

func (t *txn) importEntry(e store.Entry) error {
	if err := store.CheckKey(e.Place); err != nil {
		return err
	}
	if e.Update == 0 || isDone(t.bucket(bucketDone), idKey(e.Update)) {
		return fmt.Errorf("%w: an entry that is done, or of no update", store.ErrInvalid)
	}
	return t.putEntry(bucketInbox, idKey(e.Update), e)
}

func (t *txn) importDone(r store.DoneRow) error {
	done := t.bucket(bucketDone)
	again := uint64(r.Position) <= done.Sequence()
	if err := t.countOne(bucketDone, r.Position, store.DoneKept); err != nil {
		return err
	}
	key, number := idKey(r.Update), appendUint(nil, uint64(r.Position))
	n := done.Get(key)
	if r.Update == 0 || n != nil && !bytes.Equal(n, number) || t.bucket(bucketInbox).Get(key) != nil {
		return fmt.Errorf("%w: update %d is done twice, or in the inbox", store.ErrInvalid, r.Update)
	}
	if n == nil && again {
		if err := t.dropDone(number); err != nil {
			return err
		}
	}
	return t.put(done, key, number)
}

// dropDone deletes the update with a number. It reads all updates done: an import that puts another one in its place is rare.
func (t *txn) dropDone(number []byte) error {
	done := t.bucket(bucketDone)
	c := done.Cursor()
	for k, v := c.First(); k != nil; k, v = c.Next() {
		if bytes.Equal(v, number) {
			return t.delete(done, bytes.Clone(k))
		}
	}
	return nil
}

func (t *txn) importDeadLetter(r store.DeadLetterRow) error {
	if err := store.CheckKey(r.Place); err != nil {
		return err
	}
	if err := t.countOne(bucketDeadLetters, r.Position, store.DeadLettersKept); err != nil {
		return err
	}
	return t.putEntry(bucketDeadLetters, appendUint(nil, uint64(r.Position)), r.Entry)
}

func (t *txn) importSetting(r store.SettingRow) error {
	if err := store.CheckName(r.Name); err != nil {
		return err
	}
	if r.Value == "" {
		return t.delete(t.bucket(bucketSettings), []byte(r.Name))
	}
	return t.putRecord(bucketSettings, []byte(r.Name), func(c *codec) { c.text(&r.Value) })
}

// countTo raises the bucket's sequence to n, if it is lower.
func (t *txn) countTo(bucket []byte, n uint64) error {
	b := t.bucket(bucket)
	if n <= b.Sequence() {
		return nil
	}
	t.wrote, t.dirty = true, true
	return b.SetSequence(n)
}

// countOne makes room for a row at a position of a list that is filled from its beginning.
func (t *txn) countOne(bucket []byte, position, most int) error {
	n := t.bucket(bucket).Sequence()
	if position < 1 || position > most || uint64(position) > n+1 || n > uint64(most) {
		return fmt.Errorf("%w: position %d after %d rows", store.ErrInvalid, position, n)
	}
	return t.countTo(bucket, uint64(position))
}
