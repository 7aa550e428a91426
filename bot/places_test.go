package bot

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/maplink"
)

// O is east in German and west in French. The simulated town lies east of Greenwich, and there is nothing in the west.
func TestSidesAreReadInThePersonsLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"de": "story", "fr": "error.nothing", "en": "text.which_place"} {
		t.Run(language, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				p := w.person(1, language)
				w.waitDone(p.Say("48.2000° N, 11.5000° O"))
				got := last(p)
				switch {
				case want == "story" && data(got, "more:") == "":
					t.Errorf("got %q, want a story", got.HTML)
				case want != "story" && got.HTML != w.words(language).Say(want):
					t.Errorf("got %q, want %s", got.HTML, want)
				}
			})
		})
	}
}

// A person who chose another language than that of their Telegram may write in either.
func TestTheChosenLanguageReadsTheSidesToo(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.press(p, w.ask(p, "/language"), "lang:fr")
		if got := w.ask(p, "48.2000° N, 11.5000° O"); got.HTML != w.words("fr").Say("error.nothing") {
			t.Errorf("got %q, want what is said in the west", got.HTML)
		}
	})
}

func TestAQuestionAboutThePlaceIsAnsweredWithAButton(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		question := w.ask(p, "48.2000° N, 11.5000° O")
		var labels []string
		for _, row := range question.Buttons {
			for _, b := range row {
				labels = append(labels, b.Text)
			}
		}
		if len(labels) != 2 || labels[0] != "48.2° N, 11.5° W" || labels[1] != "48.2° N, 11.5° E" {
			t.Fatalf("buttons %q", labels)
		}
		w.waitDone(p.Press(question.ID, question.Buttons[1][0].Data))
		if story := last(p); data(story, "more:") == "" {
			t.Errorf("got %q, want a story", story.HTML)
		}
	})
}

func TestReadingsOffTheGlobeAreNotOffered(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		for message, want := range map[string]string{
			"98.2000° N, 11.5000° O":               "error.bad_location",
			"98.2000, 11.5000\n-97.1000, 151.2153": "error.bad_location",
			"V8CJ+R4 Paris":                        "text.short_code",
			"geo:0,0?q=Opera":                      "text.hidden_link",
		} {
			if got := w.ask(p, message); got.HTML != w.words("en").Say(want) {
				t.Errorf("%q got %q, want %s", message, got.HTML, want)
			}
		}
		german := w.person(2, "de")
		if got := w.ask(german, "98.2000° N, 11.5000° O"); got.HTML != w.words("de").Say("error.bad_location") {
			t.Errorf("got %q", got.HTML)
		}
	})
}

// A place behind the words of a message counts wherever it stands among the entities.
func TestALinkBehindManyEntitiesIsFound(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		entities := []map[string]any{}
		for range 2 * maplink.MaxLinks {
			entities = append(entities, map[string]any{"type": "bold", "offset": 0, "length": 1})
		}
		entities = append(entities, map[string]any{"type": "text_link", "offset": 0, "length": 4, "url": "https://2gis.ru/geo/11.5,48.2"})
		quoted, err := json.Marshal(entities)
		w.must(err)
		w.tg.Inject(json.RawMessage(`{"message":{"message_id":70,"date":` + strconv.FormatInt(time.Now().Unix(), 10) +
			`,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},"text":"here","entities":` + string(quoted) + `}}`))
		w.waitStory(p, 0)
	})
}

// The bot can read the points that it writes on its buttons.
func TestPointsOnButtonsAreCoordinates(t *testing.T) {
	t.Parallel()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range words.Languages() {
		for _, want := range []geo.Point{{Lat: 48.8721, Lon: 2.3322}, {Lat: -22.9519, Lon: -43.2105}, {Lat: 0, Lon: 179.9}} {
			label := words.Words(language).Point(want.Lat, want.Lon)
			if a := maplink.Find(label).In(language); a.Result != maplink.Found || geo.Distance(a.Point, want) > 20 {
				t.Errorf("%s: %q is read as %+v", language, label, a)
			}
		}
	}
}

// compassLine is the line under a title in English.
var compassLine = regexp.MustCompile(`^\d+ m (north|south|east|west|north-east|south-east|south-west|north-west) [↑↗→↘↓↙←↖]$`)

// The card and the story say where to go.
func TestCardsAndStoriesShowTheDirection(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		var shown []sim.Message
		defer w.tg.Subscribe(func(e sim.Event) {
			if (e.Kind == "message" || e.Kind == "edit") && e.Message.FromBot && e.Message.Method != "sendVenue" {
				shown = append(shown, e.Message)
			}
		})()
		p := w.person(1, "en")
		update := p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		w.waitDone(update)
		if len(shown) != 2 {
			t.Fatalf("%d messages, want a card and its story", len(shown))
		}
		card, story := strings.Split(shown[0].Text, "\n"), strings.Split(shown[1].Text, "\n")
		if card[1] != story[1] || !compassLine.MatchString(card[1]) {
			t.Errorf("the card says %q, the story %q", card[1], story[1])
		}
	})
}
