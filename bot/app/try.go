package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/geo"
	"excursobot/store"
)

// trial is one story on its way from the sources to the reader, with what was seen.
type trial struct {
	app      *App
	language string
	point    geo.Point
	sources  *requestLog
	began    time.Time
	took     time.Duration // until the answer

	story guide.Story
	model chat.Model // what the server tells about the model; zero = nothing

	mu     sync.Mutex
	ranked []guide.Card  // the places among which the one was chosen
	asked  []guide.Asked // the questions to the model, the first is about the place
	first  chan struct{} // closed when the first one is over
}

// Try writes one story about a place near the point with the configured servers, without Telegram and without the store of the bot, and prints a report
// of each step. The error tells why there is no story.
func Try(ctx context.Context, cfg config.Config, point geo.Point, language string, world World, log *slog.Logger, out io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "excursobot-try-")
	if err != nil {
		return fmt.Errorf("try: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.Store.Dir, cfg.Store.Postgres = dir, ""
	t := &trial{language: language, point: point, sources: newRequestLog(world.Wikipedia), first: make(chan struct{})}
	world.Wikipedia, world.WithoutPack = t.sources, true
	world.Witness = &guide.Witness{Ranked: t.noteRanked, Asked: t.noteAsked}
	t.app = &App{cfg: cfg, log: log, notify: new(notifier), stop: steps{log: log}}
	defer func() { err = errors.Join(err, t.app.Close()) }()
	if err := t.app.openStore(); err != nil {
		return err
	}
	if err := t.app.buildGuide(world); err != nil {
		return err
	}
	if err := t.run(ctx, point); err != nil {
		_ = t.print(out) // the error says more
		return err
	}
	if err := t.print(out); err != nil {
		return err
	}
	return t.verdict()
}

// run asks for the story and waits for the model's answer, also if it takes longer than people would wait.
func (t *trial) run(ctx context.Context, point geo.Point) (err error) {
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- t.app.guide.Run(running) }()
	defer func() {
		stop()
		err = errors.Join(err, <-ended)
	}()
	if t.app.model != nil {
		t.model, _ = t.app.model.Look(ctx) // a server without that page is not a fault
	}
	t.began = time.Now()
	const person = 1
	story, claim, err := t.app.guide.Tell(ctx, guide.Request{Person: person, Point: point, Language: t.language, Length: store.Short}, nil)
	claim.Release()
	t.took = time.Since(t.began)
	if err != nil {
		return fmt.Errorf("try: %w", err)
	}
	t.story = story
	if story.Reason != guide.ModelSlow && story.Source != guide.FromModel {
		return nil
	}
	select {
	case <-t.first: // the token counts come after the story
	case <-time.After(t.app.cfg.OpenAI.Timeout):
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

func (t *trial) noteRanked(cards []guide.Card) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ranked = append([]guide.Card{}, cards...)
}

func (t *trial) noteAsked(a guide.Asked) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.asked = append(t.asked, a); len(t.asked) == 1 {
		close(t.first)
	}
}

// question returns the first question to the model; false = none is over.
func (t *trial) question() (guide.Asked, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.asked) == 0 {
		return guide.Asked{}, false
	}
	return t.asked[0], true
}

// text returns the model's story about the place: the one that was told, or one that came too late; "" = there is none.
func (t *trial) text() string {
	if t.story.Source == guide.FromModel {
		return t.story.Text
	}
	asked, _ := t.question()
	for _, s := range asked.Result.Stories {
		if s.Place == t.story.Place.ID {
			return s.Text
		}
	}
	return ""
}

// verdict returns why people would not get a story; nil = they would.
func (t *trial) verdict() error {
	asked, over := t.question()
	switch {
	case t.app.model == nil:
		return errors.New("try: no story, only an extract: openai.api_key is not set")
	case t.text() != "":
		return nil
	case over && asked.Err != nil:
		return fmt.Errorf("try: no story, only an extract: %w", asked.Err)
	}
	return fmt.Errorf("try: no story, only an extract (reason: %s)", t.story.Reason)
}

// StoryLanguages returns the codes of the languages in which stories can be written.
func StoryLanguages() []string { return slices.Clone(model.Languages) }
