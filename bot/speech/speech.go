// Package speech makes recordings of stories at a speech server and decides whether one may be made: one synthesis of a text at a time, at most MaxConcurrent
// at once, within the day's characters, and none while the server fails. It keeps Telegram's file_id of each recording in the store, so that a story is
// spoken once for everybody. It sends nothing to people and has no texts for them.
package speech

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

// Errors of Say, for errors.Is. The person gets a different sentence for each.
var (
	ErrNoVoice = errors.New("speech: no voice in this language")
	ErrBusy    = errors.New("speech: too many recordings wait")
	ErrBudget  = errors.New("speech: the day's characters are used up")
	ErrDown    = errors.New("speech: the server does not answer as it should")
)

// ErrForgotten is returned by the function that sends a recording if Telegram does not know the file_id any more.
var ErrForgotten = errors.New("speech: Telegram does not know the file")

// Classes of the gate before the server, best first.
const (
	Waiting limiter.Class = iota // a person pressed the button
	Told                         // the story was just told to a person who wants to hear it
	Ahead                        // the next story of a walk
	classes = iota
)

// Bounds.
const (
	queueSize   = 50               // recordings that wait for the server
	startMost   = 20 * time.Second // after it a recording that waits is given up
	uploadMost  = 3 * time.Second  // the wait for the file_id of somebody else's upload
	storeMost   = 5 * time.Second  // for the record of a recording that was sent
	maxText     = 4000             // characters; servers refuse longer ones
	keptMost    = 8 << 20          // bytes of recordings that were made and not sent yet
	keptEntries = 256              // of them, and of known file_ids
	aheadShare  = 80               // per cent of the day's characters after which nothing is spoken ahead
)

// Store is the part of a store that Speech uses.
type Store interface {
	store.Voices
	store.Ledger
}

// Config configures a Speech. Store, URL and Voices are required.
type Config struct {
	Store           Store
	URL             string                       // of the server; "/audio/speech" is added to it
	Key             string                       // "" for a server that needs none
	Model           string                       // as the server names it
	Voices          map[string]string            // by code of a language; a language without a voice is not spoken
	Format          Format                       // default Opus
	Speed           float64                      // default 1: the parameter is not sent
	DailyCharacters int64                        // of a UTC day; 0 = no limit
	MaxConcurrent   int                          // default 2
	Transport       http.RoundTripper            // default: the network's
	Sample          func(language string) string // a short text in the language, with which a voice is tried at the start; nil = none is tried
	Log             *slog.Logger
	Characters      func(n int) // called with the characters of each text that was spoken; may be nil
}

// Speech makes and keeps recordings. Run must run.
type Speech struct {
	cfg    Config
	log    *slog.Logger
	server *server
	gate   *limiter.Gate
	voices map[string]*voice // by language
	counts counts

	work   context.Context //nolint:containedctx // no caller's context lives long enough for a recording for which several people wait
	cancel context.CancelFunc

	later atomic.Int32 // recordings that PrepareAt waits for

	mu      sync.Mutex
	stopped bool
	wg      sync.WaitGroup
	kept    shelf
}

// voice is that of a language.
type voice struct {
	name string
	off  atomic.Bool // the server refused it
}

// New returns a Speech. It starts nothing and makes no request.
func New(cfg Config) (*Speech, error) {
	if cfg.Store == nil || cfg.URL == "" || len(cfg.Voices) == 0 {
		return nil, errors.New("speech: Store, URL and Voices are required")
	}
	cfg.Format = cmp.Or(cfg.Format, Opus)
	cfg.MaxConcurrent = cmp.Or(max(cfg.MaxConcurrent, 0), 2)
	cfg.Log = cmp.Or(cfg.Log, slog.New(slog.DiscardHandler))
	if cfg.Speed == 1 {
		cfg.Speed = 0
	}
	if cfg.Transport == nil {
		cfg.Transport = http.DefaultTransport.(*http.Transport).Clone()
	}
	if cfg.Characters == nil {
		cfg.Characters = func(int) {}
	}
	server, err := newServer(&cfg)
	if err != nil {
		return nil, err
	}
	s := &Speech{cfg: cfg, log: cfg.Log, server: server, voices: map[string]*voice{}, kept: newShelf()}
	for language, name := range cfg.Voices {
		s.voices[language] = &voice{name: name}
	}
	s.gate = limiter.NewGate(limiter.GateConfig{
		Slots: cfg.MaxConcurrent, QueueSize: queueSize, Classes: classes, Background: Ahead, InitialEstimate: 3 * time.Second,
	})
	s.work, s.cancel = context.WithCancel(context.Background())
	return s, nil
}

// Run tries the voices, and those that fail again later, until ctx ends. Then it cancels the recordings in progress and waits for them.
func (s *Speech) Run(ctx context.Context) error {
	defer func() {
		s.mu.Lock()
		s.stopped = true
		s.mu.Unlock()
		s.cancel()
		s.gate.Close()
		s.wg.Wait()
	}()
	s.try(ctx)
	<-ctx.Done()
	return nil
}

// start runs fn in a goroutine for which Run waits, unless Run is over.
func (s *Speech) start(fn func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return false
	}
	s.wg.Go(fn)
	return true
}

// Speaks reports whether there is a voice in the language. A nil Speech has none.
func (s *Speech) Speaks(language string) bool { return s.voice(language) != nil }

// Format returns the format of the recordings.
func (s *Speech) Format() Format { return s.cfg.Format }

// Languages returns the codes of the languages that have a voice, sorted. A nil Speech has none.
func (s *Speech) Languages() []string {
	if s == nil {
		return nil
	}
	list := slices.Sorted(maps.Keys(s.voices))
	return slices.DeleteFunc(list, func(language string) bool { return s.voices[language].off.Load() })
}

func (s *Speech) voice(language string) *voice {
	if s == nil {
		return nil
	}
	v := s.voices[language]
	if base, _, regional := strings.Cut(language, "-"); v == nil && regional {
		v = s.voices[base]
	}
	if v == nil || v.off.Load() {
		return nil
	}
	return v
}
