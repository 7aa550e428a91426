package guide

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

var (
	paris    = geo.Point{Lat: 48.8606, Lon: 2.3376}
	brussels = geo.Point{Lat: 50.8467, Lon: 4.3525}
)

// requests counts requests to the sources by kind and edition, and notes when they came.
type requests struct {
	mu   sync.Mutex
	list []string
	at   []time.Time   // of each
	slow time.Duration // for whole articles
}

func (r *requests) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		began := time.Now()
		q := req.URL.Query()
		kind := q.Get("prop")
		switch {
		case q.Has("list"):
			kind = "search"
		case q.Get("action") == "wbgetentities":
			kind = "entities"
		case kind == "extracts|info":
			kind = "article"
			time.Sleep(r.slow)
		case strings.HasPrefix(kind, "extracts"):
			kind = "details"
		}
		host, _, _ := strings.Cut(req.Host, ".")
		r.mu.Lock()
		r.list = append(r.list, kind+" "+host)
		r.at = append(r.at, began)
		r.mu.Unlock()
		next.ServeHTTP(w, req)
	})
}

func (r *requests) seen() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.list...)
}

// before counts the requests that came before this moment. Those of the moment itself come in no order.
func (r *requests) before(now time.Time) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, at := range r.at {
		if at.Before(now) {
			n++
		}
	}
	return n
}

func (r *requests) of(kind string) int {
	n := 0
	for _, s := range r.seen() {
		if strings.HasPrefix(s, kind) {
			n++
		}
	}
	return n
}

func cyrillic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

// A place that only the French edition knows is told to a Russian in Paris, in Russian and under a Russian name, and no place comes twice.
func TestARussianInParisHearsWhatOnlyTheFrenchKnow(t *testing.T) {
	run(t, setting{articles: sim.Region(7, paris.Lat, paris.Lon, 90, "fr", "ru", "en"), slots: 3}, func(w *world) {
		own, others, told := 0, 0, map[string]bool{}
		for range 25 {
			req := ask(1)
			req.Point = paris
			s := w.mustTell(req)
			if told[s.Place.ID] {
				w.t.Fatalf("%s told twice", s.Place.ID)
			}
			told[s.Place.ID] = true
			if !cyrillic(s.Place.Title) {
				w.t.Errorf("title %q", s.Place.Title)
			}
			if s.Source != FromExtract && !cyrillic(s.Text) {
				w.t.Errorf("text %q", s.Text)
			}
			if _, err := w.store.Place(w.t.Context(), s.Place.ID, "ru"); err == nil {
				own++
			} else {
				others++
			}
			time.Sleep(30 * time.Second)
		}
		if others < 5 || own == 0 {
			w.t.Errorf("%d places of the person's edition, %d of the others", own, others)
		}
	})
}

// The card of such a place says in the reader's language what it is; in none that they may not read.
func TestTheCardOfAForeignPlaceIsReadable(t *testing.T) {
	for language, want := range map[string]func(about string) bool{
		"ru": cyrillic,
		"en": func(about string) bool { return about != "" && !cyrillic(about) },
		"pt": func(about string) bool { return about == "" },
	} {
		t.Run(language, func(t *testing.T) {
			all := slices.DeleteFunc(sim.Region(7, paris.Lat, paris.Lon, 90, "fr", "ru", "en"), func(a sim.Article) bool { return a.Language != "fr" })
			for i := range all { // Wikidata knows the kind in English, too
				all[i].English = all[i].Descriptions["en"]
			}
			run(t, setting{articles: all}, func(w *world) {
				cards := 0
				for person := range int64(3) {
					req := ask(person + 1)
					req.Point, req.Language = geo.Offset(paris, 90, float64(person)*500), language
					story, claim, err := w.Tell(w.t.Context(), req, func(c Card) {
						cards++
						if c.Opening != "" || !want(c.Place.Description) {
							t.Errorf("opening %q, %q", c.Opening, c.Place.Description)
						}
					})
					must(t, err)
					w.deliver(person+1, story, claim)
					time.Sleep(time.Minute)
				}
				if cards == 0 {
					t.Error("no card")
				}
			})
		})
	}
}

