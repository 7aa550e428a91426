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
	"excursobot/geo/places"
)

// Evaluation orders stories about real places, so that a person can compare models.
type Evaluation struct {
	Around    geo.Point
	Places    int      // in each language, 1 to MaxEvaluated
	Languages []string // of the stories
	// Agree is asked before anything is spent, with the estimate.
	Agree func(estimate string) error
}

// MaxEvaluated is the most places in one language.
const MaxEvaluated = 200

// evaluation is one run.
type evaluation struct {
	Evaluation
	app   *App
	model *model.Client
	judge *model.Judge // nil = openai.check is off
	began time.Time
	notes io.Writer

	giveUp context.CancelCauseFunc

	mu     sync.Mutex
	tales  []*tale // in the order of languages and distances
	writes spent
	judges spent
	failed []string // errors of calls
	works  bool     // the model has written something about a place that it was asked about
	vain   int      // calls for stories that failed before that
	astray int      // stories about places that the call did not name, and second ones about a place in one answer
	done   int      // places in languages that the model was asked about
}

// spent counts what calls needed.
type spent struct {
	calls, in, out int64
	took           time.Duration // of all calls, also of those at the same time
}

// tale is one place in one language on its way to a story.
type tale struct {
	place    places.Place
	passage  model.Passage
	language string
	text     string // "" = there is no story
	quotes   []string
	marked   []string
	refused  []*model.CheckError // texts that the checks refused, the first try first
	declined bool
	took     time.Duration // from the question to the story
	judged   bool
	objected []string // words to which the judge objects
}

// Evaluate writes stories about the nearest places with the configured models, without Telegram and without the store of the bot, and writes a report in
// Markdown to out. If ctx ends before, the report holds what is there.
func Evaluate(ctx context.Context, cfg config.Config, order Evaluation, world World, log *slog.Logger, out, notes io.Writer) (err error) {
	if cfg.OpenAI.APIKey == "" {
		return errors.New("evaluate: openai.api_key is not set, so there is no model")
	}
	e := &evaluation{Evaluation: order, began: time.Now(), notes: notes}
	if err := order.Agree(e.estimate(cfg)); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "excursobot-evaluate-")
	if err != nil {
		return fmt.Errorf("evaluate: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cfg.Store.Dir, cfg.Store.Postgres = dir, ""
	e.app = &App{cfg: cfg, log: log, notify: new(notifier), stop: steps{log: log}}
	defer func() { err = errors.Join(err, e.app.Close()) }()
	if err := e.open(world); err != nil {
		return err
	}
	e.began = time.Now()
	ctx, e.giveUp = context.WithCancelCause(ctx)
	defer e.giveUp(nil)
	for _, language := range order.Languages {
		if err = e.evaluate(ctx, language); err != nil {
			break
		}
	}
	dead := errDead{}
	switch {
	case errors.As(context.Cause(ctx), &dead):
		return fmt.Errorf("evaluate: no story was written, and no report: %w", dead.error)
	case len(e.tales) == 0:
		return errors.Join(err, errors.New("evaluate: no place was found"))
	}
	_, failed := io.WriteString(out, e.report())
	return errors.Join(err, failed)
}

// errDead is the reason to give up: the model's server does not work.
type errDead struct{ error }

// vainCalls is how many calls may fail before the first story. A server that refuses the key or the model needs no second one.
const vainCalls = 3

// open opens the parts of the bot that stories need.
func (e *evaluation) open(world World) (err error) {
	a := e.app
	if err := a.openStore(); err != nil {
		return err
	}
	if a.places, err = a.newFinder(world); err != nil {
		return err
	}
	if a.model, err = a.newModel(world); err != nil {
		return err
	}
	e.model = model.New(a.model)
	e.judge, err = a.newJudge(world)
	return err
}

// evaluate finds the places and has them written about in one language.
func (e *evaluation) evaluate(ctx context.Context, language string) error {
	found, err := e.nearest(ctx, language)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.notes, "%s: %d places\n", language, len(found))
	slots := make(chan struct{}, max(1, e.app.cfg.OpenAI.MaxConcurrent))
	var wg sync.WaitGroup
	defer wg.Wait()
	for batch := range slices.Chunk(found, placesPerCall) {
		given, passages, err := guide.Materials(ctx, e.app.places, batch, language, e.app.cfg.OpenAI.Passage)
		if err != nil {
			return err
		}
		var tales []*tale
		for _, p := range given {
			tales = append(tales, &tale{place: p, passage: passages[p.ID], language: language})
		}
		e.mu.Lock()
		e.tales = append(e.tales, tales...)
		e.mu.Unlock()
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		wg.Go(func() {
			defer func() { <-slots }()
			e.write(ctx, language, tales)
			e.ask(ctx, tales)
		})
	}
	return nil
}

