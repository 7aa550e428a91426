package places

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

func TestDetailsDescribesInTheOrderGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		bare := house(3, 0, 30)
		bare.QID, bare.Type, bare.Picture, bare.Description, bare.Extract = "", "", "", "", ""
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 10), house(2, 0, 20), bare}})
		found := w.near(t, square, 300)
		slices.Reverse(found)
		places, err := w.Details(t.Context(), found)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := titles(places), []string{"Дом 3", "Дом 2", "Дом 1"}; !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		got := places[2]
		want := Place{
			ID: "Q1", Language: "ru", PageID: 1, Title: "Дом 1", Point: got.Point, Kind: "landmark", Description: "жилой дом",
			Extract: "Построен в 1874 году.", Length: 5000, URL: "https://ru.wikipedia.org/wiki/%D0%94%D0%BE%D0%BC_1",
			Picture: "https://upload.wikimedia.org/wikipedia/commons/thumb/0/00/House.jpg/1280px-House.jpg",
			Credit:  store.Credit{File: "File:House.jpg"},
			Source:  "wikipedia", Fetched: time.Now().UTC(),
			Edited: got.Edited, Revision: got.Revision,
		}
		if !cmp.Equal(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if d := geo.Distance(got.Point, square); d < 9.9 || d > 10.1 {
			t.Errorf("it stands %g m away, want 10", d)
		}
		if got := places[0]; got.ID != "wp:ru:3" || got.Picture != "" || got.Extract != "" {
			t.Errorf("the bare page became %+v", got)
		}
	})
}

func TestDetailsMergesContinuedReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(30, 400), extracts: 7})
		found := w.near(t, square, 300)
		before := w.sent()
		places, err := w.Details(t.Context(), found)
		if err != nil {
			t.Fatal(err)
		}
		if len(places) != 20 {
			t.Errorf("%d places, want the first 20", len(places))
		}
		for _, p := range places {
			if p.Extract == "" || p.Description == "" || p.URL == "" {
				t.Errorf("a part of %+v is lost", p)
			}
		}
		if got := w.sent() - before; got != 3 { // seven extracts a reply
			t.Errorf("%d requests, want 3", got)
		}
	})
}

func TestDetailsComeFromTheStoreAfterwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone, other, district := house(2, 0, 20), house(3, 0, 30), house(4, 0, 40)
		other.Disambiguation = true
		district.Description = "район города"
		w := newWorld(t, setting{articles: []sim.Article{house(1, 0, 10), other, district}})
		found := w.near(t, square, 300)
		found = append(found, Candidate{Page: store.Page{ID: gone.PageID, Title: gone.Title, Point: square}, Language: "ru"})
		for range 2 {
			places, err := w.Details(t.Context(), found)
			if err != nil {
				t.Fatal(err)
			}
			if got := titles(places); !slices.Equal(got, []string{"Дом 1"}) {
				t.Errorf("got %v, want the house alone: no disambiguation, no district, no missing page", got)
			}
		}
		if got := w.wiki.Stats().Details; got != 1 {
			t.Errorf("%d questions, want 1: junk is remembered as junk", got)
		}
	})
}

func TestDetailsAskOnceForAPage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(8, 300), latency: 200 * time.Millisecond})
		found := w.near(t, square, 300)
		if len(found) != 8 {
			t.Fatalf("%d places", len(found))
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				places, err := w.Details(t.Context(), found[i%3:6+i%3])
				if err != nil || len(places) != 6 {
					t.Errorf("%d places, %v", len(places), err)
				}
			})
		}
		wg.Wait()
		if got := w.wiki.Stats().Details; got > 3 {
			t.Errorf("%d questions for 8 pages that 20 people want", got)
		}
	})
}

func TestDetailsWithTheSourceDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := false
		w := newWorld(t, setting{articles: houses(8, 300), extracts: 2, fault: func(int) string {
			if down {
				return "503"
			}
			return ""
		}, retry: 60})
		found := w.near(t, square, 300)
		if _, err := w.Details(t.Context(), found[:2]); err != nil {
			t.Fatal(err)
		}
		down = true
		places, err := w.Details(t.Context(), found)
		if !errors.Is(err, ErrUnavailable) || len(places) != 2 {
			t.Errorf("%d places and %v, want the two known with ErrUnavailable", len(places), err)
		}
	})
}

