package pgstore

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"excursobot/store"
	"excursobot/store/pgstore/pgtest"
)

func TestOpenTogether(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := Open(t.Context(), cfg)
			if err != nil {
				t.Errorf("open: %v", err)
				return
			}
			if err := errors.Join(s.Close(), s.Close()); err != nil {
				t.Errorf("close: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestOpenRefuses(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	conn := pgtest.Connect(t, cfg.URL)
	defer conn.Close(context.Background())
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(name, want string) {
		t.Helper()
		s, err := Open(t.Context(), cfg)
		if err == nil {
			t.Errorf("%s: opened", name)
			_ = s.Close()
			return
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", name, err, want)
		}
	}

	exec("CREATE SCHEMA " + cfg.Schema)
	exec("CREATE TABLE " + cfg.Schema + ".donations (user_id bigint, payment_id text)")
	refused("tables of another program", "schema "+cfg.Schema+" has a table donations of another program")
	exec("DROP TABLE " + cfg.Schema + ".donations")
	if err := open(t, cfg).Close(); err != nil {
		t.Fatal(err)
	}
	exec("INSERT INTO " + cfg.Schema + "." + versionTable + " (version_id, is_applied) VALUES (99, true)")
	refused("a newer schema", "of version 99, from a newer program")
}

func TestSchemaOf(t *testing.T) {
	tests := []struct{ name, url, schema, want string }{
		{"none", "postgres://h/d", "", "public"},
		{"in the address", "postgres://h/d?search_path=a", "", "a"},
		{"as libpq has it", "postgres://h/d?options=-c%20search_path%3Da%20-c%20geqo%3Doff", "", "a"},
		{"configured", "postgres://h/d?search_path=a", "b", "b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := parseAddress(Config{URL: tt.url, Schema: tt.schema})
			if err != nil {
				t.Fatal(err)
			}
			if a.schema != tt.want {
				t.Errorf("got %q, want %q", a.schema, tt.want)
			}
			for name, value := range a.pool.ConnConfig.RuntimeParams {
				if name != "application_name" && value != "-c geqo=off" {
					t.Errorf("the connection starts with %s=%s", name, value)
				}
			}
		})
	}
}

func TestCheckURL(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://h/d?search_path=a":                          "",
		"postgres://h/d?pgbouncer=true&sslmode=require":         "",
		"postgres://h/d?search_path=a,public":                   "the name of one schema",
		"postgres://h/d?options=-c%20search_path%3D%22$user%22": "the name of one schema",
		"postgres://h/d?sslmode=required":                       "sslmode in the address must be one of disable, allow, prefer, require, verify-ca, verify-full",
		"postgres://h/d?default_query_exec_mode=extended":       "default_query_exec_mode in the address must be one of",
	} {
		if err := CheckURL(url); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got error %v, want one with %q", url, err, want)
		}
	}
}

// No error may contain the password, nor a part of it that is parsed as another part of the address.
func TestOpenHidesThePassword(t *testing.T) {
	cfg := testConfig(t, t.TempDir())
	good, err := url.Parse(cfg.URL)
	if err != nil {
		t.Fatal(err)
	}
	at := func(userinfo string) string {
		return "postgres://" + userinfo + "@" + good.Host + good.Path + "?" + good.RawQuery
	}
	tests := []struct {
		name, url, want string
		is              error
	}{
		{"wrong password", at("postgres:hunter2"), "does not accept this user or password", nil},
		{"nobody listens", "postgres://postgres:hunter2@127.0.0.1:1/x", "open the database", store.ErrAway},
		{"no such database", strings.Replace(cfg.URL, "/postgres?", "/nothing?", 1), "no such database", nil},
		{"empty", "", "not the address", nil},
		{"not an address", "hunter2", "not the address", nil},
		{"another scheme", "mysql://postgres:hunter2@127.0.0.1/x", "not the address", nil},
		{"@ in the password", at("postgres:hun@ter2"), "not the address", nil},
		{"/ in the password", at("postgres:hun/ter2"), "not the address", nil},
		{"number and / in the password", at("postgres:12/hunter2"), "not the address", nil},
		{"% in the password", at("postgres:hunter%2"), "not the address", nil},
		{"space in the password", at("postgres:hun ter2"), "not the address", nil},
		{"wrong option", at("postgres:hunter2") + "&sslmode=hunter2", "sslmode in the address must be one of disable", nil},
		{"no such file", at("postgres:hunter2") + "&sslmode=verify-full&sslrootcert=/nowhere", "names a file that cannot be read: open /nowhere", nil},
		{"no TLS there", strings.Replace(cfg.URL, "sslmode=disable", "sslmode=require", 1), "the server has no TLS: with sslmode=disable", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := Open(t.Context(), Config{URL: tt.url, Schema: cfg.Schema})
			if err == nil {
				_ = s.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got error %v, want %v", err, tt.is)
			}
			for _, part := range []string{"hunter2", "ter2", "hun/", "hun@"} {
				if strings.Contains(err.Error(), part) {
					t.Errorf("the error holds %q: %v", part, err)
				}
			}
		})
	}
}