// nearest returns the places around the point, nearest first.
func (e *evaluation) nearest(ctx context.Context, language string) ([]places.Place, error) {
	const most = 10_000 // metres, as for people
	var found []places.Place
	for _, edition := range e.app.places.Editions(e.Around, language) {
		near, err := e.app.places.Near(ctx, e.Around, most, edition)
		if err != nil && len(near) == 0 {
			return nil, fmt.Errorf("evaluate: %w", err)
		}
		for batch := range slices.Chunk(near, 20) {
			described, err := e.app.places.Details(ctx, batch)
			if err != nil {
				return nil, fmt.Errorf("evaluate: %w", err)
			}
			found = places.Merge(append(found, described...), language)
			if len(found) >= e.Places {
				return found[:e.Places], nil
			}
		}
	}
	return found, nil
}

// write asks for the stories of one call.
func (e *evaluation) write(ctx context.Context, language string, tales []*tale) {
	req := model.Request{Language: language, Passages: map[string]model.Passage{}}
	byID := map[string]*tale{}
	for _, t := range tales {
		req.Places = append(req.Places, t.place)
		req.Passages[t.place.ID] = t.passage
		byID[t.place.ID] = t
	}
	if len(tales) == 0 {
		return
	}
	began := time.Now()
	res, err := e.model.Write(ctx, req, func(s model.Story) {
		t := byID[s.Place] // the client knows no others
		t.text, t.quotes, t.marked, t.took = s.Text, s.Quotes, s.Marked, time.Since(began)
	})
	e.mu.Lock()
	for _, d := range res.Dropped {
		if t := byID[d.Place]; t != nil && d.Rule != model.RulePlace {
			t.refused = append(t.refused, d)
			e.works = true
		} else {
			e.astray++
		}
	}
	e.works = e.works || len(res.Stories) > 0
	e.done += len(tales)
	e.mu.Unlock()
	for _, id := range res.Declined {
		byID[id].declined = true
	}
	e.count("writing", &e.writes, int64(res.Calls), res.PromptTokens, res.AnswerTokens, time.Since(began), err)
	e.watch(err)
}

// watch gives up if the server refuses what every call needs, or if the first calls fail.
func (e *evaluation) watch(err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.works {
		return
	}
	if err != nil {
		e.vain++
	}
	if errors.Is(err, chat.ErrRefused) || e.vain >= vainCalls {
		e.giveUp(errDead{err})
	}
}

// ask has the judge look at the stories.
func (e *evaluation) ask(ctx context.Context, tales []*tale) {
	var cases []model.Case
	for _, t := range tales {
		if t.text != "" {
			cases = append(cases, model.Case{
				Place: t.place.ID, Title: t.place.Title, Description: t.place.Description, Passage: t.passage.Text, Story: t.text, Marked: t.marked,
			})
		}
	}
	if e.judge == nil || len(cases) == 0 {
		return
	}
	began := time.Now()
	v, err := e.judge.Judge(ctx, cases)
	for _, t := range tales {
		if objected, ok := v.Objections[t.place.ID]; ok {
			t.judged, t.objected = true, objected
		}
	}
	e.count("judging", &e.judges, 1, v.PromptTokens, v.AnswerTokens, time.Since(began), err)
}

func (e *evaluation) count(what string, s *spent, calls, in, out int64, took time.Duration, err error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	s.calls, s.in, s.out, s.took = s.calls+calls, s.in+in, s.out+out, s.took+took
	if err != nil {
		e.failed = append(e.failed, what+": "+err.Error())
		fmt.Fprintf(e.notes, "%s failed: %v\n", what, err)
	}
	fmt.Fprintf(e.notes, "%d of %d places, %d calls, %d tokens so far\n", e.done, e.Places*len(e.Languages), e.writes.calls+e.judges.calls, e.writes.in+e.writes.out+e.judges.in+e.judges.out)
}

// estimate tells what the run will need at most: each passage as long as it may be.
func (e *evaluation) estimate(cfg config.Config) string {
	n := int64(e.Places) * int64(len(e.Languages))
	calls := (n + placesPerCall - 1) / placesPerCall
	const (
		charactersPerToken = 3    // of a passage, Latin or Cyrillic; fewer make the estimate too high
		orders             = 1000 // tokens of the instructions in a call
		story              = 300  // tokens of a story with its quotes
		verdict            = 40
	)
	passages := n * int64(cfg.OpenAI.Passage) / charactersPerToken
	in, out := passages+calls*orders, n*story
	asked := calls
	if cfg.OpenAI.Check {
		in, out, asked = in+passages+n*story+calls*orders, out+n*verdict, asked+calls
	}
	text := fmt.Sprintf("%d places in %d languages with %s: about %d requests to Wikipedia, Wikidata and Commons, %d calls to the model, and at most %d tokens of prompts and %d of answers",
		e.Places, len(e.Languages), cfg.OpenAI.Model, n+int64(len(e.Languages))*(6+3*calls), asked, in, out)
	if o := cfg.OpenAI; o.PriceIn > 0 || o.PriceOut > 0 {
		return text + fmt.Sprintf(": $%.2f.", price(cfg, in, out))
	}
	return text + ". openai.price_in and openai.price_out are not set, so the price is unknown."
}

func price(cfg config.Config, in, out int64) float64 {
	return (float64(in)*cfg.OpenAI.PriceIn + float64(out)*cfg.OpenAI.PriceOut) / 1e6
}
