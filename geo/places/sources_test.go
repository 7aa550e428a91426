package places

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

var paris = geo.Point{Lat: 48.8606, Lon: 2.3376}

// town returns a world of places in Paris that the French edition knows best.
func town(t *testing.T) *world {
	t.Helper()
	return newWorld(t, setting{articles: sim.Region(7, paris.Lat, paris.Lon, 80, "fr", "ru", "en"), latency: 100 * time.Millisecond})
}

func described(t *testing.T, w *world, language string) []Place {
	t.Helper()
	found, err := w.Near(t.Context(), paris, 1200, language)
	if err != nil {
		t.Fatal(err)
	}
	list, err := w.Details(t.Context(), found)
	if err != nil || len(list) < 5 {
		t.Fatalf("%d places in %s, %v", len(list), language, err)
	}
	return list
}

func TestNamesBringNamesDescriptionsAndArticles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := town(t)
		editions := w.Editions(paris, "ru")
		if !slices.Equal(editions, []string{"ru", "fr", "en"}) {
			t.Fatalf("editions of a Russian in Paris: %v", editions)
		}
		list := described(t, w, "fr")
		before := w.sent()
		got, err := w.Names(t.Context(), list, "ru", editions)
		if err != nil || w.sent() != before+1 {
			t.Fatalf("%d requests, %v", w.sent()-before, err)
		}
		for _, p := range got {
			if p.Names["ru"] == "" || !slices.ContainsFunc(p.Sitelinks, func(l store.Sitelink) bool { return l.Edition == "fr" && l.Page == p.PageID }) {
				t.Errorf("%s: names %v, articles %v", p.Title, p.Names, p.Sitelinks)
			}
			if about := AboutFor(p, "ru"); about == "" || !strings.ContainsFunc(about, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
				t.Errorf("%s: about %q in Russian", p.Title, about)
			}
			if AboutFor(p, "en") != p.About || AboutFor(p, "fr") != p.Description || AboutFor(p, "pt") != "" {
				t.Errorf("%s: about %q, %q, %q", p.Title, AboutFor(p, "en"), AboutFor(p, "fr"), AboutFor(p, "pt"))
			}
			shown := ForPerson(p, "ru")
			if shown.Title != p.Names["ru"] || shown.URL != p.URL {
				t.Errorf("shown as %q", shown.Title)
			}
		}
		stored, err := w.store.Place(t.Context(), got[0].ID, "fr")
		if err != nil || stored.Title != got[0].Title || stored.Names["ru"] != got[0].Names["ru"] || stored.About != got[0].About || AboutFor(stored, "ru") != AboutFor(got[0], "ru") {
			t.Errorf("stored %+v, %v", stored, err)
		}
		if _, err := w.Names(t.Context(), []Place{stored}, "ru", editions); err != nil || w.sent() != before+1 {
			t.Errorf("asked again, %v", err)
		}
	})
}

func TestLengthsAndTheArticleToRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := town(t)
		editions := w.Editions(paris, "ru")
		list, err := w.Names(t.Context(), described(t, w, "ru"), "ru", editions)
		if err != nil {
			t.Fatal(err)
		}
		before := w.sent()
		list, err = w.Lengths(t.Context(), list, []string{"fr", "en"})
		if err != nil || w.sent() > before+2 || w.sent() == before {
			t.Fatalf("%d requests, %v", w.sent()-before, err)
		}
		p := list[0]
		link := ArticleOf(p, "ru", editions)
		if link.Edition != "fr" || link.Length < 2*p.Length {
			t.Fatalf("article %+v of a place whose own one has %d bytes", link, p.Length)
		}
		a, err := w.Article(t.Context(), p.ID, link)
		if err != nil || !strings.Contains(a.Text, "== Histoire ==") || strings.Contains(a.Text, "Notes et références") || a.Revision == 0 || a.Edited.IsZero() {
			t.Errorf("article %+v, %v", a, err)
		}
		before = w.sent()
		if again, err := w.Article(t.Context(), p.ID, link); err != nil || again.Text != a.Text || w.sent() != before {
			t.Errorf("read again: %d requests, %v", w.sent()-before, err)
		}
	})
}

