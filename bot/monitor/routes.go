package monitor

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/pprof"
	"time"

	"excursobot/bot/monitor/metric"
)

// Routes adds the pages to mux: /dashboard and its files, /api/stats, /metrics and, if there is a token, /debug/pprof/.
func (m *Monitor) Routes(mux *http.ServeMux) {
	mux.Handle("GET /metrics", m.guarded(http.HandlerFunc(m.serveMetrics)))
	mux.Handle("GET /api/stats", m.guarded(http.HandlerFunc(m.serveStats)))
	mux.Handle("GET /dashboard", hardened(http.HandlerFunc(m.serveDashboard)))
	mux.Handle("GET /dashboard/events", m.guarded(http.HandlerFunc(m.serveEvents)))
	protection := http.NewCrossOriginProtection() // refuses forms of other sites
	mux.Handle("POST /dashboard/login", hardened(protection.Handler(http.HandlerFunc(m.serveLogin))))
	mux.Handle("POST /dashboard/logout", hardened(protection.Handler(http.HandlerFunc(m.serveLogout))))
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the path is a constant
	}
	for _, name := range []string{"dashboard.css", "dashboard.js", "dashboard.svg"} { // public, because the login page needs them
		mux.Handle("GET /dashboard/"+name, hardened(http.StripPrefix("/dashboard/", http.FileServerFS(files))))
	}
	if m.cfg.Token != "" {
		m.profiles(mux)
	}
}

// profiles adds Go's profiler. It needs a token, because it costs time and reveals a lot.
func (m *Monitor) profiles(mux *http.ServeMux) {
	for path, handler := range map[string]http.HandlerFunc{
		"GET /debug/pprof/":        pprof.Index,
		"GET /debug/pprof/cmdline": http.NotFound, // a command line may contain secrets
		"GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/symbol":  pprof.Symbol,
		"GET /debug/pprof/trace":   pprof.Trace,
	} {
		mux.Handle(path, m.guarded(handler))
	}
}

// hardened sets headers: the page loads nothing from other sites, is not shown in frames and is not cached.
func hardened(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // the forms of the page need their origin
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// guarded serves requests that have access and refuses the others with a line of help.
func (m *Monitor) guarded(next http.Handler) http.Handler {
	return hardened(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if d := m.access.check(r); d != allowed {
			refuse(w, d)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// refusals are the responses to requests without access.
var refusals = map[decision]struct {
	status int
	text   string
}{
	unauthorized: {http.StatusUnauthorized, "the token is missing or wrong: send Authorization: Bearer with DASHBOARD_TOKEN, or log in at /dashboard"},
	rateLimited:  {http.StatusTooManyRequests, "too many attempts; wait a few seconds"},
	notLocal:     {http.StatusForbidden, "without DASHBOARD_TOKEN (monitor.token) this page is only served to requests from the bot's own machine, without a proxy"},
}

func refuse(w http.ResponseWriter, d decision) {
	if d == rateLimited {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, refusals[d].text, refusals[d].status)
}

// maxScrapes bounds the pages for Prometheus that are written at once.
const maxScrapes = 4

func (m *Monitor) serveMetrics(w http.ResponseWriter, r *http.Request) {
	select {
	case m.scrapes <- struct{}{}:
		defer func() { <-m.scrapes }()
	default:
		http.Error(w, "too many scrapes at once", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", metric.ContentType)
	_, _ = w.Write(m.metrics(r.Context()).Bytes()) // fails only if the client left
}

func (m *Monitor) serveStats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(m.Stats()) // fails only if the client left
}

// serveDashboard shows the page, or the form that asks for the token.
func (m *Monitor) serveDashboard(w http.ResponseWriter, r *http.Request) {
	switch d := m.access.check(r); d {
	case allowed:
		m.writePage(w, spanOf(r))
	case notLocal:
		refuse(w, d)
	default:
		writeLogin(w, http.StatusUnauthorized, "")
	}
}

// serveLogin checks the token of the form and sets a cookie.
func (m *Monitor) serveLogin(w http.ResponseWriter, r *http.Request) {
	if m.cfg.Token == "" {
		refuse(w, notLocal)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxLogin)
	switch m.access.try(r, r.PostFormValue("token")) {
	case allowed:
		http.SetCookie(w, m.access.cookie(r, time.Now()))
		http.Redirect(w, r, "/dashboard", http.StatusSeeOther)
	case rateLimited:
		w.Header().Set("Retry-After", "5")
		writeLogin(w, http.StatusTooManyRequests, "Too many attempts. Wait a few seconds.")
	default:
		m.log.Warn("dashboard_login_refused")
		writeLogin(w, http.StatusUnauthorized, "That is not the token.")
	}
}

// serveLogout ends the session here, too: a cookie that somebody copied is worth nothing afterwards.
func (m *Monitor) serveLogout(w http.ResponseWriter, r *http.Request) {
	if err := m.access.end(r, time.Now()); err != nil {
		m.log.Error("dashboard_logout_unsaved", "error", err) // it holds until this process ends
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r)})
	http.Redirect(w, r, "/dashboard", http.StatusSeeOther)
}
