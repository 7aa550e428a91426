package sim

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// inMemory returns a client of one host, "api.test".
func inMemory(h http.HandlerFunc) *http.Client {
	return &http.Client{Transport: Transport(map[string]http.Handler{"api.test": h})}
}

func TestTransportCarriesRequestAndResponse(t *testing.T) {
	client := inMemory(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("X-Seen", fmt.Sprint(r.Method, " ", r.Host, " ", r.RequestURI, " ", r.ContentLength, " ", r.UserAgent()))
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("X-Late", "ignored")
		fmt.Fprintf(w, "got %s", body)
	})
	resp, err := client.Post("https://api.test/a%2Fb?x=1", "text/plain", strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(body), "got hello"; got != want {
		t.Errorf("body = %q, want %q", got, want)
	}
	if got, want := resp.Header.Get("X-Seen"), "POST api.test /a%2Fb?x=1 5 Go-http-client/1.1"; got != want {
		t.Errorf("the handler saw %q, want %q", got, want)
	}
	if resp.StatusCode != http.StatusTeapot || resp.Header.Get("X-Late") != "" {
		t.Errorf("status %d, X-Late %q: the header is fixed at the first write", resp.StatusCode, resp.Header.Get("X-Late"))
	}
}

func TestTransportFindsHosts(t *testing.T) {
	named := func(name string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, name) })
	}
	client := &http.Client{Transport: Transport(map[string]http.Handler{
		"a.test": named("a"), "a.test:81": named("port"), "*.wiki.test": named("wiki"),
	})}
	for url, want := range map[string]string{
		"http://a.test/": "a", "http://A.test:80/": "a", "http://a.test:81/": "port", "https://ru.wiki.test/w": "wiki",
		"http://b.test/": "", "http://wiki.test/": "",
	} {
		got := ""
		resp, err := client.Get(url)
		if err == nil {
			b, _ := io.ReadAll(resp.Body)
			got = string(b)
			resp.Body.Close()
		} else if op := (*net.OpError)(nil); !errors.As(err, &op) {
			t.Errorf("%s: error %v is not a connection error", url, err)
		}
		if got != want {
			t.Errorf("%s answered by %q, want %q", url, got, want)
		}
	}
}

func TestTransportStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := inMemory(func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3 {
				fmt.Fprintf(w, "line %d\n", i)
				w.(http.Flusher).Flush()
				time.Sleep(time.Second)
			}
		})
		start := time.Now()
		resp, err := client.Get("http://api.test/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		lines := bufio.NewScanner(resp.Body)
		for i := 0; lines.Scan(); i++ {
			if got, want := time.Since(start), time.Duration(i)*time.Second; got != want {
				t.Errorf("line %d after %v, want %v", i, got, want)
			}
		}
		if got, want := time.Since(start), 3*time.Second; got != want || lines.Err() != nil {
			t.Errorf("end after %v with %v, want %v", got, lines.Err(), want)
		}
	})
}

// synctest.Test fails if a goroutine is left running.
func TestTransportEndsHandlersWhoseClientLeft(t *testing.T) {
	wait := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	flood := func(w http.ResponseWriter, r *http.Request) {
		for {
			if _, err := w.Write(make([]byte, 1000)); err != nil {
				return
			}
		}
	}
	swallow := func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }
	for name, h := range map[string]http.HandlerFunc{"waiting": wait, "writing": flood, "reading": swallow} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				var body io.Reader
				if name == "reading" {
					r, w := io.Pipe() // nobody writes
					defer w.Close()
					body = r
				}
				req, _ := http.NewRequestWithContext(ctx, http.MethodPost, "http://api.test/", body)
				resp, err := inMemory(h).Do(req)
				if name == "writing" {
					if err != nil {
						t.Fatal(err)
					}
					time.Sleep(2 * time.Second)
					_, err = resp.Body.Read(make([]byte, 1))
				}
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("error = %v, want the deadline's", err)
				}
			})
		})
		t.Run(name+", client time-out", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := inMemory(h)
				client.Timeout = time.Second
				resp, err := client.Get("http://api.test/")
				if err == nil {
					time.Sleep(2 * time.Second)
					_ = resp.Body.Close()
				}
			})
		})
	}
	t.Run("body closed early", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			resp, err := inMemory(flood).Get("http://api.test/")
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if _, err := resp.Body.Read(make([]byte, 1)); err == nil {
				t.Error("a closed body can be read")
			}
		})
	})
}

func TestTransportCutsConnections(t *testing.T) {
	tests := map[string]struct {
		handler http.HandlerFunc
		body    string
		getErr  bool
	}{
		"before the header": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "", true},
		"in the body": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "half")
			panic(http.ErrAbortHandler)
		}, "half", false},
		"short of its length": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			fmt.Fprint(w, "half")
		}, "half", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			resp, err := inMemory(tt.handler).Get("http://api.test/")
			if (err != nil) != tt.getErr {
				t.Fatalf("Get error = %v, want one: %v", err, tt.getErr)
			}
			if err != nil {
				return
			}
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if string(body) != tt.body || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("read %q, %v; want %q, %v", body, err, tt.body, io.ErrUnexpectedEOF)
			}
		})
	}
}

func TestTransportPlainAnswers(t *testing.T) {
	client := inMemory(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			_, _ = io.WriteString(w, "<html>")
		}
	})
	for _, tt := range []struct{ method, path, body, kind string }{
		{http.MethodGet, "/", "", ""},
		{http.MethodHead, "/body", "", "text/html; charset=utf-8"},
		{http.MethodGet, "/body", "<html>", "text/html; charset=utf-8"},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), tt.method, "http://api.test"+tt.path, nil)
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || string(body) != tt.body || resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != tt.kind {
			t.Errorf("%s %s: %d %q %q %v", tt.method, tt.path, resp.StatusCode, resp.Header.Get("Content-Type"), body, err)
		}
	}
}

func BenchmarkTransport(b *testing.B) {
	client := inMemory(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"ok":true}`) })
	b.ReportAllocs()
	for b.Loop() {
		resp, err := client.Get("http://api.test/")
		if err != nil {
			b.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
}
