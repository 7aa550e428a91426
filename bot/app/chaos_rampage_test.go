//go:build chaos

package app

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
)

const (
	chaosToken  = "4242:chaos-token-not-to-be-seen"
	chaosKey    = "chaos-key-not-to-be-seen"
	chaosLat    = 48.2
	chaosLon    = 11.5
	walkersMost = 8
	standing    = 40              // people who ask where they stand
	calm        = 6 * time.Second // without a sign from the bot: it is done
)

// chaosPoints are the named points; each seed meets some of them.
var chaosPoints = []string{
	"accept.before", "accept.after", "note.before", "note.after", "send.before", "send.after", "edit.before", "edit.after",
	"delivered.before", "delivered.after", "done.before", "done.after", "retry.after", "walks.before", "walks.after",
	"stories.before", "backup.middle",
}

// rampage is one seed: servers that live on, and the bot that does not.
type rampage struct {
	t       *testing.T
	seed    uint64
	bin     string
	dir     string
	rng     *rand.Rand
	tg      *sim.Telegram
	model   *sim.Model
	servers []*http.Server
	env     []string
	output  output
	stop    context.CancelFunc
	posting sync.WaitGroup
	webhook bool

	mu    sync.Mutex
	heard time.Time // of the last call of the bot that changed a chat

	people  []*sim.Person
	asked   map[*sim.Person]int // requests that one message each answers
	updates []int64             // that must be done in the end
	walkers map[*sim.Person]int // by the message of their share
	crashes map[string]int      // by point; "random" = at no point
}

func newRampage(t *testing.T, seed uint64, bin, dir string) *rampage {
	r := &rampage{
		t: t, seed: seed, bin: bin, dir: dir, rng: rand.New(rand.NewPCG(seed, 6)), webhook: seed%2 == 0,
		asked: map[*sim.Person]int{}, walkers: map[*sim.Person]int{}, crashes: map[string]int{},
	}
	r.tg = sim.NewTelegram(sim.TelegramConfig{Token: chaosToken, Latency: 20 * time.Millisecond, Fault: telegramFaults(seed)})
	r.tg.Subscribe(func(e sim.Event) {
		if e.Kind != "typing" {
			r.mu.Lock()
			r.heard = time.Now()
			r.mu.Unlock()
		}
	})
	r.model = sim.NewModel(sim.ModelConfig{
		Latency: func(int) time.Duration { return 700 * time.Millisecond },
		Fault: func(n int) string {
			return map[int]string{5: "500", 9: "cut", 13: "garbage", 17: "429", 23: "badyear"}[n%29]
		},
	})
	wiki := sim.NewWikipedia(sim.WikipediaConfig{
		Articles: sim.City(seed, chaosLat, chaosLon, 80, "en"), Latency: 100 * time.Millisecond, RetryAfter: 1,
		Fault: func(n int) string { return map[int]string{7: "503", 11: "html"}[n%19] },
	})
	addr := r.freeAddr()
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LOG_FORMAT=json", "HTTP_ADDR=" + addr, "DATA_DIR=" + dir,
		"TELEGRAM_BOT_TOKEN=" + chaosToken, "TELEGRAM_API_URL=" + r.serve(r.tg),
		"OPENAI_API_KEY=" + chaosKey, "OPENAI_BASE_URL=" + r.serve(r.model) + "/v1", "OPENAI_MODEL=chaos", "OPENAI_REQUESTS_PER_MINUTE=1000",
		"WIKIPEDIA_URL=" + r.serve(wiki) + "/w/api.php?lang={lang}", "WIKIPEDIA_CONTACT=chaos@example.org",
		"LIVE_INTERVALS=2s,10s", "LIVE_DEFAULT=2s", "BACKUP_EVERY=1h", "BACKUP_KEEP=2", "SHUTDOWN_DRAIN=20s",
		"LIMITS_PERSON_STORY_EVERY=1ms", "LIMITS_PERSON_STORY_BURST=1000", "LIMITS_PERSON_UPDATES=1000", "LIMITS_PERSON_UPDATES_BURST=10000",
		"LIMITS_STORIES=10000", "LIMITS_STORIES_BURST=10000", "LIMITS_CHAT_MESSAGES=30", "LIMITS_CHAT_MESSAGES_BURST=30", "LIMITS_MESSAGES=1000",
		"LIMITS_WIKIPEDIA=100", "LIMITS_WIKIPEDIA_PER_MINUTE=10000",
	}
	if r.webhook {
		r.env = append(r.env, "WEBHOOK_URL=http://"+addr+"/hook")
		ctx, cancel := context.WithCancel(context.Background())
		r.stop = cancel
		r.posting.Go(func() {
			if err := r.tg.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	for id := range int64(standing + walkersMost) {
		r.people = append(r.people, r.tg.Person(sim.Profile{ID: id + 1, FirstName: "P", LanguageCode: "en"}))
	}
	return r
}

// telegramFaults makes one call in about thirty fail, the same ones for a seed.
func telegramFaults(seed uint64) func(string, int) (int, string, int, bool) {
	return func(method string, n int) (int, string, int, bool) {
		if method != "sendMessage" && method != "editMessageText" && method != "answerCallbackQuery" {
			return 0, "", 0, false
		}
		switch (uint64(n)*2654435761 + seed*97) % 101 {
		case 0:
			return http.StatusTooManyRequests, "", 1, true
		case 1:
			return http.StatusBadGateway, "<html>bad gateway</html>", 0, true
		case 2:
			return http.StatusInternalServerError, "", 0, true
		}
		return 0, "", 0, false
	}
}

func (r *rampage) freeAddr() string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve runs a server for as long as the rampage, and returns its address.
func (r *rampage) serve(h http.Handler) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		r.t.Fatal(err)
	}
	srv := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	r.servers = append(r.servers, srv)
	go func() { _ = srv.Serve(l) }() // until close
	return "http://" + l.Addr().String()
}

