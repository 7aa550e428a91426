package app

import (
	"net/http"
	"net/netip"

	"excursobot/limiter"
)

// quietRefusals answers at most rate wrong secrets a second from one address and closes the connection of the others. Calls with the right
// secret are not counted, because behind a proxy all calls have its address.
func quietRefusals(next http.Handler, rate float64) http.Handler {
	refusals := limiter.NewKeyed[netip.Addr](limiter.KeyedConfig{Rate: rate, Burst: max(1, int(rate))})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _ := netip.ParseAddrPort(r.RemoteAddr) // addresses that do not parse share one bucket
		next.ServeHTTP(&refusalWriter{w, func() bool { return refusals.Allow(from.Addr()) }}, r)
	})
}

// refusalWriter closes the connection instead of writing a 401 above the limit.
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
