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
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
)

// What must not be seen in anything that the bot prints or shows.
const (
	chaosToken     = "4242:chaos-token-not-to-be-seen"
	chaosKey       = "chaos-key-not-to-be-seen"
	chaosDashboard = "chaos-dashboard-not-to-be-seen"
	chaosHook      = "chaos-hook-not-to-be-seen"
)

const (
	chaosLat    = 48.2
	chaosLon    = 11.5
	walkersMost = 8
	standing    = 40 // people who ask where they stand
	givers      = 6
	calm        = 3 * time.Second // without a sign from a bot that has nothing left to do: it is done
	lives       = 6               // that end by a kill
)

// chaosPoints are the named points and how often one is passed at most before the kill; each seed meets some of them.
var chaosPoints = []struct {
	name string
	most int
}{
	{"accept.before", 6}, {"accept.after", 6}, {"reply.before", 20}, {"reply.after", 20}, {"note.before", 8}, {"note.after", 8},
	{"send.before", 20}, {"send.after", 20}, {"edit.before", 5}, {"edit.after", 5}, {"delivered.before", 8}, {"delivered.after", 8},
	{"done.before", 6}, {"done.after", 6}, {"retry.after", 4}, {"walks.before", 8}, {"walks.after", 8}, {"stories.before", 2},
	{"checkout.before", 1}, {"checkout.after", 1}, {"pay.before", 2}, {"pay.after", 2}, {"thanks.before", 2}, {"backup.middle", 1},
}

// rampage is one seed: servers that live on, and the bot that does not.
type rampage struct {
	t       *testing.T
	seed    uint64
	bin     string
	dir     string
	addr    string // of the bot
	rng     *rand.Rand
	weather weather
	ownPace bool // messages go out as fast as they may in real life
	webhook bool
	tg      *sim.Telegram
	model   *sim.Model
	servers []*http.Server
	env     []string
	out     output // standard output of all lives
	errs    output // standard error
	pages   output // what the bot showed over HTTP
	clock   *os.File
	stop    context.CancelFunc
	posting sync.WaitGroup

	mu      sync.Mutex
	heard   time.Time // of the last call of the bot that changed a chat
	cuts    int       // answers that Telegram did not get through
	refused []string  // checkouts, why

	people  []*sim.Person
	asked   map[*sim.Person]wishes
	updates []int64                      // that must be done in the end
	walkers map[*sim.Person]int          // by the message of their share
	givers  map[int64]*sim.Person        // by id
	pressed map[*sim.Person]map[int]bool // invoices
	bills   int
	crashes []crash
	moves   []string // the points at which a move was killed
}

// wishes are what one message each answers.
type wishes struct{ stories, helps int }

// crash is the end of a life.
type crash struct {
	point string // "random" = at none
	at    time.Time
}

func newRampage(t *testing.T, seed uint64, bin, dir string) *rampage {
	r := &rampage{
		t: t, seed: seed, bin: bin, dir: dir, rng: rand.New(rand.NewPCG(seed, 6)),
		weather: weathers[seed%uint64(len(weathers))], webhook: (seed+seed/6)%2 == 0, ownPace: seed%3 == 0,
		asked: map[*sim.Person]wishes{}, walkers: map[*sim.Person]int{}, givers: map[int64]*sim.Person{}, pressed: map[*sim.Person]map[int]bool{},
	}
	r.tg = sim.NewTelegram(sim.TelegramConfig{Token: chaosToken, Latency: 20 * time.Millisecond, Fault: r.telegramFault})
	r.tg.Subscribe(r.hear)
	slow := cmp.Or(r.weather.slow, 700*time.Millisecond)
	r.model = sim.NewModel(sim.ModelConfig{Latency: func(int) time.Duration { return slow }, Fault: func(n int) string { return r.weather.modelFault(n) }})
	wiki := sim.NewWikipedia(sim.WikipediaConfig{
		Articles: sim.City(seed, chaosLat, chaosLon, 80, "en"), Latency: 100 * time.Millisecond, RetryAfter: 1,
		Fault: func(n int) string { return r.weather.wikipediaFault(n) },
	})
	r.addr = r.freeAddr()
	var err error
	if r.clock, err = os.Create(filepath.Join(t.TempDir(), "clock")); err != nil {
		t.Fatal(err)
	}
	r.setClock(0)
	r.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LOG_FORMAT=json", "HTTP_ADDR=" + r.addr, "DATA_DIR=" + dir, "EXCURSOBOT_CHAOS_CLOCK=" + r.clock.Name(),
		"TELEGRAM_BOT_TOKEN=" + chaosToken, "TELEGRAM_API_URL=" + r.serve(r.tg), "DASHBOARD_TOKEN=" + chaosDashboard,
		"OPENAI_API_KEY=" + chaosKey, "OPENAI_BASE_URL=" + r.serve(r.model) + "/v1", "OPENAI_MODEL=chaos", "OPENAI_REQUESTS_PER_MINUTE=1000",
		"WIKIPEDIA_URL=" + r.serve(wiki) + "/w/api.php?lang={lang}", "WIKIPEDIA_CONTACT=chaos@example.org",
		"LIVE_INTERVALS=2s,10s", "LIVE_DEFAULT=2s", "BACKUP_EVERY=1h", "BACKUP_KEEP=2", "SHUTDOWN_DRAIN=20s",
		"LIMITS_PERSON_STORY_EVERY=1ms", "LIMITS_PERSON_STORY_BURST=1000", "LIMITS_PERSON_UPDATES=1000", "LIMITS_PERSON_UPDATES_BURST=10000",
		"LIMITS_STORIES=10000", "LIMITS_STORIES_BURST=10000", "LIMITS_WIKIPEDIA=100", "LIMITS_WIKIPEDIA_PER_MINUTE=10000",
	}
	if !r.ownPace {
		r.env = append(r.env, "LIMITS_CHAT_MESSAGES=30", "LIMITS_CHAT_MESSAGES_BURST=30", "LIMITS_MESSAGES=1000")
	}
	if seed%2 == 1 {
		r.env = append(r.env, "LOG_LEVEL=debug") // says the most
	}
	if r.webhook {
		r.env = append(r.env, "WEBHOOK_URL=http://"+r.addr+"/hook")
		if seed%4 == 0 {
			r.env = append(r.env, "WEBHOOK_SECRET="+chaosHook) // else it follows from the token
		}
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
	for id := int64(900); id < 900+givers; id++ {
		r.givers[id] = r.tg.Person(sim.Profile{ID: id, FirstName: "G", LanguageCode: "en"})
		r.pressed[r.givers[id]] = map[int]bool{}
	}
	return r
}

