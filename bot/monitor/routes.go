package monitor

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

//go:embed page
var pageFiles embed.FS

// Routes adds the pages to mux: /dashboard and what belongs to it, /api/stats, /metrics and, with a token, /debug/pprof/.
func (m *Monitor) Routes(mux *http.ServeMux) {
	metrics := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		Registry: m.registry, MaxRequestsInFlight: 4, Timeout: 10 * time.Second, EnableOpenMetrics: true,
	})
	mux.Handle("GET /metrics", m.guarded(metrics))
	mux.Handle("GET /api/stats", m.guarded(http.HandlerFunc(m.serveStats)))
	mux.Handle("GET /dashboard", hardened(http.HandlerFunc(m.serveDashboard)))
	mux.Handle("GET /dashboard/events", m.guarded(http.HandlerFunc(m.serveEvents)))
	own := http.NewCrossOriginProtection() // forms of other sites are refused
	mux.Handle("POST /dashboard/login", hardened(own.Handler(http.HandlerFunc(m.serveLogin))))
	mux.Handle("POST /dashboard/logout", hardened(own.Handler(http.HandlerFunc(m.serveLogout))))
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the path is a constant
	}
	for _, name := range []string{"dashboard.css", "dashboard.js", "dashboard.svg"} { // nothing secret: the login page needs them
		mux.Handle("GET /dashboard/"+name, hardened(http.StripPrefix("/dashboard/", http.FileServerFS(files))))
	}
	if m.cfg.Token != "" {
		m.profiles(mux)
	}
}

// profiles adds Go's profiler. It costs time and tells much, so it is there for the token's owner only.
func (m *Monitor) profiles(mux *http.ServeMux) {
	for path, handler := range map[string]http.HandlerFunc{
		"GET /debug/pprof/":        pprof.Index,
		"GET /debug/pprof/cmdline": http.NotFound, // secrets may stand on a command line
		"GET /debug/pprof/profile": pprof.Profile,
		"GET /debug/pprof/symbol":  pprof.Symbol,
		"GET /debug/pprof/trace":   pprof.Trace,
	} {
		mux.Handle(path, m.guarded(handler))
	}
}

// hardened lets the page load nothing from elsewhere, be framed by nobody and stay in no cache.
func hardened(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin") // forms of the page itself must say where they come from
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// guarded answers those who have access, and tells the others in one line what to do.
func (m *Monitor) guarded(next http.Handler) http.Handler {
	return hardened(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if v := m.access.check(r); v != allowed {
			refuse(w, v)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// refusals are what those without access read.
var refusals = map[admission]struct {
	status int
	words  string
}{
	unknown:   {http.StatusUnauthorized, "the token is missing or wrong: send Authorization: Bearer with DASHBOARD_TOKEN, or log in at /dashboard"},
	tooMany:   {http.StatusTooManyRequests, "too many tries; wait some seconds"},
	elsewhere: {http.StatusForbidden, "without DASHBOARD_TOKEN (monitor.token) this page answers the bot's own machine only, and not through a proxy"},
}

func refuse(w http.ResponseWriter, v admission) {
	if v == tooMany {
		w.Header().Set("Retry-After", "5")
	}
	http.Error(w, refusals[v].words, refusals[v].status)
}

func (m *Monitor) serveStats(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	_ = out.Encode(m.Stats()) // the client left
}

// serveDashboard shows the page, or the form that asks for the token.
func (m *Monitor) serveDashboard(w http.ResponseWriter, r *http.Request) {
	switch v := m.access.check(r); v {
	case allowed:
		m.writePage(w, spanOf(r))
	case elsewhere:
		refuse(w, v)
	default:
		writeLogin(w, http.StatusUnauthorized, "")
	}
}

// serveLogin takes the form's token and gives a cookie for it.
func (m *Monitor) serveLogin(w http.ResponseWriter, r *http.Request) {
	if m.cfg.Token == "" {
		refuse(w, elsewhere)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, tokenMost)
	switch m.access.try(r, r.PostFormValue("token")) {
	case allowed:
		http.SetCookie(w, m.access.cookie(r, time.Now()))
		http.Redirect(w, r, "/dashboard", http.StatusSeeOther)
	case tooMany:
		w.Header().Set("Retry-After", "5")
		writeLogin(w, http.StatusTooManyRequests, "Too many tries. Wait some seconds.")
	default:
		m.log.Warn("dashboard_refused")
		writeLogin(w, http.StatusUnauthorized, "That is not the token.")
	}
}

func (m *Monitor) serveLogout(w http.ResponseWriter, r *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: cookieName, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r)})
	http.Redirect(w, r, "/dashboard", http.StatusSeeOther)
}
