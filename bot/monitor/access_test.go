package monitor

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

var guardedPaths = []string{"/dashboard", "/dashboard/events", "/api/stats", "/metrics"}

func TestWithoutATokenOnlyThisMachineIsAnswered(t *testing.T) {
	tests := []struct {
		name   string
		change func(*http.Request)
		want   int
	}{
		{"this machine", func(*http.Request) {}, http.StatusOK},
		{"its name", func(r *http.Request) { r.Host = "localhost:8080" }, http.StatusOK},
		{"IPv6", func(r *http.Request) { r.RemoteAddr, r.Host = "[::1]:5000", "[::1]:8080" }, http.StatusOK},
		{"IPv4 in IPv6", from("[::ffff:127.0.0.1]:5000"), http.StatusOK},
		{"the network", from("192.0.2.1:5000"), http.StatusForbidden},
		{"a proxy on this machine", header("X-Forwarded-For", "192.0.2.1"), http.StatusForbidden},
		{"another kind of proxy", header("Forwarded", "for=192.0.2.1"), http.StatusForbidden},
		{"a proxy that says only via", header("Via", "1.1 caddy"), http.StatusForbidden},
		{"a site's name that leads here", func(r *http.Request) { r.Host = "evil.example" }, http.StatusForbidden},
		{"no address", from("@"), http.StatusForbidden},
		{"a token that nobody set", func(r *http.Request) { from("192.0.2.1:5000")(r); bearer("")(r) }, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, Config{})
			w.tick()
			for _, path := range []string{"/dashboard", "/api/stats", "/metrics"} {
				if rec := w.get(path, tt.change); rec.Code != tt.want {
					t.Errorf("%s: %d, want %d", path, rec.Code, tt.want)
				}
			}
			if rec := w.get("/debug/pprof/", tt.change); rec.Code != http.StatusNotFound {
				t.Errorf("the profiler answers %d without a token", rec.Code)
			}
		})
	}
}

func TestToken(t *testing.T) {
	const token = "open sesame"
	w := newWorld(t, Config{Token: token})
	w.tick()
	for _, path := range append(slices.Clone(guardedPaths), "/debug/pprof/", "/debug/pprof/heap", "/debug/pprof/profile") {
		for name, change := range map[string]func(*http.Request){
			"nothing": func(*http.Request) {}, "a wrong one": bearer("open sesam"), "an empty one": bearer(""), "another scheme": header("Authorization", "Basic "+token),
			"a made-up cookie": header("Cookie", cookieName+"=4102444800.A.00ff"), "the token as cookie": header("Cookie", cookieName+"="+token),
		} {
			rec := w.get(path, change) // from this machine, which does not help if there is a token
			if rec.Code != http.StatusUnauthorized {
				t.Errorf("%s with %s: %d, want 401", path, name, rec.Code)
			}
			if strings.Contains(rec.Body.String(), "requests") {
				t.Errorf("%s with %s shows numbers", path, name)
			}
		}
	}
	for _, path := range []string{"/dashboard", "/api/stats", "/metrics", "/debug/pprof/", "/debug/pprof/heap"} {
		if rec := w.get(path, bearer(token), from("192.0.2.1:5000")); rec.Code != http.StatusOK {
			t.Errorf("%s with the token: %d", path, rec.Code)
		}
	}
	if rec := w.get("/debug/pprof/cmdline", bearer(token)); rec.Code != http.StatusNotFound {
		t.Errorf("the command line is shown: %d", rec.Code)
	}
}

func TestLogin(t *testing.T) {
	const token = "open sesame"
	w := newWorld(t, Config{Token: token})
	w.tick()
	if rec := w.login("wrong"); rec.Code != http.StatusUnauthorized || len(rec.Result().Cookies()) != 0 {
		t.Errorf("a wrong token: %d with %d cookies", rec.Code, len(rec.Result().Cookies()))
	}
	if rec := w.login(token, header("Sec-Fetch-Site", "cross-site")); rec.Code != http.StatusForbidden {
		t.Errorf("another site's form: %d", rec.Code)
	}
	rec := w.login("open+sesame", header("X-Forwarded-Proto", "https"))
	cookies := rec.Result().Cookies()
	if rec.Code != http.StatusSeeOther || len(cookies) != 1 {
		t.Fatalf("the token: %d with %d cookies", rec.Code, len(cookies))
	}
	c := cookies[0]
	if !c.HttpOnly || !c.Secure || c.SameSite != http.SameSiteStrictMode || strings.Contains(c.Value, "sesame") {
		t.Errorf("the cookie is %+v", c)
	}
	cookie := func(r *http.Request) { r.AddCookie(c) }
	if rec := w.get("/dashboard", cookie, from("192.0.2.1:5000")); rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "Log out") {
		t.Errorf("the page with the cookie: %d", rec.Code)
	}
	other := newWorld(t, Config{Token: "another token"})
	if rec := other.get("/dashboard", cookie); rec.Code != http.StatusUnauthorized {
		t.Errorf("the cookie under another token: %d", rec.Code)
	}
	second := w.login("open+sesame").Result().Cookies()[0]
	r := httptest.NewRequest(http.MethodPost, "/dashboard/logout", nil)
	cookie(r)
	if gone := w.send(r).Result().Cookies(); len(gone) != 1 || gone[0].MaxAge >= 0 {
		t.Errorf("logging out leaves %v", gone)
	}
	if rec := w.get("/dashboard", cookie); rec.Code != http.StatusUnauthorized {
		t.Errorf("the cookie after the logout: %d", rec.Code)
	}
	if rec := w.get("/dashboard", func(r *http.Request) { r.AddCookie(second) }); rec.Code != http.StatusOK {
		t.Errorf("another session after the logout: %d", rec.Code)
	}
}

