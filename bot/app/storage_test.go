package app

import (
	"log/slog"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/geo/places"
	"excursobot/store/pgstore/pgtest"
)

// newDatabaseApp builds a bot in a simulated world on a Postgres database, with the pack's stories ready.
func newDatabaseApp(t *testing.T, url string) (*App, *sim.Telegram, *places.Pack) {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir, cfg.Store.Postgres = t.TempDir(), url
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	telegram, world := newSimWorld(&cfg)
	world.WithoutPack = false
	a, err := New(cfg, world, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return a, telegram, pack
}

// With a database the bot answers, remembers across a restart, and writes nothing to the data directory.
func TestDatabase(t *testing.T) {
	url := pgtest.URL(t)
	a, telegram, pack := newDatabaseApp(t, url)
	place := pack.Cities()[0].Places[0]
	said := make(chan string, 100)
	defer telegram.Subscribe(func(e sim.Event) {
		if e.Message.FromBot {
			said <- e.Message.Text
		}
	})()
	stop := running(t, a)
	telegram.Person(sim.Profile{ID: 1, LanguageCode: "en"}).Locate(place.Point.Lat, place.Point.Lon)
	for text := range said {
		if strings.Contains(text, place.Texts["en"]) {
			break
		}
	}
	if code, body := status(a, "/readyz"); code != http.StatusOK {
		t.Errorf("not ready: %s", body)
	}
	if got := a.readStore(t.Context()); got.SizeBytes == 0 || got.Writes == 0 || got.Commits == 0 {
		t.Errorf("the dashboard says %+v of the store", got)
	}
	if err := a.storeTakes(t.Context()); err != nil {
		t.Errorf("the store: %v", err)
	}
	if code, body := status(a, "/healthz"); code != http.StatusOK || !strings.Contains(body, a.replica) {
		t.Errorf("/healthz says %s, want the replica %s", body, a.replica)
	}
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	files, err := os.ReadDir(a.cfg.Store.Dir)
	if err != nil || len(files) != 0 {
		t.Errorf("the data directory holds %v (%v)", files, err)
	}

	a, _, _ = newDatabaseApp(t, url)
	told, err := a.store.Told(t.Context(), 1, []string{place.ID})
	if err != nil || !slices.Equal(told, []bool{true}) {
		t.Errorf("told %v (%v)", told, err)
	}
	if st, err := a.store.InboxStats(t.Context()); err != nil || st.Pending != 0 {
		t.Errorf("inbox %+v (%v)", st, err)
	}
	if err := a.Close(); err != nil {
		t.Error(err)
	}
}

func TestNoVolumeIsNoLossWithADatabase(t *testing.T) {
	for _, url := range []string{"", "postgres://u@h/d"} {
		var out strings.Builder
		cfg := config.Defaults()
		cfg.Store.Postgres = url
		cfg.Warn(slog.New(slog.NewTextHandler(&out, nil)), config.Environment{"RAILWAY_PROJECT_ID": "x"})
		if got, want := strings.Contains(out.String(), "volume_missing"), url == ""; got != want {
			t.Errorf("with the database %q: warned %v, want %v", url, got, want)
		}
	}
}

func TestUnwritableDirectory(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	cfg := config.Defaults()
	cfg.Store.Dir = dir
	if _, err := dataFile(cfg); err == nil || !strings.Contains(err.Error(), "store.dir") || !strings.Contains(err.Error(), "RAILWAY_RUN_UID") {
		t.Errorf("error %v", err)
	}
}

// The reasons of /readyz are for everybody.
func TestReadyzNamesNoDatabase(t *testing.T) {
	url := pgtest.URL(t)
	a, _, _ := newDatabaseApp(t, url)
	conn := pgtest.Connect(t, url)
	defer conn.Close(t.Context())
	exec := func(sql string) {
		t.Helper()
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	takes := func(want error) {
		t.Helper()
		if err := a.storeTakes(t.Context()); err != want { //nolint:errorlint // nothing is to be added to it
			t.Errorf("got %v, want %v", err, want)
		}
	}
	takes(nil)
	exec("ALTER TABLE inbox RENAME TO hidden")
	takes(errStore)
	exec("ALTER TABLE hidden RENAME TO inbox")
	takes(nil)
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	takes(errStore)
}