// A cold area costs at most four requests before the card and ten before the story.
func TestAColdAreaCostsFewRequests(t *testing.T) {
	for _, tt := range []struct {
		name     string
		language string
		point    geo.Point
		editions []string
	}{
		{"an edition", "en", geo.Point{Lat: 51.5099, Lon: -0.1337}, []string{"en"}},
		{"two editions", "ru", square, []string{"ru", "en"}},
		{"three editions", "ru", paris, []string{"fr", "ru", "en"}},
		{"four editions", "ru", brussels, []string{"fr", "nl", "ru", "en"}},
		{"none of the person's edition", "pt", paris, []string{"fr", "en"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &requests{}
			run(t, setting{articles: sim.Region(3, tt.point.Lat, tt.point.Lon, 200, tt.editions[0], tt.editions[1:]...), source: r.wrap}, func(w *world) {
				if got := w.editionsAt(tt.point, tt.language); tt.name != "none of the person's edition" && len(got) != len(tt.editions) {
					w.t.Errorf("editions %v", got)
				}
				before, start := -1, time.Now()
				var first time.Duration
				req := ask(1)
				req.Point, req.Language = tt.point, tt.language
				_, claim, err := w.Tell(w.t.Context(), req, func(Card) { before, first = r.before(time.Now()), time.Since(start) })
				must(w.t, err)
				claim.Release()
				all := r.before(time.Now()) // the read-ahead after the story begins at this moment
				whole := r.seen()
				if before < 0 || before > 4 {
					w.t.Errorf("%d requests before the card: %v", before, whole)
				}
				if all > 10 {
					w.t.Errorf("%d requests before the story: %v", all, whole)
				}
				w.t.Logf("card after %v and %d requests, story after %v and %d: %v", first, before, time.Since(start), all, whole)
			})
		})
	}
}

func TestStoriesAreWrittenFromTheWholeArticle(t *testing.T) {
	run(t, setting{articles: sim.City(3, square.Lat, square.Lon, 60, "ru", "en")}, func(w *world) {
		s := w.mustTell(ask(1))
		stored := w.inLibrary(s)
		a, err := w.store.Article(w.t.Context(), stored.Article, time.Now())
		if err != nil || stored.Version != storyVersion || stored.Revision != a.Revision || !strings.Contains(a.Text, "== ") {
			w.t.Errorf("story %+v of article %+v, %v", stored, a, err)
		}
		if stored.Picture != "" && stored.Credit.License == "" {
			w.t.Errorf("picture %q without a credit", stored.Picture)
		}
	})
}

// about asks for the place of a story that another person heard.
func about(person int64, s Story) Request {
	req := ask(person)
	req.Place = s.Place.ID
	return req
}

func (w *world) inLibrary(s Story) store.Story {
	w.t.Helper()
	found, err := w.store.Stories(w.t.Context(), []store.StoryKey{s.Key}, time.Now())
	must(w.t, err)
	if len(found) != 1 {
		w.t.Fatalf("%d stories of %v", len(found), s.Key)
	}
	return found[0]
}

// If the article is late, the story is written from the intro, and again when it is told next.
func TestALateArticleIsWrittenAboutLater(t *testing.T) {
	r := &requests{slow: 5 * time.Second}
	run(t, setting{articles: sim.City(3, square.Lat, square.Lon, 60, "ru", "en"), source: r.wrap}, func(w *world) {
		start := time.Now()
		s := w.mustTell(ask(1))
		if took := time.Since(start); took > 9*time.Second || w.inLibrary(s).Article.Page != 0 {
			w.t.Fatalf("story %+v after %v, want one from the intro without the wait for the article", w.inLibrary(s), took)
		}
		time.Sleep(time.Minute)
		if again := w.mustTell(about(2, s)); again.Source != FromLibrary || again.Key != s.Key {
			w.t.Fatalf("the next person hears %+v", again)
		}
		time.Sleep(time.Minute)
		if got := w.inLibrary(s); got.Article.Page == 0 || w.Stats().Rewritten == 0 {
			w.t.Errorf("story %+v, %d written again", got, w.Stats().Rewritten)
		}
	})
}

// A story of the first edition is told until there is a better one.
func TestAnOlderStoryIsToldAndWrittenAgain(t *testing.T) {
	run(t, setting{articles: sim.City(3, square.Lat, square.Lon, 60, "ru", "en")}, func(w *world) {
		s := w.mustTell(ask(1))
		old := w.inLibrary(s)
		old.Version, old.Article, old.Text = 0, store.ArticleKey{}, "Старый текст."
		must(w.t, w.library.save(w.t.Context(), old))
		if again := w.mustTell(about(2, s)); again.Text != old.Text {
			w.t.Errorf("told %q", again.Text)
		}
		time.Sleep(time.Minute)
		if got := w.inLibrary(s); got.Version != storyVersion || got.Text == old.Text {
			w.t.Errorf("story %+v", got)
		}
	})
}

