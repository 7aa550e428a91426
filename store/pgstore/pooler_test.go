package pgstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"

	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
	"excursobot/store/storetest"
)

// poolerURL returns the address of a real pooler in a mode, or skips the test.
func poolerURL(t *testing.T, mode string) string {
	t.Helper()
	url := os.Getenv("TEST_POOLER_URL")
	if url == "" {
		t.Skip("no pooler: TEST_POOLER_URL is not set (.ci/pgbouncer sets it)")
	}
	return fmt.Sprintf(url, mode)
}

func TestContractBehindPooler(t *testing.T) {
	url := poolerURL(t, "transaction")
	storetest.Run(t, func(t *testing.T, dir string) store.Store {
		cfg := testConfig(t, dir)
		cfg.URL = url
		s := open(t, cfg)
		if !s.pooled.Load() {
			t.Error("the pooler was not noticed")
		}
		return s
	})
}

func TestPoolerOfSessions(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.URL, cfg.MaxConns = poolerURL(t, "session"), 2 // the pooler has three
	s := open(t, cfg)
	defer s.Close()
	keepsEverything(t, s)
}

func TestPoolerWithoutTransactionsIsRefused(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	cfg.URL = poolerURL(t, "statement")
	s, err := Open(t.Context(), cfg)
	if err == nil {
		_ = s.Close()
		t.Fatal("opened")
	}
	if want := "the pooler allows no transactions"; !strings.Contains(err.Error(), want) {
		t.Errorf("got error %v, want one with %q", err, want)
	}
}

// Every mode of sending statements keeps and returns the same, with and without a pooler.
func TestEveryExecMode(t *testing.T) {
	for _, mode := range []string{"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"} {
		for _, pooled := range []bool{false, true} {
			t.Run(fmt.Sprint(mode, " pooled ", pooled), func(t *testing.T) {
				cfg := testConfig(t, t.TempDir())
				if pooled {
					cfg.URL = poolerURL(t, "transaction")
				}
				cfg.URL += "&default_query_exec_mode=" + mode
				s := open(t, cfg)
				defer s.Close()
				keepsEverything(t, s)
			})
		}
	}
}

// keepsEverything makes the calls of one update, many at once so that connections are lent around.
func keepsEverything(t *testing.T, s *Store) {
	t.Helper()
	ctx := t.Context()
	var wg sync.WaitGroup
	for i := range int64(20) {
		wg.Go(func() {
			if err := errors.Join(
				accepts(ctx, s, i+1),
				s.Note(ctx, i+1, "Q1", 7),
				s.Delivered(ctx, store.Delivery{Update: i + 1, Person: i, Place: "Q1", At: noon}),
				s.SaveWalks(ctx, []store.Walk{{ID: fmt.Sprint("w", i), Revision: 1}}),
				s.PutPlaces(ctx, []store.Place{{ID: "Q1", Language: "ru", Names: map[string]string{"fr": "Tour"}, Sitelinks: []store.Sitelink{{Edition: "fr"}}}}),
				s.PutStories(ctx, []store.Story{{StoryKey: store.StoryKey{Place: "Q1", Aspect: 1}, Text: fmt.Sprint(i), Quotes: []string{"a quote"}}}),
				s.PutArticle(ctx, store.Article{ArticleKey: store.ArticleKey{Edition: "fr", Page: i}, Text: "Text"}, noon),
				s.QueueJudgement(ctx, store.Judgement{StoryKey: store.StoryKey{Place: "Q1", Aspect: 1}, Objections: []string{"a duke"}, Shown: []store.Shown{{Chat: i}}}),
				s.Withhold(ctx, store.ReportKey{Place: "Q2"}, "Title", noon),
			); err != nil {
				t.Error(err)
			}
			if _, err := s.UpdateUser(ctx, i+1, func(u *store.User) error { u.Interests, u.Metres = []string{"a"}, 2.5; return nil }); err != nil {
				t.Error(err)
			}
			if _, err := s.Heartbeat(ctx, "a", forLong); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if st, err := s.InboxStats(ctx); err != nil || st.Pending != 0 {
		t.Errorf("got %+v, %v, want an empty inbox", st, err)
	}
	if u, err := s.User(ctx, 3); err != nil || u.Metres != 2.5 || len(u.Interests) != 1 {
		t.Errorf("got %+v, %v", u, err)
	}
}

// startupProxy stands before the database and treats the options with which connections start as some poolers do.
func startupProxy(t *testing.T, url string, start func(map[string]string) *pgproto3.ErrorResponse) (proxied string) {
	t.Helper()
	a, err := parseAddress(Config{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	conn := a.pool.ConnConfig
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var open sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); open.Wait() })
	open.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { passStart(client, net.JoinHostPort(conn.Host, fmt.Sprint(conn.Port)), start) })
		}
	})
	return strings.Replace(url, fmt.Sprintf("%s:%d", conn.Host, conn.Port), l.Addr().String(), 1)
}

