//go:build !chaos

package app

import (
	"io"
	"net/http"

	"excursobot/store"
)

// The points at which a build with the tag chaos can be killed. This one has none.

func chaosStore(s store.Store) store.Store                 { return s }
func chaosTransport(t http.RoundTripper) http.RoundTripper { return t }
func chaosWriter(w io.Writer) io.Writer                    { return w }
func chaosWebhook(h http.Handler) http.Handler             { return h }
func chaosStep(string)                                     {}
