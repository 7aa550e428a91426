package demo

import (
	"bufio"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/sim"
)

// eventStream is the stream of events that the page gets for a person.
type eventStream struct {
	t     *testing.T
	lines *bufio.Scanner
}

func follow(t *testing.T, mux http.Handler, person string) eventStream {
	t.Helper()
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context()) // cleanups run in reverse order: the request ends before the server closes
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/demo/events?person="+person, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return eventStream{t, bufio.NewScanner(resp.Body)}
}

// next returns the name of the next event, "" for the chat's, and its data.
func (s eventStream) next() (name, data string) {
	s.t.Helper()
	for s.lines.Scan() {
		if is, ok := strings.CutPrefix(s.lines.Text(), "event: "); ok {
			name = is
		}
		if is, ok := strings.CutPrefix(s.lines.Text(), "data: "); ok {
			return name, is
		}
	}
	s.t.Fatalf("the stream ended: %v", s.lines.Err())
	return "", ""
}

// The page gets the chat between two marks, then the numbers, and then the changes.
func TestDemoEvents(t *testing.T) {
	page, mux := newTestPage(t)
	ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`)
	person := page.person(100001)
	person.Say("before")
	s := follow(t, mux, "100001")
	for _, want := range [][2]string{{"", `"begin"`}, {"", `"before"`}, {"", `"ready"`}, {"numbers", `"slots":3`}} {
		if name, data := s.next(); name != want[0] || !strings.Contains(data, want[1]) {
			t.Errorf("event %q with %s, want %q with %s", name, data, want[0], want[1])
		}
	}
	person.Say("after")
	if _, data := s.next(); !strings.Contains(data, `"after"`) {
		t.Errorf("then %s", data)
	}
	callAsBot(t, page, "sendMessage", `{"chat_id":100001,"text":"with a picture","link_preview_options":{"url":"https://upload.example.org/a/A_rock.jpg"}}`)
	if _, data := s.next(); !strings.Contains(data, `"preview":"https://upload.example.org/a/A_rock.jpg"`) {
		t.Errorf("no preview in %s", data)
	}
	_, walk := person.Share(55.75, 37.62, 900)
	person.StopSharing(walk)
	for _, want := range []bool{true, false} {
		var got pageEvent
		_, data := s.next()
		if err := json.Unmarshal([]byte(data), &got); err != nil || got.Live != want || got.Lat != 55.75 || got.At == 0 {
			t.Errorf("%s (%v), want live to be %t", data, err, want)
		}
	}
	if w := ask(mux, http.MethodGet, "/demo/events?person=1", ""); w.Code != http.StatusNoContent {
		t.Errorf("unknown person: %d", w.Code)
	}
}

func TestSlowPageIsDisconnected(t *testing.T) {
	page, _ := newTestPage(t)
	events, end := page.watch(5)
	defer end()
	for range maxEvents + 1 {
		page.publish(sim.Event{Chat: 5})
	}
	n := 0
	for range events { // ends because the channel was closed
		n++
	}
	if n != maxEvents || len(page.watchers[5]) != 0 {
		t.Errorf("%d events, %d watchers", n, len(page.watchers[5]))
	}
}

// The numbers are zero at first, and then those of the bot's parts.
func TestDemoNumbers(t *testing.T) {
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	a, page, err := build(cfg, "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if got, want := page.numbers(), (botNumbers{Slots: 3}); !reflect.DeepEqual(got, want) {
		t.Errorf("at first %+v, want %+v", got, want)
	}
	page.join(0, "en")
	page.world.outside.Answered("live", guide.FromModel, 2500*time.Millisecond)
	callAsBot(t, page, "getUpdates", `{}`)
	callAsBot(t, page, "sendMessage", `{"chat_id":100001,"text":"hello"}`)
	want := botNumbers{Slots: 3, Calls: 1, Source: "generated", Seconds: 2.5}
	if got := page.numbers(); !reflect.DeepEqual(got, want) {
		t.Errorf("then %+v, want %+v", got, want)
	}
}
