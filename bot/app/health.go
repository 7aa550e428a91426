package app

import (
	"context"
	"net/http"
	"time"

	"excursobot/bot/web"
)

// A probe returns why a part is not ready; nil = it is ready.
type probe struct {
	name string
	why  func(context.Context) error
}

// Readiness is the body of /readyz.
type Readiness struct {
	Ready   bool              `json:"ready"`
	Replica string            `json:"replica,omitempty"` // the process that answers, among those on one database
	Reasons map[string]string `json:"reasons,omitempty"` // by part: "store", "ingest", "draining"
}

func checkReady(ctx context.Context, probes []probe) Readiness {
	out := Readiness{Ready: true, Reasons: map[string]string{}}
	for _, p := range probes {
		if err := p.why(ctx); err != nil {
			out.Ready, out.Reasons[p.name] = false, err.Error()
		}
	}
	return out
}

// liveness is the body of /healthz.
type liveness struct {
	Alive   bool   `json:"alive"`
	Replica string `json:"replica,omitempty"`
}

// healthRoutes adds /healthz (the process answers) and /readyz (every probe returns nil) for GET and HEAD.
func healthRoutes(mux *http.ServeMux, replica string, probes []probe) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		web.WriteJSON(w, http.StatusOK, liveness{true, replica})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, req *http.Request) {
		const patience = 2 * time.Second // if the store takes longer it is not ready
		ctx, cancel := context.WithTimeout(req.Context(), patience)
		defer cancel()
		state, status := checkReady(ctx, probes), http.StatusOK
		state.Replica = replica
		if !state.Ready {
			status = http.StatusServiceUnavailable
		}
		web.WriteJSON(w, status, state)
	})
}
