package maplink

import (
	"math"
	"slices"

	"excursobot/geo"
)

// precise reports whether every angle has at least that number of digits after the decimal sign.
func (l *coordinateLine) precise(digits int) bool {
	for _, a := range l.angles {
		if a.fraction < digits {
			return false
		}
	}
	return true
}

// credible reports whether two angles are meant as coordinates, and are not prices, times or a list.
func (l *coordinateLine) credible() bool {
	marked := l.angles[0].marked && l.angles[1].marked
	for _, a := range l.angles {
		if a.joined && len(l.sides) < 2 {
			return false
		}
	}
	switch {
	case len(l.labels) > 0:
		return true
	case len(l.sides) == 2:
		for _, s := range l.sides {
			if s.preposition() && !marked && !l.precise(preciseDigits) {
				return false
			}
		}
		return marked || l.upperSides || l.precise(1)
	case l.conjoined:
		return false
	case len(l.sides) == 1:
		return marked || l.precise(preciseDigits)
	case l.named:
		return true
	}
	round := l.angles[0].fraction == 3 && l.angles[0].degrees == math.Trunc(l.angles[0].degrees) // 10,000 20,000
	return l.precise(1) && !round
}

// pair returns the place of two angles.
func (l *coordinateLine) pair() (place, bool) {
	if !l.credible() {
		return nil, false
	}
	labels, ok := assign(l.labels, l.angles)
	if !ok {
		return nil, false
	}
	sides, ok := assign(l.sides, l.angles)
	if !ok {
		return nil, false
	}
	p := l.read(labels, sides, sides[0].international() && sides[1].international())
	if len(p) == 0 { // the sides are of several languages, and each has one meaning
		p = l.read(labels, sides, sides[0].plain() && sides[1].plain())
	}
	return p, len(p) > 0
}

// read returns the readings of two angles in every language. If all languages agree, it reads them once.
func (l *coordinateLine) read(labels, sides [2]*note, agreed bool) (p place) {
	if agreed {
		if axes, signs, ok := inLanguage(allLanguages, labels, sides); ok {
			for _, point := range l.points(axes, signs) {
				p = p.add(reading{point, allLanguages})
			}
		}
		return p
	}
	for language := english; language < allLanguages; language <<= 1 {
		axes, signs, ok := inLanguage(language, labels, sides)
		if !ok {
			continue
		}
		for _, point := range l.points(axes, signs) {
			p = p.add(reading{point, language})
		}
	}
	return p
}

// international reports whether a side is absent or the same in all languages.
func (n *note) international() bool {
	return n == nil || len(n.word.sides) == 1 && n.word.sides[0].languages == allLanguages
}

// plain reports whether a side is absent or has one meaning.
func (n *note) plain() bool { return n == nil || len(n.word.sides) == 1 }

// assign returns the note of each of two angles. Two notes belong to the angles in order, one to the angle that it touches.
func assign(notes []note, angles []angle) (of [2]*note, ok bool) {
	switch len(notes) {
	case 0:
		return of, true
	case 1:
		n := &notes[0]
		i := max(0, n.angles-1)
		if n.angles == 1 && n.separated {
			i = 1
		}
		of[min(i, len(angles)-1)] = n
		return of, true
	case 2:
		return [2]*note{&notes[0], &notes[1]}, true
	}
	return of, false
}

// inLanguage returns the axes and signs of two angles as a language reads them; a sign is 0 if it is not known.
func inLanguage(language languageSet, labels, sides [2]*note) (axes [2]axis, signs [2]int8, ok bool) {
	for i := range axes {
		if labels[i] != nil {
			axes[i] = labels[i].word.axis
		}
		if sides[i] == nil {
			continue
		}
		read := slices.IndexFunc(sides[i].word.sides, func(s sideOf) bool { return s.languages&language != 0 })
		if read < 0 {
			return axes, signs, false
		}
		s := sides[i].word.sides[read].side
		if axes[i] != anyAxis && axes[i] != s.axis() {
			return axes, signs, false
		}
		axes[i], signs[i] = s.axis(), 1
		if s == south || s == west {
			signs[i] = -1
		}
	}
	switch {
	case axes[0] == anyAxis && axes[1] == anyAxis:
		axes = [2]axis{latitude, longitude}
	case axes[0] == anyAxis:
		axes[0] = latitude + longitude - axes[1]
	case axes[1] == anyAxis:
		axes[1] = latitude + longitude - axes[0]
	}
	return axes, signs, axes[0] != axes[1]
}

// points returns the points of two angles: one, or one for each sign that is possible. Somebody who writes one side may have forgotten the other, and
// a dash before a number may be a minus.
func (l *coordinateLine) points(axes [2]axis, signs [2]int8) []geo.Point {
	oneSided := (signs[0] == 0) != (signs[1] == 0)
	values := [2][]float64{}
	for i, a := range l.angles {
		switch {
		case signs[i] < 0 || a.sign < 0: // S, W, and the minus of "N -33.8"
			values[i] = []float64{-a.degrees}
		case signs[i] == 0 && a.sign == 0 && (oneSided || a.dashed) && a.degrees != 0:
			values[i] = []float64{a.degrees, -a.degrees}
		default:
			values[i] = []float64{a.degrees}
		}
	}
	var points []geo.Point
	for _, first := range values[0] {
		for _, second := range values[1] {
			p := geo.Point{Lat: first, Lon: second}
			if axes[0] == longitude {
				p = geo.Point{Lat: second, Lon: first}
			}
			points = append(points, p)
		}
	}
	return points
}

// add adds a reading, or its language to an equal one.
func (p place) add(r reading) place {
	for i := range p {
		if p[i].point == r.point {
			p[i].languages |= r.languages
			return p
		}
	}
	return append(p, r)
}
