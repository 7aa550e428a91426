package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// RetiredStories implements store.Stories.
func (s *Store) RetiredStories(ctx context.Context, after store.StoryKey, limit int) ([]store.Story, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	var start []byte
	if after != (store.StoryKey{}) {
		start = storyIDKey(after)
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Story, error) {
		var stories []store.Story
		ids, rows := tx.Bucket(bucketStoryIDs).Cursor(), tx.Bucket(bucketStories).Cursor()
		for id := range rowsAfter(tx, bucketRetired, start) {
			if len(stories) >= limit {
				break
			}
			k, err := readStoryID(id)
			if err != nil {
				return nil, err
			}
			row, at, err := findStory(ids, rows, k)
			if err != nil {
				return nil, err
			}
			if at == nil {
				return nil, fmt.Errorf("%w: story %q is retired and is not there", errRecord, id)
			}
			stories = append(stories, row.Story)
		}
		return stories, nil
	})
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
