package speech

import (
	"context"
)

// AtHand reports whether the recording of a text can be sent at once. A nil Speech has none.
func (s *Speech) AtHand(ctx context.Context, t Text) bool {
	v := s.voice(t.Key.Language)
	if v == nil {
		return false
	}
	name := v.id(t)
	s.mu.Lock()
	kept := s.kept.find(name)
	s.mu.Unlock()
	if kept != nil && kept.isMade() {
		return true
	}
	known, err := s.known(ctx, name)
	return err == nil && known.FileID != ""
}

// Prepare makes the recording of a text that a person will soon hear, unless it is there. It returns at once.
func (s *Speech) Prepare(t Text) {
	v := s.voice(t.Key.Language)
	if v == nil {
		return
	}
	name := v.id(t)
	s.start(func() {
		ctx, cancel := context.WithTimeout(s.work, storeMost)
		defer cancel()
		if known, err := s.known(ctx, name); err != nil || known.FileID != "" {
			return
		}
		made, err := s.join(t, name, v, Ahead)
		if err != nil {
			s.counts.note(failed(err))
			return
		}
		<-made.made // Run cancels it
		if made.err != nil {
			s.counts.note(failed(made.err))
			return
		}
		s.counts.note(outcomeAhead)
	})
}
