//go:build !chaos

package killpoint

import (
	"io"
	"net/http"

	"excursobot/store"
)

// This build has no kill points.

// Store returns s.
func Store(s store.Store) store.Store { return s }

// Transport returns t.
func Transport(t http.RoundTripper) http.RoundTripper { return t }

// Writer returns w.
func Writer(w io.Writer) io.Writer { return w }

// Webhook returns h.
func Webhook(h http.Handler) http.Handler { return h }

// Step does nothing.
func Step(string) {}
