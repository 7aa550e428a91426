package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/config"
	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

// instantTelegram answers each call at once, and tells of what is sent to people. It costs next to nothing, unlike a simulated server.
type instantTelegram struct {
	sent chan struct{}
}

// RoundTrip implements http.RoundTripper.
func (tg *instantTelegram) RoundTrip(r *http.Request) (*http.Response, error) {
	result := "true"
	switch method := path.Base(r.URL.Path); {
	case method == "getMe":
		result = `{"id":1000,"is_bot":true,"first_name":"Bot","username":"bot"}`
	case strings.HasPrefix(method, "send") && method != "sendChatAction":
		tg.sent <- struct{}{}
		result = `{"message_id":7,"date":1,"chat":{"id":1,"type":"private"}}`
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: instantHeader, Request: r, Body: io.NopCloser(strings.NewReader(`{"ok":true,"result":` + result + `}`)),
	}, nil
}

var instantHeader = http.Header{"Content-Type": {"application/json"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"}}

// away fails every request, and counts them: whatever a warm story needs is stored.
type away struct {
	asked atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (w *away) RoundTrip(*http.Request) (*http.Response, error) {
	w.asked.Add(1)
	return nil, errors.New("away")
}

// warmBot is a bot in towns that people visited before.
type warmBot struct {
	app      *App
	telegram *instantTelegram
	outside  away // Wikipedia, Wikidata and the model
	towns    *storetest.Towns
	size     int // number of towns
	people   int // of each language
	asked    int
	header   http.Header // of a post
	answer   discarded
}

var hookURL = &url.URL{Path: "/hook"}

// discarded is an answer of which only the status is kept.
type discarded struct {
	header http.Header
	code   int
}

func (d *discarded) Header() http.Header         { return d.header }
func (d *discarded) Write(b []byte) (int, error) { return len(b), nil }
func (d *discarded) WriteHeader(code int)        { d.code = code }

// startWarm starts a bot whose store is a file on the disk, and fills it with towns. It ends with the test.
func startWarm(tb testing.TB, size, people int) *warmBot {
	tb.Helper()
	cfg := config.Defaults()
	cfg.Store.Dir = tb.TempDir()
	cfg.Telegram.Token, cfg.Telegram.WebhookURL = "1000:test", "https://bot.example/hook"
	cfg.Monitor.Addr, cfg.Places.Contact = "", "test"
	cfg.Derive(config.Environment{})
	const unlimited = 1e6
	lim := &cfg.Limits
	lim.PersonUpdates, lim.Stories, lim.Messages, lim.ChatMessages, lim.PersonStoryEvery = unlimited, unlimited, unlimited, unlimited, time.Microsecond
	w := &warmBot{telegram: &instantTelegram{sent: make(chan struct{}, 16)}, towns: storetest.NewTowns(), size: size, people: people}
	var err error
	w.app, err = New(cfg, World{Telegram: w.telegram, Wikipedia: &w.outside, Model: &w.outside, WithoutPack: true}, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	w.header = http.Header{"X-Telegram-Bot-Api-Secret-Token": {w.app.cfg.Telegram.WebhookSecret}}
	w.answer.header = http.Header{}
	for town := range size {
		w.fill(tb, town)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.app.Run(ctx, &pipeListener{conns: make(chan net.Conn), done: make(chan struct{})}) }()
	tb.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			tb.Error(err)
		}
	})
	return w
}

// foreign is how many places of a town other editions describe, too.
const foreign = 10

// fill stores a town as it is after a visit: its stories, its places, and what the searches of all editions found.
func (w *warmBot) fill(tb testing.TB, town int) {
	tb.Helper()
	ctx, now := tb.Context(), time.Now()
	center, language := w.towns.Center(town), w.towns.Language(town)
	described, stories := w.towns.Pairs(town, now)
	err := w.app.store.PutStories(ctx, stories)
	for i, edition := range w.app.places.Editions(center, language) {
		if i > 0 {
			described = described[:foreign]
			for i := range described {
				described[i].Language, described[i].Names = edition, map[string]string{language: described[i].Title}
			}
		}
		err = errors.Join(err, w.app.store.PutPlaces(ctx, described))
		for _, cell := range geo.CellsWithin(nil, center, 1200, geo.LevelTile) {
			tile := store.Tile{TileKey: store.TileKey{Cell: cell, Language: edition}, Expires: now.Add(time.Hour)}
			for _, p := range described {
				if geo.CellAt(p.Point, geo.LevelTile) == cell {
					tile.Pages = append(tile.Pages, store.Page{ID: p.PageID, Title: p.Title, Point: p.Point, Kind: p.Kind})
				}
			}
			err = errors.Join(err, w.app.store.PutTile(ctx, tile))
		}
	}
	if err != nil {
		tb.Fatal(err)
	}
}

// ask sends the next location, and returns when the story and its map were sent and the update is done. Each comes from another person in another town.
func (w *warmBot) ask() {
	w.asked++
	n := w.asked
	person := n%w.people*2 + n%2 + 1 // of the language of the town
	at, language := w.towns.Center(n%w.size), w.towns.Language(n%w.size)
	body := fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"date":%d,"from":{"id":%d,"first_name":"P","language_code":%q},`+
		`"chat":{"id":%[4]d,"type":"private"},"location":{"latitude":%[6]f,"longitude":%[7]f}}}`, n, n, time.Now().Unix(), person, language, at.Lat, at.Lon)
	for {
		r := http.Request{Method: http.MethodPost, URL: hookURL, Header: w.header, Body: io.NopCloser(strings.NewReader(body))}
		w.answer.code = http.StatusOK
		if w.app.Mux().ServeHTTP(&w.answer, &r); w.answer.code == http.StatusOK {
			break
		}
		time.Sleep(time.Millisecond) // it is not ready yet
	}
	<-w.telegram.sent // the story
	<-w.telegram.sent // its map
	for w.app.bot.Stats().Tasks > 0 {
		time.Sleep(50 * time.Microsecond) // which takes less of the processor than to spin
	}
}

// BenchmarkWarmStory measures the bot's own part of a story that is ready: from the update at the webhook, over the store on the disk, to the calls to
// Telegram and the bookkeeping after them, with what the bot does in the background meanwhile. Nothing is simulated in it. The time of an operation is
// mostly that of the disk; cpu-us is what counts.
func BenchmarkWarmStory(b *testing.B) {
	const towns = 300
	w := startWarm(b, towns, 77)
	for range 2 * towns { // the cells of the cache, and the people
		w.ask()
	}
	asked := w.outside.asked.Load()
	b.ReportAllocs()
	b.ResetTimer()
	began := processorTime(b)
	for b.Loop() {
		w.ask()
	}
	b.StopTimer()
	b.ReportMetric(float64((processorTime(b)-began).Microseconds())/float64(b.N), "cpu-us/op")
	b.ReportMetric(float64(w.outside.asked.Load()-asked)/float64(b.N), "requests/op") // of the first visits' background work, which takes its time
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

// warmAllocations is the most allocations of a warm story. It is a tenth above what was measured.
const warmAllocations = 660

func TestAllocationsOfAWarmStory(t *testing.T) {
	const towns, people, stories = 10, 7, 60
	w := startWarm(t, towns, people)
	for range 2 * towns { // the cells of the cache, and the people
		w.ask()
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range stories {
		w.ask()
	}
	runtime.ReadMemStats(&after)
	if got := (after.Mallocs - before.Mallocs) / stories; got > warmAllocations {
		t.Errorf("%d allocations for a story, want at most %d: docs/scale.md tells how to find them", got, warmAllocations)
	} else {
		t.Logf("%d allocations for a story", got)
	}
}
