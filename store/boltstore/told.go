package boltstore

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Told implements store.Told. It looks at keys only.
func (s *Store) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	if err := store.CheckKey(places...); err != nil {
		return nil, err
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]bool, error) {
		told := make([]bool, len(places))
		c := tx.Bucket(bucketTold).Cursor()
		var key []byte
		for i, place := range places {
			key = toldKey(key[:0], person, place)
			told[i] = get(c, key) != nil
		}
		return told, nil
	})
}

// CountTold implements store.Told. It counts keys.
func (s *Store) CountTold(ctx context.Context, person int64) (int, error) {
	return read(ctx, s, func(tx *bolt.Tx) (int, error) {
		n, prefix := 0, idKey(person)
		c := tx.Bucket(bucketTold).Cursor()
		for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
			n++
		}
		return n, nil
	})
}

// Experienced implements store.Told. It reads as many rows as it takes to know.
func (s *Store) Experienced(ctx context.Context, person int64) (bool, error) {
	return read(ctx, s, func(tx *bolt.Tx) (bool, error) { return experienced(tx, person) })
}

func experienced(tx *bolt.Tx, person int64) (bool, error) {
	prefix, stories := idKey(person), 0
	days := map[store.Day]bool{}
	c := tx.Bucket(bucketTold).Cursor()
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		var row toldRow
		if err := decode(k, v, row.fields); err != nil {
			return false, err
		}
		stories++
		if !row.at.IsZero() {
			days[store.DayOf(row.at)] = true
		}
		if stories >= store.ExperiencedStories && len(days) >= store.ExperiencedDays {
			return true, nil
		}
	}
	return false, nil
}

// Vote implements store.Told.
func (s *Store) Vote(ctx context.Context, person int64, key store.StoryKey, mark store.Mark, at time.Time) (store.Story, error) {
	if err := errors.Join(store.CheckMark(mark), key.Check()); err != nil {
		return store.Story{}, err
	}
	var story storyRow
	err := s.write(ctx, func(t *txn) error {
		told, rowKey := t.bucket(bucketTold), toldKey(nil, person, key.Place)
		v := told.Get(rowKey)
		if v == nil {
			return store.ErrNotFound
		}
		var row toldRow
		if err := decode(rowKey, v, row.fields); err != nil {
			return err
		}
		if err := t.takeBack(person, key.Place, row.vote); err != nil {
			return err
		}
		var err error
		if story, err = t.count(person, key, mark); err != nil {
			return err
		}
		row.vote = vote{}
		if mark != store.NoMark {
			row.vote = voteFor(key, mark, at, story.edition)
		}
		if v, err = encode(rowKey, row.fields); err != nil {
			return err
		}
		return t.put(told, rowKey, v)
	})
	if err != nil {
		return store.Story{}, err
	}
	return story.Story, nil
}

// takeBack removes a person's old vote from the story that counted it, if that text is still there.
func (t *txn) takeBack(person int64, place string, old vote) error {
	if old.mark == store.NoMark {
		return nil
	}
	row, key, err := t.findStory(store.StoryKey{Place: place, Language: old.language, Length: old.length, Aspect: old.aspect})
	if err != nil || key == nil || row.edition != old.edition {
		return err
	}
	switch old.mark {
	case store.Like:
		row.Likes = max(0, row.Likes-1)
	case store.Dislike:
		row.Dislikes = max(0, row.Dislikes-1)
	case store.Wrong:
		row.WrongBy = slices.DeleteFunc(row.WrongBy, func(p int64) bool { return p == person })
	}
	return t.putStoryRow(key, &row)
}

// count adds a vote to the story and returns the story; if the story is gone, only its key is set.
func (t *txn) count(person int64, key store.StoryKey, mark store.Mark) (storyRow, error) {
	row, at, err := t.findStory(key)
	if err != nil || at == nil {
		return storyRow{Story: store.Story{StoryKey: key}}, err
	}
	switch mark {
	case store.NoMark:
		return row, nil
	case store.Like:
		row.Likes++
	case store.Dislike:
		row.Dislikes++
	case store.Wrong:
		counts, err := experienced(t.tx, person)
		if err != nil {
			return storyRow{}, err
		}
		if counts && len(row.WrongBy) < 2 && !slices.Contains(row.WrongBy, person) {
			row.WrongBy = append(row.WrongBy, person)
		}
		row.Retired = row.Retired || len(row.WrongBy) == 2
	}
	return row, t.putStoryRow(at, &row)
}

// toldRow is what is kept of a delivery, with the person's vote.
type toldRow struct {
	at     time.Time
	walk   string
	number int
	vote   vote
}

// vote is a person's mark on one text of a place.
type vote struct {
	mark     store.Mark
	at       time.Time
	language string
	length   store.Length
	aspect   int
	edition  uint64 // of the story's text; 0 = the story was gone
}

// voteFor returns a vote for the text with that edition.
func voteFor(k store.StoryKey, mark store.Mark, at time.Time, edition uint64) vote {
	return vote{mark: mark, at: at, language: k.Language, length: k.Length, aspect: k.Aspect, edition: edition}
}

func (r *toldRow) fields(c *codec) {
	c.time(&r.at)
	c.text(&r.walk)
	c.int(&r.number)
	mark := int64(r.vote.mark)
	c.int64(&mark)
	r.vote.mark = store.Mark(mark)
	c.time(&r.vote.at)
	c.text(&r.vote.language)
	c.text((*string)(&r.vote.length))
	c.uint64(&r.vote.edition)
	c.int(&r.vote.aspect)
}
