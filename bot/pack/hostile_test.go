package pack

import (
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

func contentOf(t testing.TB, r io.ReadCloser) []byte {
	t.Helper()
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// A hostile row of a stranger's file never reaches the store.
func TestHostileRows(t *testing.T) {
	for name, edit := range map[string]func(p *store.Place, s *store.Story, a *store.Article){
		"link of a place": func(p *store.Place, _ *store.Story, _ *store.Article) { p.URL = "https://evil.example/" },
		"link in a description": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Abouts = map[string]string{"ru": "подробности на https://evil.example/ и +7 495 123-45-67", "<b>": "дом"}
		},
		"link of a story": func(_ *store.Place, s *store.Story, _ *store.Article) { s.URL = "https://evil.example/" },
		"host that looks right": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Picture = "https://upload.wikimedia.org.evil.example/wikipedia/x.jpg"
		},
		"user in the address": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Picture = "https://upload.wikimedia.org@evil.example/wikipedia/x.jpg"
		},
		"picture of a story": func(_ *store.Place, s *store.Story, _ *store.Article) { s.Picture = "https://evil.example/x.jpg" },
		"page of the credit": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Credit.Page = "https://evil.example/wiki/File:x.jpg"
		},
		"author":             func(p *store.Place, _ *store.Story, _ *store.Article) { p.Credit.Author = "evil.example/x" },
		"licence":            func(p *store.Place, _ *store.Story, _ *store.Article) { p.Credit.LicenseURL = "https://evil.example/" },
		"title":              func(p *store.Place, _ *store.Story, _ *store.Article) { p.Title = "Win at evil.example/x" },
		"account in a title": func(p *store.Place, _ *store.Story, _ *store.Article) { p.Title = "Write to @evil_example" },
		"name": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Names["ru"] = "Пишите на https://evil.example"
		},
		"description":      func(p *store.Place, _ *store.Story, _ *store.Article) { p.Description = "see https://evil.example" },
		"title of a story": func(_ *store.Place, s *store.Story, _ *store.Article) { s.Title = "evil.example" },
		"extract": func(p *store.Place, _ *store.Story, _ *store.Article) {
			p.Extract += " Visit https://evil.example today."
		},
		"article": func(_ *store.Place, _ *store.Story, a *store.Article) {
			a.Text += "Visit https://evil.example today.\n"
		},
		"title of the article": func(_ *store.Place, _ *store.Story, a *store.Article) { a.Title = "https://evil.example" },
		"edition as a host":    func(p *store.Place, _ *store.Story, _ *store.Article) { p.Language = "evil.example/" },
		"article's edition": func(_ *store.Place, s *store.Story, a *store.Article) {
			a.Edition, s.Article.Edition = "evil.example/", "evil.example/"
		},
		"text": func(_ *store.Place, s *store.Story, _ *store.Article) { s.Text += " More at https://evil.example." },
		"text of another place": func(_ *store.Place, s *store.Story, _ *store.Article) {
			s.Text = strings.ReplaceAll(told, "1911", "1799") + " evil.example"
		},
		"a quote that is not there": func(_ *store.Place, s *store.Story, _ *store.Article) {
			s.Quotes = []string{"evil.example is the best site"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, a := tower(), towerStory(), towerArticle()
			edit(&p, &s, &a)
			to := newStore(t)
			imported(t, to, packed(t, header(t), store.PlaceRow{Place: p}, store.StoryRow{Story: s}, store.ArticleRow{Article: a}))
			for _, table := range tables {
				rows, err := to.Rows(t.Context(), table, "", 10)
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows {
					checkHarmless(t, row.Value)
				}
			}
		})
	}
}

