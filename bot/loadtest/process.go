package loadtest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/web"
	"excursobot/limiter"
)

// pageToken opens the pages of the bot's monitor, which are at the address of the others then.
const pageToken = "load-run-of-this-machine"

// botProcess is a bot in a separate process, with the simulated servers on loopback sockets.
type botProcess struct {
	servers
	speech    *sim.Speech
	dir       string
	env       []string
	addr      string // of the bot's pages
	speechURL string
	listening []*http.Server
	cmd       *exec.Cmd    // nil while no process runs
	running   atomic.Int64 // the number of the process, 0 while none runs
	exited    chan error
}

// newBotProcess starts the servers. The bot itself is started by start, with these and further variables.
func newBotProcess(dir string, s servers, variables ...string) (*botProcess, error) {
	b := &botProcess{dir: dir, servers: s, speech: sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})}
	addrs, err := b.listen(b.telegram, b.asked, languageFromPath(b.wikipedia), b.speech)
	if err == nil {
		b.addr, err = freeAddr()
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	b.speechURL = "http://" + addrs[3] + "/v1"
	b.env = append([]string{
		"TELEGRAM_BOT_TOKEN=" + token, "TELEGRAM_API_URL=http://" + addrs[0],
		"OPENAI_API_KEY=load", "OPENAI_MODEL=load", "OPENAI_BASE_URL=http://" + addrs[1] + "/v1",
		"WIKIPEDIA_URL=http://" + addrs[2] + "/{lang}/w/api.php",
		"WIKIDATA_URL=http://" + addrs[2] + "/data/w/api.php", "COMMONS_URL=http://" + addrs[2] + "/files/w/api.php",
		"HTTP_ADDR=" + b.addr, "DASHBOARD_TOKEN=" + pageToken, "DATA_DIR=" + dir, "LOG_LEVEL=warn", "LOG_FORMAT=json",
	}, variables...)
	for _, name := range []string{"GODEBUG", "GOGC", "GOMEMLIMIT"} { // to look at the collector
		if value := os.Getenv(name); value != "" {
			b.env = append(b.env, name+"="+value)
		}
	}
	return b, nil
}

// speak gives the bot the speech server.
func (b *botProcess) speak() {
	var voices []string
	for _, code := range []string{"en", "ru", "fr", "pt", "uk", "de", "es", "it"} {
		voices = append(voices, code+":"+code)
	}
	b.env = append(b.env, "SPEECH_URL="+b.speechURL, "SPEECH_VOICES="+strings.Join(voices, ","))
}

// listen serves the handlers on the loopback interface until close.
func (b *botProcess) listen(handlers ...http.Handler) (addrs []string, err error) {
	for _, h := range handlers {
		l, err := web.Listen(context.Background(), "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
		b.listening = append(b.listening, srv)
		go func() { _ = srv.Serve(l) }() // until close
		addrs = append(addrs, l.Addr().String())
	}
	return addrs, nil
}

// languageFromPath takes the language from the first part of the path, because a loopback address has no subdomains.
func languageFromPath(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		language, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		r.Host, r.URL.Path = language+".wikipedia", "/"+rest
		next.ServeHTTP(w, r)
	})
}

// freeAddr returns a loopback address that was free a moment ago.
func freeAddr() (string, error) {
	l, err := web.Listen(context.Background(), "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// pid returns the number of the bot's process, 0 while none runs.
func (b *botProcess) pid() int { return int(b.running.Load()) }

func (b *botProcess) logFile() string { return filepath.Join(b.dir, "bot.log") }

// start starts the bot and waits until it is ready.
func (b *botProcess) start(ctx context.Context) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	log, err := os.OpenFile(b.logFile(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()                // the process has its own copy
	cmd := exec.Command(self, "run") //nolint:noctx // kill and close end it
	cmd.Env, cmd.Stdout, cmd.Stderr, cmd.Dir = b.env, log, log, b.dir
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	b.cmd, b.exited = cmd, exited
	b.running.Store(int64(cmd.Process.Pid))
	for limiter.Sleep(ctx, 10*time.Millisecond) == nil {
		if resp, err := b.get(ctx, "/readyz"); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case err := <-b.exited:
			b.cmd = nil
			printed, _ := os.ReadFile(b.logFile())
			return fmt.Errorf("the bot ended by itself: %w\n%s", endOf(err), printed)
		default:
		}
	}
	return ctx.Err()
}

// errCleanEnd is the end of a process that reported no failure.
var errCleanEnd = errors.New("exit code 0")

// endOf returns the error of a process that ended, which must not be nil.
func endOf(err error) error { return cmp.Or(err, errCleanEnd) }

func (b *botProcess) get(ctx context.Context, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.addr+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+pageToken)
	return http.DefaultClient.Do(req)
}

// restart kills the bot, waits for the pause, starts it again and returns how long the start took until the bot was ready.
func (b *botProcess) restart(ctx context.Context, pause time.Duration) (time.Duration, error) {
	if err := b.cmd.Process.Kill(); err != nil {
		return 0, err
	}
	err := <-b.exited
	b.cmd = nil
	b.running.Store(0)
	if !errors.As(err, new(*exec.ExitError)) { // the signal
		return 0, fmt.Errorf("the bot ended before it was killed: %w", endOf(err))
	}
	if err := limiter.Sleep(ctx, pause); err != nil {
		return 0, err
	}
	began := time.Now()
	if err := b.start(ctx); err != nil {
		return 0, err
	}
	return time.Since(began), nil
}

// sample is a part of the bot's own statistics.
type sample struct {
	Memory struct {
		Goroutines int `json:"goroutines"`
	} `json:"memory"`
	Requests struct {
		Total map[string]uint64 `json:"total"`
	} `json:"requests"`
	Live struct {
		Sessions  int    `json:"sessions"`
		Delivered uint64 `json:"delivered"`
	} `json:"live"`
}

// stats reads the bot's statistics, which it takes every five seconds.
func (b *botProcess) stats(ctx context.Context) (s sample, err error) {
	resp, err := b.get(ctx, "/api/stats")
	if err != nil {
		return s, err
	}
	defer resp.Body.Close()
	return s, json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(&s)
}

// samples reads the bot's statistics until ctx ends.
func (b *botProcess) samples(ctx context.Context, progress func(string)) (list []sample) {
	const every = 5 * time.Second
	for n := 0; limiter.Sleep(ctx, every) == nil; n++ {
		s, err := b.stats(ctx)
		if err != nil || s.Memory.Goroutines == 0 {
			continue // it is being started again
		}
		list = append(list, s)
		if n%6 == 0 {
			progress(fmt.Sprintf("%d walks, %d stories, %v MiB, %d goroutines", s.Live.Sessions, s.Live.Delivered, residentOf(b.pid()), s.Memory.Goroutines))
		}
	}
	return list
}

// warnings returns the number of warnings and errors in the bot's log, and the first ten of them.
func (b *botProcess) warnings() (n int, first []string) {
	data, err := os.ReadFile(b.logFile())
	if err != nil {
		return 0, nil
	}
	for line := range strings.Lines(string(data)) {
		if n++; n <= 10 {
			first = append(first, strings.TrimSpace(line))
		}
	}
	return n, first
}

// close stops the bot and the servers.
func (b *botProcess) close() error {
	var errs []error
	if b.cmd != nil {
		errs = append(errs, b.cmd.Process.Signal(syscall.SIGTERM), <-b.exited)
	}
	for _, s := range b.listening {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
