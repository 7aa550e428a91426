package bot

import (
	"bytes"
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/guide"
	"excursobot/bot/guide/ask"
	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// Where the simulated city stands.
const cityLat, cityLon = 48.2, 11.5

// world is the whole bot with its real parts, in front of a simulated Telegram, model and Wikipedia. It lives inside a synctest bubble.
type world struct {
	t     testing.TB
	tg    *sim.Telegram
	model *sim.Model
	store *boltstore.Store
	bot   *Bot
	cfg   Config // of the bot
	token string
	seen  *observed
	logs  *lockedBuffer

	stopIntake, stopWork context.CancelFunc
	ended                chan error
	closers              []func()
	hosts                map[string]http.Handler
}

type worldConfig struct {
	telegram   sim.TelegramConfig
	noModel    bool
	slow       time.Duration      // of the model; 0 = 4 s
	modelFault func(n int) string // of its n-th call; nil = none
	judge      bool               // new stories are judged
	object     func(place, source, story string) []string
	lie        func(place string) string // in the model's stories
	empty      bool                      // a Wikipedia without articles
	down       bool                      // a Wikipedia that fails
	webhook    bool
	languages  []string // of the articles, beside en and ru
	only       string   // the one language of the articles
	articles   int      // of the city; 0 = 12
	region     []string // its editions, the strong one first: a region of articles that differ, instead of the city
	edit       func(*Config)
}

const (
	hookURL    = "https://bot.test/hook"
	hookSecret = "s3cret_-"
)

func newWorld(t testing.TB, cfg worldConfig) *world {
	t.Helper()
	w := &world{t: t, token: "4242:very-secret-token", seen: newObserved(), logs: &lockedBuffer{}, ended: make(chan error, 1)}
	log := slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))

	hosts := map[string]http.Handler{}
	net := handlerTransport{t, hosts}
	cfg.telegram.Token = w.token
	cfg.telegram.Transport = net
	w.tg = sim.NewTelegram(cfg.telegram)
	latency := cfg.slow
	if latency == 0 {
		latency = 4 * time.Second
	}
	w.model = sim.NewModel(sim.ModelConfig{Latency: func(int) time.Duration { return latency }, Fault: cfg.modelFault, Object: cfg.object, Lie: cfg.lie})
	wiki := sim.WikipediaConfig{Latency: 200 * time.Millisecond}
	if cfg.down {
		wiki.Fault = func(int) string { return "503" }
	}
	if !cfg.empty {
		languages := append([]string{"en", "ru"}, cfg.languages...)
		if cfg.only != "" {
			languages = []string{cfg.only}
		}
		wiki.Articles = sim.City(1, cityLat, cityLon, cmp.Or(cfg.articles, 12), languages...)
	}
	if cfg.region != nil {
		wiki.Articles = sim.Region(1, cityLat, cityLon, 200, cfg.region[0], cfg.region[1:]...)
	}
	hosts["api.telegram.org"] = w.tg
	hosts["model.test"] = w.model
	server := sim.NewWikipedia(wiki)
	hosts["*.wikipedia.org"], hosts["www.wikidata.org"], hosts["commons.wikimedia.org"] = server, server, server

	var err error
	w.store, err = boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "bot.db")})
	w.must(err)
	w.closers = append(w.closers, func() { w.must(w.store.Close()) })
	cache, err := geo.NewCache[[]store.Story](geo.CacheConfig{})
	w.must(err)
	w.closers = append(w.closers, cache.Close)
	finder, err := places.New(places.Config{Store: w.store, HTTP: &http.Client{Transport: net}, Contact: "test@example.org", Log: log})
	w.must(err)
	w.closers = append(w.closers, finder.Close)
	gc := guide.Config{Store: w.store, Places: finder, Cache: cache, Log: log}
	if !cfg.noModel {
		gc.Gate = limiter.NewGate(limiter.GateConfig{})
		server, err := chat.New(chat.Config{APIKey: "k", BaseURL: "http://model.test/v1", HTTP: &http.Client{Transport: net}, Log: log})
		w.must(err)
		gc.Model = model.New(server)
		gc.Asker = ask.New(server)
		if cfg.judge {
			gc.Judge = model.NewJudge(server)
			gc.Correct = func(ctx context.Context, c guide.Correction) error { return w.bot.Correct(ctx, c) }
		}
	}
	teller, err := guide.New(gc)
	w.must(err)
	words, err := text.Load()
	w.must(err)
	client, err := telegram.NewClient(telegram.ClientConfig{Token: w.token, Transport: net})
	w.must(err)
	bc := Config{API: client, Store: w.store, Guide: teller, Words: words, Log: log, Observe: w.seen.observe(), Today: w.seen.today}
	if cfg.webhook {
		bc.WebhookURL, bc.WebhookSecret = hookURL, hookSecret
	}
	if cfg.edit != nil {
		cfg.edit(&bc)
	}
	w.cfg, w.hosts = bc, hosts
	w.start()
	guideCtx, stopGuide := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { w.check(teller.Run(guideCtx)) })
	if cfg.webhook {
		wg.Go(func() { w.check(w.tg.Run(guideCtx)) })
	}
	w.closers = append(w.closers, func() { stopGuide(); wg.Wait() })
	return w
}

// inWorld runs a test in a bubble, in a world that one of newWorld, newWalkWorld and newTourWorld makes, beside other tests.
func inWorld(t *testing.T, newWorld func(testing.TB, worldConfig) *world, cfg worldConfig, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, cfg)
		defer w.close()
		test(t, w)
	})
}

