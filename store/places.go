package store

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/geo"
)

// Place is something that stands at a point, as one language describes it.
type Place struct {
	ID          string    `json:"id,omitzero"`       // Wikidata Q-id, else "wp:<lang>:<pageid>", else the pack's own id; the same in every language
	Language    string    `json:"language,omitzero"` // of Title, Description and Extract
	PageID      int64     `json:"page_id,omitzero"`  // of the source's page; 0 if it has none
	Title       string    `json:"title,omitzero"`
	Point       geo.Point `json:"point"`
	Kind        string    `json:"kind,omitzero"`        // the source's type ("landmark", "adm1st", ...); may be empty
	Dim         int       `json:"dim,omitzero"`         // size in metres, from the source; 0 = unknown
	Description string    `json:"description,omitzero"` // a few words
	Extract     string    `json:"extract,omitzero"`     // up to 1200 characters of plain text that a story is written from
	Length      int       `json:"length,omitzero"`      // bytes of the whole article
	URL         string    `json:"url,omitzero"`         // the article
	Picture     string    `json:"picture,omitzero"`     // a free picture's address; may be empty
	Year        int       `json:"year,omitzero"`        // 0 = unknown
	Source      string    `json:"source,omitzero"`      // "wikipedia" or "pack"
	Fetched     time.Time `json:"fetched,omitzero"`

	Names     map[string]string `json:"names,omitzero"`     // the place's name in other languages, by language
	About     string            `json:"about,omitzero"`     // Wikidata's description in English: what kind of thing it is
	Abouts    map[string]string `json:"abouts,omitzero"`    // the same in other languages, by language
	Sitelinks []Sitelink        `json:"sitelinks,omitzero"` // its articles in the Wikipedias, in the order of the caller
	Credit    Credit            `json:"credit,omitzero"`    // of Picture; zero = not known
	Revision  int64             `json:"revision,omitzero"`  // of the page that Extract was read from; 0 = not known
	Edited    time.Time         `json:"edited,omitzero"`    // when that page was last edited before it was read
	Packed    bool              `json:"packed,omitzero"`    // it came with a pack, and was not compared with its page since
}

// Sitelink is an article about a place.
type Sitelink struct {
	Edition string `json:"edition,omitzero"` // the Wikipedia's language
	Title   string `json:"title,omitzero"`
	Page    int64  `json:"page,omitzero"`   // 0 = not known
	Length  int    `json:"length,omitzero"` // bytes of the article; 0 = not known
}

// Credit names the author of a picture and the licence under which it may be shown. Texts are plain, without tags.
type Credit struct {
	File       string `json:"file,omitzero"`        // "File:Name.jpg"
	Author     string `json:"author,omitzero"`      // "Attribution", else "Artist"
	License    string `json:"license,omitzero"`     // "CC BY-SA 4.0"
	LicenseURL string `json:"license_url,omitzero"` // may be empty
	Page       string `json:"page,omitzero"`        // the file's page, which a credit links to
}

// Bounds of what a place holds; more is ErrInvalid. Fit cuts a place to them.
const (
	MaxNames      = 40  // also of Abouts
	MaxNameBytes  = 300 // of a name, a sitelink's title, a text of a credit
	MaxAboutBytes = 600 // of About, and of each of Abouts
	MaxSitelinks  = 20
	MaxURLBytes   = 1000 // of a credit's addresses
)

// Fit takes out names, descriptions, sitelinks and credits that are too long, cuts About, and drops the last ones where there are too many.
func (p *Place) Fit() {
	var languages []string
	for language, name := range p.Names {
		if len(language) <= MaxKey && len(name) <= MaxNameBytes {
			languages = append(languages, language)
		}
	}
	slices.Sort(languages)
	names := make(map[string]string, len(languages))
	for _, language := range languages[:min(len(languages), MaxNames)] {
		names[language] = p.Names[language]
	}
	p.Names = names
	var links []Sitelink
	for _, l := range p.Sitelinks {
		if l.check() == nil && len(links) < MaxSitelinks {
			links = append(links, l)
		}
	}
	p.Sitelinks = links
	if len(p.About) > MaxAboutBytes {
		p.About = strings.ToValidUTF8(p.About[:MaxAboutBytes], "")
	}
	if long := func(language, about string) bool { return len(language) > MaxKey || len(about) > MaxAboutBytes }; len(p.Abouts) > 0 {
		p.Abouts = maps.Clone(p.Abouts)
		maps.DeleteFunc(p.Abouts, long)
		for _, language := range slices.Sorted(maps.Keys(p.Abouts))[min(len(p.Abouts), MaxNames):] {
			delete(p.Abouts, language)
		}
	}
	if p.Credit.check() != nil {
		p.Credit = Credit{}
	}
}

// TileKey names one search of a source.
type TileKey struct {
	Cell     geo.Cell `json:"cell,string,omitzero"` // level 13, or level 10 for the wide search
	Language string   `json:"language,omitzero"`
}

// Tile is what one search found: metadata only.
type Tile struct {
	TileKey
	Pages   []Page    `json:"pages,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

// Page is one found article, before its details are known.
type Page struct {
	ID    int64     `json:"id,omitzero"` // in its edition
	Title string    `json:"title,omitzero"`
	Point geo.Point `json:"point"`
	Kind  string    `json:"kind,omitzero"` // as the source names it, such as "landmark"; "" = unknown
	Dim   int       `json:"dim,omitzero"`  // size in metres; 0 = unknown
}

// Places keeps what the sources returned.
type Places interface {
	// Tile returns ErrNotFound for a tile that was never stored or has expired at now.
	Tile(ctx context.Context, key TileKey, now time.Time) (Tile, error)
	PutTile(ctx context.Context, tile Tile) error
	// Place returns the place as one language describes it.
	Place(ctx context.Context, id, language string) (Place, error)
	// PlacesByPage returns the known places of the pages, in no order. A page belongs to the place that was put last.
	PlacesByPage(ctx context.Context, language string, pages []int64) ([]Place, error)
	// PlacesIn returns at most limit places described in the language inside the ranges, ordered by leaf cell.
	PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]Place, error)
	// PutPlaces stores or replaces. A sweep deletes a place PlaceLife after Fetched; a place with a zero Fetched stays.
	PutPlaces(ctx context.Context, places []Place) error
}

// PlaceLife is the time a place is kept after it was fetched. It is longer than StoryLife, although stories are told without their place.
const PlaceLife = 400 * 24 * time.Hour
