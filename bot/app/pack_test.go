package app

import (
	"bytes"
	"context"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/bot/sim"
	"excursobot/store"
)

var (
	packPlaces = flag.Int("pack-places", 60, "places of the town in TestBuildPack; 1500 for the figures in docs/packs.md")
	packFile   = flag.String("pack-file", "", "keep the pack of TestBuildPack here")
)

// packWorld is a town on a simulated Wikipedia that counts.
func packWorld(cfg *config.Config, places int) (World, *sim.Wikipedia, *sim.Model) {
	wiki := sim.NewWikipedia(sim.WikipediaConfig{
		Articles: sim.City(7, centre.Lat, centre.Lon, places, "ru", "en", "fr"), Latency: 200 * time.Millisecond, PerMinute: 200,
	})
	model := sim.NewModel(sim.ModelConfig{Seed: 1})
	_, world := newSimWorld(cfg)
	world.Model = sim.Transport(map[string]http.Handler{"model.test": model})
	world.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.test": wiki})
	cfg.OpenAI.PriceIn, cfg.OpenAI.PriceOut = 0.1, 0.5
	return world, wiki, model
}

func packOrder(t *testing.T, stories bool) pack.Order {
	t.Helper()
	area, err := pack.Circle(centre, 3000)
	if err != nil {
		t.Fatal(err)
	}
	return pack.Order{Area: area, Languages: []string{"ru", "en", "fr"}, Stories: stories}
}

// A town is collected at the limits of the sources, by the clock of the test.
func TestBuildPack(t *testing.T) {
	for _, stories := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cfg := config.Defaults()
			cfg.Derive(config.Environment{})
			world, wiki, _ := packWorld(&cfg, *packPlaces)
			file := filepath.Join(t.TempDir(), "town.pack")
			var out, notes bytes.Buffer
			began := time.Now()
			err := BuildPack(t.Context(), cfg, packOrder(t, stories), file, true, world, slog.New(slog.DiscardHandler), nil, &out, &notes)
			if err != nil {
				t.Fatalf("%v\n%s", err, &notes)
			}
			info, err := readPack(file)
			if err != nil {
				t.Fatal(err)
			}
			requests := wiki.Stats().Requests
			minutes := time.Since(began).Minutes()
			if rate := float64(requests) / max(1, minutes); rate > 150 {
				t.Errorf("%.0f requests a minute", rate)
			}
			t.Logf("%d places, stories %v: %d requests, %.0f minutes, %d bytes, rows %v, stories %v\n%s%s",
				*packPlaces, stories, requests, minutes, info.Bytes, info.Rows, info.Stories, notes.String()[:strings.Index(notes.String(), "limits")+7], &out)
			if info.Places < *packPlaces/2 || info.Rows[string(store.TableArticles)] < info.Places || info.Rows[string(store.TableTiles)] == 0 {
				t.Errorf("places %d, rows %v", info.Places, info.Rows)
			}
			for _, l := range []string{"ru", "en", "fr"} {
				if n := info.Stories[l]; stories != (n >= info.Places*2/3) {
					t.Errorf("%d stories in %s about %d places", n, l, info.Places)
				}
			}
			if _, err := os.Stat(file + ".building"); !os.IsNotExist(err) {
				t.Errorf("the directory of the build is left: %v", err)
			}
			if *packFile != "" {
				if err := copyFile(*packFile, file); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// A pack is written with all the calls that openai.max_concurrent allows but one, which is for people. The estimate counts on them.
func TestBuildPackUsesTheCallsThatItMay(t *testing.T) {
	for _, check := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			cfg := config.Defaults()
			cfg.Derive(config.Environment{})
			world, _, model := packWorld(&cfg, *packPlaces)
			cfg.OpenAI.MaxConcurrent, cfg.OpenAI.Check = 6, check
			file := filepath.Join(t.TempDir(), "town.pack")
			order := packOrder(t, false)
			order.Languages = []string{"en"}
			build := func() time.Duration {
				began := time.Now()
				if err := BuildPack(t.Context(), cfg, order, file, true, world, slog.New(slog.DiscardHandler), nil, io.Discard, io.Discard); err != nil {
					t.Fatal(err)
				}
				return time.Since(began)
			}
			without := build()
			order.Stories = true
			took := build() - without
			info, err := readPack(file)
			if err != nil {
				t.Fatal(err)
			}
			stats := model.Stats()
			t.Logf("judge %v: %d stories, %.0f a minute; %d calls, %d of them for verdicts, %d at once", check, info.Stories["en"], float64(info.Stories["en"])/took.Minutes(), stats.Calls, stats.Judged, stats.Peak)
			if stats.Peak != 5 {
				t.Errorf("%d calls at once, want 5", stats.Peak)
			}
		})
	}
}

func readPack(file string) (pack.Info, error) {
	f, err := os.Open(file)
	if err != nil {
		return pack.Info{}, err
	}
	defer f.Close()
	return pack.Read(context.Background(), pack.File(f), nil)
}

// A build that is cut off goes on where it ended, and the same content gives the same bytes.
func TestBuildPackGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		world, wiki, _ := packWorld(&cfg, 60)
		build := func(ctx context.Context, file string) error {
			return BuildPack(ctx, cfg, packOrder(t, false), file, true, world, slog.New(slog.DiscardHandler), nil, io.Discard, io.Discard)
		}
		dir := t.TempDir()
		whole, cut := filepath.Join(dir, "whole"), filepath.Join(dir, "cut")
		if err := build(t.Context(), whole); err != nil {
			t.Fatal(err)
		}
		all := wiki.Stats().Requests
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
		defer cancel()
		if err := build(ctx, cut); err == nil || !strings.Contains(err.Error(), "interrupted") {
			t.Fatalf("error %v", err)
		}
		before := wiki.Stats().Requests - all
		if err := build(t.Context(), cut); err != nil {
			t.Fatal(err)
		}
		if again := wiki.Stats().Requests - all - before; before < 10 || again > all-before+5 {
			t.Errorf("%d requests without a break; with one %d before and %d after", all, before, again)
		}
		a, errA := os.ReadFile(whole)
		b, errB := os.ReadFile(cut)
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%d and %d bytes differ: %v %v", len(a), len(b), errA, errB)
		}
	})
}
