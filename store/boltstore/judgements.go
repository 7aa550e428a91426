package boltstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// judgementRow is a judgement and who claimed it.
type judgementRow struct {
	store.Judgement
	replica string
	until   time.Time // zero = nobody claimed it
}

func judgementFields(c *codec, j *judgementRow) {
	c.text(&j.Place)
	c.text(&j.Language)
	c.text((*string)(&j.Length))
	c.int(&j.Aspect)
	c.text(&j.Text)
	list(c, &j.Objections, (*codec).text)
	c.time(&j.Queued)
	list(c, &j.Shown, shownFields)
	c.text(&j.replica)
	c.time(&j.until)
}

func shownFields(c *codec, s *store.Shown) {
	c.int64(&s.Chat)
	c.int(&s.Message)
	c.int64(&s.Person)
}

func ifQueued(j store.Judgement) time.Time { return later(j.Queued, store.JudgementLife) }

// QueueJudgement implements store.Judgements.
func (s *Store) QueueJudgement(ctx context.Context, j store.Judgement) error {
	if err := j.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		old, _, err := findJudgement(t.tx, j.StoryKey)
		if err != nil {
			return err
		}
		row := judgementRow{Judgement: j}
		row.Shown = nil
		row.Add(old.Shown...)
		row.Add(j.Shown...)
		if err := t.putJudgement(&row); err != nil {
			return err
		}
		return t.boundJudgements()
	})
}

// ShowPending implements store.Judgements.
func (s *Store) ShowPending(ctx context.Context, key store.StoryKey, shown store.Shown) error {
	if err := key.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		row, found, err := findJudgement(t.tx, key)
		if err != nil || !found {
			return err
		}
		row.Add(shown)
		return t.putJudgement(&row)
	})
}

// ClaimJudgements implements store.Judgements. It reads all, which are few.
func (s *Store) ClaimJudgements(ctx context.Context, replica string, now time.Time, lease time.Duration, limit int) ([]store.Judgement, error) {
	if err := store.CheckKey(replica); err != nil {
		return nil, err
	}
	var claimed []store.Judgement
	err := s.write(ctx, func(t *txn) error {
		claimed = nil // the function may run again
		all, err := allJudgements(t.tx)
		if err != nil {
			return err
		}
		for _, row := range all {
			if len(claimed) >= limit {
				break
			}
			if row.until.UnixMicro() > now.UnixMicro() {
				continue
			}
			row.replica, row.until = replica, now.Add(lease)
			if err := t.putJudgement(&row); err != nil {
				return err
			}
			claimed = append(claimed, row.Judgement)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// EndJudgement implements store.Judgements.
func (s *Store) EndJudgement(ctx context.Context, key store.StoryKey, text string, verdict store.Judged) (store.Judgement, error) {
	if err := cmp.Or(key.Check(), store.CheckVerdict(verdict)); err != nil {
		return store.Judgement{}, err
	}
	var ended store.Judgement
	err := s.write(ctx, func(t *txn) error {
		row, found, err := findJudgement(t.tx, key)
		if err != nil {
			return err
		}
		if !found || row.Text != text {
			return store.ErrNotFound
		}
		ended = row.Judgement
		if err := t.dropJudgement(row.Judgement); err != nil {
			return err
		}
		story, at, err := t.findStory(key)
		if err != nil || at == nil || store.TextHash(story.Text) != text {
			return err
		}
		story.Judged = verdict
		story.Retired = story.Retired || verdict == store.JudgedRefused
		return t.putStoryRow(at, &story)
	})
	if err != nil {
		return store.Judgement{}, err
	}
	return ended, nil
}

// PendingJudgements implements store.Judgements.
func (s *Store) PendingJudgements(ctx context.Context) (int, error) {
	return read(ctx, s, func(tx *bolt.Tx) (int, error) { return rows(tx, bucketJudgements), nil })
}

func findJudgement(tx *bolt.Tx, key store.StoryKey) (row judgementRow, found bool, err error) {
	return find(tx, bucketJudgements, storyIDKey(key), judgementFields)
}

// allJudgements returns those queued first first.
func allJudgements(tx *bolt.Tx) ([]judgementRow, error) {
	var all []judgementRow
	err := tx.Bucket(bucketJudgements).ForEach(func(k, v []byte) error {
		row, err := decoded(k, v, judgementFields)
		all = append(all, row)
		return err
	})
	slices.SortStableFunc(all, func(a, b judgementRow) int { return a.Queued.Compare(b.Queued) })
	return all, err
}

// putJudgement stores a judgement in the place of an older one.
func (t *txn) putJudgement(row *judgementRow) error {
	if err := row.Check(); err != nil {
		return err
	}
	old, found, err := findJudgement(t.tx, row.StoryKey)
	if err != nil {
		return err
	}
	if found {
		if err := t.dropJudgement(old.Judgement); err != nil {
			return err
		}
	}
	key := storyIDKey(row.StoryKey)
	if err := t.reschedule(expiringJudgement, key, time.Time{}, ifQueued(row.Judgement)); err != nil {
		return err
	}
	return t.putRecord(bucketJudgements, key, func(c *codec) { judgementFields(c, row) })
}

func (t *txn) dropJudgement(j store.Judgement) error {
	key := storyIDKey(j.StoryKey)
	if err := t.reschedule(expiringJudgement, key, ifQueued(j), time.Time{}); err != nil {
		return err
	}
	return t.delete(t.bucket(bucketJudgements), key)
}

// boundJudgements deletes those queued first, if there are too many.
func (t *txn) boundJudgements() error {
	n, c := 0, t.bucket(bucketJudgements).Cursor()
	for k, _ := c.First(); k != nil; k, _ = c.Next() {
		n++
	}
	if n <= store.MaxJudgements {
		return nil
	}
	all, err := allJudgements(t.tx)
	if err != nil {
		return err
	}
	for _, row := range all[:n-store.MaxJudgements] {
		if err := t.dropJudgement(row.Judgement); err != nil {
			return err
		}
	}
	return nil
}

// forgetShown takes a person's messages, and those of a chat with that number, out of the judgements.
func (t *txn) forgetShown(person int64) error {
	all, err := allJudgements(t.tx)
	if err != nil {
		return err
	}
	for _, row := range all {
		before := len(row.Shown)
		row.Shown = slices.DeleteFunc(row.Shown, func(s store.Shown) bool { return s.Person == person || s.Chat == person })
		if len(row.Shown) == before {
			continue
		}
		if err := t.putJudgement(&row); err != nil {
			return err
		}
	}
	return nil
}