// A failed continuation leaves pages without their extract. They must not be stored.
func TestDetailsKeepsNoHalfPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(12, 300), extracts: 7, fault: func(n int) string {
			if n >= 3 && n <= 5 { // after the search and the first part, all three attempts
				return "html"
			}
			return ""
		}})
		found := w.near(t, square, 300)
		places, err := w.Details(t.Context(), found)
		if !errors.Is(err, ErrUnavailable) || len(places) != 7 {
			t.Errorf("%d places and %v, want the seven of the first part and ErrUnavailable", len(places), err)
		}
		places, err = w.Details(t.Context(), found)
		if err != nil || len(places) != 12 {
			t.Errorf("%d places and %v, want 12", len(places), err)
		}
		for _, p := range places {
			if p.Extract == "" {
				t.Errorf("%s was kept without its extract", p.Title)
			}
		}
	})
}

// A request is filled up with neighbours, and their missing parts are not waited for.
func TestDetailsBringNeighboursAlong(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, setting{articles: houses(30, 400), extracts: 7})
		found := w.near(t, square, 300)
		before := w.sent()
		if _, err := w.Details(t.Context(), found[:3]); err != nil {
			t.Fatal(err)
		}
		known, err := w.Known(t.Context(), square, 1000, "ru")
		if err != nil || len(known) != 7 || w.sent() != before+1 {
			t.Errorf("%d places are known after %d requests, %v; want 7 after one", len(known), w.sent()-before, err)
		}
		for i := 1; i < len(known); i++ {
			if geo.Distance(square, known[i-1].Point) > geo.Distance(square, known[i].Point) {
				t.Error("known places are not nearest first")
			}
		}
	})
}

func TestDescribe(t *testing.T) {
	c := Candidate{Page: store.Page{ID: 9, Title: "Found", Point: square, Kind: "landmark", Dim: 50}}
	text := func(s string) *string { return &s }
	tests := []struct {
		name string
		body string
		want func(p Place) bool
	}{
		{"coordinates near win", `{"coordinates":[{"lat":55.753,"lon":37.6175}]}`, func(p Place) bool { return p.Point.Lat == 55.753 && p.Kind == "landmark" && p.Dim == 50 }},
		{"coordinates far away do not", `{"coordinates":[{"lat":59.9,"lon":30.3}]}`, func(p Place) bool { return p.Point == square }},
		{"impossible coordinates do not", `{"coordinates":[{"lat":559,"lon":37}]}`, func(p Place) bool { return p.Point == square }},
		{"another globe", `{"coordinates":[{"lat":55.752,"lon":37.6175,"globe":"moon"}]}`, func(p Place) bool { return !worthwhile(p) }},
		{"a dim as a string", `{"coordinates":[{"lat":55.752,"lon":37.6175,"dim":"300"}]}`, func(p Place) bool { return p.Dim == 300 }},
		{"a dim as a number", `{"coordinates":[{"lat":55.752,"lon":37.6175,"dim":300}]}`, func(p Place) bool { return p.Dim == 300 }},
		{"a Q-id", `{"pageprops":{"wikibase_item":"Q42"}}`, func(p Place) bool { return p.ID == "Q42" }},
		{"no Q-id", `{"pageprops":{"wikibase_item":"Q4x"}}`, func(p Place) bool { return p.ID == "wp:ru:9" }},
		{"a disambiguation", `{"pageprops":{"disambiguation":""}}`, func(p Place) bool { return !worthwhile(p) }},
		{"missing", `{"missing":true}`, func(p Place) bool { return !worthwhile(p) && p.PageID == 9 }},
		{"no address but https", `{"fullurl":"javascript:alert(1)","thumbnail":{"source":"http://x/y.jpg"}}`, func(p Place) bool { return p.URL == "" && p.Picture == "" }},
		{"control characters", `{"title":"A\u0000B","extract":"One house.\n\nTwo \u0007doors."}`, func(p Place) bool { return p.Title == "AB" && p.Extract == "One house.\nTwo doors." }},
		{"an endless extract", `{"extract":"` + strings.Repeat("Это дом. ", 5000) + `"}`, func(p Place) bool { n := len([]rune(p.Extract)); return n > 1100 && n <= 1203 }},
		{"a cut extract", `{"extract":"It was built in 1874. Its cellar is full of..."}`, func(p Place) bool { return p.Extract == "It was built in 1874." }},
		{"markup", `{"extract":"The house ( ; listen) is old.[1] {{sfn}} Call +7 495 123-45-67."}`, func(p Place) bool { return p.Extract == "The house is old." }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := decode([]byte(`{"batchcomplete":true,"query":{"pages":[` + tt.body + `]}}`))
			if err != nil {
				t.Fatal(err)
			}
			if got := describe(&r.Query.Pages[0], c, "ru"); !tt.want(got) {
				t.Errorf("got %+v", got)
			}
		})
	}
	if got := describe(&page{Extract: text("x")}, c, "ru"); got.Title != "Found" {
		t.Errorf("title %q", got.Title)
	}
}