func TestCookiesExpire(t *testing.T) {
	a := access{token: "open sesame"}
	now := time.Now()
	value := a.cookieValue(now.Add(time.Hour))
	if !a.validCookie(value, now) {
		t.Error("a fresh cookie is refused")
	}
	if a.validCookie(value, now.Add(time.Hour)) {
		t.Error("a cookie is accepted after its time")
	}
	longer := strings.Replace(value, value[:10], "9999999999", 1)
	if a.validCookie(longer, now) {
		t.Error("a cookie that was made to last longer is accepted")
	}
}

func TestTriesAreLimited(t *testing.T) {
	left := 2
	w := newWorld(t, Config{Token: "open sesame", AllowAttempt: func(a netip.Addr) bool {
		if a != netip.MustParseAddr("192.0.2.1") {
			t.Errorf("the tries of %v are counted", a)
		}
		left--
		return left >= 0
	}})
	value := w.access.cookieValue(time.Now().Add(time.Hour))
	address := from("192.0.2.1:5000")
	w.get("/metrics", address) // without a token this is not an attempt
	for i, want := range []int{http.StatusUnauthorized, http.StatusUnauthorized, http.StatusTooManyRequests} {
		if rec := w.get("/metrics", address, bearer("wrong")); rec.Code != want {
			t.Errorf("try %d: %d, want %d", i+1, rec.Code, want)
		}
	}
	if rec := w.login("open+sesame", address); rec.Code != http.StatusSeeOther || len(rec.Result().Cookies()) != 1 {
		t.Errorf("the right token after too many wrong ones: %d", rec.Code)
	}
	if rec := w.get("/metrics", address, header("Cookie", cookieName+"="+value)); rec.Code != http.StatusOK {
		t.Errorf("who is logged in already gets %d", rec.Code)
	}
}

func TestPagesAreHardened(t *testing.T) {
	w := newWorld(t, Config{})
	w.tick()
	for _, path := range []string{"/dashboard", "/api/stats", "/metrics", "/dashboard/dashboard.css", "/dashboard/dashboard.js", "/dashboard/dashboard.svg"} {
		rec := w.get(path)
		h := rec.Header()
		if rec.Code != http.StatusOK || h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, rec.Code, h)
		}
		if policy := h.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
	}
	if rec := w.get("/dashboard/body.html"); rec.Code != http.StatusNotFound {
		t.Errorf("a template is served: %d", rec.Code)
	}
}

func FuzzCookie(f *testing.F) {
	a := access{token: "open sesame"}
	good := a.signed("4102444800.SESSION") // a fixed id: each worker of the fuzzer must know it
	f.Add(good)
	f.Add("4102444800.")
	f.Add("-1.00")
	f.Add(".")
	f.Fuzz(func(t *testing.T, value string) {
		if a.validCookie(value, time.Unix(1700000000, 0)) && value != good {
			until, _, _ := strings.Cut(value, ".")
			t.Errorf("%q is accepted until %s", value, until)
		}
	})
}

func TestEndedSessionsOutliveTheProcess(t *testing.T) {
	saved := ""
	keep := Saved{
		Read:  func(context.Context) (string, error) { return saved, nil },
		Write: func(_ context.Context, text string) error { saved = text; return nil },
	}
	now := time.Now()
	before := &ended{saved: keep}
	for i := range mostEnded {
		if err := before.add(t.Context(), strconv.Itoa(i), now.Add(time.Hour), now); err != nil {
			t.Fatal(err)
		}
	}
	after := &ended{saved: keep}
	if !after.has("7", now.Add(time.Hour), now) || after.has("other", now.Add(time.Hour), now) {
		t.Errorf("a new process does not know which sessions ended: %s", saved)
	}
	if err := before.add(t.Context(), "one more", now.Add(time.Hour), now); err != nil || len(before.list) > mostEnded {
		t.Errorf("%d sessions are remembered (%v)", len(before.list), err)
	}
	if later := now.Add(readAgain); !after.has("other", now.Add(time.Hour), later) || after.has("new", later.Add(cookieLife+time.Minute), later) {
		t.Error("beyond the bound all sessions end, and only those of that moment")
	}
}
