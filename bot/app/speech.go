package app

import (
	"fmt"

	"excursobot/bot/speech"
	"excursobot/bot/text"
)

// buildSpeech makes the voices. Without a server there are none.
func (a *App) buildSpeech(world World) error {
	c := a.cfg.Speech
	if c.URL == "" {
		return nil
	}
	voices, err := c.VoicesByLanguage()
	if err != nil {
		return fmt.Errorf("speech.voices: %w", err)
	}
	a.speech, err = speech.New(speech.Config{
		Store: a.store, URL: c.URL, Key: c.Key, Model: c.Model, Voices: voices, Format: speech.Format(c.Format), Speed: c.Speed,
		DailyCharacters: c.DailyCharacters, MaxConcurrent: c.MaxConcurrent,
		Transport: orNetwork(world.Speech),
		Sample:    func(language string) string { return text.LanguageName(language) + "." },
		Log:       a.log.With("part", "speech"),
	})
	if err != nil {
		return fmt.Errorf("speech: %w", err)
	}
	a.also("speech", a.speech.Run)
	return nil
}
