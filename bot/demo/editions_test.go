package demo

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/geo/places"
)

// A person abroad is told what only the local edition knows, in their language and under a name that they can read, with the picture's credit.
// Run it with -v to read the conversations.
func TestToldAbroad(t *testing.T) {
	tests := []struct{ name, language, place, edition string }{
		{"a Russian in Paris, far from all others", "ru", "Q898629", "fr"},
		{"a Russian in Paris, between others", "ru", "Q335277", "fr"},
		{"an English person in Moscow", "en", "Q4343424", "ru"},
		{"an English person in Saint Petersburg", "en", "Q2657856", "ru"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w, pack := newDemoApp(t)
				place := newDemoModel(pack, nil).places[tt.place]
				for _, article := range packArticles(pack) {
					if article.QID == tt.place && article.Language != tt.edition {
						t.Fatalf("the edition %s knows it too", article.Language)
					}
				}
				stop := running(t, a)
				time.Sleep(time.Second)
				p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: tt.language})
				at := geo.Offset(place.Point, 45, 40)
				var told sim.Message
				const most = 4 // stories until it must be told
				for n := 1; n <= most && !strings.Contains(told.Text, place.Texts[tt.language]); n++ {
					p.Locate(at.Lat, at.Lon)
					time.Sleep(1500 * time.Millisecond)
					t.Logf("%s at %.4f, %.4f; after 1.5 s:\n%s", tt.language, at.Lat, at.Lon, last(p).Text)
					time.Sleep(20 * time.Second)
					told = last(p)
					t.Logf("after 21.5 s:\n%s\n[picture: %s]", told.Text, told.Preview)
				}
				for _, want := range []string{place.Names[tt.language], place.Texts[tt.language], "simulated picture"} {
					if !strings.Contains(told.Text, want) {
						t.Errorf("%q is missing", want)
					}
				}
				if !strings.Contains(told.HTML, "https://"+tt.edition+".wikipedia.org/") {
					t.Errorf("no link to the article: %s", told.HTML)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// A person who reads a language without texts in the demo is told the source's own words, with its language.
func TestLanguageOfTheArticleIsNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, w, pack := newDemoApp(t)
		place := newDemoModel(pack, nil).places["Q898629"]
		intro, _ := inSections(textsOf(place)["fr"], "")
		stop := running(t, a)
		time.Sleep(time.Second)
		p := w.telegram.Person(sim.Profile{ID: 1, LanguageCode: "pt"})
		p.Locate(place.Point.Lat, place.Point.Lon)
		time.Sleep(25 * time.Second)
		told := last(p).Text
		t.Logf("pt in Paris:\n%s", told)
		for _, want := range []string{intro, "français", "CC BY-SA"} {
			if !strings.Contains(told, want) {
				t.Errorf("%q is missing", want)
			}
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// last returns the bot's last message, the zero one if there is none.
func last(p *sim.Person) sim.Message {
	list := fromBot(p)
	if len(list) == 0 {
		return sim.Message{}
	}
	return list[len(list)-1]
}

// The judge has no objection to a text of the demo's own, and gives no verdict on any other.
func TestDemoModelJudgesItsOwnTexts(t *testing.T) {
	pack, err := places.LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	m := newDemoModel(pack, nil)
	own := m.places["Q335277"].Texts["ru"]
	data, err := json.Marshal(map[string]any{"places": []any{
		map[string]any{"id": "Q335277", "source": textsOf(m.places["Q335277"])["fr"], "story": own},
		map[string]any{"id": "Q643520", "source": "A square.", "story": own},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var ask modelRequest
	if err := json.Unmarshal([]byte(`{"messages":[{"content":"Rules."},{"content":`+strconv.Quote(string(data))+`}]}`), &ask); err != nil {
		t.Fatal(err)
	}
	got, _ := m.answer(ask)["verdicts"].([]modelVerdict)
	if len(got) != 1 || got[0].Place != "Q335277" || len(got[0].Unsupported) != 0 {
		t.Errorf("verdicts %+v", got)
	}
}
