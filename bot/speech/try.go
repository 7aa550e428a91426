package speech

import (
	"context"
	"time"

	"excursobot/limiter"
)

// Pauses before voices that failed are tried again.
const (
	tryFirst = time.Minute
	tryMost  = 30 * time.Minute
)

// try has each voice speak a short text, and switches off those that fail until they work. It ends when all work.
func (s *Speech) try(ctx context.Context) {
	if s.cfg.Sample == nil {
		return
	}
	left := s.Languages()
	for pause := tryFirst; ; pause = min(2*pause, tryMost) {
		var failed []string
		for _, language := range left {
			if ctx.Err() != nil {
				return
			}
			if !s.tryVoice(ctx, language) {
				failed = append(failed, language)
			}
		}
		if left = failed; len(left) == 0 || limiter.Sleep(ctx, pause) != nil {
			return
		}
	}
}

// tryVoice reports whether the language's voice works.
func (s *Speech) tryVoice(ctx context.Context, language string) bool {
	v, text := s.voices[language], s.cfg.Sample(language)
	slot, err := s.gate.Acquire(ctx, limiter.Job{Class: Told})
	if err != nil { // too many recordings wait: the voice is in use
		return ctx.Err() == nil
	}
	defer slot.Release()
	began := time.Now()
	audio, takes, paid, err := s.server.speak(ctx, v.name, text)
	if paid {
		s.spend(ctx, len([]rune(text)))
	}
	if ctx.Err() != nil {
		return false
	}
	if v.off.Store(err != nil); err != nil {
		s.log.Warn("voice_off", "language", language, "voice", v.name, "error", err,
			"hint", "stories in this language are not spoken until a later try succeeds; see the speech.* settings")
		return false
	}
	s.log.Info("voice_ready", "language", language, "voice", v.name, "format", string(s.cfg.Format), "bytes", len(audio),
		"length", takes.Round(10*time.Millisecond), "duration", time.Since(began).Round(time.Millisecond))
	return true
}
