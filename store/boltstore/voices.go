package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

func voiceFields(c *codec, v *store.Voice) {
	c.text(&v.Place)
	c.text(&v.Language)
	c.text((*string)(&v.Length))
	c.int(&v.Aspect)
	c.text(&v.Voice)
	c.text(&v.Text)
	c.text(&v.Model)
	c.text(&v.FileID)
	c.int64((*int64)(&v.Duration))
	c.int(&v.Bytes)
	c.time(&v.Created)
}

// ifCreated returns when a voice is to be swept; the zero time is never.
func ifCreated(v store.Voice) time.Time { return later(v.Created, store.VoiceLife) }

// later returns the end of what lives that long; the zero time has none.
func later(from time.Time, life time.Duration) time.Time {
	if from.IsZero() {
		return time.Time{}
	}
	return from.Add(life)
}

// Voice implements store.Voices.
func (s *Store) Voice(ctx context.Context, key store.VoiceKey, text string) (store.Voice, error) {
	if err := key.Check(); err != nil {
		return store.Voice{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Voice, error) {
		voice, err := record(tx, bucketVoices, voiceKey(key), voiceFields)
		if err == nil && voice.Text != text {
			err = store.ErrNotFound
		}
		return voice, err
	})
}

// PutVoice implements store.Voices.
func (s *Store) PutVoice(ctx context.Context, v store.Voice) error {
	if err := v.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		if v.Length != store.Extract {
			row, at, err := t.findStory(v.StoryKey)
			if err != nil {
				return err
			}
			if at == nil || row.Retired || store.TextHash(row.Text) != v.Text {
				return store.ErrNotFound
			}
		}
		return t.putVoice(&v)
	})
}

// DeleteVoice implements store.Voices.
func (s *Store) DeleteVoice(ctx context.Context, key store.VoiceKey) error {
	if err := key.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return t.dropVoice(voiceKey(key)) })
}

func (t *txn) putVoice(v *store.Voice) error {
	if err := v.Check(); err != nil {
		return err
	}
	key := voiceKey(v.VoiceKey)
	if err := t.dropVoice(key); err != nil {
		return err
	}
	if err := t.reschedule(expiringVoice, key, time.Time{}, ifCreated(*v)); err != nil {
		return err
	}
	return t.putRecord(bucketVoices, key, func(c *codec) { voiceFields(c, v) })
}

// dropVoice deletes a voice, if it is there.
func (t *txn) dropVoice(key []byte) error {
	old, found, err := find(t.tx, bucketVoices, key, voiceFields)
	if err != nil || !found {
		return err
	}
	if err := t.reschedule(expiringVoice, key, ifCreated(old), time.Time{}); err != nil {
		return err
	}
	return t.delete(t.bucket(bucketVoices), key)
}

// dropVoices deletes the voices of a story.
func (t *txn) dropVoices(story store.StoryKey) error {
	for _, key := range t.under(t.bucket(bucketVoices), voicePrefix(story)) {
		if err := t.dropVoice(key); err != nil {
			return err
		}
	}
	return nil
}
