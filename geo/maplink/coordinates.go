package maplink

import (
	"slices"
	"strings"
)

// maxCoordinatesBytes bounds the length of a line of coordinates.
const maxCoordinatesBytes = 256

// parseCoordinates parses a normalised line that consists of coordinates and nothing else: "55.75, 37.61", "55,75 37,61", "55.75°N 37.61°E",
// "N55.75 E37.61", "48°51'29.9"N 2°17'40.2"E", "Lat: 55.75 Lon: 37.61". The point may be off the globe.
func parseCoordinates(line string) (place, bool) {
	if line == "" || len(line) > maxCoordinatesBytes {
		return nil, false
	}
	return parseTokens(tokens(line))
}

func parseTokens(ts []token) (place, bool) {
	l, ok := readLine(ts)
	if !ok {
		return nil, false
	}
	switch len(l.angles) {
	case 2:
		return l.pair()
	case 4: // the same place in two notations
		first, second := l.halves()
		p, ok := first.pair()
		q, also := second.pair()
		return p, ok && also && p.same(q)
	}
	return nil, false
}

// isOneAngle reports whether a normalised line is one latitude or longitude.
func isOneAngle(line string) bool {
	if len(line) > maxCoordinatesBytes {
		return false
	}
	l, ok := readLine(tokens(line))
	return ok && len(l.angles) == 1 && len(l.sides) <= 1 && len(l.labels) <= 1
}

// preciseDigits is the number of digits after the decimal sign from which a bare number is a coordinate rather than a price or a time.
const preciseDigits = 3

// parseTwoLines parses two lines of one angle each. more reports whether another line of that kind touches them: then bare numbers are a list.
func parseTwoLines(first, second string, more bool) (place, bool) {
	l, ok := readLine(append(append(tokens(first), token{kind: separator}), tokens(second)...))
	if !ok || len(l.angles) != 2 {
		return nil, false
	}
	if len(l.sides) == 0 && len(l.labels) == 0 && (more || !l.precise(preciseDigits)) {
		return nil, false
	}
	return l.pair()
}

// coordinatesAmongWords returns the coordinates in a normalised line of other words. They must be unmistakable: two numbers with at least four digits
// after the decimal sign, degrees with sides, or labels.
func coordinatesAmongWords(line string) []place {
	var places []place
	for _, part := range knownParts(tokens(line)) {
		part = withoutPrepositions(part)
		l, ok := readLine(part)
		if !ok || len(l.angles) != 2 || l.conjoined {
			continue
		}
		bare := len(l.sides) == 0 && len(l.labels) == 0 && l.precise(4)
		full := len(l.sides) == 2 && l.angles[0].marked && l.angles[1].marked
		labelled := len(l.labels) == 2 && l.precise(preciseDigits)
		if !bare && !full && !labelled {
			continue
		}
		if p, ok := l.pair(); ok && len(places) < maxPlaces {
			places = append(places, p)
		}
	}
	return places
}

// knownParts splits tokens at unknown ones.
func knownParts(ts []token) [][]token {
	var parts [][]token
	start := 0
	for i, t := range ts {
		if t.kind == unknown {
			parts = append(parts, ts[start:i])
			start = i + 1
		}
	}
	return append(parts, ts[start:])
}

// prepositions are sides that are also words before a number; the first two stand behind one, too.
var prepositions = []string{"в", "с", "з", "e", "o"}

// withoutPrepositions returns the part of a sentence without the words around its numbers. In Russian "в 48.87, 2.33" means "in", and not "east". A letter
// goes only if the point would be the same with it.
func withoutPrepositions(part []token) []token {
	for len(part) > 0 && (part[0].preposition() && slices.Contains(prepositions, part[0].text) || part[0].isFiller()) {
		part = part[1:]
	}
	for n := len(part); n > 0 && (part[n-1].preposition() && slices.Contains(prepositions[:2], part[n-1].text) || part[n-1].isFiller()); n-- {
		part = part[:n-1]
	}
	return part
}

// preposition reports whether a side may be a word of a sentence, such as "в", "с", "e", "o", or a unit, such as "g", "l": a small letter, except n, s, e, w
// right behind a number.
func (t token) preposition() bool {
	return t.kind == sideWord && t.text != "" && (t.spaced || !(&note{token: t}).international())
}

func (t token) isFiller() bool {
	return t.kind == conjunction || t.kind == filler || t.kind == separator || t.kind == dash
}

// halves splits a line of four angles. Sides and labels go to the half that they stand in.
func (l *coordinateLine) halves() (first, second *coordinateLine) {
	first, second = &coordinateLine{}, &coordinateLine{}
	*first, *second = *l, *l
	first.angles, second.angles = l.angles[:2], l.angles[2:]
	first.sides, second.sides = halveNotes(l.sides)
	first.labels, second.labels = halveNotes(l.labels)
	return first, second
}

func halveNotes(notes []note) (first, second []note) {
	before := len(notes) > 0 && notes[0].angles == 0 // they stand before their angles
	for _, n := range notes {
		if n.angles < 2 || n.angles == 2 && !before {
			first = append(first, n)
			continue
		}
		n.angles -= 2
		second = append(second, n)
	}
	return first, second
}

// parseTyped parses coordinates that people typed into a service, or that an app put there: a line of coordinates, a pair with a label behind it
// ("55.75,37.61(Kremlin)"), a label before it ("Kremlin@55.75,37.61"), or a full plus code.
func parseTyped(s string) (place, bool) {
	s = strings.TrimPrefix(strings.TrimSpace(s), "loc:")
	line := normalise(s)
	if p, ok := parseCoordinates(line); ok {
		return p, true
	}
	if p, ok := parsePair(s, latitude); ok {
		return p, true
	}
	if _, behind, ok := strings.Cut(s, "@"); ok {
		return parsePair(behind, latitude)
	}
	if full, _ := plusCodes(line); len(full) == 1 {
		return full[0], true
	}
	return nil, false
}
