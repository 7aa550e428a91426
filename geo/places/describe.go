package places

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/geo"
	"excursobot/geo/places/wikitext"
)

// describe returns the place of a page that the search found as c.
func describe(p *page, c Candidate, language string) Place {
	place := Place{
		ID:       "wp:" + language + ":" + strconv.FormatInt(c.ID, 10),
		Language: language, PageID: c.ID, Title: c.Title, Point: c.Point, Kind: c.Kind, Dim: c.Dim,
		Source: "wikipedia", Fetched: time.Now().UTC(),
	}
	if p.Missing {
		place.Kind = kindMissing
		return place
	}
	place.Title = cmp.Or(clean(p.Title, 300), c.Title)
	place.Length = max(p.Length, 0)
	place.Description = harmless(p.Description, 200)
	if p.Extract != nil {
		place.Extract = Intro(*p.Extract)
	}
	place.URL = webAddress(p.URL)
	place.Revision, place.Edited = p.Revision, p.Touched.UTC()
	if p.Thumbnail != nil && p.Picture != "" {
		place.Picture = webAddress(p.Thumbnail.Source)
		place.Credit.File = "File:" + clean(fileName(p.Picture), 250)
	}
	elsewhere := false
	if len(p.Coordinates) > 0 {
		at := p.Coordinates[0]
		elsewhere = at.Globe != "" && at.Globe != "earth"
		place.Kind = cmp.Or(clean(at.Type, 60), c.Kind)
		place.Dim = cmp.Or(at.Dim.metres(), c.Dim)
		place.Point = position(c.Point, geo.Point{Lat: at.Lat, Lon: at.Lon})
	}
	switch {
	case elsewhere:
		place.Kind = kindElsewhere
	case !harmlessName(place.Title):
		place.Kind = kindMissing // no article about a place has such a title for long
	}
	if p.Props != nil {
		if isQID(p.Props.QID) {
			place.ID = p.Props.QID
		}
		if p.Props.Disambiguation != nil {
			place.Kind = kindDisambiguation
		}
	}
	return place
}

// position returns the point of the article, or that of the search if the two are far apart.
func position(found, article geo.Point) geo.Point {
	if article.Valid() && geo.Distance(found, article) <= maxMoved {
		return article
	}
	return found
}

func isQID(id string) bool {
	n, err := strconv.ParseUint(strings.TrimPrefix(id, "Q"), 10, 63)
	return err == nil && id == "Q"+strconv.FormatUint(n, 10)
}

// webAddress returns address if it is a usable https address, else "".
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || len(address) > 2000 || strings.ContainsAny(address, " \"<>\n") {
		return ""
	}
	return address
}

// Intro returns the intro of an article as it can be shown: clean, without the sentence that TextExtracts cut off.
func Intro(raw string) string {
	raw = strings.TrimSpace(raw)
	cut := strings.HasSuffix(raw, "...") || strings.HasSuffix(raw, "…")
	text := wikitext.Clean(clean(raw, extractSize+3)) // TextExtracts adds "..."
	if cut && !strings.HasSuffix(text, "...") && !strings.HasSuffix(text, "…") {
		text += "…"
	}
	return wikitext.Whole(text)
}

// openingLength is the most characters of an opening.
const openingLength = 160

// shortOpening is the length below which the second sentence is taken, too.
const shortOpening = 40

// Opening returns the first sentence of a clean intro, cut at a word to 160 characters.
func Opening(intro string) string {
	paragraph, _, _ := strings.Cut(intro, "\n")
	sentences := wikitext.Sentences(paragraph)
	if len(sentences) == 0 {
		return ""
	}
	opening := strings.TrimSpace(sentences[0])
	if len(sentences) > 1 && utf8.RuneCountInString(opening) < shortOpening {
		opening += " " + strings.TrimSpace(sentences[1])
	}
	return cutWord(opening, openingLength)
}
