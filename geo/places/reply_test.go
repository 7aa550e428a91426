package places

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"excursobot/geo"
	"excursobot/store"
)

const documentedTile = `{"batchcomplete":true,"query":{"geosearch":[
  {"pageid":123,"ns":0,"title":"Казанский собор (Москва)","lat":55.75528,"lon":37.61917,"dist":378.5,"primary":true,"type":"landmark","dim":100,"country":"RU"},
  {"pageid":124,"ns":0,"title":"Ещё","lat":55.7,"lon":37.6,"dist":400,"primary":true,"type":null,"dim":null,"country":null}]}}`

const documentedDetails = `{"batchcomplete":true,"query":{"pages":[
  {"pageid":123,"ns":0,"title":"Казанский собор (Москва)","length":48211,"description":"православный храм в Москве",
   "extract":"…","fullurl":"https://ru.wikipedia.org/wiki/X","pageprops":{"wikibase_item":"Q1"},
   "thumbnail":{"source":"https://upload.wikimedia.org/1280px-x.jpg","width":1280,"height":960},"pageimage":"x.jpg",
   "coordinates":[{"lat":55.75528,"lon":37.61917,"primary":true,"globe":"earth","type":"landmark","dim":"100"}]},
  {"pageid":456,"missing":true}]}}`

func TestDecode(t *testing.T) {
	tests := []struct{ name, body, err string }{
		{"a tile", documentedTile, ""},
		{"details", documentedDetails, ""},
		{"an empty area", `{"batchcomplete":true,"query":{"geosearch":[]}}`, ""},
		{"no query", `{"batchcomplete":true}`, ""},
		{"warnings", `{"warnings":{"main":{"warnings":"x"}},"query":{"pages":[]}}`, ""},
		{"to be continued", `{"continue":{"excontinue":7,"picontinue":"12|x","continue":"||"},"query":{"pages":[]}}`, ""},
		{"an error", `{"error":{"code":"invalid-coord","info":"Invalid coordinate provided"}}`, "invalid-coord: Invalid coordinate provided"},
		{"an empty object", `{}`, "without an answer"},
		{"HTML", "\n<!DOCTYPE html><html>", "HTML instead of JSON"},
		{"half a reply", documentedTile[:200], "decode reply"},
		{"nothing", "", "decode reply"},
		{"null", "null", "without an answer"},
		{"a dim of another shape", `{"query":{"geosearch":[{"dim":{}}]}}`, "decode reply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := decode([]byte(tt.body))
			if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("err = %v, want %q", err, tt.err)
			}
		})
	}
	r, err := decode([]byte(`{"continue":{"excontinue":7,"continue":"||"},"batchcomplete":false,"query":{}}`))
	if err != nil || r.Continue["excontinue"] != "7" || r.Continue["continue"] != "||" {
		t.Errorf("continue = %v, %v", r.Continue, err)
	}
}

func TestTransientAPIErrors(t *testing.T) {
	for code, want := range map[string][2]bool{
		"ratelimited": {true, false}, "maxlag": {},
		"internal_api_error_DBQueryError": {false, true}, "readonly": {false, true}, "invalid-coord": {},
	} {
		e := &apiError{Code: code}
		if got := [2]bool{e.overload(), e.transient()}; got != want {
			t.Errorf("%s: overload, transient = %v, want %v", code, got, want)
		}
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte(documentedTile))
	f.Add([]byte(documentedDetails))
	f.Add([]byte(`{"continue":{"excontinue":7},"query":{"pages":[{"pageid":1,"extract":null,"pageprops":{"disambiguation":""}}]}}`))
	f.Add([]byte(`{"error":{"code":"maxlag","info":"x"}}`))
	f.Add([]byte(`{"query":{"pages":[{"coordinates":[{"lat":1e999}]}]}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decode(body)
		var api *apiError
		if errors.As(err, &api) && !utf8.ValidString(api.Error()) {
			t.Errorf("error text %q", api.Error())
		}
		if err != nil {
			return
		}
		pages := map[int64]*page{}
		r.mergePages(pages)
		r.mergePages(pages)
		for _, p := range pages {
			place := describe(p, Candidate{Page: store.Page{ID: 7, Title: "T", Point: square}}, "ru")
			text := place.ID + place.Title + place.Description + place.Extract + place.URL + place.Picture + place.Kind
			if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
				t.Errorf("unfit for the store: %q", text)
			}
			if place.ID == "" || place.Title == "" || geo.Distance(place.Point, square) > maxMoved || place.Dim < 0 || place.Length < 0 {
				t.Errorf("place %+v", place)
			}
			if utf8.RuneCountInString(place.Extract) > extractSize+3 {
				t.Errorf("extract of %d characters", utf8.RuneCountInString(place.Extract))
			}
			worthwhile(place)
			Weight(place, 10, []string{"history", "nature"})
		}
	})
}

func BenchmarkDecodeTile(b *testing.B) {
	var hits []string
	for range 500 {
		hits = append(hits, `{"pageid":123,"ns":0,"title":"Казанский собор (Москва)","lat":55.75528,"lon":37.61917,"dist":378.5,"primary":true,"type":"landmark","dim":100,"country":"RU"}`)
	}
	body := []byte(`{"batchcomplete":true,"query":{"geosearch":[` + strings.Join(hits, ",") + `]}}`)
	if !json.Valid(body) {
		b.Fatal("bad body")
	}
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(body); err != nil {
			b.Fatal(err)
		}
	}
}
