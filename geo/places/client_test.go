package places

import (
	"bytes"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

func TestRequestsAreAsDocumented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: append(houses(1200, 300), house(2000, 0, 1))})
		found := w.near(t, square, 250)
		if _, err := w.Details(t.Context(), found[:1]); err != nil {
			t.Fatal(err)
		}
		common := "action=query&format=json&formatversion=2&"
		around, _ := geo.CellAt(square, levelAround).Bounds()
		tile, radius := geo.CellAt(square, geo.LevelTile).Bounds()
		if radius < 500 || radius > 1000 {
			t.Errorf("radius of a tile %g", radius)
		}
		search := "list=geosearch&gslimit=500&gsprop=type|dim|country&"
		want := []string{
			common + search + "gsradius=10000&gscoord=" + degrees(around.Lat) + "|" + degrees(around.Lon),
			common + search + "gscoord=" + degrees(tile.Lat) + "|" + degrees(tile.Lon),
		}
		details := common + "prop=extracts|pageprops|pageimages|description|info|coordinates&exintro=1&explaintext=1&exchars=1200&exlimit=max" +
			"&ppprop=wikibase_item|disambiguation&piprop=thumbnail|name&pithumbsize=1280&pilimit=50&pilicense=free&inprop=url&colimit=max&coprop=type|dim"
		want = append(want, details)
		got := []*http.Request{w.requests[0], w.requests[1], w.requests[len(w.requests)-1]}
		for i, r := range got {
			if r.URL.Host != "ru.wikipedia.org" || r.URL.Path != "/w/api.php" || r.Header.Get("User-Agent") != "Excursobot/1.2 (op@example.org)" ||
				r.Header.Get("Accept-Encoding") != "gzip" {
				t.Errorf("request to %s with %v", r.URL, r.Header)
			}
			wantQuery, err := url.ParseQuery(want[i])
			if err != nil {
				t.Fatal(err)
			}
			query := r.URL.Query()
			for name := range wantQuery {
				if query.Get(name) != wantQuery.Get(name) {
					t.Errorf("request %d: %s = %q, want %q", i, name, query.Get(name), wantQuery.Get(name))
				}
				delete(query, name)
			}
			delete(query, "gsradius")
			delete(query, "pageids")
			if len(query) > 0 {
				t.Errorf("request %d: %v besides", i, query)
			}
		}
	})
}

func TestFaults(t *testing.T) {
	always := func(fault string) func(int) string { return func(int) string { return fault } }
	once := func(fault string) func(int) string {
		return func(n int) string {
			if n == 1 {
				return fault
			}
			return ""
		}
	}
	tests := []struct {
		name     string
		fault    func(int) string
		requests int
		took     [2]time.Duration // at least and at most
		outcomes []string
		ok       bool
	}{
		{"429 once", once("429"), 2, [2]time.Duration{5 * time.Second, 6 * time.Second}, []string{"limited", "ok"}, true},
		{"503 with Retry-After once", once("503"), 2, [2]time.Duration{5 * time.Second, 6 * time.Second}, []string{"limited", "ok"}, true},
		{"maxlag once, though nobody asked for it", once("maxlag"), 2, [2]time.Duration{0, time.Second}, []string{"limited", "ok"}, true},
		{"ratelimited once, with no word on how long", once("ratelimited"), 2, [2]time.Duration{5 * time.Second, 6 * time.Second}, []string{"limited", "ok"}, true},
		{"HTML once", once("html"), 2, [2]time.Duration{0, time.Second}, []string{"error", "ok"}, true},
		{"cut once", once("cut"), 2, [2]time.Duration{0, time.Second}, []string{"error", "ok"}, true},
		{"warnings", always("warnings"), 1, [2]time.Duration{0, 0}, []string{"ok"}, true},
		{"429 always", always("429"), 2, [2]time.Duration{5 * time.Second, 6 * time.Second}, []string{"limited", "limited"}, false},
		{"HTML always", always("html"), 3, [2]time.Duration{time.Millisecond, time.Second}, []string{"error", "error", "error"}, false},
		{"hang", always("hang"), 1, [2]time.Duration{8 * time.Second, 8 * time.Second}, []string{"error"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 10)}, fault: tt.fault})
				start := time.Now()
				found, err := w.Near(t.Context(), square, 300, "ru")
				took := time.Since(start)
				if ok := err == nil && len(found) == 1; ok != tt.ok || err != nil && !errors.Is(err, ErrUnavailable) {
					t.Errorf("found %v, err %v", ids(found), err)
				}
				if took < tt.took[0] || took > tt.took[1] {
					t.Errorf("took %v, want %v", took, tt.took)
				}
				if w.sent() != tt.requests || !slices.Equal(w.outcomes, tt.outcomes) {
					t.Errorf("%d requests, outcomes %v; want %d, %v", w.sent(), w.outcomes, tt.requests, tt.outcomes)
				}
			})
		})
	}
}

func TestRepliesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for range 3 << 10 {
				if _, err := w.Write(bytes.Repeat([]byte(" "), 1<<10)); err != nil {
					return
				}
			}
		})})
		_, err := w.Near(t.Context(), square, 300, "ru")
		if !errors.Is(err, errTooBig) || w.sent() != 1 {
			t.Errorf("%d requests, err %v, want errTooBig at once", w.sent(), err)
		}
	})
}

func TestAddress(t *testing.T) {
	c := &client{url: "http://localhost:8081/w/api.php?lang={lang}"}
	tests := []struct{ language, want string }{
		{"ru", "lang=ru"}, {"pt-br", "lang=pt"}, {"nb", "lang=no"},
		{"", ""}, {"x", ""}, {"evil.example.org/", ""}, {"RU", ""}, {"рус", ""},
	}
	for _, tt := range tests {
		got, err := c.address(question{lang: tt.language}, false)
		if (err == nil) != (tt.want != "") || !strings.Contains(got, tt.want) {
			t.Errorf("address(%q) = %q, %v", tt.language, got, err)
		}
	}
}

func TestNewRefusesBadConfig(t *testing.T) {
	w := newWorld(t, setting{})
	for name, cfg := range map[string]Config{
		"no store":    {},
		"no address":  {Store: w.store, URL: "wikipedia"},
		"a bad agent": {Store: w.store, Contact: "me\r\nX-Evil: 1"},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := New(Config{Store: w.store}); err != nil {
		t.Errorf("the defaults: %v", err)
	}
}

func TestRetryAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tests := []struct {
			header string
			want   time.Duration
		}{
			{"", 0}, {"7", 7 * time.Second}, {"-7", 0}, {"999999999999", time.Hour}, {"99999999999999999999", 0}, {"soon", 0},
			{time.Now().Add(30 * time.Second).UTC().Format(http.TimeFormat), 30 * time.Second},
			{time.Now().Add(-time.Hour).UTC().Format(http.TimeFormat), 0},
		}
		for _, tt := range tests {
			if got := retryAfter(tt.header); got != tt.want {
				t.Errorf("retryAfter(%q) = %v, want %v", tt.header, got, tt.want)
			}
		}
	})
}

func TestPanicFailsOnlyItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(3, 100)})
		ask := w.client.http.Transport
		w.client.http.Transport = roundTripper(func(*http.Request) (*http.Response, error) { panic("a reply") })
		if _, err := w.Near(t.Context(), square, 300, "ru"); !errors.Is(err, ErrUnavailable) {
			t.Errorf("got %v, want ErrUnavailable", err)
		}
		w.client.http.Transport = ask
		if found := w.near(t, square, 300); len(found) != 3 {
			t.Errorf("%d places after it, want 3", len(found))
		}
	})
}
