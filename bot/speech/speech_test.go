package speech

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// world is a Speech before a simulated server, on a real store.
type world struct {
	*Speech
	server *sim.Speech
	store  *boltstore.Store
	log    *strings.Builder
}

func newWorld(t *testing.T, server sim.SpeechConfig, edit func(*Config)) *world {
	t.Helper()
	simulated := sim.NewSpeech(server)
	w := newWorldWith(t, sim.Transport(map[string]http.Handler{"speech.test": simulated}), edit)
	w.server = simulated
	return w
}

func newWorldWith(t *testing.T, server http.RoundTripper, edit func(*Config)) *world {
	t.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	w := &world{store: s, log: new(strings.Builder)}
	cfg := Config{
		Store: s, URL: "http://speech.test", Key: "secret-key", Model: "m", Voices: map[string]string{"en": "ann", "ru": "anna"},
		Transport: server,
		Log:       slog.New(slog.NewTextHandler(w.log, nil)),
	}
	if edit != nil {
		edit(&cfg)
	}
	if w.Speech, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = w.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	return w
}

// told stores a story and returns its text.
func (w *world) told(t *testing.T, place string) Text {
	t.Helper()
	key := store.StoryKey{Place: place, Language: "en", Length: store.Short}
	story := store.Story{StoryKey: key, Title: place, Text: "The story of " + place + ".", Created: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := w.store.PutStories(t.Context(), []store.Story{story}); err != nil {
		t.Fatal(err)
	}
	return Text{Key: key, Title: story.Title, Text: story.Text}
}

// phone is Telegram as one person sees it: it gives uploads a file_id.
type phone struct {
	mu       sync.Mutex
	uploads  int
	known    int
	forgets  bool // the next file_id
	refusal  error
	got      Recording
	uploaded []byte
}

func (p *phone) send(_ context.Context, r Recording) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = r
	switch {
	case p.refusal != nil:
		return "", p.refusal
	case r.FileID != "" && p.forgets:
		p.forgets = false
		return "", ErrForgotten
	case r.FileID != "":
		p.known++
		return r.FileID, nil
	}
	p.uploads++
	p.uploaded = r.Audio
	return fmt.Sprintf("file %d", p.uploads), nil
}

func TestAStoryIsSpokenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sim.SpeechConfig{Latency: 2 * time.Second}, nil)
		const people, stories = 100, 20
		var p phone
		var wg sync.WaitGroup
		for i := range stories {
			text := w.told(t, fmt.Sprint("Q", i+1))
			for range people {
				wg.Go(func() {
					if err := w.Say(t.Context(), text, Waiting, p.send); err != nil && !errors.Is(err, ErrBusy) {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		if got := w.server.Stats(); got.Requests != stories || got.Peak > 2 {
			t.Errorf("got %+v, want %d requests, at most 2 at once", got, stories)
		}
		if p.uploads != stories || p.uploads+p.known != stories*people {
			t.Errorf("%d uploads and %d known", p.uploads, p.known)
		}
		if stats := w.Stats(); stats.Kept != 0 {
			t.Errorf("%d bytes kept after all are in the store", stats.Kept)
		}
	})
}

func TestSpokenText(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	text := w.told(t, "Q1")
	text.Title = "Old Mill (ruin)"
	var p phone
	if err := w.Say(t.Context(), text, Waiting, p.send); err != nil {
		t.Fatal(err)
	}
	if got := sim.SpokenText(p.uploaded); got != "Old Mill.\nThe story of Q1." {
		t.Errorf("got %q", got)
	}
	if p.got.Duration < time.Second || p.got.Name != "story.ogg" {
		t.Errorf("got %v, %q", p.got.Duration, p.got.Name)
	}
	spent, err := w.store.Speak(t.Context(), store.DayOf(time.Now()), 0)
	if err != nil || spent != int64(len("Old Mill.\nThe story of Q1.")) || uint64(spent) != w.Stats().Characters {
		t.Errorf("%d characters, %v", spent, err)
	}
}

func TestAForgottenFileIsMadeAgain(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	text := w.told(t, "Q1")
	var p phone
	for i := range 3 {
		p.forgets = i == 1
		if err := w.Say(t.Context(), text, Waiting, p.send); err != nil {
			t.Fatal(err)
		}
	}
	if p.uploads != 2 || p.known != 1 || w.server.Stats().Requests != 2 {
		t.Errorf("%d uploads, %d known, %+v", p.uploads, p.known, w.server.Stats())
	}
	if p.got.FileID != "file 2" {
		t.Errorf("got %q", p.got.FileID)
	}
}

func TestAnotherTextIsAnotherVoice(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	text := w.told(t, "Q1")
	var p phone
	say := func() {
		t.Helper()
		if err := w.Say(t.Context(), text, Waiting, p.send); err != nil {
			t.Fatal(err)
		}
	}
	say()
	text.Text = "Another story."
	story := store.Story{StoryKey: text.Key, Title: "Q1", Text: text.Text, Created: time.Now(), Expires: time.Now().Add(time.Hour)}
	if err := w.store.PutStories(t.Context(), []store.Story{story}); err != nil {
		t.Fatal(err)
	}
	say()
	text.File = true // as music, it is another file
	say()
	say()
	if p.uploads != 3 || p.known != 1 {
		t.Errorf("%d uploads, %d known", p.uploads, p.known)
	}
}

func TestAStoryThatIsNotStoredStaysOnTheShelf(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	text := Text{Key: store.StoryKey{Place: "pack:a", Language: "en", Length: store.Short}, Title: "A", Text: "A story of the pack."}
	var p phone
	for range 3 {
		if err := w.Say(t.Context(), text, Waiting, p.send); err != nil {
			t.Fatal(err)
		}
	}
	if p.uploads != 1 || p.known != 2 {
		t.Errorf("%d uploads, %d known", p.uploads, p.known)
	}
}

func TestPrepare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sim.SpeechConfig{Latency: 2 * time.Second}, nil)
		text := w.told(t, "Q1")
		if w.AtHand(t.Context(), text) {
			t.Error("at hand before it is made")
		}
		w.Prepare(text)
		w.Prepare(text)
		synctest.Wait()
		time.Sleep(3 * time.Second)
		if !w.AtHand(t.Context(), text) || w.Stats().Kept == 0 {
			t.Error("not at hand")
		}
		var p phone
		began := time.Now()
		if err := w.Say(t.Context(), text, Told, p.send); err != nil || time.Since(began) > time.Second {
			t.Errorf("took %v: %v", time.Since(began), err)
		}
		w.Prepare(text)
		synctest.Wait()
		if got := w.server.Stats().Requests; got != 1 || !w.AtHand(t.Context(), text) || w.Stats().Kept != 0 {
			t.Errorf("%d requests, %d bytes kept", got, w.Stats().Kept)
		}
	})
}

func TestFaults(t *testing.T) {
	for fault, want := range map[sim.SpeechFault]string{
		sim.SpeechHangs:   "no answer in time",
		sim.SpeechFlood:   "status 429: too many requests",
		sim.SpeechError:   "status 500: out of memory",
		sim.SpeechGateway: "status 502: (a web page)",
		sim.SpeechKey:     "status 401: wrong key",
		sim.SpeechRefusal: "status 400: the text cannot be spoken",
		sim.SpeechWAV:     "the server sent WAV instead of Ogg",
		sim.SpeechVorbis:  "the server sent Ogg without Opus in it",
		sim.SpeechJSON:    "the server sent JSON instead of Ogg",
		sim.SpeechCut:     "the recording is cut off",
		sim.SpeechShort:   "is too short for the text",
		sim.SpeechEmpty:   "the server sent nothing instead of Ogg",
	} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broken := atomic.Bool{}
				broken.Store(true)
				w := newWorld(t, sim.SpeechConfig{Fault: func(int, string) sim.SpeechFault {
					if broken.Load() {
						return fault
					}
					return ""
				}}, nil)
				text := w.told(t, "Q1")
				var p phone
				err := w.Say(t.Context(), text, Waiting, p.send)
				if !errors.Is(err, ErrDown) || !strings.Contains(err.Error(), want) || p.uploads != 0 {
					t.Errorf("got %v, want %s", err, want)
				}
				if !strings.Contains(w.log.String(), "voice_failed") || strings.Contains(w.log.String(), "secret-key") {
					t.Errorf("log: %s", w.log)
				}
				broken.Store(false)
				time.Sleep(faultPause + time.Second)
				if err := w.Say(t.Context(), text, Waiting, p.send); err != nil || p.uploads != 1 {
					t.Errorf("afterwards: %v", err)
				}
			})
		})
	}
}

func TestOneFaultIsRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sim.SpeechConfig{Fault: func(n int, _ string) sim.SpeechFault {
			if n == 1 {
				return sim.SpeechError
			}
			return ""
		}}, nil)
		var p phone
		if err := w.Say(t.Context(), w.told(t, "Q1"), Waiting, p.send); err != nil || w.server.Stats().Requests != 2 {
			t.Errorf("%d requests, %v", w.server.Stats().Requests, err)
		}
	})
}

func TestBreaker(t *testing.T) {
	for fault, requests := range map[sim.SpeechFault]int{sim.SpeechKey: 1, sim.SpeechRefusal: faultsInRow} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, sim.SpeechConfig{Fault: func(int, string) sim.SpeechFault { return fault }}, nil)
			var p phone
			for i := range 10 {
				if err := w.Say(t.Context(), w.told(t, fmt.Sprint("Q", i+1)), Waiting, p.send); !errors.Is(err, ErrDown) {
					t.Error(err)
				}
			}
			if got := w.server.Stats().Requests; got != requests || !w.Stats().Down {
				t.Errorf("%s: %d requests, want %d", fault, got, requests)
			}
		})
	}
}

func TestBudget(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, func(c *Config) { c.DailyCharacters = 45 })
	var p phone
	first, second := w.told(t, "Q1"), w.told(t, "Q2") // 19 characters each, with the title
	if err := w.Say(t.Context(), first, Waiting, p.send); err != nil {
		t.Fatal(err)
	}
	w.Prepare(second)
	w.wait(t, outcomeBudget, 1) // 38 of 45 are more than 80 %
	if err := w.Say(t.Context(), second, Waiting, p.send); err != nil {
		t.Error(err)
	}
	if err := w.Say(t.Context(), w.told(t, "Q3"), Waiting, p.send); !errors.Is(err, ErrBudget) {
		t.Errorf("got %v", err)
	}
	if err := w.Say(t.Context(), first, Waiting, p.send); err != nil {
		t.Errorf("a recording that Telegram has: %v", err)
	}
	if got := w.Stats().Outcomes; got[outcomeMade] != 2 || got[outcomeBudget] != 2 || got[outcomeKnown] != 1 {
		t.Errorf("got %v", got)
	}
}

// wait returns when there are n outcomes.
func (w *world) wait(t *testing.T, outcome string, n uint64) {
	t.Helper()
	for t.Context().Err() == nil && w.Stats().Outcomes[outcome] < n {
		time.Sleep(time.Millisecond)
	}
}

func TestBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, sim.SpeechConfig{Latency: 5 * time.Second}, nil)
		var p phone
		var busy atomic.Int32
		var wg sync.WaitGroup
		for i := range 100 {
			text := w.told(t, fmt.Sprint("Q", i+1))
			wg.Go(func() {
				if err := w.Say(t.Context(), text, Waiting, p.send); errors.Is(err, ErrBusy) {
					busy.Add(1)
				} else if err != nil {
					t.Error(err)
				}
			})
		}
		began := time.Now()
		wg.Wait()
		if took := time.Since(began); took > startMost+6*time.Second || busy.Load() == 0 || w.server.Stats().Peak != 2 {
			t.Errorf("took %v, %d busy, %+v", took, busy.Load(), w.server.Stats())
		}
	})
}

func TestNoVoice(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	var p phone
	text := w.told(t, "Q1")
	text.Key.Language = "ja"
	if err := w.Say(t.Context(), text, Waiting, p.send); !errors.Is(err, ErrNoVoice) || w.Speaks("ja") || !w.Speaks("en-GB") {
		t.Errorf("got %v", err)
	}
	var off *Speech
	if off.Speaks("en") || off.AtHand(t.Context(), text) {
		t.Error("a nil Speech speaks")
	}
	off.Prepare(text)
}

