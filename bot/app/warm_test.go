package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/config"
	"excursobot/store/boltstore"
	"excursobot/store/storetest"
)

// instantTelegram answers each call at once, and counts what it sends to people. It costs next to nothing, unlike a simulated server.
type instantTelegram struct {
	sent    atomic.Int64
	stories atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (tg *instantTelegram) RoundTrip(r *http.Request) (*http.Response, error) {
	result := "true"
	switch method := filepath.Base(r.URL.Path); {
	case method == "getMe":
		result = `{"id":1000,"is_bot":true,"first_name":"Bot","username":"bot"}`
	case strings.HasPrefix(method, "send") && method != "sendChatAction":
		tg.sent.Add(1)
		if body, err := io.ReadAll(r.Body); err == nil && bytes.Contains(body, []byte(`"vote:`)) {
			tg.stories.Add(1)
		}
		result = `{"message_id":7,"date":1,"chat":{"id":1,"type":"private"}}`
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(`{"ok":true,"result":` + result + `}`)),
	}, nil
}

// awayWikipedia fails every request: whatever a warm story needs is stored.
type awayWikipedia struct{}

// RoundTrip implements http.RoundTripper.
func (awayWikipedia) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("away")
}

// BenchmarkWarmStory measures the bot's own part of a story that is ready: from the update at the webhook, over the store on the disk, to the call to
// Telegram and the bookkeeping after it. Nothing is simulated in it. The time of an operation is mostly that of the disk; cpu-us is what counts. People who are known ask in one of 300 towns after the other.
func BenchmarkWarmStory(b *testing.B) {
	cfg := config.Defaults()
	cfg.Store.Dir = b.TempDir()
	fillTowns(b, filepath.Join(cfg.Store.Dir, "excursobot.db"))
	cfg.Telegram.Token, cfg.Telegram.WebhookURL = "1000:test", "https://bot.example/hook"
	cfg.Monitor.Addr, cfg.Places.Contact = "", "test"
	cfg.Derive(config.Environment{})
	const unlimited = 1e6
	lim := &cfg.Limits
	lim.PersonUpdates, lim.Stories, lim.Messages, lim.ChatMessages, lim.PersonStoryEvery = unlimited, unlimited, unlimited, unlimited, time.Microsecond
	telegram := new(instantTelegram)
	a, err := New(cfg, World{Telegram: telegram, Wikipedia: awayWikipedia{}, Model: awayWikipedia{}, WithoutPack: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx, &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}) }()
	towns := storetest.NewTowns()
	n := 0
	ask := func() {
		n++
		person := n%warmPeople*2 + n%2 + 1 // of the language of the town
		at, language := towns.Center(n%warmTowns), towns.Language(n%warmTowns)
		body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"from":{"id":%d,"first_name":"P","language_code":%q},`+
			`"chat":{"id":%[4]d,"type":"private"},"location":{"latitude":%[6]f,"longitude":%[7]f}}}`, n, n, time.Now().Unix(), person, language, at.Lat, at.Lon)
		want := telegram.stories.Load() + 1
		for {
			r := httptest.NewRequest(http.MethodPost, "/hook", strings.NewReader(body))
			r.Header.Set("X-Telegram-Bot-Api-Secret-Token", cfg.Telegram.WebhookSecret)
			w := httptest.NewRecorder()
			if a.Mux().ServeHTTP(w, r); w.Code == http.StatusOK {
				break
			}
			time.Sleep(time.Millisecond) // it is not ready yet
		}
		for telegram.stories.Load() < want || a.bot.Stats().Tasks > 0 {
			time.Sleep(200 * time.Microsecond) // which takes less of the processor than to spin
		}
	}
	for range 2 * warmTowns { // the cells of the cache, and the people
		ask()
	}
	b.ReportAllocs()
	b.ResetTimer()
	began := processorTime(b)
	for b.Loop() {
		ask()
	}
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-began).Microseconds())/float64(b.N), "cpu-us/op")
	b.ReportMetric(float64(telegram.sent.Load())/float64(n), "messages/op")
	cancel()
	if err := <-ended; err != nil {
		b.Error(err)
	}
}

// processorTime returns what this process took, the garbage collector included.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

const (
	warmTowns  = 300
	warmPeople = 77 // of each language
)

func fillTowns(b *testing.B, path string) {
	b.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		b.Fatal(err)
	}
	towns := storetest.NewTowns()
	for town := range warmTowns {
		places, stories := towns.Pairs(town, time.Now())
		if err := errors.Join(s.PutPlaces(b.Context(), places), s.PutStories(b.Context(), stories)); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