func (r *rampage) close() {
	if r.stop != nil {
		r.stop()
	}
	for _, srv := range r.servers {
		_ = srv.Close()
	}
	r.posting.Wait()
}

// child starts the bot; at is where it kills itself, "" = nowhere.
func (r *rampage) child(at string) *exec.Cmd {
	cmd := exec.Command(r.bin, "run") //nolint:gosec // built just now
	cmd.Env = append(append([]string(nil), r.env...), "EXCURSOBOT_CHAOS="+at)
	cmd.Stdout, cmd.Stderr = &r.output, &r.output
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	return cmd
}

// run kills the bot six times under load, then lets it finish and stops it.
func (r *rampage) run() {
	const rounds = 6
	for range rounds {
		r.crash()
	}
	last := r.child("")
	r.ask(20)
	time.Sleep(3 * time.Second)
	if err := r.backup(); err != nil {
		r.t.Errorf("backup: %v", err)
	}
	for p, message := range r.walkers {
		r.updates = append(r.updates, p.StopSharing(message))
	}
	r.quiet()
	if err := last.Process.Signal(syscall.SIGTERM); err != nil {
		r.t.Fatal(err)
	}
	if err := last.Wait(); err != nil {
		r.t.Errorf("the last stop: %v\n%s", err, r.output.tail(20))
	}
}

// crash starts the bot, asks, and waits for its end: at a point, or at a random moment if it does not come there in time.
func (r *rampage) crash() {
	at, point, patience := "", "random", time.Duration(200+r.rng.IntN(2500))*time.Millisecond
	if r.rng.IntN(3) > 0 {
		point = chaosPoints[r.rng.IntN(len(chaosPoints))]
		at = fmt.Sprintf("%s:%d", point, 1+r.rng.IntN(20))
		if point == "backup.middle" {
			at = "backup.middle:1"
		}
		patience = 5 * time.Second
	}
	cmd := r.child(at)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r.ask(60)
	if point == "backup.middle" {
		_ = r.backup() // fails, for the bot dies on the way
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-ended:
	case <-late.C:
		point = "random"
		_ = cmd.Process.Kill()
		<-ended
	}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		r.t.Fatalf("the bot ended by itself: %v\n%s", cmd.ProcessState, r.output.tail(20))
	}
	r.crashes[point]++
}

// backup asks the running bot for a copy of its store.
func (r *rampage) backup() error {
	cmd := exec.Command(r.bin, "backup") //nolint:gosec // built just now
	cmd.Env = r.env
	cmd.Stdout, cmd.Stderr = &r.output, &r.output
	return cmd.Run()
}

// ask makes people do n things, within half a second.
func (r *rampage) ask(n int) {
	for range n {
		i := r.rng.IntN(len(r.people))
		r.act(r.people[i], i >= standing, r.rng.IntN(100))
		time.Sleep(time.Duration(r.rng.IntN(10)) * time.Millisecond)
	}
}

// act makes a person do something: who walks shares a live location and moves, the others ask.
func (r *rampage) act(p *sim.Person, isWalker bool, dice int) {
	lat, lon := chaosLat+(r.rng.Float64()-0.5)/200, chaosLon+(r.rng.Float64()-0.5)/200
	message, walks := r.walkers[p]
	switch {
	case isWalker && !walks:
		update, message := p.Share(lat, lon, 3600)
		r.walkers[p] = message
		r.updates = append(r.updates, update)
	case isWalker:
		p.Move(message, lat, lon, 90)
	case dice < 10:
		r.answered(p, p.Say("/help"))
	case dice < 30:
		if m, data := buttonOf(p); data != "" {
			r.answered(p, p.Press(m, data))
			return
		}
		fallthrough
	default:
		r.answered(p, p.Locate(lat, lon))
	}
}

func (r *rampage) answered(p *sim.Person, update int64) {
	r.asked[p]++
	r.updates = append(r.updates, update)
}

// buttonOf returns a button that asks for one more.
func buttonOf(p *sim.Person) (message int, data string) {
	for _, m := range p.Messages() {
		for _, row := range m.Buttons {
			for _, b := range row {
				if strings.HasPrefix(b.Data, "more:") {
					message, data = m.ID, b.Data
				}
			}
		}
	}
	return message, data
}

// quiet waits until Telegram has handed everything out and the bot has been silent for long.
func (r *rampage) quiet() {
	deadline := time.Now().Add(2 * time.Minute)
	for {
		r.mu.Lock()
		still := time.Since(r.heard)
		r.mu.Unlock()
		if r.tg.Pending() == 0 && still > calm {
			return
		}
		if time.Now().After(deadline) {
			r.t.Errorf("not quiet within 2 minutes: %d updates wait at Telegram", r.tg.Pending())
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// output is what all lives of the bot printed.
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
