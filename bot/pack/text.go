package pack

import (
	"fmt"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/store"
)

// Attribution returns what the licence asks for when the text of an article is passed on: title, address, revision, that it was changed, licence.
func Attribution(a store.Article) string {
	title := plain(a.Title, 300)
	return fmt.Sprintf("%q, %s, revision %d, shortened and cleaned, CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/)",
		title, places.ArticleURL(plain(a.Edition, 20), title), a.Revision)
}

// Text returns a description for people.
func (i Info) Text(now time.Time) string {
	var b strings.Builder
	line := func(name, form string, values ...any) {
		fmt.Fprintf(&b, "  %-10s "+form+"\n", append([]any{name}, values...)...)
	}
	line("area", "%s", i.Area)
	line("languages", "%s", strings.Join(i.Languages, ", "))
	line("age", "%s (the newest of it is of %s)", age(now.Sub(i.Newest)), i.Newest.Format(time.DateOnly))
	line("places", "%d, described %d times; %d searches, %d articles", i.Places, i.Rows[string(store.TablePlaces)], i.Rows[string(store.TableTiles)], i.Rows[string(store.TableArticles)])
	var stories []string
	for _, l := range model.Languages {
		if n := i.Stories[l]; n > 0 {
			stories = append(stories, fmt.Sprintf("%d %s", n, l))
		}
	}
	if len(stories) == 0 {
		stories = []string{"none"}
	}
	line("stories", "%s", strings.Join(stories, ", "))
	if len(i.Models) > 0 {
		line("written by", "%s", strings.Join(i.Models, ", "))
	}
	line("size", "%.1f MiB, checksums are right", float64(i.Bytes)/(1<<20))
	line("program", "%s", i.Program)
	line("licences", "%s", i.Licences)
	return b.String()
}

func age(d time.Duration) string {
	if days := int(d.Hours() / 24); days > 0 {
		return fmt.Sprintf("%d days", days)
	}
	return "less than a day"
}
