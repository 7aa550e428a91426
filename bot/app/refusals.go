package app

import (
	"net/http"
	"net/netip"

	"excursobot/limiter"
)

// quietRefusals answers at most rate wrong secrets a second to one address; the others get their connection closed. Behind a
// proxy all share its address: right secrets are never counted.
func quietRefusals(next http.Handler, rate float64) http.Handler {
	refusals := limiter.NewKeyed[netip.Addr](limiter.KeyedConfig{Rate: rate, Burst: max(1, int(rate))})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _ := netip.ParseAddrPort(r.RemoteAddr) // what does not parse shares one bucket
		next.ServeHTTP(&refusalWriter{w, func() bool { return refusals.Allow(from.Addr()) }}, r)
	})
}

// refusalWriter cuts the connection instead of writing a 401 that is one too many.
type refusalWriter struct {
	http.ResponseWriter
	allow func() bool
}

// WriteHeader implements http.ResponseWriter.
func (w *refusalWriter) WriteHeader(status int) {
	if status == http.StatusUnauthorized && !w.allow() {
		panic(http.ErrAbortHandler)
	}
	w.ResponseWriter.WriteHeader(status)
}