func TestArticleOfPrefersTheirOwn(t *testing.T) {
	place := func(links ...store.Sitelink) Place { return Place{ID: "Q1", Language: "xx", Sitelinks: links} }
	ru, fr, en, de := store.Sitelink{Edition: "ru", Title: "Р"}, store.Sitelink{Edition: "fr", Title: "F"}, store.Sitelink{Edition: "en", Title: "E"}, store.Sitelink{Edition: "de", Title: "D"}
	with := func(l store.Sitelink, bytes int) store.Sitelink { l.Length = bytes; return l }
	for name, tt := range map[string]struct {
		place Place
		want  string
	}{
		"own alone":                               {place(with(ru, 1000)), "ru"},
		"own with 60 % in characters":             {place(with(ru, 10_800), with(fr, 10_000)), "ru"},
		"own with less":                           {place(with(ru, 10_600), with(fr, 10_000)), "fr"},
		"English longest":                         {place(with(ru, 1000), with(fr, 5000), with(en, 20_000)), "en"},
		"an edition of neither counts for naught": {place(with(ru, 1000), with(de, 90_000)), "ru"},
		"a page of few bytes of the Swedish one":  {place(), ""},
	} {
		if got := ArticleOf(tt.place, "ru", []string{"ru", "fr", "de", "en"}); got.Edition != tt.want {
			t.Errorf("%s: %s, want %s", name, got.Edition, tt.want)
		}
	}
}

func TestCreditsAreKnownOrThereIsNoPicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := town(t)
		list := described(t, w, "fr")
		before := w.sent()
		list, err := w.Credits(t.Context(), list)
		if err != nil || w.sent() != before+1 {
			t.Fatalf("%d requests, %v", w.sent()-before, err)
		}
		with, without := 0, 0
		for _, p := range list {
			switch {
			case p.Picture == "":
				without++
			case p.Credit.Author != "Picture taker" || p.Credit.License != "CC BY-SA 4.0" || !strings.HasPrefix(p.Credit.Page, "https://commons.wikimedia.org/wiki/File:"):
				t.Errorf("credit %+v", p.Credit)
			default:
				with++
			}
		}
		if with == 0 {
			t.Errorf("%d with a credit, %d without a picture", with, without)
		}
	})
}

