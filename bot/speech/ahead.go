package speech

import (
	"context"
	"time"

	"excursobot/limiter"
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

// laterMost bounds the recordings that PrepareAt waits for.
const laterMost = 256

// PrepareAt makes, at the time, the recording of the text that find returns, unless there is one. It returns at once. If too many wait, it does nothing:
// the voice is made when it is needed.
func (s *Speech) PrepareAt(at time.Time, find func(context.Context) (Text, bool)) {
	if s == nil || s.later.Add(1) > laterMost {
		if s != nil {
			s.later.Add(-1)
		}
		return
	}
	started := s.start(func() {
		defer s.later.Add(-1)
		if limiter.Sleep(s.work, time.Until(at)) != nil {
			return
		}
		ctx, cancel := context.WithTimeout(s.work, storeMost)
		defer cancel()
		if t, ok := find(ctx); ok {
			s.prepare(ctx, t)
		}
	})
	if !started {
		s.later.Add(-1)
	}
}

// Prepare makes the recording of a text that a person will soon hear, unless there is one. It returns at once.
func (s *Speech) Prepare(t Text) {
	s.PrepareAt(time.Now(), func(context.Context) (Text, bool) { return t, true })
}

func (s *Speech) prepare(ctx context.Context, t Text) {
	v := s.voice(t.Key.Language)
	if v == nil {
		return
	}
	name := v.id(t)
	if known, err := s.known(ctx, name); err != nil || known.FileID != "" {
		return
	}
	made, err := s.join(t, name, v, Ahead)
	if err == nil {
		<-made.made // Run cancels it
		err = made.err
	}
	if err != nil {
		s.counts.note(failed(err))
		return
	}
	s.counts.note(outcomeAhead)
}
