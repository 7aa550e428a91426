package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// Sweep implements store.Store. It reads only what it deletes.
func (s *Store) Sweep(ctx context.Context, now time.Time, limit int) (int, error) {
	var swept int
	err := s.write(ctx, func(t *txn) error {
		var err error
		if swept, err = t.sweepExpired(now, limit); err != nil {
			return err
		}
		n, err := t.sweepLedger(now, limit-swept)
		if err != nil {
			return err
		}
		swept += n
		n, err = t.evictArticles(s.articles, now.Add(-store.ArticleLife).UnixMicro(), nil, limit-swept)
		swept += n
		return err
	})
	if err != nil {
		return 0, err
	}
	return swept, nil
}

// sweepExpired deletes tiles, places, stories and closed walks in the order in which they expired.
func (t *txn) sweepExpired(now time.Time, limit int) (int, error) {
	end := appendInt(nil, now.UnixMicro()+1)
	due := t.keys(bucketExpiry, end, limit)
	for _, k := range due {
		if len(k) < 9 {
			return 0, fmt.Errorf("%w: expiry %q", errRecord, k)
		}
		var err error
		switch kind, key := k[8], k[9:]; kind {
		case expiringTile:
			err = t.delete(t.bucket(bucketTiles), key)
		case expiringPlace:
			id, language, _ := bytes.Cut(key, []byte{0})
			err = t.dropPlace(string(id), string(language))
		case expiringStory:
			err = t.dropStory(key)
		case expiringWalk:
			err = t.delete(t.bucket(bucketWalks), key)
		case expiringVoice:
			err = t.delete(t.bucket(bucketVoices), key)
		case expiringReport:
			err = t.delete(t.bucket(bucketReports), key)
		case expiringJudgement:
			err = t.delete(t.bucket(bucketJudgements), key)
		case expiringLastPoint, expiringLastStory:
			err = t.delete(t.bucket(bucketRecent), key)
		case expiringTour:
			err = t.delete(t.bucket(bucketTours), key)
		default:
			err = fmt.Errorf("%w: expiry of kind %q", errRecord, kind)
		}
		if err != nil {
			return 0, err
		}
		if err := t.delete(t.bucket(bucketExpiry), k); err != nil {
			return 0, err
		}
	}
	return len(due), nil
}

// dropStory deletes the story whose key in bucketStoryIDs is id.
func (t *txn) dropStory(id []byte) error {
	k, err := readStoryID(id)
	if err != nil {
		return err
	}
	ids := t.bucket(bucketStoryIDs)
	leaf := ids.Get(id)
	if leaf == nil {
		return fmt.Errorf("%w: story %q expires and is not there", errRecord, id)
	}
	if err := t.delete(t.bucket(bucketStories), storyKey(geo.Cell(readUint(leaf)), k)); err != nil {
		return err
	}
	if err := t.list(bucketRetired, id, false); err != nil {
		return err
	}
	if err := t.dropVoices(k); err != nil {
		return err
	}
	return t.delete(ids, id)
}

// sweepLedger deletes days that are too old.
func (t *txn) sweepLedger(now time.Time, limit int) (int, error) {
	first := store.DayOf(now.AddDate(0, 0, -store.LedgerDays))
	old := t.keys(bucketLedger, []byte(first), limit)
	for _, k := range old {
		if err := t.delete(t.bucket(bucketLedger), k); err != nil {
			return 0, err
		}
	}
	return len(old), nil
}
