package speech

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// Text is what is spoken.
type Text struct {
	Key   store.StoryKey // Length is store.Extract for an extract
	Title string
	Text  string // of the story or the extract
	File  bool   // the recording is sent as a file of music: Telegram keeps it apart from the voice message
}

// Send sends a recording to a person and returns the file_id that Telegram gave it, "" if that is not known.
type Send func(ctx context.Context, r Recording) (fileID string, err error)

// Say passes the recording of a text to send: the one that Telegram keeps, or a new one. If Telegram has forgotten its file (ErrForgotten), send is
// called again. The error is one of this package's, send's, or that of ctx.
func (s *Speech) Say(ctx context.Context, t Text, class limiter.Class, send Send) error {
	how, err := s.say(ctx, t, class, send)
	s.counts.note(how)
	return err
}

// The outcomes of Say, in the metrics.
const (
	outcomeKnown  = "known"  // Telegram had the file
	outcomeMade   = "made"   // a new recording was uploaded
	outcomeBusy   = "busy"   // too many wait
	outcomeBudget = "budget" // the day's characters are used up
	outcomeDown   = "down"   // the server failed
	outcomeNone   = "none"   // no voice in the language
	outcomeUnsent = "unsent" // Telegram did not take it, or the person's settings refuse it
	outcomeAhead  = "ahead"  // made before anybody asked
)

func (s *Speech) say(ctx context.Context, t Text, class limiter.Class, send Send) (how string, err error) {
	v := s.voice(t.Key.Language)
	if v == nil {
		return outcomeNone, ErrNoVoice
	}
	name := v.id(t)
	known, err := s.known(ctx, name)
	if err != nil {
		return outcomeDown, err
	}
	if known.FileID != "" {
		_, err := send(ctx, known)
		if !errors.Is(err, ErrForgotten) {
			return outcomeOf(outcomeKnown, err), err
		}
		s.forget(ctx, name)
	}
	how, err = s.take(ctx, t, name, v, class, send)
	if errors.Is(err, ErrForgotten) {
		s.forget(ctx, name)
		how, err = s.take(ctx, t, name, v, class, send)
	}
	return how, err
}

// take sends the recording on the shelf, which it makes unless it is there.
func (s *Speech) take(ctx context.Context, t Text, name id, v *voice, class limiter.Class, send Send) (how string, err error) {
	made, err := s.join(t, name, v, class)
	if err != nil {
		return failed(err), err
	}
	select {
	case <-made.made:
	case <-ctx.Done():
		return outcomeUnsent, ctx.Err()
	}
	if made.err != nil {
		return failed(made.err), made.err
	}
	return s.upload(ctx, made, send)
}

// id returns the name of the text's recording with the voice.
func (v *voice) id(t Text) id {
	key := store.VoiceKey{StoryKey: t.Key, Voice: v.name}
	if t.File {
		key.Voice += "/file"
	}
	return id{key, store.TextHash(t.Text)}
}

// known returns the recording that Telegram keeps, without a FileID if there is none.
func (s *Speech) known(ctx context.Context, name id) (Recording, error) {
	kept, err := s.cfg.Store.Voice(ctx, name.key, name.text)
	switch {
	case err == nil && kept.Model == s.cfg.Model:
		return Recording{FileID: kept.FileID, Duration: kept.Duration}, nil
	case err == nil, errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrAway):
		return Recording{}, nil
	}
	return Recording{}, fmt.Errorf("read the voice: %w", err)
}

func (s *Speech) forget(ctx context.Context, name id) {
	if err := s.cfg.Store.DeleteVoice(ctx, name.key); err != nil {
		s.log.Warn("voice_not_deleted", "error", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.kept.find(name); t != nil && t.recording().FileID != "" {
		s.kept.drop(t)
	}
}

// upload sends a recording that is not in the store. The first to send it uploads it; others wait a moment for its file_id.
func (s *Speech) upload(ctx context.Context, t *take, send Send) (how string, err error) {
	wait := time.NewTimer(uploadMost)
	defer wait.Stop()
	select {
	case <-t.upload:
		defer func() { t.upload <- struct{}{} }()
	case <-wait.C:
	case <-ctx.Done():
		return outcomeUnsent, ctx.Err()
	}
	rec := t.recording()
	how = outcomeMade
	if rec.FileID != "" {
		how = outcomeKnown
	}
	fileID, err := send(ctx, rec)
	if rec.FileID != "" && len(rec.Audio) > 0 && errors.Is(err, ErrForgotten) {
		rec.FileID, how = "", outcomeMade
		fileID, err = send(ctx, rec)
	}
	if err == nil && rec.FileID == "" && fileID != "" {
		t.uploaded(fileID)
		s.save(ctx, t, rec, fileID)
	}
	return outcomeOf(how, err), err
}

// save stores the file_id. The person has the voice already, so the end of the update does not prevent it. After that the audio is not needed.
func (s *Speech) save(ctx context.Context, t *take, rec Recording, fileID string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeMost)
	defer cancel()
	err := s.cfg.Store.PutVoice(ctx, store.Voice{
		VoiceKey: t.id.key, Text: t.id.text, Model: s.cfg.Model, FileID: fileID, Duration: rec.Duration, Bytes: len(rec.Audio), Created: time.Now(),
	})
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) { // the story has got another text, or is one of the built-in pack: it stays on the shelf
			s.log.Warn("voice_unsaved", "error", err)
		}
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept.empty(t) // it stays, for those who looked into the store just before
}

