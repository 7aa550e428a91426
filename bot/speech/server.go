package speech

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"excursobot/limiter"
)

// Bounds of one synthesis.
const (
	synthesisMost = 30 * time.Second // with its repeat
	maxAudio      = 4 << 20          // bytes; a minute of MP3 at 128 kbit/s has 1 MB
	maxRefusal    = 64 << 10         // bytes of the body of an error that are read
	maxDetail     = 200              // bytes of an error's text in the log
	repeatMost    = 3 * time.Second  // the longest pause before the repeat, which a server may ask for
	faultsInRow   = 5                // failures after which the breaker opens; one refusal of the key is enough
	faultPause    = 30 * time.Second // for which it stays open
)

// server makes recordings at a speech server: POST {url}/audio/speech.
type server struct {
	api     *openai.Client
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	model   string
	format  Format
	speed   float64
	key     string
	refused atomic.Bool // the server refused the key
}

// fault is the error of a failed request. Its text is one line that does not hold the key.
type fault struct {
	status    int // 0 = no response, or one that is not a recording
	detail    string
	wait      time.Duration // that the server asked for
	paid      bool          // the server did the work
	cancelled bool
}

func (f *fault) Error() string {
	if f.status == 0 {
		return f.detail
	}
	return fmt.Sprintf("status %d: %s", f.status, f.detail)
}

// permanent reports whether no request will work before the operator acts.
func (f *fault) permanent() bool {
	return f.status == http.StatusUnauthorized || f.status == http.StatusPaymentRequired || f.status == http.StatusForbidden
}

// repeat reports whether the same request may work now.
func (f *fault) repeat() bool {
	switch f.status {
	case 0:
		return !f.paid && !f.cancelled
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return f.status >= http.StatusInternalServerError
}

// newServer returns a client. It makes no request.
func newServer(cfg *Config) (*server, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return nil, errors.New("speech: the URL must be http(s)://host[/path]") // without the URL, which may hold a password
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/audio/speech")
	if u.Path == "" {
		u.Path = "/v1"
	}
	api := openai.DefaultConfig(cfg.Key)
	api.BaseURL, api.HTTPClient = strings.TrimRight(u.String(), "/"), &http.Client{Transport: &closer{cfg.Transport}}
	s := &server{api: openai.NewClientWithConfig(api), model: cfg.Model, format: cfg.Format, speed: cfg.Speed, key: cfg.Key}
	s.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: "speech", Timeout: faultPause,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= faultsInRow || s.refused.Load() },
		IsExcluded:   func(err error) bool { f, is := errors.AsType[*fault](err); return is && f.cancelled },
		IsSuccessful: func(err error) bool { return err == nil },
	})
	return s, nil
}

// ready reports whether a request may be tried now.
func (s *server) ready() bool { return s.breaker.State() != gobreaker.StateOpen }

// speak returns a recording of the text and how long it is. It repeats a request once if that may help. paid reports whether the server did the work.
func (s *server) speak(ctx context.Context, voice, text string) (audio []byte, takes time.Duration, paid bool, err error) {
	done, err := s.breaker.Allow()
	if err != nil {
		return nil, 0, false, err
	}
	ctx, cancel := context.WithTimeout(ctx, synthesisMost)
	defer cancel()
	audio, takes, f := s.once(ctx, voice, text)
	if f != nil && f.repeat() {
		pause := max(f.wait, limiter.Jitter(400*time.Millisecond))
		if pause <= repeatMost && limiter.Sleep(ctx, pause) == nil {
			audio, takes, f = s.once(ctx, voice, text)
		}
	}
	s.refused.Store(f != nil && f.permanent())
	if f != nil {
		done(f)
		return nil, 0, f.paid, f
	}
	done(nil)
	return audio, takes, true, nil
}

// once makes one request.
func (s *server) once(ctx context.Context, voice, text string) ([]byte, time.Duration, *fault) {
	heard := new(refusal)
	res, err := s.api.CreateSpeech(context.WithValue(ctx, refusalKey{}, heard), openai.CreateSpeechRequest{
		Model: openai.SpeechModel(s.model), Input: text, Voice: openai.SpeechVoice(voice),
		ResponseFormat: openai.SpeechResponseFormat(s.format), Speed: s.speed,
	})
	if err != nil {
		return nil, 0, s.faultOf(ctx, heard, err)
	}
	defer res.Close()
	audio, err := io.ReadAll(io.LimitReader(res, maxAudio+1))
	switch {
	case err != nil:
		return nil, 0, s.faultOf(ctx, heard, err)
	case len(audio) > maxAudio:
		return nil, 0, &fault{detail: "the recording is longer than 4 MiB", paid: true}
	}
	takes, err := length(audio, s.format)
	if err != nil {
		return nil, 0, &fault{detail: err.Error(), paid: true}
	}
	const fastest = 100 // characters a second, several times the pace of speech at the highest speed
	if least := time.Duration(len([]rune(text))) * time.Second / fastest; takes < least {
		return nil, 0, &fault{detail: fmt.Sprintf("a recording of %v is too short for the text", takes.Round(time.Millisecond)), paid: true}
	}
	return audio, takes, nil
}

// faultOf describes a request that failed.
func (s *server) faultOf(ctx context.Context, heard *refusal, err error) *fault {
	f := &fault{status: heard.status, wait: heard.wait}
	var refused *openai.APIError
	switch {
	case errors.Is(context.Cause(ctx), context.Canceled):
		f.detail, f.cancelled = "cancelled", true
	case ctx.Err() != nil:
		f.detail = "no answer in time"
	case errors.As(err, &refused):
		f.detail = s.line(refused.Message)
	case heard.status != 0:
		f.detail = s.line(heard.body)
	default:
		if sent, ok := errors.AsType[*url.Error](err); ok {
			err = sent.Err // without the URL, which may hold a password
		}
		f.detail = s.line(err.Error())
	}
	f.detail = cmp.Or(f.detail, "no reason given")
	return f
}

// line makes a server's text fit for a log.
func (s *server) line(text string) string {
	if i := strings.Index(strings.ToLower(text), "<html"); i >= 0 {
		text = text[:i] + "(a web page)"
	}
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "")), " ")
	if len(s.key) >= 5 { // for servers without keys people write "x"
		text = strings.ReplaceAll(text, s.key, "***")
	}
	if len(text) > maxDetail {
		text = strings.ToValidUTF8(text[:maxDetail], "") + "..."
	}
	return text
}

type refusalKey struct{}

// refusal is what a server sent instead of a recording.
type refusal struct {
	status int
	wait   time.Duration
	body   string
}

// closer reads the body of an error within bounds and closes it, which go-openai does not.
type closer struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (c *closer) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(req)
	if err != nil || res.StatusCode >= 200 && res.StatusCode < 400 {
		return res, err
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(res.Body, maxRefusal)) // the status is enough
	res.Body = io.NopCloser(bytes.NewReader(body))
	if heard, ok := req.Context().Value(refusalKey{}).(*refusal); ok {
		wait, _ := time.ParseDuration(res.Header.Get("Retry-After") + "s")
		*heard = refusal{status: res.StatusCode, wait: max(wait, 0), body: string(body)}
	}
	return res, nil
}
