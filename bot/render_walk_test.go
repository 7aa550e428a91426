package bot

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

func TestWalksLookAsTheyShould(t *testing.T) {
	t.Parallel()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 5, 1, 10, 0, 0, 0, time.UTC)
	walk := store.Walk{
		Share:    store.Share{Began: began},
		Rhythm:   store.Rhythm{Due: began.Add(20 * time.Minute), Interval: 10 * time.Minute},
		Number:   3,
		Position: store.Position{Metres: 2340, Point: geo.Point{Lat: 48.1371, Lon: 11.5}},
		Ended:    began.Add(95 * time.Minute),
	}
	paused := walk
	paused.Paused = true
	stops := []store.Stop{
		{Number: 1, Title: `R&D "House" <7>`, Point: geo.Point{Lat: 48.137, Lon: 11.575}},
		{Number: 2, Title: "Nowhere"},
	}
	intervals := []time.Duration{20 * time.Second, 5 * time.Minute, 10 * time.Minute}
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := words.Words(language)
			var b strings.Builder
			add := func(name string, m telegram.Message) { fmt.Fprintf(&b, "=== %s\n%s\n", name, show(m)) }
			story := guide.Story{
				Place:    store.Place{ID: "Q1", Title: "Old Gate", Point: geo.Point{Lat: 48.137, Lon: 11.575}, URL: "https://en.wikipedia.org/wiki/Gate"},
				Distance: 80, Text: "It has no wall.", Source: guide.FromModel, Key: store.StoryKey{Place: "Q1", Language: "en", Length: store.Long}, More: 1,
			}
			add("a walk's story", walkMessage(w, story, 4, vantage{Point: walk.Point, course: 180}, false))
			extract := story
			extract.Source, extract.Key, extract.Place.Language, extract.Place.Revision, extract.More = guide.FromExtract, store.StoryKey{}, "en", 7, 0
			add("the source's words", walkMessage(w, extract, 5, vantage{Point: walk.Point, course: 180}, false))
			add("how often", questionMessage(w, intervals))
			add("the status", statusMessage(w, walk, intervals))
			add("the status of a paused walk", statusMessage(w, paused, intervals))
			add("paused", pausedMessage(w))
			add("going on", resumedMessage(w, walk, began.Add(12*time.Minute)))
			add("no walk", noWalkMessage(w))
			add("full", fullMessage(w, walk.Point))
			for _, reason := range []string{live.Unshared, live.Expired, live.Stopped, live.Replaced, live.Silent} {
				ended := walk
				ended.Reason = reason
				add("the end: "+reason, summaryMessage(w, ended, stops))
			}
			still := store.Walk{Share: store.Share{Began: began}, Ended: began.Add(40 * time.Second), Position: store.Position{Metres: 9}}
			add("the end of a walk that went nowhere", summaryMessage(w, still, stops))
			add("the same without a story", summaryMessage(w, still, nil))
			add("the end without a story", summaryMessage(w, store.Walk{Share: store.Share{Began: began}, Ended: began.Add(4 * time.Minute), Position: store.Position{Metres: 310}}, nil))
			golden(t, filepath.Join("testdata", "walks."+language+".txt"), b.String())
		})
	}
}