// A story whose quotes left the article is taken back.
func TestAStoryWithoutItsQuotesIsTakenBack(t *testing.T) {
	r := &requests{}
	run(t, setting{articles: sim.City(3, square.Lat, square.Lon, 60, "ru", "en"), source: r.wrap}, func(w *world) {
		s := w.mustTell(ask(1))
		stored := w.inLibrary(s)
		a, err := w.store.Article(w.t.Context(), stored.Article, time.Now())
		must(w.t, err)
		stored.Quotes = []string{strings.Join(strings.Fields(a.Text)[5:9], "  ")}
		must(w.t, w.library.save(w.t.Context(), stored))
		time.Sleep(8 * 24 * time.Hour)
		before := r.of("article")
		w.mustTell(about(2, s))
		time.Sleep(time.Minute)
		if got := w.inLibrary(s); r.of("article") == before || got.Text != stored.Text {
			w.t.Errorf("%d articles read, story %+v", r.of("article")-before, got)
		}
		stored.Quotes = []string{"слова, которых там нет"}
		must(w.t, w.library.save(w.t.Context(), stored))
		time.Sleep(8 * 24 * time.Hour)
		w.mustTell(about(3, s))
		time.Sleep(time.Minute)
		if got := w.inLibrary(s); slices.Contains(got.Quotes, stored.Quotes[0]) {
			w.t.Errorf("story %+v", got)
		}
	})
}

// Without a contact there are ten requests a minute: one edition, no pictures, and the tenth person of a minute is answered.
func TestWithoutAContactTheTenthPersonIsAnswered(t *testing.T) {
	r := &requests{}
	run(t, setting{articles: sim.City(3, square.Lat, square.Lon, 200, "ru", "en"), source: r.wrap, noContact: true, slots: 3}, func(w *world) {
		var times []time.Time
		for i := range 10 {
			req := ask(int64(i + 1))
			req.Point = geo.Offset(square, float64(i*36), 1200)
			if _, err := w.tell(req); err != nil {
				w.t.Errorf("person %d: %v", i+1, err)
			}
			times = append(times, time.Now())
		}
		for _, s := range r.seen() {
			if !strings.HasSuffix(s, " ru") && !strings.HasPrefix(s, "article") {
				w.t.Errorf("asked for %s", s)
			}
		}
		w.t.Logf("%d requests, the tenth answer after %v: %v", len(r.seen()), times[9].Sub(times[0]), r.seen())
	})
}

func TestWithoutAContactTheLocalEditionStandsIn(t *testing.T) {
	r := &requests{}
	run(t, setting{articles: sim.Region(3, paris.Lat, paris.Lon, 30, "fr", "en"), source: r.wrap, noContact: true}, func(w *world) {
		req := ask(1)
		req.Point = paris
		if s := w.mustTell(req); s.Place.ID == "" {
			w.t.Error("nothing")
		}
		if got := fmt.Sprint(r.seen()); strings.Contains(got, "search en") || !strings.Contains(got, "search fr") {
			w.t.Errorf("asked %s", got)
		}
	})
}

func TestEditionKind(t *testing.T) {
	for address, want := range map[string]string{
		"https://ru.wikipedia.org/wiki/X": "own", "https://en.wikipedia.org/wiki/X": "english", "https://fr.wikipedia.org/wiki/X": "local",
		"https://www.wikidata.org/wiki/Q1": "", "": "",
	} {
		if got := editionKind(address, "ru"); got != want {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

// A place that only the German edition knows is told in Portuguese: the title is the one that Wikidata gives in Portuguese, and the link leads to the
// German article. Run it with -v to read the story.
func TestAGermanNamedPlaceIsToldInPortuguese(t *testing.T) {
	berlin := geo.Point{Lat: 52.5170, Lon: 13.3889}
	articles := sim.Region(7, berlin.Lat, berlin.Lon, 90, "de", "pt", "en")
	knownTo := map[string][]string{} // editions by place
	german := map[string]string{}    // titles
	for _, a := range articles {
		knownTo[a.QID] = append(knownTo[a.QID], a.Language)
		if a.Language == "de" {
			german[a.QID] = a.Title
		}
	}
	run(t, setting{articles: articles, slots: 3}, func(w *world) {
		only := 0
		for range 12 {
			req := ask(1)
			req.Point, req.Language = berlin, "pt"
			s := w.mustTell(req)
			time.Sleep(30 * time.Second)
			if !slices.Equal(knownTo[s.Place.ID], []string{"de"}) || s.Source == FromExtract {
				continue
			}
			only++
			if s.Place.Title == german[s.Place.ID] {
				w.t.Errorf("the title %q is the local one", s.Place.Title)
			}
			if s.Key.Language != "pt" || !strings.HasPrefix(s.Place.URL, "https://de.wikipedia.org/") {
				w.t.Errorf("told in %q, from %s", s.Key.Language, s.Place.URL)
			}
			w.t.Logf("%s (in German: %s), %.0f m\n%s\n%s", s.Place.Title, german[s.Place.ID], s.Distance, s.Text, s.Place.URL)
		}
		if only < 2 {
			w.t.Errorf("%d places of the German edition alone", only)
		}
	})
}
