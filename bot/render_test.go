package bot

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/bot/telegram"

	"github.com/google/go-cmp/cmp"

	"excursobot/bot/guide"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

var rewrite = flag.Bool("update", false, "write the golden files")

// show writes a message as a reader of a golden file wants it.
func show(m telegram.Message) string {
	var b strings.Builder
	fmt.Fprintln(&b, m.HTML)
	if m.Tail != "" {
		fmt.Fprintf(&b, "\n%s\n", m.Tail)
	}
	if m.Picture != "" {
		fmt.Fprintf(&b, "[picture %s]\n", m.Picture)
	}
	for _, row := range m.Buttons {
		for _, btn := range row {
			fmt.Fprintf(&b, "[%s -> %s%s]", btn.Text, btn.Data, btn.URL)
		}
		fmt.Fprintln(&b)
	}
	if m.Ask != "" {
		fmt.Fprintf(&b, "(%s)\n", m.Ask)
	}
	return b.String()
}

func TestMessagesLookAsTheyShould(t *testing.T) {
	t.Parallel()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	place := store.Place{
		ID: "Q1", Title: `R&D "House" <7>`, Description: "house of a physicist", Point: geo.Point{Lat: 48.137, Lon: 11.575},
		URL: "https://en.wikipedia.org/wiki/R%26D?a=1&b=2", Picture: "https://upload.wikimedia.org/p.jpg",
		Credit: store.Credit{Author: "A. <Uthor>", License: "CC BY-SA 4.0", Page: "https://commons.wikimedia.org/wiki/File:P.jpg"}, Language: "en",
	}
	story := guide.Story{
		Place: place, Distance: 340, Text: "A <physicist> lived here & left in 1905.\n\nHis door still stands.",
		Source: guide.FromModel, Key: store.StoryKey{Place: "Q1", Language: "en", Length: store.Short},
	}
	with := func(edit func(*guide.Story)) guide.Story {
		s := story
		edit(&s)
		return s
	}
	at := standing(geo.Point{Lat: 48.1371, Lon: -0.00001})
	stories := []struct {
		name     string
		story    guide.Story
		pictures bool
	}{
		{"a story", story, true},
		{"without pictures", story, false},
		{"a picture whose author is not known", with(func(s *guide.Story) { s.Place.Credit = store.Credit{} }), true},
		{"a picture of nobody", with(func(s *guide.Story) { s.Place.Credit.Author = "" }), true},
		{"an extract in another language", with(func(s *guide.Story) { s.Source, s.Reason, s.Place.Language = guide.FromExtract, guide.ModelOff, "cs" }), true},
		{"a name with a dot", with(func(s *guide.Story) {
			s.Text = "The office of Booking.com stood here. It closed in 1905.Now it is a bar."
		}), true},
		{"an extract while the model is busy", with(func(s *guide.Story) {
			s.Source, s.Reason, s.Wait, s.Key = guide.FromExtract, guide.ModelBusy, 14*time.Second, store.StoryKey{}
		}), true},
		{"from the pack", with(func(s *guide.Story) { s.Source = guide.FromPack }), true},
		{"without an address", with(func(s *guide.Story) { s.Place.URL, s.Place.Picture = "", "javascript:alert(1)" }), true},
		{"an id too long for a button", with(func(s *guide.Story) { s.Key.Place = strings.Repeat("x", 60) }), true},
	}
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := words.Words(language)
			var b strings.Builder
			add := func(name string, m telegram.Message) { fmt.Fprintf(&b, "=== %s\n%s\n", name, show(m)) }
			add("a card", cardMessage(w, guide.Card{Place: place, Distance: 1250}, at, ""))
			add("a card of a place without a description", cardMessage(w, guide.Card{Place: store.Place{Title: "X"}, Distance: 3}, at, ""))
			add("a card with an opening", cardMessage(w, guide.Card{Place: place, Distance: 120}, at, "R&D House is a house <built> in 1905."))
			for _, s := range stories {
				add(s.name, storyMessage(w, s.story, at, s.pictures))
			}
			add("languages", languageMenu(w, words))
			golden(t, filepath.Join("testdata", "messages."+language+".txt"), b.String())
		})
	}
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *rewrite {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

func TestButtonDataFitsAndComesBack(t *testing.T) {
	t.Parallel()
	for _, key := range []store.StoryKey{
		{Place: "Q243", Language: "ru", Length: store.Short},
		{Place: "wp:zh:9123456789", Language: "zh", Length: store.Long},
		{Place: "pack:eiffel-tower", Language: "en", Length: store.Short},
	} {
		for _, mark := range []store.Mark{store.Like, store.Dislike, store.Wrong} {
			data := voteData(key, mark)
			if len(data) == 0 || len(data) > 64 {
				t.Fatalf("data %q", data)
			}
			got, gotMark, ok := parseVote(strings.TrimPrefix(data, "vote:"))
			if !ok || got != key || gotMark != mark {
				t.Errorf("%q came back as %+v %d %v", data, got, gotMark, ok)
			}
		}
	}
	for _, p := range []geo.Point{{}, {Lat: -90, Lon: -180}, {Lat: 89.123456, Lon: 179.999999}} {
		data := moreData(p)
		got, ok := parsePoint(strings.TrimPrefix(data, "more:"))
		if len(data) > 64 || !ok || geo.Distance(p, got) > 2 {
			t.Errorf("%v became %q and %v", p, data, got)
		}
	}
}

func BenchmarkRender(b *testing.B) {
	words, err := text.Load()
	if err != nil {
		b.Fatal(err)
	}
	s := guide.Story{
		Place: store.Place{Title: "Дом", URL: "https://ru.wikipedia.org/wiki/X", Picture: "https://upload.wikimedia.org/p.jpg"},
		Text:  strings.Repeat("Здесь жил физик. ", 30), Distance: 340, Source: guide.FromModel,
		Key: store.StoryKey{Place: "Q1", Language: "ru", Length: store.Short},
	}
	w := words.Words("ru")
	b.ReportAllocs()
	for b.Loop() {
		m := storyMessage(w, s, standing(geo.Point{Lat: 55.75, Lon: 37.61}), true)
		m.Parts()
	}
}