func passStart(client net.Conn, server string, start func(map[string]string) *pgproto3.ErrorResponse) {
	defer client.Close()
	back := pgproto3.NewBackend(client, client)
	first, err := back.ReceiveStartupMessage()
	message, ok := first.(*pgproto3.StartupMessage)
	if err != nil || !ok {
		return
	}
	if refusal := start(message.Parameters); refusal != nil {
		back.Send(refusal)
		_ = back.Flush()
		return
	}
	up, err := new(net.Dialer).DialContext(context.Background(), "tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	front := pgproto3.NewFrontend(up, up)
	front.Send(message)
	if front.Flush() != nil {
		return
	}
	go func() { _, _ = up.(*net.TCPConn).ReadFrom(client); _ = up.Close() }()
	_, _ = client.(*net.TCPConn).ReadFrom(up)
}

func TestPoolerOfStartupParameters(t *testing.T) {
	known := map[string]bool{"user": true, "database": true, "application_name": true}
	tests := []struct {
		name, option string
		start        func(map[string]string) *pgproto3.ErrorResponse
		want         string // part of the error, "" = it opens
	}{
		{"refused unless known", "", func(params map[string]string) *pgproto3.ErrorResponse {
			for name := range params {
				if !known[name] {
					return &pgproto3.ErrorResponse{Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: " + name}
				}
			}
			return nil
		}, ""},
		{"ignored", "", func(params map[string]string) *pgproto3.ErrorResponse {
			for name := range params {
				if !known[name] {
					delete(params, name)
				}
			}
			return nil
		}, ""},
		{"the operator's own is refused", "&geqo=off", func(params map[string]string) *pgproto3.ErrorResponse {
			if params["geqo"] == "" {
				return nil
			}
			return &pgproto3.ErrorResponse{Severity: "FATAL", Code: "08P01", Message: "unsupported startup parameter: geqo"}
		}, "remove geqo=... from the address of the database"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := testConfig(t, t.TempDir())
			direct := cfg.URL
			cfg.URL = startupProxy(t, cfg.URL, tt.start) + "&search_path=" + cfg.Schema + tt.option
			cfg.Schema = ""
			s, err := Open(t.Context(), cfg)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("got error %v, want one with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if err := accepts(t.Context(), s, 1); err != nil {
				t.Error(err)
			}
			conn := pgtest.Connect(t, direct)
			defer conn.Close(context.Background())
			var elsewhere int
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&elsewhere); err != nil || elsewhere > 0 {
				t.Errorf("%d tables in public, %v", elsewhere, err)
			}
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM "+s.table("inbox")).Scan(&elsewhere); err != nil || elsewhere != 1 {
				t.Errorf("%d updates in the schema, %v", elsewhere, err)
			}
		})
	}
}

func TestForeignOptions(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	for option, want := range map[string]string{
		"pgbouncer=true": "", "connection_limit=1&pool_timeout=0": "",
		"prepared_statement_cache=0": "remove prepared_statement_cache=... from the address",
	} {
		s, err := Open(t.Context(), Config{URL: cfg.URL + "&" + option, Schema: cfg.Schema})
		if want == "" && err == nil {
			if pooled := strings.HasPrefix(option, "pgbouncer"); s.pooled.Load() != pooled {
				t.Errorf("%s: pooled is %v", option, s.pooled.Load())
			}
			keepsEverything(t, s)
			_ = s.Erase(t.Context())
			_ = s.Close()
			continue
		}
		if err == nil || want == "" || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "does not answer") {
			t.Errorf("%s: got error %v, want one with %q", option, err, want)
		}
	}
}