func TestTheUnsentIsSentAgain(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, nil)
	text := w.told(t, "Q1")
	refusal := errors.New("blocked")
	p := phone{refusal: refusal}
	if err := w.Say(t.Context(), text, Waiting, p.send); !errors.Is(err, refusal) {
		t.Errorf("got %v", err)
	}
	p.refusal = nil
	if err := w.Say(t.Context(), text, Waiting, p.send); err != nil || w.server.Stats().Requests != 1 {
		t.Errorf("%d requests: %v", w.server.Stats().Requests, err)
	}
}

func TestTheShelfIsBounded(t *testing.T) {
	s := newShelf()
	for i := range 100 {
		made := newTake(id{text: fmt.Sprint(i)}, nil)
		s.add(made)
		made.rec.Audio = make([]byte, 1<<20)
		close(made.made)
		s.finished(made)
		if s.bytes > keptMost {
			t.Fatalf("%d bytes", s.bytes)
		}
	}
	if s.find(id{text: "99"}) == nil || s.find(id{text: "0"}) != nil || len(s.takes) != 8 || s.order.Len() != 8 {
		t.Errorf("%d takes, %d in order", len(s.takes), s.order.Len())
	}
	for _, e := range s.takes {
		s.drop(e.Value.(*take))
	}
	if s.bytes != 0 {
		t.Errorf("%d bytes without takes", s.bytes)
	}
}

func TestVoicesAreTriedAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mended atomic.Bool
		w := newWorld(t, sim.SpeechConfig{Fault: func(_ int, text string) sim.SpeechFault {
			if text == "ru" && !mended.Load() {
				return sim.SpeechWAV
			}
			return ""
		}}, func(c *Config) { c.Sample = func(language string) string { return language } })
		synctest.Wait()
		if w.Speaks("ru") || !w.Speaks("en") {
			t.Errorf("speaks %v", w.Languages())
		}
		for _, want := range []string{"voice_ready language=en voice=ann format=opus", `voice_off language=ru voice=anna error="the server sent WAV instead of Ogg"`} {
			if !strings.Contains(w.log.String(), want) {
				t.Errorf("log without %s:\n%s", want, w.log)
			}
		}
		mended.Store(true)
		time.Sleep(tryFirst + time.Second)
		if !w.Speaks("ru") {
			t.Error("the voice is still off")
		}
	})
}

func TestMP3(t *testing.T) {
	w := newWorld(t, sim.SpeechConfig{}, func(c *Config) { c.Format = MP3 })
	var p phone
	text := w.told(t, "Q1")
	text.Text = strings.Repeat("Fifteen letters", 20)
	if err := w.Say(t.Context(), text, Waiting, p.send); err != nil || p.got.Name != "story.mp3" || p.got.Duration.Round(time.Second) != 20*time.Second {
		t.Errorf("got %q, %v: %v", p.got.Name, p.got.Duration, err)
	}
}

func TestURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://host:1": "http://host:1/v1/audio/speech", "http://host/api/": "http://host/api/audio/speech",
		"https://host/v1/audio/speech": "https://host/v1/audio/speech", "ftp://host": "", "host": "", "": "",
	} {
		var asked string
		s, err := newServer(&Config{URL: url, Format: Opus, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked = r.URL.String()
			return nil, errors.New("no network")
		})})
		if want == "" {
			if err == nil {
				t.Errorf("%q is taken", url)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, _, f := s.once(t.Context(), "v", "t"); asked != want || strings.Contains(f.Error(), "host") {
			t.Errorf("%q: asked %q, %v", url, asked, f)
		}
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func FuzzLength(f *testing.F) {
	s := sim.NewSpeech(sim.SpeechConfig{})
	w := &recorder{header: http.Header{}}
	for _, format := range []string{"opus", "mp3"} {
		w.body.Reset()
		body := strings.NewReader(`{"input":"a","voice":"b","response_format":"` + format + `"}`)
		r, _ := http.NewRequestWithContext(context.Background(), http.MethodPost, "http://x/v1/audio/speech", body)
		s.ServeHTTP(w, r)
		f.Add([]byte(w.body.String()))
	}
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x02ab\xff\xfb\x90\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, format := range []Format{Opus, MP3} {
			if got, err := length(data, format); err == nil && got <= 0 {
				t.Errorf("%s: length %v", format, got)
			}
		}
	})
}

type recorder struct {
	header http.Header
	body   strings.Builder
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(int)             {}
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
