package app

import (
	"bufio"
	"bytes"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// newTestPage is the demo's page with its simulated Telegram and no bot behind it.
func newTestPage(t *testing.T) (*demoPage, http.Handler) {
	t.Helper()
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	cfg := Defaults()
	page := newDemoPage(newStage(&cfg, pack), pack)
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

func TestDemoRequests(t *testing.T) {
	page, mux := newTestPage(t)
	if w := ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`); !strings.Contains(w.Body.String(), `"person":100001`) {
		t.Fatalf("join: %d %s", w.Code, w.Body)
	}
	tests := []struct {
		name, path, body string
		header           []string
		status           int
	}{
		{"location", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62}`, nil, http.StatusNoContent},
		{"equator and meridian", "/demo/act", `{"person":100001,"lat":0,"lon":0}`, nil, http.StatusNoContent},
		{"sharing", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62,"share":true}`, nil, http.StatusOK},
		{"a step of no walk", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62,"walk":77}`, nil, http.StatusNotFound},
		{"the end of sharing", "/demo/act", `{"person":100001,"walk":3}`, nil, http.StatusNoContent},
		{"text", "/demo/act", `{"person":100001,"text":"/help"}`, nil, http.StatusNoContent},
		{"by localhost", "/demo/act", `{"person":100001,"text":"/help"}`, []string{"Host", "localhost:8080"}, http.StatusNoContent},
		{"button of no message", "/demo/act", `{"person":100001,"message":7,"data":"x"}`, nil, http.StatusNotFound},
		{"latitude too large", "/demo/act", `{"person":100001,"lat":91,"lon":0}`, nil, http.StatusBadRequest},
		{"half a location", "/demo/act", `{"person":100001,"lat":1}`, nil, http.StatusBadRequest},
		{"nothing", "/demo/act", `{"person":100001}`, nil, http.StatusBadRequest},
		{"long text", "/demo/act", `{"person":100001,"text":"` + strings.Repeat("x", demoText+1) + `"}`, nil, http.StatusBadRequest},
		{"long body", "/demo/act", `{"person":100001,"text":"` + strings.Repeat("x", demoBody) + `"}`, nil, http.StatusBadRequest},
		{"not JSON", "/demo/act", `person=1`, nil, http.StatusBadRequest},
		{"unknown person", "/demo/act", `{"person":1,"text":"/help"}`, nil, http.StatusNotFound},
		{"unknown language", "/demo/join", `{"language":"xx"}`, nil, http.StatusBadRequest},
		{"from another site", "/demo/join", `{"language":"ru"}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"from another origin", "/demo/join", `{"language":"ru"}`, []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"by a name that points here", "/demo/join", `{"language":"ru"}`, []string{"Host", "evil.example:8080"}, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w := ask(mux, http.MethodPost, tt.path, tt.body, tt.header...); w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
		})
	}
	if got := len(page.person(100001).Messages()); got != 5 {
		t.Errorf("%d messages in the chat, want the 5 that were accepted", got)
	}
}

func TestDemoHasRoomForSoMany(t *testing.T) {
	page, mux := newTestPage(t)
	page.joined.Store(demoPeople - 1)
	for _, want := range []int{http.StatusOK, http.StatusServiceUnavailable} {
		if w := ask(mux, http.MethodPost, "/demo/join", `{"language":"ru"}`); w.Code != want {
			t.Errorf("status %d, want %d", w.Code, want)
		}
	}
}

func TestDemoEvents(t *testing.T) {
	page, mux := newTestPage(t)
	srv := httptest.NewServer(mux)
	defer srv.Close()
	ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`)
	person := page.person(100001)
	person.Say("before")

	resp, err := http.Get(srv.URL + "/demo/events?person=100001")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		t.Helper()
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				return data
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return ""
	}
	if got := next(); !strings.Contains(got, `"before"`) {
		t.Errorf("first event %s", got)
	}
	person.Say("after")
	if got := next(); !strings.Contains(got, `"after"`) {
		t.Errorf("second event %s", got)
	}

	if w := ask(mux, http.MethodGet, "/demo/events?person=1", ""); w.Code != http.StatusNoContent {
		t.Errorf("unknown person: %d", w.Code)
	}
}

func TestSlowPageIsCutOff(t *testing.T) {
	page, _ := newTestPage(t)
	events, end := page.watch(5)
	defer end()
	for range demoEvents + 1 {
		page.tell(sim.Event{Chat: 5})
	}
	n := 0
	for range events { // ends because the channel was closed
		n++
	}
	if n != demoEvents || len(page.watchers[5]) != 0 {
		t.Errorf("%d events, %d watchers", n, len(page.watchers[5]))
	}
}

// The page loads nothing from elsewhere and has no inline script or style, which its policy would refuse.
func TestDemoPageIsSelfContained(t *testing.T) {
	_, mux := newTestPage(t)
	w := ask(mux, http.MethodGet, "/", "")
	if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy %q", got)
	}
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	outside := regexp.MustCompile(`(?i)(src|href|url)\s*[=(]\s*["']?(https?:)?//`)
	err := fs.WalkDir(demoFiles, "demo", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := demoFiles.ReadFile(path)
		if err != nil {
			return err
		}
		if found := outside.Find(data); found != nil {
			t.Errorf("%s loads from outside: %s", path, found)
		}
		if found := inline.Find(data); found != nil && strings.HasSuffix(path, ".html") {
			t.Errorf("%s has inline code: %s", path, found)
		}
		if w := ask(mux, http.MethodGet, "/"+strings.TrimPrefix(path, "demo/"), ""); w.Code != http.StatusOK && w.Code != http.StatusMovedPermanently && !strings.HasSuffix(path, ".html") {
			t.Errorf("%s is not served: %d", path, w.Code)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every text of the page stands in both languages.
func TestDemoWords(t *testing.T) {
	script, err := demoFiles.ReadFile("demo/demo.js")
	if err != nil {
		t.Fatal(err)
	}
	html, err := demoFiles.ReadFile("demo/index.html")
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`data-(?:text|placeholder)="(\w+)"`).FindAllSubmatch(html, -1)
	used = append(used, regexp.MustCompile(`say\("(\w+)"\)`).FindAllSubmatch(script, -1)...)
	if len(used) < 10 {
		t.Fatalf("only %d texts found", len(used))
	}
	for _, m := range used {
		if n := len(regexp.MustCompile(`\b`+string(m[1])+`: "`).FindAll(script, -1)); n != 2 {
			t.Errorf("text %s stands there %d times, want once a language", m[1], n)
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
