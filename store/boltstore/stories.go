package boltstore

import (
	"bytes"
	"context"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// Stories implements store.Stories.
func (s *Store) Stories(ctx context.Context, keys []store.StoryKey, now time.Time) ([]store.Story, error) {
	for _, k := range keys {
		if err := k.Check(); err != nil {
			return nil, err
		}
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Story, error) {
		var stories []store.Story
		ids, rows := tx.Bucket(bucketStoryIDs).Cursor(), tx.Bucket(bucketStories).Cursor()
		for _, k := range keys {
			row, at, err := findStory(ids, rows, k)
			if err != nil {
				return nil, err
			}
			if at != nil && !expired(row.Expires, now) {
				stories = append(stories, row.Story)
			}
		}
		return stories, nil
	})
}

// StoriesIn implements store.Stories.
func (s *Store) StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]store.Story, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	var stories []store.Story
	var row storyRow // shared by all rows: the answer takes only its texts and lists, which are allocated for each row
	fields := row.fields
	err := s.view(ctx, func(tx *bolt.Tx) error {
		before := len(language) + 1 + 8 // the place begins there
		return walk(tx.Bucket(bucketStories).Cursor(), language, ranges, func(k, v []byte) (bool, error) {
			if len(stories) >= limit {
				return false, nil
			}
			if bytes.Count(k[before:], []byte{0}) > 1 { // place, length and an aspect
				return true, nil
			}
			row = storyRow{}
			if err := decode(k, v, fields); err != nil {
				return false, err
			}
			if row.Retired || expired(row.Expires, now) {
				return true, nil
			}
			stories = append(stories, row.Story)
			return true, nil
		})
	})
	if err != nil {
		return nil, err
	}
	if cap(stories) > len(stories)+len(stories)/4 { // the caller may keep them for an hour
		stories = slices.Clone(stories)
	}
	return stories, nil
}

// PutStories implements store.Stories.
func (s *Store) PutStories(ctx context.Context, stories []store.Story) error {
	for i := range stories {
		if err := stories[i].Check(); err != nil {
			return err
		}
		row := storyRow{Story: stories[i]}
		if _, err := encode(nil, row.fields); err != nil { // before the transaction, so that a refusal does not cost the group a second run
			return err
		}
	}
	return s.write(ctx, func(t *txn) error {
		for _, story := range stories {
			if err := t.putStory(story); err != nil {
				return err
			}
		}
		return nil
	})
}

// putStory stores a story and replaces an older one of its key.
func (t *txn) putStory(story store.Story) error {
	old, oldKey, err := t.findStory(story.StoryKey)
	if err != nil {
		return err
	}
	row := storyRow{Story: story}
	if oldKey != nil && old.Text != row.Text {
		if err := t.dropVoices(story.StoryKey); err != nil {
			return err
		}
	}
	if oldKey != nil && old.Text == row.Text {
		row.edition = old.edition
		row.Likes, row.Dislikes, row.WrongBy, row.Retired = old.Likes, old.Dislikes, old.WrongBy, old.Retired
	} else if row.edition, err = t.next(t.bucket(bucketStories)); err != nil {
		return err
	}
	row.Retired = row.Retired || withheldPlace(t.tx, story.Place)
	if oldKey != nil {
		if err := t.delete(t.bucket(bucketStories), oldKey); err != nil { // it may have stood elsewhere
			return err
		}
	}
	id, leaf := storyIDKey(story.StoryKey), geo.Leaf(story.Point)
	if err := t.reschedule(expiringStory, id, old.Expires, story.Expires); err != nil {
		return err
	}
	if err := t.put(t.bucket(bucketStoryIDs), id, appendUint(nil, uint64(leaf))); err != nil {
		return err
	}
	return t.putStoryRow(storyKey(leaf, story.StoryKey), &row)
}

// putStoryRow stores the row. If it is retired, it is listed and loses its voices.
func (t *txn) putStoryRow(key []byte, row *storyRow) error {
	v, err := encodePacked(key, row.fields)
	if err != nil {
		return err
	}
	if err := t.list(bucketRetired, storyIDKey(row.StoryKey), row.Retired); err != nil {
		return err
	}
	if row.Retired {
		if err := t.dropVoices(row.StoryKey); err != nil {
			return err
		}
	}
	return t.put(t.bucket(bucketStories), key, v)
}

func (t *txn) findStory(k store.StoryKey) (row storyRow, key []byte, err error) {
	return findStory(t.bucket(bucketStoryIDs).Cursor(), t.bucket(bucketStories).Cursor(), k)
}

// findStory returns a story and the key of its row; a nil key means that there is none. The cursors go over bucketStoryIDs
// and bucketStories; opening them costs as much as a look-up.
func findStory(ids, rows *bolt.Cursor, k store.StoryKey) (row storyRow, key []byte, err error) {
	leaf := get(ids, storyIDKey(k))
	if leaf == nil {
		return storyRow{}, nil, nil
	}
	key = storyKey(geo.Cell(readUint(leaf)), k)
	err = decode(key, get(rows, key), row.fields)
	return row, key, err
}

// get returns the value of a key, nil if there is none.
func get(c *bolt.Cursor, key []byte) []byte {
	k, v := c.Seek(key)
	if !bytes.Equal(k, key) {
		return nil
	}
	return v
}

// storyRow is a story with the number of its text: a vote counts for the text it was given to.
type storyRow struct {
	edition uint64
	store.Story
}

func (s *storyRow) fields(c *codec) {
	c.uint64(&s.edition)
	c.text(&s.Place)
	c.text(&s.Language)
	c.text((*string)(&s.Length))
	c.text(&s.Title)
	c.point(&s.Point)
	c.text(&s.Kind)
	c.address(&s.URL)
	c.address(&s.Picture)
	c.text(&s.Text)
	c.text(&s.Source)
	c.text(&s.Model)
	c.int(&s.Likes)
	c.int(&s.Dislikes)
	list(c, &s.WrongBy, (*codec).int64)
	c.bool(&s.Retired)
	c.time(&s.Created)
	c.time(&s.Expires)
	c.int(&s.Aspect)
	creditFields(c, &s.Credit)
	list(c, &s.Quotes, (*codec).text)
	c.text((*string)(&s.Judged))
	c.int(&s.Version)
	c.text(&s.Article.Edition)
	c.int64(&s.Article.Page)
	c.int64(&s.Revision)
	c.lastBool(&s.Packed)
}
