package loadtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime"
	"sync"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/bot/web"
)

const (
	// loadPatience is how long an answer is waited for after the last question; a later one counts as lost.
	loadPatience = 45 * time.Second
	// loadWikipedia is what one request to the simulated Wikipedia takes.
	loadWikipedia = 200 * time.Millisecond
	// loadDay is how many questions the simulated day before a warm run has.
	loadDay = 6000
)

// bench is the bot between simulated servers.
type bench struct {
	app      *app.App
	telegram *sim.Telegram
	model    *sim.Model
	wiki     *sim.Wikipedia
	watch    *watch
	addr     string // of its pages
	stop     func() error
}

// newBench starts a bot on the directory. A fast one answers as if a day took seconds: no server takes time and nobody is limited.
func newBench(cfg config.Config, dir string, articles []sim.Article, s scenario, fast bool) (*bench, error) {
	w, err := newWatch()
	if err != nil {
		return nil, err
	}
	b := &bench{watch: w}
	modelCfg := sim.ModelConfig{Seed: s.Seed, Fault: failing(s)}
	wikiCfg := sim.WikipediaConfig{Articles: articles, Latency: loadWikipedia}
	tgCfg := sim.TelegramConfig{Token: "1000:load", Limits: true, Latency: 50 * time.Millisecond}
	cfg.Store = config.StoreConfig{Dir: dir}
	cfg.Telegram = config.TelegramConfig{Token: "1000:load", APIURL: config.TelegramAPI}
	cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model = "load", "http://model.load/v1", "load"
	cfg.Places.WikipediaURL, cfg.Places.Contact = "http://{lang}.wikipedia.load/w/api.php", "load"
	if !fast {
		cfg.Live.Intervals, cfg.Live.Default = []time.Duration{s.every()}, s.every()
	}
	if fast {
		modelCfg.Latency, modelCfg.Fault = func(int) time.Duration { return 0 }, nil
		wikiCfg.Latency, tgCfg.Limits, tgCfg.Latency = 0, false, 0
		const unlimited = 1e6
		cfg.OpenAI.RequestsPerMinute = unlimited
		lim := &cfg.Limits
		lim.Wikipedia, lim.WikipediaPerMinute, lim.WikipediaAtOnce = unlimited, unlimited, 64
		lim.PersonStoryEvery, lim.PersonUpdates, lim.Stories = time.Microsecond, unlimited, unlimited
		lim.ChatMessages, lim.Messages = unlimited, unlimited
	}
	b.telegram, b.model, b.wiki = sim.NewTelegram(tgCfg), sim.NewModel(modelCfg), sim.NewWikipedia(wikiCfg)
	b.telegram.Subscribe(w.event)
	world := app.World{
		Telegram:    sim.Transport(map[string]http.Handler{"api.telegram.org": b.telegram}),
		Model:       sim.Transport(map[string]http.Handler{"model.load": b.model}),
		Wikipedia:   sim.Transport(map[string]http.Handler{"*.wikipedia.load": b.wiki}),
		WithoutPack: true, // ready stories would flatter the cold rows
		Unwatched:   s.Blind,
	}
	if b.app, err = app.New(cfg, world, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	addr := s.HTTP
	if addr == "" || fast {
		addr = "127.0.0.1:0"
	}
	l, err := web.Listen(context.Background(), addr)
	if err != nil {
		return nil, errors.Join(err, b.app.Close())
	}
	b.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.app.Run(ctx, l) }()
	b.stop = func() error {
		cancel()
		return <-ended
	}
	return b, nil
}

// failing makes the share of the model's calls fail that the scenario wants, in turn with each kind of fault.
func failing(s scenario) func(int) string {
	if s.Fail == 0 {
		return nil
	}
	kinds := []string{"500", "html", "429", "cut", "empty", "notjson", "badyear", "unknown"}
	return func(n int) string {
		rng := rand.New(rand.NewPCG(s.Seed, uint64(n)))
		if rng.Float64() >= s.Fail {
			return ""
		}
		return kinds[rng.IntN(len(kinds))]
	}
}

