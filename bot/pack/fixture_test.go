package pack

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

var (
	now    = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	read   = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	middle = geo.Point{Lat: 57.6261, Lon: 39.8845}
)

const (
	intro = "The Water Tower is a brick tower in Riverside. It was built in 1911 by the engineer Karl Meyer. Its clock was taken from the old town hall. " +
		"A stork has nested on its roof since 1950. The tower holds a museum of clocks today, and a spiral stair leads to the gallery."
	told = "A stork has nested on the roof of the Water Tower since 1950, high above its clock. Karl Meyer built the brick tower in 1911, and the clock " +
		"was taken from the old town hall. Today the tower holds a museum of clocks, and a spiral stair leads up to the gallery."
	address = "https://en.wikipedia.org/wiki/Water_Tower"
)

// area is the one of the packs in these tests.
func area(t testing.TB) Area {
	t.Helper()
	a, err := Circle(middle, 3000)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tower() store.Place {
	return store.Place{
		ID: "Q100", Language: "en", PageID: 7, Title: "Water Tower", Point: middle, Kind: "landmark", Description: "tower in Riverside", Extract: intro,
		Length: 5000, URL: address, Source: "wikipedia", Fetched: read, Revision: 40,
		Picture:   "https://upload.wikimedia.org/wikipedia/commons/thumb/0/00/Tower.jpg/1280px-Tower.jpg",
		Credit:    store.Credit{File: "File:Tower.jpg", Author: "A. Painter", License: "CC BY-SA 4.0", LicenseURL: "https://creativecommons.org/licenses/by-sa/4.0", Page: "https://commons.wikimedia.org/wiki/File:Tower.jpg"},
		Names:     map[string]string{"ru": "Водонапорная башня"},
		Sitelinks: []store.Sitelink{{Edition: "en", Title: "Water Tower", Page: 7, Length: 5000}},
	}
}

func towerArticle() store.Article {
	return store.Article{ArticleKey: store.ArticleKey{Edition: "en", Page: 7}, Title: "Water Tower", Place: "Q100", Revision: 40, Fetched: read, Text: intro + "\n"}
}

func towerStory() store.Story {
	return store.Story{
		StoryKey: store.StoryKey{Place: "Q100", Language: "en", Length: store.Short}, Title: "Water Tower", Point: middle, Kind: "landmark", URL: address,
		Text: told, Source: "model", Model: "m", Created: read, Expires: read.Add(store.StoryLife), Version: 2, Judged: store.JudgedPassed,
		Quotes: []string{"A stork has nested on its roof since 1950."}, Article: store.ArticleKey{Edition: "en", Page: 7}, Revision: 40,
	}
}

func towerTile() store.Tile {
	return store.Tile{
		TileKey: store.TileKey{Cell: geo.CellAt(middle, geo.LevelTile), Language: "en"}, Expires: now.Add(100 * 24 * time.Hour),
		Pages: []store.Page{{ID: 7, Title: "Buy at t.me/scam", Point: middle}, {ID: 8, Title: "Not described", Point: middle}},
	}
}

func header(t testing.TB) dump.Header {
	return dump.Header{Content: Content, Program: "test", Created: read, Area: area(t).String(), Languages: "en,ru", Licences: Licences}
}

// packed returns a pack of the records, which must be in order.
func packed(t testing.TB, h dump.Header, records ...any) Open {
	t.Helper()
	var b bytes.Buffer
	w, err := dump.NewWriter(&b, h)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range records {
		if err := w.Put(store.NewRow(r)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return opened(b.Bytes())
}

func opened(content []byte) Open {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}

// town returns a pack of one place with everything.
func town(t testing.TB) Open {
	return packed(t, header(t), store.PlaceRow{Place: tower()}, towerTile(), store.StoryRow{Story: towerStory()}, store.ArticleRow{Article: towerArticle()})
}

func newStore(t testing.TB) *boltstore.Store {
	t.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "x.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
