package demo

import (
	"bytes"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

func TestSamplePicturesAreSmall(t *testing.T) {
	page, mux := newTestPage(t)
	if len(page.world.pictures) != 3 {
		t.Fatalf("%d pictures", len(page.world.pictures))
	}
	for _, p := range page.world.pictures {
		w := ask(mux, http.MethodGet, "/demo/picture/"+p.ID, "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != "image/png" || w.Body.Len() > 8<<10 {
			t.Errorf("%s: %d %s, %d bytes", p.ID, w.Code, w.Header().Get("Content-Type"), w.Body.Len())
		}
		if dir := os.Getenv("SCREENSHOTS"); dir != "" {
			if err := os.WriteFile(filepath.Join(dir, p.ID+".png"), w.Body.Bytes(), 0o600); err != nil {
				t.Error(err)
			}
		}
		if size, err := png.DecodeConfig(w.Body); err != nil || size.Width != pictureWidth || size.Height != pictureHeight {
			t.Errorf("%s: %+v, %v", p.ID, size, err)
		}
	}
	if w := ask(mux, http.MethodGet, "/demo/picture/dog", ""); w.Code != http.StatusNotFound {
		t.Errorf("no picture: %d", w.Code)
	}
	for i, p := range page.world.pictures {
		if bytes.Equal(p.png, page.world.pictures[(i+1)%3].png) {
			t.Errorf("%s is not one of its own", p.ID)
		}
	}
}

func TestDemoLooksAtPhotosUnlessItsModelIsRealAndDoesNot(t *testing.T) {
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key          string
		vision, want bool
	}{{"", false, true}, {"sk-1", false, false}, {"sk-1", true, true}} {
		cfg := config.Defaults()
		cfg.OpenAI.APIKey, cfg.OpenAI.Vision = tt.key, tt.vision
		w, err := newDemoWorld(&cfg, pack, "")
		if err != nil {
			t.Fatal(err)
		}
		if cfg.OpenAI.Vision != tt.want || (len(w.pictures) > 0) != tt.want {
			t.Errorf("key %q, vision %t: vision is %t, with %d pictures", tt.key, tt.vision, cfg.OpenAI.Vision, len(w.pictures))
		}
	}
}

// A person stands beside another place, hears of it, sends a picture, and hears of the place in the picture.
func TestSamplePicturesAreAnswered(t *testing.T) {
	for _, language := range languages {
		for i, name := range []string{"chapel", "church", "palace"} {
			t.Run(language+" "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a, w, pack := newDemoApp(t)
					picture := w.pictures[i]
					title := ""
					for _, city := range pack.Cities() {
						for _, p := range city.Places {
							if p.ID == picture.place {
								title = p.Names[language]
							}
						}
					}
					stop := running(t, a)
					time.Sleep(time.Second)
					p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: language})
					p.Locate(picture.Lat, picture.Lon)
					p.Photo(picture.png, "?", "", 0) // at once, as the page does
					time.Sleep(20 * time.Second)
					told := fromBot(p)
					if len(told) == 2 && strings.Contains(told[1].Text, "\n10 ") {
						t.Errorf("the place is not beside the person: %q", told[1].Text)
					}
					if len(told) != 2 || strings.HasPrefix(told[0].Text, title) || !strings.HasPrefix(told[1].Text, title) || len(told[1].Buttons) == 0 {
						t.Errorf("want a story of another place and one of %s; told %q", title, texts(told))
					}
					p.Locate(48.8606, 2.3376) // beside the Louvre, far from all three
					time.Sleep(20 * time.Second)
					n := len(fromBot(p))
					p.Photo(picture.png, "", "", 0)
					time.Sleep(20 * time.Second)
					if got := fromBot(p); len(got) != n+1 || len(got[n].Buttons) > 0 {
						t.Errorf("far from it: %q", texts(got[n:]))
					}
					if err := stop(); err != nil {
						t.Error(err)
					}
				})
			})
		}
	}
}

func texts(list []sim.Message) (all []string) {
	for _, m := range list {
		all = append(all, m.Text)
	}
	return all
}
