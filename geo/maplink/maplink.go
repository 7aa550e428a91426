// Package maplink finds the place that a text names: a link of a map service that carries coordinates, coordinates, or a full plus code. The
// services stand in one table (services.go). It fetches nothing, so a short link that does not carry its place stays unresolved, and it knows
// nothing of Telegram. If a text can be read in more than one way, it returns the readings and does not choose.
package maplink

import (
	"slices"

	"excursobot/geo"
)

// Result tells what Find found.
type Result uint8

// The results.
const (
	None      Result = iota
	Hidden           // a link of a map service that does not carry its place
	ShortCode        // a plus code that is only valid together with a town
	Ambiguous        // more than one place, or a place that can be read in more than one way
	Found            // one place
)

// Answer is what Find found in a text.
type Answer struct {
	Result  Result
	Point   geo.Point   // if Found, otherwise zero; finite, but it may be off the globe
	Choices []geo.Point // if Ambiguous: 2 to MaxChoices points; they may be off the globe

	readings []reading // of one place; empty if there are several places
}

// Bounds of one message. Text beyond them is ignored.
const (
	MaxLinks   = 16 // links that are read
	MaxChoices = 6  // points of an ambiguous answer

	maxLinkBytes = 2048
	maxLines     = 64
	maxPlaces    = 32
)

// samePlace is the distance in metres below which a link and a line of coordinates mean one place.
const samePlace = 300

// Find returns the place that text and links name. links are the addresses behind the words of a message (text_link entities) or other addresses
// that belong to it. Coordinates, in the text or in a link, come before a link that shows only a part of a map; that comes before a link that hides
// its place.
func Find(text string, links ...string) Answer {
	f := finder{}
	f.read(text, links)
	switch {
	case len(f.places) > 0:
		return answerOf(f.places)
	case len(f.views) > 0:
		return answerOf(f.views)
	case f.hidden:
		return Answer{Result: Hidden}
	case f.shortCode:
		return Answer{Result: ShortCode}
	}
	return Answer{}
}

// In returns the answer for a person who reads these languages ("fr", "pt-br"): it settles a place that is ambiguous only because languages write
// sides differently, as O is west in French and east in German. If the languages disagree or read neither, the answer stays ambiguous.
func (a Answer) In(languages ...string) Answer {
	if a.Result != Ambiguous {
		return a
	}
	var person languageSet
	for _, code := range languages {
		person |= languageOf(code)
	}
	var settled []reading
	for _, r := range a.readings {
		if r.languages&person != 0 {
			settled = append(settled, r)
		}
	}
	if len(settled) != 1 {
		return a
	}
	return Answer{Result: Found, Point: settled[0].point}
}

// DependsOnLanguage reports whether In may settle the answer for a person of some language.
func (a Answer) DependsOnLanguage() bool {
	return slices.ContainsFunc(a.readings, func(r reading) bool { return r.languages != allLanguages })
}

// reading is one way to read a place.
type reading struct {
	point     geo.Point
	languages languageSet // that read it so
}

// place is a place in all its readings. It has at least one.
type place []reading

func at(p geo.Point) place { return place{{p, allLanguages}} }

// answerOf returns the answer for the places that a message names. There is at least one.
func answerOf(places []place) Answer {
	var different []place
	for _, p := range places {
		if !slices.ContainsFunc(different, p.same) {
			different = append(different, p)
		}
	}
	first := different[0]
	if len(different) == 1 && len(first) == 1 {
		return Answer{Result: Found, Point: first[0].point}
	}
	a := Answer{Result: Ambiguous}
	if len(different) == 1 {
		a.readings = first
	}
	for _, p := range different {
		for _, r := range p {
			if len(a.Choices) < MaxChoices && !slices.Contains(a.Choices, r.point) {
				a.Choices = append(a.Choices, r.point)
			}
		}
	}
	return a
}

// same reports whether two places have the same readings, to within samePlace.
func (p place) same(q place) bool {
	if len(p) != len(q) {
		return false
	}
	for i := range p {
		a, b := p[i].point, q[i].point
		if a != b && !(geo.Distance(a, b) <= samePlace) { // a distance off the globe may be NaN
			return false
		}
	}
	return true
}