func TestRowsThatAreLeftOut(t *testing.T) {
	for name, tt := range map[string]struct {
		edit  func(p *store.Place, s *store.Story, a *store.Article)
		place bool // it comes in
		story bool
	}{
		"nothing is wrong": {func(*store.Place, *store.Story, *store.Article) {}, true, true},
		"outside the area": {func(p *store.Place, _ *store.Story, _ *store.Article) { p.Point = geo.Offset(middle, 0, 4000) }, false, false},
		"id that is none":  {func(p *store.Place, _ *store.Story, _ *store.Article) { p.ID = "Q0100" }, false, false},
		"no sight":         {func(p *store.Place, _ *store.Story, _ *store.Article) { p.Kind = "city" }, false, false},
		"from the future": {func(p *store.Place, s *store.Story, _ *store.Article) {
			p.Fetched, s.Created = now.Add(1e6*time.Hour), now.Add(1e6*time.Hour)
		}, true, true},
		"never read": {func(p *store.Place, _ *store.Story, _ *store.Article) { p.Fetched = time.Time{} }, false, false},
		"another year": {func(_ *store.Place, s *store.Story, _ *store.Article) {
			s.Text = strings.ReplaceAll(told, "1911", "1799")
		}, true, false},
		"another language":         {func(_ *store.Place, s *store.Story, _ *store.Article) { s.Language = "de" }, true, false},
		"a strange length":         {func(_ *store.Place, s *store.Story, _ *store.Article) { s.Length = "novel" }, true, false},
		"article of another place": {func(_ *store.Place, _ *store.Story, a *store.Article) { a.Place = "Q5" }, true, false},
		"without its article":      {func(_ *store.Place, s *store.Story, _ *store.Article) { s.Article.Page = 99 }, true, false},
		"votes":                    {func(_ *store.Place, s *store.Story, _ *store.Article) { s.Likes, s.WrongBy = 1000, []int64{5} }, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, s, a := tower(), towerStory(), towerArticle()
			tt.edit(&p, &s, &a)
			to := newStore(t)
			r := imported(t, to, packed(t, header(t), store.PlaceRow{Place: p}, store.StoryRow{Story: s}, store.ArticleRow{Article: a}))
			if r.Added["places"] == 1 != tt.place || r.Added["stories"] == 1 != tt.story {
				t.Errorf("added %v, refused %v", r.Added, r.Refused)
			}
			got, err := to.Stories(t.Context(), []store.StoryKey{s.StoryKey}, now)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range got {
				if s.Likes != 0 || s.WrongBy != nil || s.Created.After(now) || !s.Packed {
					t.Errorf("story %+v", s)
				}
			}
		})
	}
}

// checkHarmless fails if a record holds something that leads out of Wikipedia, Wikidata and Commons.
func checkHarmless(t *testing.T, record any) {
	t.Helper()
	var texts, addresses []string
	switch r := record.(type) {
	case store.PlaceRow:
		texts = append(slices.AppendSeq(texts, maps.Values(r.Abouts)), r.Title, r.Description, r.Extract, r.About, r.Credit.Author, r.Credit.License, r.Kind)
		for language, name := range r.Names {
			texts = append(texts, language, name)
		}
		for _, l := range r.Sitelinks {
			texts = append(texts, l.Title)
		}
		addresses = append(addresses, r.URL, r.Picture, r.Credit.Page, r.Credit.LicenseURL)
	case store.StoryRow:
		texts = append(texts, r.Title, r.Text, r.Credit.Author, r.Kind)
		addresses = append(addresses, r.URL, r.Picture, r.Credit.Page, r.Credit.LicenseURL)
	case store.ArticleRow:
		texts = append(texts, r.Title, r.Text)
	case store.Tile:
		for _, p := range r.Pages {
			texts = append(texts, p.Title)
		}
	}
	for _, text := range texts {
		if strings.Contains(text, "evil.example") || strings.Contains(text, "@evil") {
			t.Errorf("%T holds %q", record, text)
		}
	}
	for _, a := range addresses {
		if !atHome(a) {
			t.Errorf("%T holds the address %q", record, a)
		}
	}
}

// atHome reports whether an address is empty or on the hosts that a pack may name.
func atHome(address string) bool {
	rest, ok := strings.CutPrefix(address, "https://")
	host, _, _ := strings.Cut(rest, "/")
	switch {
	case address == "":
		return true
	case !ok || strings.ContainsAny(host, "@:"):
		return false
	case host == "upload.wikimedia.org", host == "commons.wikimedia.org", host == "creativecommons.org":
		return true
	}
	edition, ok := strings.CutSuffix(host, ".wikipedia.org")
	return ok && edition != "" && !strings.Contains(edition, ".")
}
