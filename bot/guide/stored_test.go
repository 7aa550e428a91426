package guide

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
)

func TestStored(t *testing.T) {
	t.Parallel()
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	cache, err := geo.NewCache[[]store.Story](geo.CacheConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cache.Close)
	g, err := New(Config{Store: s, Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	put := func(key store.StoryKey, retired bool, at geo.Point) {
		t.Helper()
		story := store.Story{StoryKey: key, Title: key.Place, Point: at, Text: "About " + key.Place + ".", Retired: retired, Created: time.Now(), Expires: time.Now().Add(time.Hour)}
		if err := s.PutStories(t.Context(), []store.Story{story}); err != nil {
			t.Fatal(err)
		}
	}
	key := func(place string, length store.Length) store.StoryKey {
		return store.StoryKey{Place: place, Language: "en", Length: length}
	}
	here := geo.Point{Lat: 48, Lon: 11}
	put(key("Q1", store.Short), false, here)
	put(key("Q2", store.Short), true, here)
	put(key("Q3", store.Short), false, geo.Offset(here, 90, 200))
	const extract = "The old mill stands on the bank of the river since 1790."
	place := store.Place{ID: "Q4", Language: "en", Title: "Mill", Point: here, Extract: extract, Fetched: time.Now()}
	if err := s.PutPlaces(t.Context(), []store.Place{place}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		key  store.StoryKey
		want string
	}{
		{key("Q1", store.Short), "About Q1."}, {key("Q1", store.Long), ""}, {key("Q2", store.Short), ""}, {key("Q9", store.Short), ""},
		{key("Q4", store.Extract), extract}, {key("Q1", store.Extract), ""}, {store.StoryKey{Place: "Q4", Language: "ru", Length: store.Extract}, ""},
	} {
		got, err := g.Stored(t.Context(), tt.key)
		if got.Text != tt.want || (tt.want == "") != errors.Is(err, ErrNothing) {
			t.Errorf("%v: got %q, %v", tt.key, got.Text, err)
		}
		if tt.want != "" && got.Told() != tt.key {
			t.Errorf("%v: told as %v", tt.key, got.Told())
		}
	}
	if err := s.Withhold(t.Context(), store.ReportKey{Place: "Q4"}, "", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Stored(t.Context(), key("Q4", store.Extract)); !errors.Is(err, ErrNothing) {
		t.Errorf("withheld: got %v", err)
	}

	req := Request{Person: 7, Point: here, Language: "en"}
	next := func() string {
		t.Helper()
		story, ok, err := g.Next(t.Context(), req)
		if err != nil || ok != (story.Text != "") {
			t.Errorf("got %v, %v", ok, err)
		}
		return story.Key.Place
	}
	if got := next(); got != "Q1" {
		t.Errorf("next is %q", got)
	}
	if err := s.Delivered(t.Context(), store.Delivery{Update: 1, Person: 7, Place: "Q1", At: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != "Q3" {
		t.Errorf("after Q1 was told, next is %q", got)
	}
	req.Language = "ru"
	if got := next(); got != "" {
		t.Errorf("in another language, next is %q", got)
	}
}
