package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// askWiki sends a query to the simulated API and decodes the reply.
func askWiki(t *testing.T, s *Wikipedia, language, query string) map[string]any {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://"+language+".wikipedia.org/w/api.php?format=json&formatversion=2&"+query, nil)
	r.Header.Set("User-Agent", "Excursobot/test (me@example.org)")
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var reply map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &reply); err != nil {
		t.Fatalf("status %d: %v: %s", w.Code, err, w.Body)
	}
	return reply
}

// dig follows keys and indices into a decoded reply; nil = nothing there.
func dig(v any, path ...any) any {
	for _, step := range path {
		switch key := step.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[key]
		case int:
			list, _ := v.([]any)
			if key >= len(list) {
				return nil
			}
			v = list[key]
		}
	}
	return v
}

func TestItemsHaveNamesAndArticles(t *testing.T) {
	s := NewWikipedia(WikipediaConfig{Articles: []Article{
		{PageID: 1, Language: "fr", Title: "Tour", QID: "Q5", Labels: map[string]string{"ru": "Башня"}, English: "tower in Paris, France"},
		{PageID: 2, Language: "zh-yue", Title: "塔", QID: "Q5"},
	}})
	got := askWiki(t, s, "www", "action=wbgetentities&ids=Q5|Q6&props=labels|descriptions|sitelinks&languages=ru|en|de&languagefallback=1&sitefilter=frwiki|zh_yuewiki|enwiki")
	for _, tt := range []struct {
		path []any
		want any
	}{
		{[]any{"entities", "Q5", "labels", "ru", "value"}, "Башня"},
		{[]any{"entities", "Q5", "labels", "de"}, nil},
		{[]any{"entities", "Q5", "descriptions", "en", "value"}, "tower in Paris, France"},
		{[]any{"entities", "Q5", "descriptions", "ru", "for-language"}, "ru"},
		{[]any{"entities", "Q5", "sitelinks", "frwiki", "title"}, "Tour"},
		{[]any{"entities", "Q5", "sitelinks", "zh_yuewiki", "title"}, "塔"},
		{[]any{"entities", "Q6", "missing"}, ""},
	} {
		if v := dig(got, tt.path...); v != tt.want {
			t.Errorf("%v: got %v, want %v", tt.path, v, tt.want)
		}
	}
	tooMany := askWiki(t, s, "www", "action=wbgetentities&props=labels&ids=Q1"+strings.Repeat("|Q1", 50))
	if dig(tooMany, "error", "code") != "toomanyvalues" {
		t.Errorf("51 ids: got %v", tooMany)
	}
}

func TestPicturesHaveAuthorAndLicence(t *testing.T) {
	s := NewWikipedia(WikipediaConfig{Articles: []Article{{PageID: 1, Language: "fr", Picture: "Tour_1.jpg"}, {PageID: 2, Language: "fr", Picture: "Tour_0.jpg"}}})
	got := askWiki(t, s, "commons", "action=query&prop=imageinfo&iiprop=url|extmetadata&titles="+url.QueryEscape("File:Tour 1.jpg|File:Tour_0.jpg|File:None.jpg"))
	if artist, _ := dig(got, "query", "pages", 0, "imageinfo", 0, "extmetadata", "Artist", "value").(string); !strings.Contains(artist, "Picture taker</a>") {
		t.Errorf("artist: %q", artist)
	}
	if v := dig(got, "query", "pages", 1, "imageinfo", 0, "extmetadata", "Artist"); v != nil {
		t.Errorf("a picture without credit has the artist %v", v)
	}
	if dig(got, "query", "pages", 2, "missing") != true {
		t.Errorf("an unknown file: %v", dig(got, "query", "pages", 2))
	}
}

func TestWholeArticleHasSections(t *testing.T) {
	articles := City(3, 48.85, 2.35, 30, "fr", "en")
	s := NewWikipedia(WikipediaConfig{Articles: articles})
	for _, a := range articles {
		if a.Body == "" {
			continue
		}
		got := askWiki(t, s, a.Language, fmt.Sprintf("action=query&pageids=%d&prop=extracts|info|revisions&explaintext=1&exsectionformat=wiki", a.PageID))
		text, _ := dig(got, "query", "pages", 0, "extract").(string)
		if !strings.HasPrefix(text, a.Extract) || strings.Count(text, "\n== ") != 4 {
			t.Fatalf("the article of %s: %q", a.Title, text)
		}
		if dig(got, "query", "pages", 0, "lastrevid") != float64(a.Revision) || dig(got, "query", "pages", 0, "revisions", 0, "timestamp") == nil {
			t.Fatalf("no revision: %v", got)
		}
		byTitle := askWiki(t, s, a.Language, "action=query&prop=info&titles="+url.QueryEscape(a.Title))
		if dig(byTitle, "query", "pages", 0, "length") != float64(a.Length) {
			t.Fatalf("by title: %v", byTitle)
		}
	}
	if st := s.Stats(); st.Articles == 0 || st.Articles != st.Details {
		t.Errorf("counted %+v, want as many whole articles as other details", st)
	}
}

func TestRegionIsStrongestInItsOwnLanguage(t *testing.T) {
	count := map[string]int{}
	for _, a := range Region(3, 48.85, 2.35, 200, "fr", "ru", "en") {
		count[a.Language]++
		if len(a.Labels) == 0 {
			t.Fatalf("%s has no names: %v", a.Title, a.Labels)
		}
	}
	if count["fr"] < 150 || count["ru"] > count["fr"]/2 || count["ru"] == 0 || count["en"] == 0 {
		t.Errorf("articles by edition: %v", count)
	}
}

func TestRequestsOverTheLimitAreRefused(t *testing.T) {
	s := NewWikipedia(WikipediaConfig{PerMinute: 2})
	for n, want := range []int{200, 200, 429} {
		r := httptest.NewRequest(http.MethodGet, "http://en.wikipedia.org/w/api.php?action=query&format=json&formatversion=2", nil)
		r.Header.Set("User-Agent", "Excursobot/test (me@example.org)")
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("request %d: status %d, want %d", n+1, w.Code, want)
		}
	}
}