func outcomeOf(how string, err error) string {
	if err != nil {
		return outcomeUnsent
	}
	return how
}

func failed(err error) string {
	switch {
	case errors.Is(err, ErrBusy):
		return outcomeBusy
	case errors.Is(err, ErrBudget):
		return outcomeBudget
	}
	return outcomeDown
}

// join returns the take of the text, which it starts unless it is there.
func (s *Speech) join(t Text, name id, v *voice, class limiter.Class) (*take, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.kept.find(name); found != nil {
		if !found.isMade() {
			found.ticket.Promote(class, time.Now().Add(startMost))
		}
		return found, nil
	}
	if s.stopped {
		return nil, fmt.Errorf("%w: the bot stops", ErrDown)
	}
	if !s.server.ready() {
		return nil, fmt.Errorf("%w: the breaker is open", ErrDown)
	}
	ticket, err := s.gate.Enter(limiter.Job{Class: class, Deadline: time.Now().Add(startMost)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBusy, err)
	}
	made := newTake(name, ticket)
	s.kept.add(made)
	s.wg.Go(func() { s.make(made, t, v, class) })
	return made, nil
}

// make makes the recording of a take. A failed one leaves the shelf.
func (s *Speech) make(t *take, text Text, v *voice, class limiter.Class) {
	err := fmt.Errorf("%w: panic", ErrDown)
	defer func() {
		if r := recover(); r != nil {
			s.log.Error("panic_recovered", "error", fmt.Sprint(r), "stack", string(debug.Stack()))
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		defer close(t.made) // after it is counted, because then it may be sent and freed
		if t.err = err; err != nil {
			s.kept.drop(t)
			return
		}
		s.kept.finished(t)
	}()
	slot, refused := t.ticket.Wait(s.work)
	if refused != nil {
		err = fmt.Errorf("%w: %w", ErrBusy, refused)
		return
	}
	defer slot.Release()
	t.rec, err = s.synthesise(s.work, text.Key.Language, v, ForEar(text.Key.Language, text.Title, text.Text), class)
}

// synthesise makes one recording within the day's characters.
func (s *Speech) synthesise(ctx context.Context, language string, v *voice, text string, class limiter.Class) (Recording, error) {
	n := len([]rune(text))
	if err := s.allowed(ctx, n, class); err != nil {
		return Recording{}, err
	}
	began := time.Now()
	audio, takes, paid, err := s.server.speak(ctx, v.name, text)
	took := time.Since(began)
	if paid {
		s.spend(ctx, n)
	}
	if err != nil {
		if s.work.Err() == nil {
			s.log.Warn("voice_failed", "language", language, "voice", v.name, "duration", took.Round(time.Millisecond), "error", err)
		}
		return Recording{}, fmt.Errorf("%w: %w", ErrDown, err)
	}
	s.counts.took(took)
	return Recording{Audio: audio, Name: s.cfg.Format.file(), Duration: takes}, nil
}

// allowed returns ErrBudget if the day has not as many characters left. It does not know those in progress, so a day may exceed its limit by a few texts.
func (s *Speech) allowed(ctx context.Context, n int, class limiter.Class) error {
	if s.cfg.DailyCharacters <= 0 {
		return nil
	}
	spoken, err := s.cfg.Store.Speak(ctx, store.DayOf(time.Now()), 0)
	if err != nil {
		return fmt.Errorf("%w: read the budget: %w", ErrDown, err)
	}
	most := float64(s.cfg.DailyCharacters)
	if class == Ahead {
		most *= aheadShare / 100.0
	}
	if float64(spoken)+float64(n) > most {
		return ErrBudget
	}
	return nil
}

func (s *Speech) spend(ctx context.Context, n int) {
	s.cfg.Characters(n)
	s.counts.characters.Add(uint64(n))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeMost)
	defer cancel()
	if _, err := s.cfg.Store.Speak(ctx, store.DayOf(time.Now()), int64(n)); err != nil {
		s.log.Error("characters_unsaved", "error", err)
	}
}
