// Package pack makes, reads and imports packs: files with the places, articles and stories of an area. It decides what belongs into a pack, in which
// order the sources are asked for it, and what of a stranger's pack may enter a store. It writes no stories and opens no store: it gets both.
//
// A pack is a dump (package store/dump) with the content "pack", whose header names the area, the languages and the licences. Its rows are places,
// searches, stories and articles of the area, without anything about people. The same content gives the same bytes.
package pack

// Content is the content in the header of a pack.
const Content = "pack"

// Bounds of a pack. One that has more is refused.
const (
	MaxBytes  = 512 << 20 // of the file
	MaxRows   = 100_000   // of one table
	MaxRadius = 30_000    // metres of the circle around an area
)

// Licences is what the header of a pack says about the rights in its texts and pictures.
const Licences = "Texts of articles: Wikipedia, CC BY-SA 4.0 (https://creativecommons.org/licenses/by-sa/4.0/), shortened and cleaned; " +
	"each has its title, page and revision, and its address is https://EDITION.wikipedia.org/?curid=PAGE. " +
	"Stories: written by the model that each one names, from these articles, CC BY-SA 4.0. " +
	"Pictures are not in the file; each place names the author and the licence of its own. Names of places: Wikidata, CC0."
