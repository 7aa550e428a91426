package sim

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"excursobot/limiter"
)

// TelegramConfig holds the settings of a simulated Bot API.
type TelegramConfig struct {
	Token    string // default "1000:sim"
	Username string // of the bot, default "excursobot_sim_bot"
	// Test is whether this is the test environment, whose methods are at /bot<token>/test/<method>.
	Test bool
	// Limits turns on the answer 429 above 30 messages a second in all, 1 message a second (burst 3) in a private chat, 20 a minute in a group, and
	// above separate limits for chat actions and for descriptions of the bot.
	Limits  bool
	Latency time.Duration // of each call, half of it before the call takes effect and half after
	// Fault may answer the n-th call of a method (from 1) before it takes effect; ok false = no fault. It may be nil.
	// An empty body stands for Telegram's error of the status. With the status FaultCut the call takes effect and the connection breaks.
	Fault func(method string, n int) (status int, body string, retryAfter int, ok bool)
	// Transport sends webhook posts; nil = http.DefaultTransport.
	Transport http.RoundTripper
}

// FaultCut is the status of a Fault that lets the call take effect and breaks the connection instead of answering.
const FaultCut = -1

// Telegram is the Bot API at /bot<token>/<method> (JSON, form and multipart bodies) with the people who use it. It makes the checks of
// Telegram: known chats, 4096 UTF-16 units after HTML parsing, well-formed HTML, 64 bytes of callback data, "message is not modified".
// It delivers updates through getUpdates or, after setWebhook, to the webhook, one at a time per chat and with Telegram's retries.
//
// HTML is the only parse mode. A chat keeps its last 1000 messages and the queue 100 000 updates; chats stay forever.
type Telegram struct {
	cfg     TelegramConfig
	me      apiUser
	methods map[string]method

	mu           sync.Mutex // guards all below
	chats        map[int64]*chat
	lastID       int // of a message; Telegram numbers messages per bot, not per chat
	calls        map[string]int
	refused      int
	bucket       bucket            // of all messages
	describe     bucket            // of changes of commands and descriptions
	texts        map[string]string // commands and descriptions by method, scope and language
	photos       map[string][]byte // that people sent, by id
	queries      map[string]query  // callbacks and checkouts that wait for an answer
	payments     []Payment
	answered     map[string]Answered // inline and guest queries
	settings     settings
	transactions []transaction   // payments, refunds and withdrawals, oldest first
	files        map[string]file // voices and music by file_id, at most filesKept
	queue        queue
	webhook      webhook
	events       events
}

// NewTelegram returns a server without people. It starts nothing; webhook posts run in Run.
func NewTelegram(cfg TelegramConfig) *Telegram {
	if cfg.Token == "" {
		cfg.Token = "1000:sim"
	}
	if cfg.Username == "" {
		cfg.Username = "excursobot_sim_bot"
	}
	number, _, _ := strings.Cut(cfg.Token, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		id = 1000
	}
	t := &Telegram{
		cfg:    cfg,
		me:     apiUser{ID: id, IsBot: true, FirstName: "Excursobot", Username: cfg.Username},
		chats:  map[int64]*chat{},
		calls:  map[string]int{},
		bucket: newBucket(allRate, allRate), describe: newBucket(describeRate, describeBurst),
		texts:   map[string]string{},
		queries: map[string]query{}, answered: map[string]Answered{},
		files:  map[string]file{},
		photos: map[string][]byte{},
		// Telegram starts at any number, so a bot must not expect small ids.
		queue: newQueue(100_000_000 + rand.Int64N(800_000_000)),
	}
	t.methods = t.table()
	return t
}

// ServeHTTP serves the Bot API.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if t.serveFile(w, r) {
		return
	}
	token, name, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/bot"), "/")
	if !ok || !strings.HasPrefix(r.URL.Path, "/bot") {
		writeError(w, &apiError{Code: http.StatusNotFound, Description: "Not Found"})
		return
	}
	if token != t.cfg.Token {
		writeError(w, &apiError{Code: http.StatusUnauthorized, Description: "Unauthorized"})
		return
	}
	name, inTest := strings.CutPrefix(name, "test/")
	m, ok := t.methods[strings.ToLower(name)]
	ok = ok && inTest == t.cfg.Test
	if !ok {
		writeError(w, &apiError{Code: http.StatusNotFound, Description: "Not Found"})
		return
	}
	t.serve(w, r, m)
}

// serve handles a call of a known method.
func (t *Telegram) serve(w http.ResponseWriter, r *http.Request, m method) {
	req, err := readRequest(w, r)
	if err != nil {
		writeError(w, err)
		return
	}
	if !pause(r, t.cfg.Latency/2) {
		return // the client left before the call took effect
	}
	t.mu.Lock()
	t.calls[m.name]++
	n := t.calls[m.name]
	t.mu.Unlock()

	cut := false
	if t.cfg.Fault != nil {
		status, body, retryAfter, faulty := t.cfg.Fault(m.name, n)
		if faulty && status != FaultCut {
			writeFault(w, status, body, retryAfter)
			return
		}
		cut = faulty
	}
	answer, err := t.call(r, m, req)
	if cut {
		panic(http.ErrAbortHandler)
	}
	if !pause(r, t.cfg.Latency-t.cfg.Latency/2) {
		return
	}
	if err != nil {
		writeError(w, err)
		return
	}
	writeAnswer(w, answer)
}

// call runs a method and notifies the subscribers.
func (t *Telegram) call(r *http.Request, m method, req *request) (answer, error) {
	if m.wait != nil {
		return m.wait(r.Context(), req)
	}
	defer t.deliverEvents()
	t.mu.Lock()
	defer t.mu.Unlock()
	result, err := m.do(req)
	if a, ok := result.(answer); ok {
		return a, err
	}
	return answer{Result: result}, err
}

// Calls returns the number of calls of each method, refused calls included.
func (t *Telegram) Calls() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make(map[string]int, len(t.calls))
	for name, n := range t.calls {
		out[name] = n
	}
	return out
}

// Refused returns the number of calls that Limits refused with 429.
func (t *Telegram) Refused() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.refused
}

// pause waits for d and reports whether the client still waits for the answer.
func pause(r *http.Request, d time.Duration) bool { return limiter.Sleep(r.Context(), d) == nil }

// messageMethods are the methods that send, edit and delete messages, and answer people.
type messageMethods struct{ *Telegram }

// botMethods are the methods that deliver updates and configure the bot.
type botMethods struct{ *Telegram }
