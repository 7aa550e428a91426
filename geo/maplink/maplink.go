// Package maplink finds the place that a text names: a link of a map service that carries coordinates, or a line that is coordinates. It reads
// the links of Google, Yandex, Apple and OpenStreetMap, and geo: addresses. It fetches nothing, so a short link that does not carry its place
// stays unresolved, and it knows nothing of Telegram.
package maplink

import (
	"strings"

	"excursobot/geo"
)

// Result tells what Find found.
type Result uint8

// The results.
const (
	None   Result = iota
	Hidden        // a link of a map service that carries no coordinates
	Found         // coordinates, which may be off the globe
)

// MaxLinks is the number of links that Find reads in one message. The rest are ignored.
const MaxLinks = 16

// maxLinkBytes bounds the length of a link. Longer ones are ignored.
const maxLinkBytes = 2048

// Find returns the place that text names. It reads the links in the text first, then the given links (those behind the words of a message):
// the first that carries coordinates decides. If there is none, the first line of text that consists of coordinates decides, unless a link
// hides its place. The point is zero unless the result is Found. It is finite, but may not be Valid.
func Find(text string, links ...string) (geo.Point, Result) {
	found, read := None, 0
	for _, word := range append(strings.Fields(text), links...) {
		if !looksLikeLink(word) || len(word) > maxLinkBytes {
			continue
		}
		if read++; read > MaxLinks {
			break
		}
		switch p, result := parseLink(word); result {
		case Found:
			return p, Found
		case Hidden:
			found = Hidden
		}
	}
	if found == Hidden {
		return geo.Point{}, Hidden
	}
	for line := range strings.Lines(text) {
		if p, ok := parseCoordinates(line); ok {
			return p, Found
		}
	}
	return geo.Point{}, None
}
