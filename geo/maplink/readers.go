package maplink

import (
	"strconv"
	"strings"
)

// reader looks for the place in a part of a link. It may note in the link that it is named or a route.
type reader func(l *link) verdict

// point reads a parameter that holds one pair. first is the axis of its first number.
func point(first axis, names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			if p, ok := parsePair(l.query.Get(name), first); ok {
				return exactly(p)
			}
		}
		return verdict{}
	}
}

// pins reads a parameter that holds pairs with ~ or | between them.
func pins(first axis, names ...string) reader {
	return func(l *link) verdict {
		var places []place
		for _, name := range names {
			for pin := range strings.FieldsFuncSeq(l.query.Get(name), func(r rune) bool { return r == '~' || r == '|' }) {
				if p, ok := parsePair(pin, first); ok && len(places) < maxPlaces {
					places = append(places, p)
				}
			}
		}
		if len(places) == 0 {
			return verdict{}
		}
		return exactly(places...)
	}
}

// fields reads a latitude and a longitude from two parameters.
func fields(lat, lon string) reader {
	return func(l *link) verdict {
		p, ok := parsePoint(l.query.Get(lat), l.query.Get(lon))
		if !ok {
			return verdict{}
		}
		return exactly(at(p))
	}
}

// end reads a parameter that holds a route: its place is the last stop. If that is a name, the link hides its place. between are strings that
// separate stops.
func end(between string, names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			value := strings.Trim(l.query.Get(name), between+" ")
			if value == "" {
				continue
			}
			l.route = true
			if between != "" {
				value = value[strings.LastIndexAny(value, between)+1:]
			}
			if i := strings.LastIndex(value, " to:"); i >= 0 {
				value = value[i+len(" to:"):]
			}
			return endAt(value, latitude)
		}
		return verdict{}
	}
}

// endAt returns the last stop of a route.
func endAt(stop string, first axis) verdict {
	p, ok := parsePair(stop, first)
	if !ok && first == latitude {
		p, ok = parseTyped(stop)
	}
	if !ok {
		return verdict{kind: hidden}
	}
	return exactly(p)
}

// isRoute notes that a link with one of the parameters is a route.
func isRoute(names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			l.route = l.route || l.query.Get(name) != ""
		}
		return verdict{}
	}
}

// typed reads a parameter that holds what a person typed: coordinates, or words.
func typed(names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			value := l.query.Get(name)
			if value == "" {
				continue
			}
			if p, ok := parseTyped(value); ok {
				return exactly(p)
			}
			l.named = true
		}
		return verdict{}
	}
}

// isNamed notes that a link with one of the parameters names a place, or holds a map of many.
func isNamed(names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			l.named = l.named || l.query.Get(name) != ""
		}
		return verdict{}
	}
}

// names notes that a link with one of the words in its path names a place.
func names(words ...string) reader {
	return func(l *link) verdict {
		for _, part := range l.parts {
			for _, word := range words {
				l.named = l.named || part == word
			}
		}
		return verdict{}
	}
}

// views reads a parameter that holds the centre of a map. zoom names the parameter of the zoom.
func views(first axis, zoom string, names ...string) reader {
	return func(l *link) verdict {
		for _, name := range names {
			if p, ok := parsePair(l.query.Get(name), first); ok {
				return l.viewAt(p, l.query.Get(zoom))
			}
		}
		return verdict{}
	}
}

// viewFields reads the centre of the map from two parameters, and its zoom from a third.
func viewFields(lat, lon, zoom string) reader {
	return func(l *link) verdict {
		if p, ok := parsePoint(l.query.Get(lat), l.query.Get(lon)); ok {
			return l.viewAt(at(p), l.query.Get(zoom))
		}
		return verdict{}
	}
}

// hashView reads "#map=17/48.87/2.33" and "#17/48.87/2.33".
func hashView(l *link) verdict {
	for part := range strings.SplitSeq(l.fragment, "&") {
		fields := strings.Split(strings.TrimPrefix(part, "map="), "/")
		if len(fields) < 3 {
			continue
		}
		if p, ok := parsePoint(fields[1], fields[2]); ok {
			return l.viewAt(at(p), fields[0])
		}
	}
	return verdict{}
}

// Zooms (powers of two, 0 = the whole world) at which the centre of a map is a place. Somebody who sends a map without a name means its centre, if it
// shows a town at most. A named place is only near the centre, so the map must show a few streets.
const (
	townZoom   = 10
	streetZoom = 15
)

// viewAt returns the view of a map with its centre at p, hidden if it shows too much. An unknown zoom is that of an app that centres a place.
func (l *link) viewAt(p place, zoom string) verdict {
	z, err := strconv.ParseFloat(strings.TrimSuffix(zoom, "z"), 64)
	if err == nil && (z < townZoom || l.named && z < streetZoom) {
		return verdict{kind: hidden}
	}
	return verdict{view, []place{p}}
}

// pathPair reads the first part of the path that begins with a pair, behind the part called word; "" = any part.
func pathPair(first axis, word string) reader {
	return func(l *link) verdict {
		behind := word == ""
		for _, part := range l.parts {
			if p, ok := parsePair(part, first); ok && behind {
				return exactly(p)
			}
			behind = behind || part == word
		}
		return verdict{}
	}
}
