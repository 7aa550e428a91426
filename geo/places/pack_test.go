package places

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"excursobot/geo"
	"excursobot/store"
)

func loadPack(t testing.TB) *Pack {
	t.Helper()
	p, err := LoadPack()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPackHasThreeCitiesOfTen(t *testing.T) {
	var ids []string
	for _, city := range loadPack(t).Cities() {
		ids = append(ids, city.ID)
		if got := len(city.Places); got != 10 {
			t.Errorf("%s: %d places, want 10", city.ID, got)
		}
		for _, lang := range []string{"ru", "en"} {
			checkScript(t, city.ID, lang, city.Names[lang])
		}
	}
	if got, want := strings.Join(ids, " "), "moscow saint-petersburg paris"; got != want {
		t.Errorf("cities %q, want %q", got, want)
	}
}

func TestPackPlaces(t *testing.T) {
	qid := regexp.MustCompile(`^Q[1-9][0-9]*$`)
	seen := map[string]string{} // id, name or text -> place
	once := func(t *testing.T, what, id string) {
		t.Helper()
		if other := seen[what]; other != "" {
			t.Errorf("%q stands twice: %s and %s", what, other, id)
		}
		seen[what] = id
	}
	for _, city := range loadPack(t).Cities() {
		for _, p := range city.Places {
			t.Run(city.ID+"/"+p.ID, func(t *testing.T) {
				if !qid.MatchString(p.ID) {
					t.Errorf("id %q is no Q-id", p.ID)
				}
				once(t, p.ID, p.ID)
				if p.Kind == "" {
					t.Error("no kind")
				}
				if p.Year < 1000 || p.Year > 2026 {
					t.Errorf("year %d", p.Year)
				}
				if d := geo.Distance(city.Center, p.Point); !p.Point.Valid() || !(d <= 2500) {
					t.Errorf("%v is %.0f m from the centre, want at most 2500", p.Point, d)
				}
				for _, lang := range []string{"ru", "en"} {
					once(t, lang+":"+p.Names[lang], p.ID)
					checkScript(t, "name", lang, p.Names[lang])
					checkText(t, lang, p.Texts[lang])
				}
				if len(p.Names) != 2 || len(p.Texts) != 2 {
					t.Errorf("%d names and %d texts, want 2 and 2", len(p.Names), len(p.Texts))
				}
			})
		}
	}
}

// checkText applies the rules for stories of the model to a text of the pack, with a narrower length.
func checkText(t *testing.T, lang, text string) {
	t.Helper()
	checkScript(t, "text", lang, text)
	words := 0
	for _, w := range strings.Fields(text) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			words++
		}
	}
	if words < 40 || words > 80 {
		t.Errorf("%s: %d words, want 40-80", lang, words)
	}
	for _, digits := range regexp.MustCompile(`[0-9]{4,}`).FindAllString(text, -1) {
		if year, err := strconv.Atoi(digits); err != nil || year < 1000 || year > 2026 {
			t.Errorf("%s: %s is no plausible year", lang, digits)
		}
	}
	if text != strings.Join(strings.Fields(text), " ") {
		t.Errorf("%s: stray white space", lang)
	}
	if i := strings.IndexAny(text, "<>&*_`[]{}@#!|\\"); i >= 0 || strings.Contains(text, "://") {
		t.Errorf("%s: markup, address or shouting in %q", lang, text)
	}
	if !strings.HasSuffix(text, ".") {
		t.Errorf("%s: does not end in a full stop", lang)
	}
}

// checkScript reports letters of s in another script than that of the language.
func checkScript(t *testing.T, what, lang, s string) {
	t.Helper()
	script := unicode.Latin
	if lang == "ru" {
		script = unicode.Cyrillic
	}
	letters := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		letters++
		if !unicode.Is(script, r) && !strings.ContainsRune("IVXL", r) { // Roman numerals occur in Russian, too
			t.Errorf("%s %s: letter %q of another script in %q", lang, what, r, s)
			return
		}
	}
	if letters < 3 {
		t.Errorf("%s %s: %q is no text", lang, what, s)
	}
}

