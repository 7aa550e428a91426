package fallback

import (
	"context"
	"time"

	"excursobot/store"
)

// Article implements store.Articles: an absent library has none.
func (s *Store) Article(ctx context.Context, key store.ArticleKey, now time.Time) (store.Article, error) {
	a, err := s.Store.Article(ctx, key, now)
	if away(err) {
		return store.Article{}, store.ErrNotFound
	}
	return a, err
}

// Stories implements store.Stories: an absent library has none.
func (s *Store) Stories(ctx context.Context, keys []store.StoryKey, now time.Time) ([]store.Story, error) {
	found, err := s.Store.Stories(ctx, keys, now)
	if away(err) {
		return nil, nil
	}
	return found, err
}

// Voice implements store.Voices.
func (s *Store) Voice(ctx context.Context, key store.VoiceKey, text string) (store.Voice, error) {
	v, err := s.Store.Voice(ctx, key, text)
	switch {
	case err == nil:
		s.voices.put(key, v)
	case away(err):
		known, ok := s.voices.get(key)
		if !ok || known.Text != text {
			return store.Voice{}, store.ErrNotFound
		}
		return known, nil
	}
	return v, err
}

// PutVoice implements store.Voices.
func (s *Store) PutVoice(ctx context.Context, v store.Voice) error {
	err := s.Store.PutVoice(ctx, v)
	if err == nil {
		s.voices.put(v.VoiceKey, v)
	}
	return err
}

// DeleteVoice implements store.Voices.
func (s *Store) DeleteVoice(ctx context.Context, key store.VoiceKey) error {
	s.voices.delete(key)
	return s.Store.DeleteVoice(ctx, key)
}

// Withheld implements store.Reports. A place that is not remembered is shown.
func (s *Store) Withheld(ctx context.Context, keys []store.ReportKey) ([]bool, error) {
	withheld, err := s.Store.Withheld(ctx, keys)
	switch {
	case err == nil:
		for i, k := range keys {
			if withheld[i] {
				s.withheld.put(k, struct{}{})
			} else {
				s.withheld.delete(k)
				s.withheld.delete(store.ReportKey{Place: k.Place})
			}
		}
	case away(err):
		withheld, err = make([]bool, len(keys)), nil
		for i, k := range keys {
			_, extract := s.withheld.get(k)
			_, place := s.withheld.get(store.ReportKey{Place: k.Place})
			withheld[i] = extract || place
		}
	}
	return withheld, err
}

// Withhold implements store.Reports.
func (s *Store) Withhold(ctx context.Context, key store.ReportKey, title string, at time.Time) error {
	err := s.Store.Withhold(ctx, key, title, at)
	if err == nil {
		s.withheld.put(key, struct{}{})
	}
	return err
}

// Restore implements store.Reports.
func (s *Store) Restore(ctx context.Context, key store.ReportKey, at time.Time) error {
	err := s.Store.Restore(ctx, key, at)
	if err == nil {
		s.withheld.delete(key)
	}
	return err
}
