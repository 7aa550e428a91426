package guide

import (
	"context"
	"fmt"
	"time"

	"excursobot/store"
)

// savePacked copies a story of the pack into the store, because only stored stories have votes. Other keys are ignored.
func (l *library) savePacked(ctx context.Context, key store.StoryKey) error {
	if l.pack == nil {
		return nil
	}
	s, ok := l.pack.Story(key)
	if !ok {
		return nil
	}
	have, err := l.stories.Stories(ctx, []store.StoryKey{key}, time.Now())
	if err != nil || len(have) > 0 && (have[0].Source != s.Source || have[0].Text == s.Text) {
		return err
	}
	return l.save(ctx, s)
}

// packedRetired reports whether people have retired this text of a story of the pack. A newer text is not retired.
func (l *library) packedRetired(ctx context.Context, s *store.Story) (bool, error) {
	have, err := l.stories.Stories(ctx, []store.StoryKey{s.StoryKey}, time.Now())
	if err != nil {
		return false, fmt.Errorf("read the library: %w", err)
	}
	return len(have) > 0 && have[0].Retired && have[0].Text == s.Text, nil
}