func TestCreditOf(t *testing.T) {
	info := func(fields string) string {
		return `{"batchcomplete":true,"query":{"pages":[{"title":"File:A.jpg","imageinfo":[{"descriptionurl":"https://commons.wikimedia.org/wiki/File:A.jpg","extmetadata":` + fields + `}]}]}}`
	}
	for name, tt := range map[string]struct{ fields, author string }{
		"a link":         {`{"Artist":{"value":"<a href=\"x\">Ann &amp; <b>Co</b></a>"},"LicenseShortName":{"value":"CC0"}}`, "Ann & Co"},
		"an attribution": {`{"Artist":{"value":"x"},"Attribution":{"value":"The Archive"},"LicenseShortName":{"value":"CC BY 4.0"}}`, "The Archive"},
		"a whole page":   {`{"Artist":{"value":"<style>p{}</style>` + strings.Repeat("long words ", 500) + `"},"LicenseShortName":{"value":"CC BY 4.0"}}`, "long words long words long words long words long words…"},
		"no licence":     {`{"Artist":{"value":"x"}}`, "x"},
		"no author":      {`{"LicenseShortName":{"value":"CC BY 4.0"}}`, ""},
		"an empty array": {`[]`, ""},
		"other values":   {`{"Artist":{"value":["x"]},"LicenseShortName":{"value":7}}`, ""},
	} {
		r, err := decode([]byte(info(tt.fields)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := creditOf(r.Query.Pages[0]); got.Author != tt.author || (name == "no licence") == Credited(got) && got.Author != "" {
			t.Errorf("%s: %+v, want %q", name, got, tt.author)
		}
	}
}

func TestMergeTakesTheBestOfEachEdition(t *testing.T) {
	fr := Place{ID: "Q1", Language: "fr", PageID: 3, Title: "Maison", Point: geo.Point{Lat: 48.8561234, Lon: 2.3345671}, Length: 9000, About: "house in Paris", Names: map[string]string{"ru": "Дом"}}
	en := Place{ID: "Q1", Language: "en", PageID: 5, Title: "House", Point: geo.Point{Lat: 48.85, Lon: 2.33}, Length: 2000}
	other := Place{ID: "Q2", Language: "fr", Title: "Pont"}
	got := Merge([]Place{fr, other, en}, "ru")
	if len(got) != 2 || got[0].Language != "en" || got[0].Point != fr.Point || got[0].About != fr.About || got[0].Names["ru"] != "Дом" || Largest(got[0]) != 9000 {
		t.Errorf("merged %+v", got)
	}
	ru := Place{ID: "Q1", Language: "ru", PageID: 7, Title: "Дом", Point: geo.Point{Lat: 48.85, Lon: 2.333}, Length: 100}
	if got := Merge([]Place{fr, en, ru}, "ru"); got[0].Language != "ru" || len(got[0].Sitelinks) != 3 || got[0].Point != fr.Point {
		t.Errorf("merged %+v", got)
	}
}

func TestPrecision(t *testing.T) {
	for _, tt := range []struct {
		p    geo.Point
		want float64
	}{
		{geo.Point{Lat: 48, Lon: 2}, 111_195}, {geo.Point{Lat: 48.766667, Lon: 2.35}, 1853.25}, {geo.Point{Lat: 48.85, Lon: 2.33}, 1111.95},
		{geo.Point{Lat: 48.872222, Lon: 2.332222}, 30.8875}, {geo.Point{Lat: 48.8561234, Lon: 2.3345671}, 1},
	} {
		if got := precision(tt.p); got != tt.want {
			t.Errorf("precision(%v) = %v, want %v", tt.p, got, tt.want)
		}
	}
}

func TestCharacters(t *testing.T) {
	for edition, want := range map[string]float64{"fr": 9000, "ru": 5000, "el": 5000, "ja": 7200, "zh": 7200} {
		if got := Characters(edition, 9000); got != want {
			t.Errorf("%s: %v, want %v", edition, got, want)
		}
	}
}

func TestStale(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	ago := func(days float64) time.Time { return now.Add(-time.Duration(days * 24 * float64(time.Hour))) }
	for _, tt := range []struct {
		read, edited float64 // days ago
		want         bool
	}{{6.9, 400, false}, {7.1, 400, true}, {0.9, 1, false}, {1.1, 1.5, true}, {1.1, 2.2, false}} {
		if got := stale(ago(tt.read), ago(tt.edited), now); got != tt.want {
			t.Errorf("read %v and edited %v days ago: %v", tt.read, tt.edited, got)
		}
	}
}

func TestRefreshKeepsNamesAndArticles(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := town(t)
		list, err := w.Names(t.Context(), described(t, w, "fr")[:1], "ru", w.Editions(paris, "ru"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(8 * 24 * time.Hour)
		if !Stale(list[0], time.Now()) {
			t.Error("a text of eight days is not stale")
		}
		fresh, err := w.Refresh(t.Context(), list[0])
		if err != nil || Stale(fresh, time.Now()) || fresh.Names["ru"] != list[0].Names["ru"] || len(fresh.Sitelinks) != len(list[0].Sitelinks) || fresh.Extract == "" {
			t.Errorf("fresh %+v, %v", fresh, err)
		}
	})
}

// Wikidata and Commons are asked at their own addresses, and count in the same limits.
func TestAllSourcesShareTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hosts := map[string]int{}
		w := newWorld(t, setting{cfg: Config{PerMinute: 4}, handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hosts[r.Host]++ })})
		p := Place{ID: "Q1", Language: "ru", PageID: 1, Title: "Дом", Picture: "https://x.org/a.jpg", Credit: store.Credit{File: "File:A.jpg"}, Point: square}
		_, _ = w.Names(t.Context(), []Place{p}, "ru", []string{"ru", "en"})
		w.client.quota.most = 100
		_, _ = w.Credits(t.Context(), []Place{p})
		if got := fmt.Sprint(hosts); got != "map[commons.wikimedia.org:3 www.wikidata.org:3]" || len(w.client.quota.sent) != 6 {
			t.Errorf("hosts %s, %d counted", got, len(w.client.quota.sent))
		}
	})
}
