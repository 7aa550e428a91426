package sim

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const wikiTile = "action=query&format=json&formatversion=2&list=geosearch&gscoord=55.752|37.6175&gsradius=1000&gslimit=500&gsprop=type|dim|country"

const wikiDetails = "action=query&format=json&formatversion=2&prop=extracts|pageprops|pageimages|description|info|coordinates&exintro=1&explaintext=1&exchars=1200&exlimit=max" +
	"&ppprop=wikibase_item|disambiguation&piprop=thumbnail|name&pithumbsize=1280&pilimit=50&pilicense=free&inprop=url&colimit=max&coprop=type|dim&pageids="

// wikiGet asks s in Russian and returns the reply.
func wikiGet(t *testing.T, s *Wikipedia, query string) (*http.Response, map[string]any) {
	t.Helper()
	client := &http.Client{Transport: Transport(map[string]http.Handler{"ru.wikipedia.org": s})}
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://ru.wikipedia.org/w/api.php?"+values.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "test/1 (nobody)")
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var reply map[string]any
	_ = json.Unmarshal(body, &reply)
	return resp, reply
}

func TestWikipediaSearch(t *testing.T) {
	s := NewWikipedia(WikipediaConfig{Articles: []Article{
		{PageID: 1, Language: "ru", Title: "Далеко", Lat: 55.77, Lon: 37.6175},
		{PageID: 2, Language: "ru", Title: "Дальше", Lat: 55.755, Lon: 37.6175, Type: "landmark", Dim: 100},
		{PageID: 3, Language: "ru", Title: "Рядом", Lat: 55.7521, Lon: 37.6175},
		{PageID: 4, Language: "en", Title: "Other language", Lat: 55.7521, Lon: 37.6175},
		{PageID: 5, Language: "ru", Title: "На Луне", Lat: 55.7521, Lon: 37.6175, Globe: "moon"},
	}})
	_, reply := wikiGet(t, s, wikiTile)
	got, err := json.Marshal(reply)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"batchcomplete":true,"query":{"geosearch":[` +
		`{"country":null,"dim":null,"dist":11.1,"lat":55.7521,"lon":37.6175,"ns":0,"pageid":3,"primary":true,"title":"Рядом","type":null},` +
		`{"country":null,"dim":100,"dist":333.6,"lat":55.755,"lon":37.6175,"ns":0,"pageid":2,"primary":true,"title":"Дальше","type":"landmark"}]}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	_, reply = wikiGet(t, s, strings.Replace(wikiTile, "55.752|", "-80|", 1))
	if found := reply["query"].(map[string]any)["geosearch"].([]any); len(found) != 0 {
		t.Errorf("the empty area holds %v", found)
	}
	for _, bad := range []string{"gsradius=9", "gsradius=10001", "gscoord=91|0", "gscoord=x", "gsbbox=1|2|3|4"} {
		if _, reply := wikiGet(t, s, bad+"&"+wikiTile); reply["error"] == nil {
			t.Errorf("%s: %v, want an error", bad, reply)
		}
	}
}

func TestWikipediaDetails(t *testing.T) {
	full := Article{
		PageID: 100, Language: "ru", Title: "Казанский собор", Lat: 55.75, Lon: 37.61, Type: "landmark", Dim: 100, QID: "Q1",
		Description: "храм", Extract: strings.Repeat("слово ", 400), Length: 4000, Picture: "A b.jpg", Disambiguation: true,
	}
	s := NewWikipedia(WikipediaConfig{Articles: []Article{full, {PageID: 101, Language: "ru", Title: "Пусто"}}})
	_, reply := wikiGet(t, s, wikiDetails+"100|101|102")
	pages := map[float64]map[string]any{}
	for _, p := range reply["query"].(map[string]any)["pages"].([]any) {
		page := p.(map[string]any)
		pages[page["pageid"].(float64)] = page
	}
	if pages[102]["missing"] != true {
		t.Errorf("page 102 = %v, want missing", pages[102])
	}
	for _, field := range []string{"description", "pageprops", "thumbnail", "pageimage"} {
		if pages[100][field] == nil || pages[101][field] != nil {
			t.Errorf("%s: %v of the full page, %v of the bare one", field, pages[100][field], pages[101][field])
		}
	}
	if extract := pages[100]["extract"].(string); !strings.HasSuffix(extract, "слово...") || utf8.RuneCountInString(extract) > 1203 {
		t.Errorf("extract of %d characters", utf8.RuneCountInString(extract))
	}
	if dim := pages[100]["coordinates"].([]any)[0].(map[string]any)["dim"]; dim != "100" {
		t.Errorf("dim = %#v, want a string", dim)
	}
}

func TestWikipediaContinuesExtracts(t *testing.T) {
	var articles []Article
	ids := make([]string, 20)
	for i := range ids {
		articles = append(articles, Article{PageID: int64(i + 1), Language: "ru", Title: "Дом", Extract: "дом", QID: "Q" + strconv.Itoa(i)})
		ids[i] = strconv.Itoa(i + 1)
	}
	s := NewWikipedia(WikipediaConfig{Articles: articles, Extracts: 7})
	query := wikiDetails + strings.Join(ids, "|")
	extracts, qids := 0, 0
	for more, rounds := "", 0; ; rounds++ {
		_, reply := wikiGet(t, s, query+more)
		for _, p := range reply["query"].(map[string]any)["pages"].([]any) {
			if p.(map[string]any)["extract"] != nil {
				extracts++
			}
			if p.(map[string]any)["pageprops"] != nil {
				qids++
			}
		}
		next, ok := reply["continue"].(map[string]any)
		if !ok {
			if reply["batchcomplete"] != true || rounds != 2 {
				t.Errorf("ended after %d continuations", rounds)
			}
			break
		}
		more = "&excontinue=" + strconv.Itoa(int(next["excontinue"].(float64))) + "&continue=" + next["continue"].(string)
	}
	if extracts != 20 || qids != 20 {
		t.Errorf("%d extracts and %d Q-ids of 20", extracts, qids)
	}
}

