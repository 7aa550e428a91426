// Package booklet makes the file that a walker takes along: one page of HTML with stories, a list and a drawn map, which needs no network. It chooses no
// stories and takes all texts from its caller.
package booklet

import (
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"

	"excursobot/geo"
)

// MaxStops is the most stories of a page: the map has no room for more numbers.
const MaxStops = 20

// Page is what a booklet shows. All texts are plain: they are escaped here.
type Page struct {
	Language string // of the texts, for browsers and screen readers
	Title    string
	Lead     string // under the title
	From     geo.Point
	Stops    []Stop
	Words    Words
}

// Stop is one story.
type Stop struct {
	Title string
	Where string // distance and direction from the start
	Text  string
	Note  string // a remark under the text; "" = none
	Point geo.Point
	Map   string // address that opens the point on a map

	// The article, as its licence asks for it.
	Article, Source string // its title and its address
	Rights          string // revision, and that it was changed
}

// Words are the texts that do not belong to a stop.
type Words struct {
	Start, North, Metre, Kilometre string // on the map
	MapName                        string // what the map shows, for those who do not see it
	OpenMap                        string // the link to a map
	ReadOn                         string // before the article's title
	Sources                        string // heading of the list of articles
	Licence                        string // "Text: CC BY-SA 4.0"
	Foot                           string // who wrote the stories, and from what
}

// licence is the address of the licence of Wikipedia's texts.
const licence = "https://creativecommons.org/licenses/by-sa/4.0/"

//go:embed page.html
var files embed.FS

var page = template.Must(template.New("page.html").Funcs(template.FuncMap{"next": func(i int) int { return i + 1 }}).ParseFS(files, "page.html"))

// Write writes the page. The errors are those of w. Stops beyond MaxStops, and a start or stops off the globe, are an error.
func Write(w io.Writer, p Page) error {
	if len(p.Stops) > MaxStops {
		return fmt.Errorf("booklet: %d stops, at most %d", len(p.Stops), MaxStops)
	}
	points := []geo.Point{p.From}
	for _, s := range p.Stops {
		points = append(points, s.Point)
	}
	for _, at := range points {
		if !at.Valid() {
			return errors.New("booklet: a point off the globe")
		}
	}
	return page.Execute(w, struct {
		Page
		Map     drawing
		Licence string
	}{p, draw(points, p.Words), licence})
}