func TestPackNear(t *testing.T) {
	pack := loadPack(t)
	redSquare := geo.Point{Lat: 55.7539, Lon: 37.6203}
	tests := []struct {
		name     string
		at       geo.Point
		radius   float64
		language string
		first    string // Q-id, "" = nothing
		count    int
		text     string // language of the text
	}{
		{"nearest first", redSquare, 400, "ru", "Q41116", 6, "ru"},
		{"exactly there", redSquare, 0, "en", "Q41116", 1, "en"},
		{"other language gets English", redSquare, 400, "fr", "Q41116", 6, "en"},
		{"no language gets English", redSquare, 400, "", "Q41116", 6, "en"},
		{"whole city", redSquare, 10_000, "ru", "Q41116", 10, "ru"},
		{"Paris", geo.Point{Lat: 48.8530, Lon: 2.3499}, 10_000, "ru", "Q2981", 10, "ru"},
		{"everything", redSquare, 1e8, "en", "Q41116", 30, "en"},
		{"far from all", geo.Point{}, 10_000, "ru", "", 0, ""},
		{"negative radius", redSquare, -1, "ru", "", 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := pack.Near(tt.at, tt.radius, tt.language)
			if len(got) != tt.count {
				t.Fatalf("%d stories, want %d", len(got), tt.count)
			}
			last := 0.0
			for i, s := range got {
				d := geo.Distance(tt.at, s.Point)
				if d < last || d > tt.radius {
					t.Errorf("story %d is %.0f m away after one of %.0f m, radius %.0f", i, d, last, tt.radius)
				}
				last = d
				if want := (store.StoryKey{Place: s.Place, Language: tt.text, Length: store.Short}); s.StoryKey != want {
					t.Errorf("key %+v, want %+v", s.StoryKey, want)
				}
				if s.Source != "pack" || s.Title == "" || s.Kind == "" || s.Text == "" || s.Retired {
					t.Errorf("incomplete story %+v", s)
				}
				checkScript(t, "text", tt.text, s.Text)
			}
			if tt.count > 0 && got[0].Place != tt.first {
				t.Errorf("first is %s, want %s", got[0].Place, tt.first)
			}
		})
	}
}

func TestPackAddresses(t *testing.T) {
	want := map[string]string{
		"Q129846":  "https://ru.wikipedia.org/wiki/%D0%A5%D1%80%D0%B0%D0%BC_%D0%92%D0%B0%D1%81%D0%B8%D0%BB%D0%B8%D1%8F_%D0%91%D0%BB%D0%B0%D0%B6%D0%B5%D0%BD%D0%BD%D0%BE%D0%B3%D0%BE",
		"Q4343030": "https://www.wikidata.org/wiki/Q4343030",
	}
	pack := loadPack(t)
	for _, lang := range []string{"ru", "en"} {
		for _, s := range pack.Near(geo.Point{}, 1e8, lang) {
			u, err := url.Parse(s.URL)
			if err != nil || u.Scheme != "https" || strings.ContainsAny(s.URL, " '\"<>") {
				t.Errorf("%s: bad address %q (%v)", s.Place, s.URL, err)
				continue
			}
			if u.Host != lang+".wikipedia.org" && s.URL != "https://www.wikidata.org/wiki/"+s.Place {
				t.Errorf("%s: address %q", s.Place, s.URL)
			}
			if w := want[s.Place]; lang == "ru" && w != "" && s.URL != w {
				t.Errorf("%s: address %q, want %q", s.Place, s.URL, w)
			}
		}
	}
}

func TestPackStoriesAreCopies(t *testing.T) {
	pack := loadPack(t)
	at := geo.Point{Lat: 55.7539, Lon: 37.6203}
	pack.Near(at, 400, "ru")[0].Text = "changed"
	if got := pack.Near(at, 400, "ru")[0].Text; got == "changed" {
		t.Error("a caller changed the pack")
	}
}

func BenchmarkPackNear(b *testing.B) {
	pack := loadPack(b)
	for b.Loop() {
		pack.Near(geo.Point{Lat: 55.7539, Lon: 37.6203}, 600, "ru")
	}
}
