package demo

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"excursobot/bot/config"
	"excursobot/geo/places"
)

// newTestPage returns the demo's page with its simulated Telegram, without a bot.
func newTestPage(t *testing.T) (*pageServer, http.Handler) {
	t.Helper()
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	w, err := newDemoWorld(&cfg, pack, "")
	if err != nil {
		t.Fatal(err)
	}
	page := newPageServer(w, pack, func() botNumbers { return botNumbers{Slots: 3} })
	mux := http.NewServeMux()
	page.routes(mux)
	return page, mux
}

func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestDemoLimitsItsPeople(t *testing.T) {
	page, mux := newTestPage(t)
	for range maxPeople - 1 {
		page.join(0, "en")
	}
	for _, tt := range []struct {
		body string
		want int
	}{
		{`{"language":"ru"}`, http.StatusOK},
		{`{"language":"ru"}`, http.StatusServiceUnavailable},
		{`{"language":"ru","person":100001}`, http.StatusOK},
	} {
		if w := ask(mux, http.MethodPost, "/demo/join", tt.body); w.Code != tt.want {
			t.Errorf("%s: status %d, want %d", tt.body, w.Code, tt.want)
		}
	}
}

func TestDemoKnowsReturningPeople(t *testing.T) {
	page, mux := newTestPage(t)
	for _, tt := range []struct{ name, body, want string }{
		{"a new person", `{"language":"en"}`, `"person":100001`},
		{"the same person, with a phone in Russian", `{"language":"ru","person":100001}`, `"person":100001`},
		{"a person of an earlier demo", `{"language":"en","person":100777}`, `"person":100002`},
	} {
		if w := ask(mux, http.MethodPost, "/demo/join", tt.body); !strings.Contains(w.Body.String(), tt.want) {
			t.Errorf("%s: %d %s, want %s", tt.name, w.Code, w.Body, tt.want)
		}
	}
	page.person(100001).Say("hello")
	if got := updates(t, page); !strings.Contains(got, `"language_code":"ru"`) {
		t.Errorf("the bot does not get the new language: %s", got)
	}
}

// updates returns the updates that wait for the bot.
func updates(t *testing.T, page *pageServer) string {
	t.Helper()
	return callAsBot(t, page, "getUpdates", `{}`)
}

// callAsBot calls a method of the page's Telegram, which must succeed.
func callAsBot(t *testing.T, page *pageServer, method, body string) string {
	t.Helper()
	w := ask(page.world.telegram, http.MethodPost, "/bot1000:demo/"+method, body, "Content-Type", "application/json")
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", method, w.Code, w.Body)
	}
	return w.Body.String()
}

func TestDemoMenu(t *testing.T) {
	page, mux := newTestPage(t)
	callAsBot(t, page, "setMyCommands", `{"commands":[{"command":"start","description":"начать"}],"language_code":"ru"}`)
	for language, want := range map[string]string{"ru": `[{"name":"start","description":"начать"}]`, "en": `[]`} {
		if got := ask(mux, http.MethodGet, "/demo/menu?language="+language, "").Body.String(); strings.TrimSpace(got) != want {
			t.Errorf("the menu in %s is %s, want %s", language, got, want)
		}
	}
}

func TestDemoWorldOnThePage(t *testing.T) {
	_, mux := newTestPage(t)
	w := ask(mux, http.MethodGet, "/demo/world", "")
	for _, want := range []string{`"id":"paris"`, `"ru":"Лувр"`, `"lat":48.8611`, `"realModel":false`, `"realWikipedia":false`, `"shared":3600`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %s in %s", want, w.Body)
		}
	}
}

func TestDemoWorldUsesRealServices(t *testing.T) {
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ key, contact string }{{"", ""}, {"sk-1", ""}, {"", "me@example.org"}, {"sk-1", "me@example.org"}} {
		cfg := config.Defaults()
		cfg.OpenAI.APIKey, cfg.Places.Contact = tt.key, tt.contact
		s, err := newDemoWorld(&cfg, pack, "")
		if err != nil {
			t.Fatal(err)
		}
		if s.realModel != (tt.key != "") || s.realModel != (s.outside.Model == nil) || s.realWikipedia != (tt.contact != "") || s.realWikipedia != (s.outside.Wikipedia == nil) {
			t.Errorf("with key %q and contact %q: model %t, Wikipedia %t", tt.key, tt.contact, s.realModel, s.realWikipedia)
		}
		if s.outside.Telegram == nil {
			t.Error("the demo would talk to Telegram")
		}
	}
}

// A web site under a name that resolves to this machine cannot read the demo.
func TestDemoAnswersLoopbackNamesOnly(t *testing.T) {
	page, mux := newTestPage(t)
	page.join(0, "en")
	for _, path := range []string{"/", "/main.js", "/demo/world", "/demo/menu?language=en", "/demo/events?person=100001", "/demo/file?person=100001&message=1"} {
		if w := ask(mux, http.MethodGet, path, "", "Host", "evil.example:8080"); w.Code != http.StatusForbidden {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func TestDemoTakesTheNextFreePort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := taken.Addr().(*net.TCPAddr).Port
	var notes bytes.Buffer
	l, err := listenNear(t.Context(), "0.0.0.0:"+strconv.Itoa(port), &notes)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			t.Skipf("no free port near %d: %v", port, err)
		}
		t.Fatal(err)
	}
	defer l.Close()
	addr := l.Addr().(*net.TCPAddr)
	if addr.Port <= port || !addr.IP.IsLoopback() {
		t.Errorf("listens at %s, want a loopback port above %d", addr, port)
	}
	if want := "Port " + strconv.Itoa(port) + " is taken"; !strings.Contains(notes.String(), want) {
		t.Errorf("notes %q, want %q", &notes, want)
	}
}