// kind says what is special about the seed.
func (r *rampage) kind() string {
	kind := r.weather.name
	if r.webhook {
		kind += ", webhook"
	}
	if r.ownPace {
		kind += ", own pace"
	}
	return kind
}

func (r *rampage) hear(e sim.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Kind != "typing" {
		r.heard = time.Now()
	}
	if e.Kind == "precheckout_answer" && e.Text != "" {
		r.refused = append(r.refused, e.Text)
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
	_ = r.clock.Close()
}

// child starts the bot; at is where it kills itself, "" = nowhere.
func (r *rampage) child(at string) *exec.Cmd {
	cmd := exec.Command(r.bin, "run") //nolint:gosec // built just now
	cmd.Env = append(slices.Clone(r.env), "EXCURSOBOT_CHAOS="+at)
	cmd.Stdout, cmd.Stderr = &r.out, &r.errs
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	return cmd
}

// run kills the bot again and again under load, then lets it finish and stops it.
func (r *rampage) run() {
	for range lives {
		r.crash()
	}
	r.anyClock()
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
	r.look()
	r.end(last.Process)
	if err := last.Wait(); err != nil {
		r.t.Errorf("the last stop: %v\n%s", err, r.out.tail(20))
	}
	r.move()
}

// move copies the store into another one with two kills on the way.
func (r *rampage) move() {
	from, to := filepath.Join(r.dir, "excursobot.db"), filepath.Join(r.dir, "moved.db")
	for _, point := range []string{"migrate.batch", "migrate.checked"} {
		if _, killed, errs := r.command(point+":1", "migrate", "--from", from, "--to", to); !killed {
			r.t.Errorf("the move was not killed at %s: %s", point, errs)
		}
		r.moves = append(r.moves, point)
	}
	if code, _, errs := r.command("", "migrate", "--from", from, "--to", to); code != exitClean {
		r.t.Errorf("the move: code %d, %s", code, errs)
	}
}

func (r *rampage) end(p *os.Process) {
	if err := p.Signal(syscall.SIGTERM); err != nil {
		r.t.Error(err)
	}
}

// crash starts the bot, asks, and waits for its end: at a point, or at a random moment if it does not come there in time.
func (r *rampage) crash() {
	at, point, patience := "", "random", time.Duration(200+r.rng.IntN(2500))*time.Millisecond
	if r.rng.IntN(4) > 0 {
		chosen := chaosPoints[r.rng.IntN(len(chaosPoints))]
		for !r.webhook && strings.HasPrefix(chosen.name, "reply.") { // a poll has no answer
			chosen = chaosPoints[r.rng.IntN(len(chaosPoints))]
		}
		point, at = chosen.name, fmt.Sprintf("%s:%d", chosen.name, 1+r.rng.IntN(chosen.most))
		patience = 5 * time.Second
	}
	r.anyClock()
	cmd := r.child(at)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r.ask(30)
	r.anyClock()
	r.ask(30)
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
		r.t.Fatalf("the bot ended by itself: %v\n%s\n%s", cmd.ProcessState, r.out.tail(20), r.errs.tail(20))
	}
	time.Sleep(50 * time.Millisecond) // what Telegram had taken off the wire has its effect
	r.crashes = append(r.crashes, crash{point, time.Now()})
}

// backup asks the running bot for a copy of its store.
func (r *rampage) backup() error {
	cmd := exec.Command(r.bin, "backup") //nolint:gosec // built just now
	cmd.Env = r.env
	cmd.Stdout, cmd.Stderr = &r.out, &r.errs
	return cmd.Run()
}

// output is what several lives of the bot printed.
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
