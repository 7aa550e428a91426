package app

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"excursobot/bot/admin"
	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/pack"
	"excursobot/bot/sim"
	"excursobot/store"
)

// withSocket runs the parts of a bot that answer on its socket, until the test ends.
func withSocket(t *testing.T, cfg config.Config, world World) *App {
	t.Helper()
	a, err := New(cfg, world, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() { ended <- a.newControl().Run(ctx) }()
	go func() { ended <- a.guide.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, <-ended, a.Close()); err != nil {
			t.Error(err)
		}
	})
	for { // the socket gets its name when it is ready
		if _, err := os.Stat(filepath.Join(cfg.Store.Dir, "excursobot.sock")); err == nil {
			return a
		}
	}
}

func fastConfig(t *testing.T) config.Config {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	cfg.Limits.Wikipedia, cfg.Limits.WikipediaPerMinute, cfg.Limits.WikipediaAtOnce = 1e5, 1e5, 8
	return cfg
}

// A pack is built and imported while a bot holds the file of the store, and people get its stories at once.
func TestPacksWithARunningBot(t *testing.T) {
	ctx := t.Context()
	first := fastConfig(t)
	world, _, _ := packWorld(&first, 25)
	world.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.test": sim.NewWikipedia(sim.WikipediaConfig{
		Articles: sim.City(7, centre.Lat, centre.Lon, 25, "ru", "en", "fr"),
	})})
	world.Model = sim.Transport(map[string]http.Handler{"model.test": sim.NewModel(sim.ModelConfig{})})
	withSocket(t, first, world)
	file := filepath.Join(t.TempDir(), "town.pack")
	var out, notes bytes.Buffer
	o := packOrder(t, false)
	if err := BuildPack(ctx, first, o, file, true, World{}, slog.New(slog.DiscardHandler), nil, &out, &notes); err != nil {
		t.Fatalf("%v\n%s", err, &notes)
	}
	info, err := readPack(file)
	if err != nil || info.Places == 0 || !strings.Contains(out.String(), "circle") {
		t.Fatalf("%+v, %v\n%s", info, err, &out)
	}
	if left, err := filepath.Glob(file + "*"); err != nil || len(left) != 1 {
		t.Errorf("beside the pack: %v, %v", left, err)
	}

	second := fastConfig(t)
	offline, _, _ := packWorld(&second, 1)
	offline.Wikipedia = sim.Transport(nil)
	second.OpenAI.APIKey = ""
	a := withSocket(t, second, offline)
	ask := guide.Request{Person: 1, Point: centre, Language: "en", Length: store.Short}
	if _, claim, err := a.guide.Tell(ctx, ask, nil); err == nil {
		claim.Release()
		t.Fatal("a bot without a network knows a place")
	}
	out.Reset()
	if err := admin.ImportPack(ctx, second, file, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	story, claim, err := a.guide.Tell(ctx, ask, nil)
	claim.Release()
	if err != nil || story.Source != guide.FromExtract || !story.Place.Packed {
		t.Errorf("story %+v, %v\n%s", story, err, &out)
	}
	if left, err := filepath.Glob(filepath.Join(second.Store.Dir, ".pack-*")); err != nil || len(left) != 0 {
		t.Errorf("left in the data directory: %v, %v", left, err)
	}

	damaged, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad")
	if err := os.WriteFile(bad, damaged[:len(damaged)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if err := admin.ImportPack(ctx, second, bad, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), "cut") {
		t.Errorf("half a pack: %v", err)
	}
	area, _ := pack.Circle(centre, 3000)
	err = BuildPack(ctx, second, pack.Order{Area: area, Languages: []string{"en"}, Stories: true}, file, true, World{}, slog.New(slog.DiscardHandler), nil, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "openai.api_key") {
		t.Errorf("stories without a model: %v", err)
	}
}
