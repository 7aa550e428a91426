package chat

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestAnErrorWhoseBodyBreaksKeepsItsStatus(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &fixture{}
		b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, "{")
			panic(http.ErrAbortHandler)
		}))
		if _, err := b.Ask(t.Context(), about(1).request()); !errors.Is(err, ErrRefused) || b.Ready() || len(b.calls) != 1 {
			t.Errorf("error %v, ready %v, %d calls", err, b.Ready(), len(b.calls))
		}
	})
}

func TestTheKeyIsNeverShown(t *testing.T) {
	answers := map[string]func(w http.ResponseWriter){
		"json error": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"error":{"message":"Incorrect API key provided: %s","type":"invalid_request_error"}}`, testKey)
		},
		"text error": func(w http.ResponseWriter) { w.WriteHeader(http.StatusForbidden); fmt.Fprint(w, "bad key "+testKey) },
		"ollama": func(w http.ResponseWriter) {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprintf(w, `{"error":"no %s"}`, testKey)
		},
		"in a stream": func(w http.ResponseWriter) { fmt.Fprintf(w, "data: {\"error\":{\"message\":\"key %s\"}}\n\n", testKey) },
		"content type": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", testKey)
			fmt.Fprint(w, "hello")
		},
		"finish reason": func(w http.ResponseWriter) {
			fmt.Fprintf(w, "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":%q}]}\n\n", testKey)
		},
	}
	for name, answer := range answers {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &fixture{}
				b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if got := r.Header.Get("Authorization"); got != "Bearer "+testKey {
						t.Errorf("authorization %q", got)
					}
					answer(w)
				}))
				_, err := b.Ask(t.Context(), about(1).request())
				if err == nil || strings.Contains(err.Error()+b.log(), "0123456789") {
					t.Errorf("error %v, log %s", err, b.log())
				}
			})
		})
	}
}
