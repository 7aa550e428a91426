package loadtest

import (
	"strings"
	"testing"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/guide/model"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

func TestAccountOfCalls(t *testing.T) {
	var a account
	place := func(id string, lat float64) store.Place {
		return store.Place{ID: id, Point: geo.Point{Lat: lat, Lon: 2}, Extract: "век"}
	}
	first, second := place("a", 1), place("b", 2)
	a.note(guide.Asked{
		Class: guide.Interactive, Took: 4 * time.Second,
		Request: model.Request{Places: []store.Place{first, second}}, Result: model.Result{Stories: []model.Story{{Place: "a"}, {Place: "b"}}},
	})
	a.note(guide.Asked{Class: guide.ReadAhead, Request: model.Request{Places: []store.Place{second}}})
	now := time.Now()
	got := a.close(map[string][]time.Time{
		"https://maps/?query=1.000000,2.000000": {now.Add(time.Minute)},
		"https://maps/?query=2.000000,2.000000": {now.Add(-time.Hour), now.Add(time.Hour)},
	})
	if want := (spent{Calls: 1, Places: 2, Written: 2, Needed: 1, Characters: 6, Took: 4 * time.Second}); got[guide.Interactive] != want {
		t.Errorf("people: %+v, want %+v", got[guide.Interactive], want)
	}
	if want := (spent{Calls: 1, Places: 1, Characters: 3}); got[guide.ReadAhead] != want {
		t.Errorf("read-ahead: %+v, want %+v", got[guide.ReadAhead], want)
	}
	r := result{Scenario: "two", Spent: got, Judged: 3}
	if table := r.account(); !strings.Contains(table, "| people | 1 | 2.0 | 3 | 4.0 | 2 | 1 |\n") || !strings.Contains(table, "| judge | 3 |") {
		t.Errorf("shown as\n%s", table)
	}
	if table := new(result).account(); table != "" {
		t.Errorf("without calls it is %q", table)
	}
}

func TestSourcesWordsAreNoStory(t *testing.T) {
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range catalog.Languages() {
		words := catalog.Words(language)
		if html := "Title\n\n" + words.Say("story.extract_licence", "url", "https://x", "title", "T"); !quotesArticle(html) {
			t.Errorf("%s: the source's words count as a story: %s", language, html)
		}
		if html := words.Say("story.source", "url", "https://x", "title", "T"); quotesArticle(html) {
			t.Errorf("%s: a story counts as the source's words: %s", language, html)
		}
	}
}
