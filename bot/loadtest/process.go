package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/web"
)

// soakHost serves the simulated world over sockets and runs the bot in a process of its own.
type soakHost struct {
	telegram *sim.Telegram
	dir      string
	env      []string
	addr     string // of the bot's pages
	servers  []*http.Server
	bot      *exec.Cmd
	exited   chan error
}

// soakSample is what the bot says of itself.
type soakSample struct {
	Memory struct {
		Resident   uint64 `json:"resident_bytes"`
		Goroutines int    `json:"goroutines"`
	} `json:"memory"`
	Live struct {
		Sessions  int    `json:"sessions"`
		Delivered uint64 `json:"delivered"`
		Dropped   uint64 `json:"dropped"`
	} `json:"live"`
}

// soakToken is of the simulated Telegram.
const soakToken = "1000:soak"

func newSoakHost(dir string, articles []sim.Article, s soak) (*soakHost, error) {
	h := &soakHost{dir: dir, telegram: sim.NewTelegram(sim.TelegramConfig{Token: soakToken, Limits: true, Latency: 50 * time.Millisecond})}
	telegram, err := h.serve(h.telegram)
	if err != nil {
		return nil, err
	}
	model, err := h.serve(sim.NewModel(sim.ModelConfig{Seed: s.Seed}))
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	wikipedia, err := h.serve(byPath(sim.NewWikipedia(sim.WikipediaConfig{Articles: articles, Latency: loadWikipedia})))
	if err != nil {
		return nil, errors.Join(err, h.close())
	}
	if h.addr, err = freeAddr(); err != nil {
		return nil, errors.Join(err, h.close())
	}
	h.env = []string{
		"TELEGRAM_BOT_TOKEN=" + soakToken, "TELEGRAM_API_URL=http://" + telegram,
		"OPENAI_API_KEY=soak", "OPENAI_MODEL=soak", "OPENAI_BASE_URL=http://" + model + "/v1",
		"WIKIPEDIA_URL=http://" + wikipedia + "/{lang}/w/api.php", "WIKIPEDIA_CONTACT=soak",
		"LIVE_INTERVALS=" + s.Every.String() + ",10m", "LIVE_MAX_SESSIONS=" + fmt.Sprint(s.Walks),
		"HTTP_ADDR=" + h.addr, "DATA_DIR=" + dir, "LOG_LEVEL=warn", "LOG_FORMAT=json",
	}
	return h, nil
}

// serve makes a handler reachable on the loopback interface.
func (h *soakHost) serve(handler http.Handler) (addr string, err error) {
	l, err := web.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	h.servers = append(h.servers, srv)
	go func() { _ = srv.Serve(l) }() // until close
	return l.Addr().String(), nil
}

// byPath lets the first part of the path name the language, since a loopback address has no subdomains.
func byPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		language, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		r.Host, r.URL.Path = language+".wikipedia", "/"+rest
		next.ServeHTTP(w, r)
	})
}

// freeAddr finds a port that was free a moment ago.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it binds and is closed
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// start runs the bot and waits until it is ready.
func (h *soakHost) start(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(filepath.Join(h.dir, "bot.log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()                 // the process has its own
	h.bot = exec.Command(self, "run") //nolint:noctx // it is killed by hand, or stopped by close
	h.bot.Env, h.bot.Stdout, h.bot.Stderr, h.bot.Dir = h.env, log, log, h.dir
	if err := h.bot.Start(); err != nil {
		return err
	}
	h.exited = make(chan error, 1)
	go func(c *exec.Cmd, exited chan<- error) { exited <- c.Wait() }(h.bot, h.exited)
	for wait(ctx, 10*time.Millisecond) {
		if resp, err := h.get(ctx, "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-h.exited:
			said, _ := os.ReadFile(log.Name())
			return fmt.Errorf("the bot ended: %w\n%s", err, said)
		default:
		}
	}
	return ctx.Err()
}

func (h *soakHost) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.addr+path, nil)
	if err != nil {
		return nil, err
	}
	return http.DefaultClient.Do(req)
}

// kill ends the bot without a warning, starts it again and returns how long that took.
func (h *soakHost) kill(ctx context.Context, log *soakLog) (ready time.Duration, err error) {
	log.mu.Lock()
	log.killed = time.Now()
	log.mu.Unlock()
	if err := h.bot.Process.Kill(); err != nil {
		return 0, err
	}
	if err := <-h.exited; !errors.As(err, new(*exec.ExitError)) { // the signal
		return 0, fmt.Errorf("the bot ended before it was killed: %w", err)
	}
	h.bot = nil
	wait(ctx, soakDown)
	began := time.Now()
	if err := h.start(ctx); err != nil {
		return 0, err
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	log.answered = time.Now()
	return log.answered.Sub(began), nil
}

// sample asks the bot every second how it is, until ctx ends.
func (h *soakHost) sample(ctx context.Context, progress func(string)) (list []soakSample) {
	for n := 0; wait(ctx, time.Second); n++ {
		resp, err := h.get(ctx, "/api/stats")
		if err != nil {
			continue // it is being started again
		}
		var s soakSample
		err = json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&s)
		resp.Body.Close()
		if err != nil || s.Memory.Resident == 0 {
			continue
		}
		list = append(list, s)
		if n%30 == 0 {
			progress(fmt.Sprintf("%d walks, %d stories, %d MiB, %d goroutines", s.Live.Sessions, s.Live.Delivered, s.Memory.Resident>>20, s.Memory.Goroutines))
		}
	}
	return list
}

// warnings returns the first of the bot's warnings and errors, and how many there were.
func (h *soakHost) warnings() (first []string, n int) {
	data, err := os.ReadFile(filepath.Join(h.dir, "bot.log"))
	if err != nil {
		return nil, 0
	}
	const most = 10
	for line := range strings.Lines(string(data)) {
		if n++; n <= most {
			first = append(first, strings.TrimSpace(line))
		}
	}
	return first, n
}

// close stops the bot and the servers.
func (h *soakHost) close() error {
	var errs []error
	if h.bot != nil {
		errs = append(errs, h.bot.Process.Signal(syscall.SIGTERM), <-h.exited)
	}
	for _, s := range h.servers {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
