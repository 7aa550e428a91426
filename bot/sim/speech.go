package sim

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
	"unicode/utf8"
)

// SpeechConfig configures a Speech.
type SpeechConfig struct {
	Latency time.Duration // of a recording
	Voices  []string      // that it has; nil = any
	Key     string        // that it requires; "" = none
	// Fault may spoil the n-th request (from 1); "" = no fault. It may be nil.
	Fault func(n int, text string) SpeechFault
}

// SpeechFault is a way in which a speech server fails.
type SpeechFault string

// The faults.
const (
	SpeechHangs   SpeechFault = "hangs"   // no answer
	SpeechFlood   SpeechFault = "flood"   // 429 with Retry-After
	SpeechError   SpeechFault = "error"   // 500 with JSON
	SpeechGateway SpeechFault = "gateway" // 502 with a web page
	SpeechKey     SpeechFault = "key"     // 401
	SpeechRefusal SpeechFault = "refusal" // 400
	SpeechWAV     SpeechFault = "wav"     // another format than was asked for
	SpeechVorbis  SpeechFault = "vorbis"  // Ogg with something else in it
	SpeechJSON    SpeechFault = "json"    // 200 with an error in JSON
	SpeechCut     SpeechFault = "cut"     // the recording ends in the middle
	SpeechShort   SpeechFault = "short"   // a fraction of the text
	SpeechEmpty   SpeechFault = "empty"   // 200 without a body
)

// Speech is a simulated speech server: POST /v1/audio/speech. It answers with real Ogg/Opus or MP3 of about the length of the text, in which there is
// silence; the text is in a comment of the Opus file.
type Speech struct {
	cfg SpeechConfig

	mu                sync.Mutex
	requests, running int
	peak, characters  int
}

var _ http.Handler = (*Speech)(nil)

// NewSpeech returns a server.
func NewSpeech(cfg SpeechConfig) *Speech { return &Speech{cfg: cfg} }

// SpeechStats are the numbers of a Speech. Characters are those of the texts that it spoke.
type SpeechStats struct{ Requests, Peak, Characters int }

// Stats returns the numbers.
func (s *Speech) Stats() SpeechStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return SpeechStats{s.requests, s.peak, s.characters}
}

// ServeHTTP implements http.Handler.
func (s *Speech) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Model, Input, Voice string
		Format              string  `json:"response_format"`
		Speed               float64 `json:"speed"`
	}
	if r.Method != http.MethodPost || r.URL.Path != "/v1/audio/speech" {
		speechError(w, http.StatusNotFound, "there is no such page")
		return
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&ask); err != nil || ask.Input == "" || ask.Voice == "" {
		speechError(w, http.StatusBadRequest, "input and voice are required")
		return
	}
	n := s.begin()
	defer s.end()
	switch {
	case s.cfg.Key != "" && r.Header.Get("Authorization") != "Bearer "+s.cfg.Key:
		speechError(w, http.StatusUnauthorized, "wrong key")
		return
	case s.cfg.Voices != nil && !slices.Contains(s.cfg.Voices, ask.Voice):
		speechError(w, http.StatusBadRequest, "unknown voice "+ask.Voice)
		return
	}
	timer := time.NewTimer(s.cfg.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-r.Context().Done():
		return
	}
	fault := SpeechFault("")
	if s.cfg.Fault != nil {
		fault = s.cfg.Fault(n, ask.Input)
	}
	s.answer(w, r, ask.Input, ask.Format, fault)
}

func (s *Speech) begin() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	s.running++
	s.peak = max(s.peak, s.running)
	return s.requests
}

func (s *Speech) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}

func (s *Speech) answer(w http.ResponseWriter, r *http.Request, text, format string, fault SpeechFault) {
	const pace = 15 // characters a second
	length := max(time.Second, time.Duration(utf8.RuneCountInString(text))*time.Second/pace)
	audio := silentOpus(length, text)
	if format == "mp3" || format == "" {
		audio = silentMP3(length)
	}
	switch fault {
	case SpeechHangs:
		<-r.Context().Done()
		return
	case SpeechFlood:
		w.Header().Set("Retry-After", "7")
		speechError(w, http.StatusTooManyRequests, "too many requests")
		return
	case SpeechError:
		speechError(w, http.StatusInternalServerError, "out of memory")
		return
	case SpeechGateway:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = io.WriteString(w, "<html><body>bad gateway</body></html>")
		return
	case SpeechKey:
		speechError(w, http.StatusUnauthorized, "wrong key")
		return
	case SpeechRefusal:
		speechError(w, http.StatusBadRequest, "the text cannot be spoken")
		return
	case SpeechWAV:
		audio = []byte("RIFF\x24\x00\x00\x00WAVEfmt ")
	case SpeechVorbis:
		audio = oggPage(2, 0, 0, [][]byte{[]byte("\x01vorbis\x00\x00\x00\x00\x01\x80\xbb\x00\x00")})
	case SpeechJSON:
		audio = []byte(`{"error":{"message":"quota"}}`)
	case SpeechCut:
		audio = audio[:len(audio)/2]
	case SpeechShort:
		audio = silentOpus(20*time.Millisecond, text)
	case SpeechEmpty:
		audio = nil
	default:
		s.mu.Lock()
		s.characters += utf8.RuneCountInString(text)
		s.mu.Unlock()
	}
	w.Header().Set("Content-Type", "audio/ogg")
	if format != "opus" {
		w.Header().Set("Content-Type", "audio/mpeg")
	}
	_, _ = w.Write(audio)
}

func speechError(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": message, "type": "invalid_request_error"}})
}