// run measures the scenario on a store of its own.
func (s scenario) run(ctx context.Context, cfg config.Config) (_ loadResult, err error) {
	dir, err := os.MkdirTemp("", "excursobot-load-")
	if err != nil {
		return loadResult{}, fmt.Errorf("load: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	articles := sim.City(s.Seed, loadCentre.Lat, loadCentre.Lon, loadArticles, loadLanguages...)
	if s.Warm {
		if err := s.passDay(ctx, cfg, dir, articles); err != nil {
			return loadResult{}, err
		}
	}
	b, err := newBench(cfg, dir, articles, s, false)
	if err != nil {
		return loadResult{}, err
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	peak := watchMemory()
	began := time.Now()
	people := newCrowd(s.Seed, 1, s.People, articles, b.telegram, b.watch)
	asking, cancel := context.WithTimeout(ctx, s.For)
	defer cancel()
	live, static := people.split(cfg.Live.MaxSessions)
	var both sync.WaitGroup
	both.Go(func() { live.stroll(asking, s.every()) })
	if s.Rate > 0 {
		share := float64(len(static.people)) / float64(len(people.people)) // the walks' ticks make the rest
		static.askAtRate(asking, s.Rate*share, s.Requests, s.Seed)
	} else {
		static.askInTurns(asking, s.Pause, s.Requests)
	}
	both.Wait()
	end := time.Now()
	took := end.Sub(began)
	people.settle(ctx)
	runtime.ReadMemStats(&after)
	r := b.result(s, took, end)
	r.RSSMiB = peak()
	r.AllocsPerRequest = (after.Mallocs - before.Mallocs) / uint64(max(1, r.Requests))
	return r, b.stop()
}

// passDay lets other people ask, as fast as the machine can, so that the store knows what it would after a day.
func (s scenario) passDay(ctx context.Context, cfg config.Config, dir string, articles []sim.Article) error {
	const people, firstID = 600, 1_000_000
	b, err := newBench(cfg, dir, articles, s, true)
	if err != nil {
		return err
	}
	c := newCrowd(s.Seed+1, firstID, people, articles, b.telegram, b.watch)
	var wg sync.WaitGroup
	const atOnce = 8
	for lane := range atOnce {
		wg.Go(func() {
			for i := lane; i < loadDay && ctx.Err() == nil; i += atOnce {
				c.people[i%people].askAndWait(ctx, c.watch)
			}
		})
	}
	wg.Wait()
	return b.stop()
}

func (w *walker) askAndWait(ctx context.Context, watch *watch) {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	select {
	case <-w.ask(watch).done:
	case <-ctx.Done():
	}
}

// askInTurns lets everybody ask again after their answer and a pause.
func (c *crowd) askInTurns(ctx context.Context, pause time.Duration, most int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	asked := 0
	mayAsk := func() bool {
		mu.Lock()
		defer mu.Unlock()
		asked++
		return most == 0 || asked <= most
	}
	for _, p := range c.people {
		wg.Go(func() {
			next := time.Duration(p.rng.Float64() * float64(pause)) // not all at once
			for wait(ctx, next) && mayAsk() {
				p.askAndWait(ctx, c.watch)
				next = time.Duration((0.5 + p.rng.Float64()) * float64(pause))
			}
		})
	}
	wg.Wait()
}

// askAtRate makes questions come at the rate a minute, at random moments, from people who have had their last answer.
func (c *crowd) askAtRate(ctx context.Context, rate float64, most int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 3))
	idle := make(chan *walker, len(c.people))
	for _, i := range rng.Perm(len(c.people)) {
		idle <- c.people[i]
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	next := time.Now()
	for n := 0; most == 0 || n < most; n++ {
		next = next.Add(time.Duration(rng.ExpFloat64() / rate * float64(time.Minute)))
		if !wait(ctx, time.Until(next)) {
			return
		}
		select {
		case p := <-idle:
			wg.Go(func() {
				p.askAndWait(ctx, c.watch)
				idle <- p
			})
		default: // everybody waits for an answer: the question is left out
		}
	}
}

// settle waits for the answers that are still to come.
func (c *crowd) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, loadPatience)
	defer cancel()
	for _, q := range c.watch.all() {
		select {
		case <-q.done:
		case <-ctx.Done():
		}
	}
}

func (w *watch) all() []*question {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*question(nil), w.questions...)
}

// wait pauses and says whether ctx is still alive.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
