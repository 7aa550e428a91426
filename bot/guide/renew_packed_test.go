package guide

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

const packedText = "The architect Matvey Kazakov designed House number 1, which was built in 1810. A hoard of silver coins was found in its cellar, " +
	"and the stucco on the front still shows the heads of lions."

// putPacked puts what a pack would bring about the first place of the town, with a story of the given text.
func (w *world) putPacked(text string, edit func(*store.Place, *store.Story)) store.StoryKey {
	w.t.Helper()
	a := articles(1, 40, "ru", "en")[1]
	at := geo.Point{Lat: a.Lat, Lon: a.Lon}
	p := store.Place{
		ID: a.QID, Language: "en", PageID: a.PageID, Title: a.Title, Point: at, Kind: a.Type, Description: a.Description, Extract: a.Extract,
		URL: "https://en.wikipedia.org/wiki/House_1", Source: "wikipedia", Fetched: time.Now(), Packed: true, Names: map[string]string{"en": a.Title},
	}
	s := store.Story{
		StoryKey: store.StoryKey{Place: a.QID, Language: "en", Length: store.Short}, Title: a.Title, Point: at, URL: p.URL, Text: text, Source: "model", Model: "m",
		Created: time.Now(), Expires: time.Now().Add(store.StoryLife), Version: storyVersion, Article: store.ArticleKey{Edition: "en", Page: a.PageID}, Packed: true,
		Quotes: []string{"A hoard of silver coins was found in its cellar."},
	}
	if edit != nil {
		edit(&p, &s)
	}
	must(w.t, w.store.PutPlaces(w.t.Context(), []store.Place{p}))
	must(w.t, w.store.PutStories(w.t.Context(), []store.Story{s}))
	return s.StoryKey
}

// kept returns the story of the key, false if nobody hears it any more.
func (w *world) kept(key store.StoryKey) (store.Story, bool) {
	w.t.Helper()
	found, err := w.store.Stories(w.t.Context(), []store.StoryKey{key}, time.Now())
	must(w.t, err)
	if len(found) == 0 || found[0].Retired {
		return store.Story{}, false
	}
	return found[0], true
}

func TestAPackedStoryIsComparedAtItsFirstUse(t *testing.T) {
	for name, tt := range map[string]struct {
		text      string
		edit      func(*store.Place, *store.Story)
		noContact bool
		stays     bool
	}{
		"it follows from the article":    {packedText, nil, false, true},
		"without a contact, too":         {packedText, nil, true, true},
		"another year":                   {strings.Replace(packedText, "1810", "1799", 1), nil, false, false},
		"a quote that is not there":      {packedText, func(_ *store.Place, s *store.Story) { s.Quotes = []string{"The house is made of gold."} }, false, false},
		"the article of another place":   {packedText, func(_ *store.Place, s *store.Story) { s.Article.Page++ }, false, false},
		"a place that has another id":    {packedText, func(p *store.Place, s *store.Story) { p.ID, s.Place = "Q999", "Q999" }, false, false},
		"a place far from where it is":   {packedText, func(p *store.Place, s *store.Story) { p.Point = geo.Offset(square, 0, 250); s.Point = p.Point }, false, true},
		"from an intro, and it is there": {packedText, func(_ *store.Place, s *store.Story) { s.Article = store.ArticleKey{} }, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			run(t, setting{articles: town(), noModel: true, noContact: tt.noContact}, func(w *world) {
				key := w.putPacked(tt.text, tt.edit)
				req := ask(1)
				req.Language, req.Place = "en", key.Place
				if told := w.mustTell(req); told.Text != tt.text || !told.Place.Packed {
					t.Fatalf("told %q, from a pack %v", told.Text, told.Place.Packed)
				}
				time.Sleep(10 * time.Minute)
				if tt.noContact { // ten requests a minute may not have sufficed: the next use tries again
					req.Person = 2
					w.mustTell(req)
					time.Sleep(10 * time.Minute)
				}
				synctest.Wait()
				s, stays := w.kept(key)
				if stays != tt.stays || stays && s.Packed {
					t.Errorf("it stays: %v, want %v; still from a pack: %v", stays, tt.stays, s.Packed)
				}
			})
		})
	}
}

func TestAPackedStoryStaysLabelledWhileWikipediaIsAway(t *testing.T) {
	away := true
	run(t, setting{articles: town(), noModel: true, wiki: func(int) string {
		if away {
			return "503"
		}
		return ""
	}}, func(w *world) {
		key := w.putPacked(packedText, nil)
		tell := func(person int64) Story {
			req := ask(person)
			req.Language, req.Place = "en", key.Place
			told := w.mustTell(req)
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			return told
		}
		for person := range int64(2) {
			if told := tell(1 + person); !told.Place.Packed {
				t.Error("the label is gone")
			}
		}
		away = false
		if told := tell(3); !told.Place.Packed {
			t.Error("the label went before the comparison")
		}
		if told := tell(4); told.Place.Packed {
			t.Error("the label is there after the comparison")
		}
	})
}