func TestWikipediaFaults(t *testing.T) {
	tests := []struct {
		fault  string
		status int
		retry  string
		code   string
	}{
		{"429", 429, "5", ""},
		{"503", 503, "5", ""},
		{"html", 200, "", ""},
		{"ratelimited", 200, "", "ratelimited"},
		{"maxlag", 200, "5", "maxlag"},
		{"warnings", 200, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.fault, func(t *testing.T) {
			s := NewWikipedia(WikipediaConfig{Fault: func(int) string { return tt.fault }})
			resp, reply := wikiGet(t, s, wikiTile)
			code := ""
			if e, ok := reply["error"].(map[string]any); ok {
				code = e["code"].(string)
			}
			if resp.StatusCode != tt.status || resp.Header.Get("Retry-After") != tt.retry || code != tt.code {
				t.Errorf("got %d, Retry-After %q, error %q", resp.StatusCode, resp.Header.Get("Retry-After"), code)
			}
		})
	}
	t.Run("hang", func(t *testing.T) {
		s := NewWikipedia(WikipediaConfig{Fault: func(int) string { return "hang" }})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/w/api.php", nil))
	})
	t.Run("cut", func(t *testing.T) {
		s := NewWikipedia(WikipediaConfig{Fault: func(int) string { return "cut" }})
		defer func() {
			if recover() == nil {
				t.Error("the connection was not cut")
			}
		}()
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/w/api.php", nil)
		r.Header.Set("User-Agent", "test/1")
		s.ServeHTTP(httptest.NewRecorder(), r)
	})
	t.Run("Go's own agent", func(t *testing.T) {
		rec := httptest.NewRecorder()
		NewWikipedia(WikipediaConfig{}).ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/w/api.php", nil))
		if rec.Code != http.StatusForbidden {
			t.Errorf("got %d, want 403", rec.Code)
		}
	})
}

func TestCity(t *testing.T) {
	const n = 400
	articles := City(7, 55.752, 37.6175, n, "ru", "en")
	again := City(7, 55.752, 37.6175, n, "ru", "en")
	var junk, stubs, lone int
	languages := map[string][]string{}
	titles := map[string]bool{}
	for i, a := range articles {
		if !reflect.DeepEqual(a, again[i]) {
			t.Fatalf("article %d differs in a second run", i)
		}
		if a.PageID <= 0 || metres(a.Lat, a.Lon, 55.752, 37.6175) > 2510 || a.Extract == "" {
			t.Errorf("bad article %+v", a)
		}
		languages[a.QID] = append(languages[a.QID], a.Language)
		titles[a.Language+a.Title] = true
		if a.Language == "ru" {
			if strings.ContainsFunc(a.Extract, func(r rune) bool { return unicode.In(r, unicode.Latin) }) {
				t.Errorf("Latin letters in %q", a.Extract)
			}
			if a.Length < 1500 {
				stubs++
			}
		}
		if strings.Contains(a.Title+a.Extract, "{") {
			t.Errorf("unfilled: %q", a.Extract)
		}
		if a.Language == "en" {
			for _, word := range []string{"district", "river", "battle", "list article", "company"} {
				if strings.Contains(a.Description, word) {
					junk++
				}
			}
		}
	}
	for _, l := range languages {
		if len(l) == 1 {
			lone++
		}
	}
	if len(languages) != n || len(titles) < n {
		t.Errorf("%d places and %d titles, want %d", len(languages), len(titles), n)
	}
	for _, share := range []struct {
		name           string
		got, low, high int
	}{{"junk", junk, 60, 100}, {"stubs", stubs, 35, 85}, {"in one language", lone, 15, 50}} {
		if share.got < share.low || share.got > share.high {
			t.Errorf("%s: %d of %d", share.name, share.got, n)
		}
	}
}

// Places are the same in every language: all languages have the same sentences and kinds.
func TestCityWordsMatch(t *testing.T) {
	for _, language := range []string{"ru", "fr", "pt", "uk", "la"} {
		words := wordsOf(language)
		if len(words.streets) != len(english.streets) || len(words.kinds) != len(english.kinds) || len(words.junk) != len(english.junk) {
			t.Errorf("%s: %d streets, %d kinds and %d sorts of junk", language, len(words.streets), len(words.kinds), len(words.junk))
		}
		for i, kind := range words.kinds {
			if kind.typ != english.kinds[i].typ || kind.dim != english.kinds[i].dim {
				t.Errorf("%s: %q is another sort than %q", language, kind.title, english.kinds[i].title)
			}
		}
		for i, sentence := range words.sentences {
			if year := strings.Index(sentence, "{y"); year < 0 || !strings.Contains(english.sentences[i], sentence[year:year+4]) {
				t.Errorf("%s: %q has another year than %q", language, sentence, english.sentences[i])
			}
		}
	}
}
