package pack

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// unpacked returns the lines of a pack. They are the same in every process.
func unpacked(t testing.TB, open Open) string {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The rows of any file come out harmless, and pass a second time as they are. The sums of a line that a mutation changed are wrong, so rows are looked
// at before the end is.
func FuzzPack(f *testing.F) {
	seed := unpacked(f, town(f))
	f.Add(seed)
	f.Add(strings.Replace(seed, "Water Tower", "https://evil.example", 2))
	f.Add(strings.Replace(seed, "upload.wikimedia.org", "evil.example", 1))
	f.Add(strings.Replace(seed, `"place":"Q100"`, `"place":"wp:en:7"`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, text) // into memory
		_ = w.Close()
		g := guard{area: area(t), languages: []string{"en", "ru"}, now: now}
		var place store.Place
		var stories []store.Story
		_, _ = Read(t.Context(), opened(b.Bytes()), func(row store.Row) error {
			switch r := row.Value.(type) {
			case store.PlaceRow:
				p, err := g.place(r.Place)
				if err != nil {
					return nil //nolint:nilerr // left out
				}
				place = p
				checkAddresses(t, p.URL, p.Picture, p.Credit.Page, p.Credit.LicenseURL)
				if again, err := g.place(p); err != nil || !cmp.Equal(again, p) {
					t.Errorf("%v: a place changes when it is read again (-first +second):\n%s", err, cmp.Diff(p, again))
				}
			case store.StoryRow:
				stories = append(stories, r.Story)
			case store.ArticleRow:
				a, err := g.article(r.Article)
				if err != nil {
					return nil //nolint:nilerr // left out
				}
				if again, err := g.article(a); err != nil || !cmp.Equal(again, a) {
					t.Errorf("%v: an article changes when it is read again (-first +second):\n%s", err, cmp.Diff(a, again))
				}
				for _, s := range stories {
					if s, err := g.story(s, place, a); err == nil {
						checkAddresses(t, s.URL, s.Picture, s.Credit.Page, s.Credit.LicenseURL)
						if s.Likes != 0 || s.Retired || s.Judged != store.Unjudged || !s.Packed {
							t.Errorf("story %+v", s)
						}
					}
				}
			}
			return nil
		})
	})
}

func checkAddresses(t *testing.T, list ...string) {
	t.Helper()
	for _, a := range list {
		if !atHome(a) {
			t.Errorf("the address %q", a)
		}
	}
}

func FuzzArea(f *testing.F) {
	f.Add("circle 57.6261,39.8845,3000")
	f.Add("box 57.6,39.8,57.7,39.9")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := ParseArea(text)
		if err != nil {
			return
		}
		if again, err := ParseArea(a.String()); err != nil || again.String() != a.String() {
			t.Errorf("%q is written as %q, which reads as %q: %v", text, a, again, err)
		}
		if a.radius > MaxRadius || len(a.cells()) > 20_000 {
			t.Errorf("%q reaches %.0f m in %d cells", text, a.radius, len(a.cells()))
		}
	})
}
