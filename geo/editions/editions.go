// Package editions decides which Wikipedias cover a point: the languages that are read and written where it lies. It works offline, from
// country outlines of Natural Earth and a table of languages by country and region, both embedded. It asks no server and knows no articles.
package editions

import (
	"slices"
	"sync"

	"excursobot/geo"
)

// Most is the largest number of editions that Atlas.For returns.
const Most = 4

// English is asked everywhere, last.
const English = "en"

// bots are the editions that programs wrote: their coordinates are rounded to minutes and their articles add nothing.
var bots = []string{"ceb", "war", "arz", "ce", "vo", "min"}

// MinBytes returns the length in bytes below which an article of an edition is not worth telling. Half of the Swedish edition was written
// by a program, in articles of a few sentences.
func MinBytes(edition string) int {
	if edition == "sv" {
		return 1500
	}
	return 0
}

// Usable reports whether an edition may be asked at all. Editions that programs wrote may not.
func Usable(edition string) bool { return edition != "" && !slices.Contains(bots, edition) }

// Atlas holds the outlines. It is read-only and safe for concurrent use.
type Atlas struct {
	grid      grid
	languages [][]string // by country, as in the outlines
	regions   [][]region // by country
}

// Load returns the atlas. The first call reads the embedded data (about 10 ms, 0.7 MB); later calls return the same atlas. It panics if
// the embedded data are damaged, which a test rules out.
var Load = sync.OnceValue(func() *Atlas {
	a, err := load()
	if err != nil {
		panic("editions: " + err.Error())
	}
	return a
})

// Local returns the local editions at p, most important first: those of the region or country that p lies in, then the first one of
// each country or region that begins within 30 km, nearest first. It returns nil far out at sea and in Antarctica.
func (a *Atlas) Local(p geo.Point) []string {
	if !p.Valid() {
		return nil
	}
	home, near := a.grid.around(p)
	if home == none && len(near) > 0 { // a coast is drawn too coarsely to know a quay from the sea
		home, near = near[0], near[1:]
	}
	var list []string
	if home != none {
		if r := a.regionNear(p, home, 0); r != nil {
			list = append(list, r.languages...)
		} else {
			list = append(list, a.languages[home]...)
		}
	}
	add := func(languages []string) {
		if len(languages) > 0 && !slices.Contains(list, languages[0]) {
			list = append(list, languages[0])
		}
	}
	for _, c := range near {
		if r := a.regionNear(p, c, border); r != nil { // the other side may be a region with other languages, as South Tyrol is
			add(r.languages)
			continue
		}
		add(a.languages[c])
	}
	return list
}

// For returns the editions to ask about p for a person who reads own, in this order and each once: own, the first and the second local
// one, English. There are at most Most of them. An own edition that a program wrote is left out.
func (a *Atlas) For(p geo.Point, own string) []string {
	list := make([]string, 0, Most)
	add := func(edition string) {
		if Usable(edition) && !slices.Contains(list, edition) {
			list = append(list, edition)
		}
	}
	add(own)
	for _, edition := range a.Local(p) {
		if len(list) == Most-1 && edition != English { // the last place belongs to English
			if !slices.Contains(list, English) {
				break
			}
		}
		if len(list) == Most {
			break
		}
		add(edition)
	}
	add(English)
	return list
}