// words returns the texts that the bot sends in a language.
func (w *world) words(language string) *text.Words { return w.cfg.Words.Words(language) }

// start makes a bot and runs it.
func (w *world) start() {
	w.t.Helper()
	var err error
	w.bot, err = New(w.cfg)
	w.must(err)
	w.hosts["bot.test"] = w.bot
	var intake, work context.Context
	intake, w.stopIntake = context.WithCancel(w.t.Context())
	work, w.stopWork = context.WithCancel(w.t.Context())
	go func() { w.ended <- w.bot.Run(intake, work) }()
}

// cut ends the bot without letting it finish anything.
func (w *world) cut() {
	w.t.Helper()
	w.stopWork()
	w.stopIntake()
	w.check(<-w.ended)
}

// close stops the bot as a signal would and closes everything; the bot's Run must end without an error.
func (w *world) close() {
	w.t.Helper()
	w.stopIntake()
	if err := <-w.ended; err != nil {
		w.t.Errorf("Run: %v", err)
	}
	w.stopWork()
	for _, closer := range slices.Backward(w.closers) {
		closer()
	}
	if strings.Contains(w.logs.String(), w.token) {
		w.t.Error("the log holds the token")
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) check(err error) {
	if err != nil {
		w.t.Error(err)
	}
}

func (w *world) person(id int64, language string) *sim.Person {
	return w.tg.Person(sim.Profile{ID: id, FirstName: "P", LanguageCode: language})
}

// until lets time pass until ok, at most for two minutes.
func (w *world) until(what string, ok func() bool) {
	w.t.Helper()
	for range 1200 {
		if ok() {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	w.t.Fatalf("%s: not within 2 minutes; log:\n%s", what, w.logs)
}

// answers returns the bot's messages to the person, without the pins on the map.
func answers(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(fromBot(p), func(m sim.Message) bool { return m.Method == "sendVenue" })
}

// fromBot returns all that the bot sent to the person.
func fromBot(p *sim.Person) []sim.Message {
	var got []sim.Message
	for _, m := range p.Messages() {
		if m.FromBot {
			got = append(got, m)
		}
	}
	return got
}

// storiesOf returns those of the bot's messages that are stories: they have buttons.
func storiesOf(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(answers(p), func(m sim.Message) bool { return len(m.Buttons) == 0 })
}

// waitAnswers waits for at least n messages of the bot.
func (w *world) waitAnswers(p *sim.Person, n int) []sim.Message {
	w.t.Helper()
	w.until("answers", func() bool { return len(answers(p)) >= n })
	return answers(p)
}

// waitStory waits until the n-th message of the bot (from 0) is a story: it has buttons.
func (w *world) waitStory(p *sim.Person, n int) sim.Message {
	w.t.Helper()
	w.until("story", func() bool { got := answers(p); return len(got) > n && len(got[n].Buttons) > 0 })
	return answers(p)[n]
}

// waitDone waits until the update is done.
func (w *world) waitDone(update int64) {
	w.t.Helper()
	w.until("update done", func() bool {
		done, err := w.store.Done(context.Background(), update)
		w.must(err)
		return done
	})
}

func data(m sim.Message, prefix string) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if strings.HasPrefix(b.Data, prefix) {
				return b.Data
			}
		}
	}
	return ""
}

// handlerTransport looks its hosts up late: the bot is one of them and is made last.
type handlerTransport struct {
	t     testing.TB
	hosts map[string]http.Handler
}

func (h handlerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if (r.Host == "api.telegram.org" || r.URL.Host == "api.telegram.org") && !strings.HasPrefix(r.URL.Path, "/file/") {
		checkCall(h.t, r)
	}
	return sim.Transport(h.hosts).RoundTrip(r)
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// observed counts what Observe heard.
type observed struct {
	mu     sync.Mutex
	counts map[string]int
	first  []time.Duration
}

func newObserved() *observed { return &observed{counts: map[string]int{}} }

func (o *observed) add(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.counts[name]++
}

func (o *observed) count(name string) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.counts[name]
}

// today returns the counts since the start.
func (o *observed) today() Today {
	o.mu.Lock()
	defer o.mu.Unlock()
	d := Today{Since: time.Now(), Answers: map[string]uint64{}, Errors: map[string]uint64{}, First: time.Second, Story: 2500 * time.Millisecond}
	for name, n := range o.counts {
		if source, ok := strings.CutPrefix(name, "story "); ok {
			d.Answers[source] = uint64(n)
		}
		if part, ok := strings.CutPrefix(name, "error "); ok {
			d.Errors[part] = uint64(n)
		}
	}
	return d
}

func (o *observed) observe() Observe {
	return Observe{
		Update: func(kind, outcome string) { o.add("update " + kind + " " + outcome) },
		Call:   func(method, outcome string) { o.add("call " + method + " " + outcome) },
		First: func(_ string, d time.Duration) {
			o.mu.Lock()
			defer o.mu.Unlock()
			o.first = append(o.first, d)
		},
		Story:    func(_ string, source guide.Source, _ time.Duration) { o.add("story " + string(source)) },
		Question: func(how string) { o.add("question " + how) },
		Error:    func(part string) { o.add("error " + part) },
	}
}

// mapOf returns the address of a story's map.
func mapOf(m sim.Message) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.URL != "" {
				return b.URL
			}
		}
	}
	return ""
}
