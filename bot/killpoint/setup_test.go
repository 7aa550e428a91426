//go:build chaos

package killpoint

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
)

// The secrets. The bot must never print or show one.
const (
	botToken       = "4242:chaos-token-not-to-be-seen"
	modelKey       = "chaos-key-not-to-be-seen"
	dashboardToken = "chaos-dashboard-not-to-be-seen"
	hookSecret     = "chaos-hook-not-to-be-seen"
)

func newCrashRun(t *testing.T, seed uint64, bin, dir string) *crashRun {
	r := &crashRun{
		t: t, seed: seed, bin: bin, dir: dir, rng: rand.New(rand.NewPCG(seed, 6)),
		plan: faultPlans[seed%uint64(len(faultPlans))], webhook: (seed+seed/6)%2 == 0, ownPace: seed%3 == 0,
		expected: map[*sim.Person]expectation{}, walkers: map[*sim.Person]int{}, donors: map[int64]*sim.Person{}, paid: map[*sim.Person]map[int]bool{},
	}
	r.tg = sim.NewTelegram(sim.TelegramConfig{Token: botToken, Latency: 20 * time.Millisecond, Fault: r.telegramFault})
	r.tg.Subscribe(r.observe)
	slow := cmp.Or(r.plan.slow, 700*time.Millisecond)
	r.model = sim.NewModel(sim.ModelConfig{Latency: func(int) time.Duration { return slow }, Fault: func(n int) string { return r.plan.modelFault(n) }})
	var model http.Handler = r.model
	if r.plan.quirky {
		r.quirk = sim.Quirks()[seed/uint64(len(faultPlans))%uint64(len(sim.Quirks()))]
		var err error
		if model, err = sim.Quirk(r.quirk, r.model); err != nil {
			t.Fatal(err)
		}
	}
	wiki := sim.NewWikipedia(sim.WikipediaConfig{
		Articles: sim.City(seed, cityLat, cityLon, 80, "en"), Latency: 100 * time.Millisecond, RetryAfter: 1,
		Fault: func(n int) string { return r.plan.wikipediaFault(n) },
	})
	r.addr = r.freeAddr()
	var err error
	if r.clock, err = os.Create(filepath.Join(t.TempDir(), "clock")); err != nil {
		t.Fatal(err)
	}
	r.setClock(0)
	wikipedia := r.serve(wiki)
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LOG_FORMAT=json", "HTTP_ADDR=" + r.addr, "DATA_DIR=" + dir, "EXCURSOBOT_CHAOS_CLOCK=" + r.clock.Name(),
		"TELEGRAM_BOT_TOKEN=" + botToken, "TELEGRAM_API_URL=" + r.serve(r.tg), "DASHBOARD_TOKEN=" + dashboardToken,
		"OPENAI_API_KEY=" + modelKey, "OPENAI_BASE_URL=" + r.serve(model) + "/v1", "OPENAI_MODEL=chaos", "OPENAI_REQUESTS_PER_MINUTE=1000",
		"WIKIPEDIA_URL=" + wikipedia + "/w/api.php?lang={lang}", "WIKIPEDIA_CONTACT=chaos@example.org",
		"WIKIDATA_URL=" + wikipedia + "/w/api.php?lang=data", "COMMONS_URL=" + wikipedia + "/w/api.php?lang=files",
		"LIVE_INTERVALS=2s,10s", "LIVE_DEFAULT=2s", "LIVE_PASS_GAP=5s", "BACKUP_EVERY=1h", "BACKUP_KEEP=2", "SHUTDOWN_DRAIN=20s",
		"LIMITS_PERSON_STORY_EVERY=1ms", "LIMITS_PERSON_STORY_BURST=1000", "LIMITS_PERSON_UPDATES=1000", "LIMITS_PERSON_UPDATES_BURST=10000",
		"LIMITS_STORIES=10000", "LIMITS_STORIES_BURST=10000", "LIMITS_WIKIPEDIA=100", "LIMITS_WIKIPEDIA_PER_MINUTE=10000",
	}
	if !r.ownPace {
		r.env = append(r.env, "LIMITS_CHAT_MESSAGES=30", "LIMITS_CHAT_MESSAGES_BURST=30", "LIMITS_MESSAGES=1000")
	}
	if seed%2 == 1 {
		r.env = append(r.env, "LOG_LEVEL=debug") // prints the most
	}
	if r.webhook {
		r.env = append(r.env, "WEBHOOK_URL=http://"+r.addr+"/hook")
		if seed%4 == 0 {
			r.env = append(r.env, "WEBHOOK_SECRET="+hookSecret) // otherwise the bot derives it from the token
		}
		ctx, cancel := context.WithCancel(context.Background())
		r.stop = cancel
		r.posting.Go(func() {
			if err := r.tg.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for id := range int64(askerCount + walkerCount) {
		r.people = append(r.people, r.tg.Person(sim.Profile{ID: id + 1, FirstName: "P", LanguageCode: "en"}))
	}
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	r.words = catalog.Words("en")
	if seed%5 == 3 {
		r.poison = r.tg.Person(sim.Profile{ID: poisoner, FirstName: "Q", LanguageCode: "en"})
		r.env = append(r.env, fmt.Sprint("EXCURSOBOT_CHAOS_POISON=", poisoner))
	}
	for id := int64(900); id < 900+donorCount; id++ {
		r.donors[id] = r.tg.Person(sim.Profile{ID: id, FirstName: "G", LanguageCode: "en"})
		r.paid[r.donors[id]] = map[int]bool{}
	}
	return r
}

// describe names the properties of the seed.
func (r *crashRun) describe() string {
	kind := r.plan.name
	if r.quirk != "" {
		kind += ", model's server: " + r.quirk
	}
	if r.webhook {
		kind += ", webhook"
	}
	if r.ownPace {
		kind += ", own pace"
	}
	if r.poison != nil {
		kind += ", poison"
	}
	return kind
}

func (r *crashRun) observe(e sim.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind != "typing" {
		r.lastCall = time.Now()
	}
	if e.Kind == "precheckout_answer" && e.Text != "" {
		r.refusals = append(r.refusals, e.Text)
	}
}

func (r *crashRun) freeAddr() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve starts a server that runs until close, and returns its address.
func (r *crashRun) serve(h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	r.servers = append(r.servers, srv)
	go func() { _ = srv.Serve(l) }() // until close
	return "http://" + l.Addr().String()
}

func (r *crashRun) close() {
	if r.stop != nil {
		r.stop()
	}
	for _, srv := range r.servers {
		_ = srv.Close()
	}
	r.posting.Wait()
	_ = r.clock.Close()
}

// output collects the output of several processes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

func (o *output) tail(n int) string {
	lines := strings.Split(strings.TrimSpace(o.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
