package maplink

import (
	"regexp"
	"strconv"
	"strings"
)

// google reads the links of Google Maps. A route comes first, because its view and the places on the way are not where it leads; then a panorama, whose
// camera stands at the place; then the place itself, before the words searched for and the centre of the map.
var google = []reader{
	end("", "destination", "daddr"), isRoute("origin", "saddr"), googleRoute, googlePanorama, point(latitude, "cbll", "viewpoint"), googlePlace,
	typed("query", "q"), isNamed("mid"), googlePath, googleView, views(latitude, "z", "ll"), views(latitude, "zoom", "center"),
}

// googleRoute reads "/dir/A/B/@.../data=...".
func googleRoute(l *link) verdict {
	stops, ok := behind(l.parts, "dir")
	if !ok {
		return verdict{}
	}
	l.route = true
	last := ""
	for _, stop := range stops {
		if strings.HasPrefix(stop, "@") || strings.HasPrefix(stop, "data=") || strings.HasPrefix(stop, "am=") {
			break
		}
		if stop != "" {
			last = stop
		}
	}
	if last != "" {
		if p, ok := parseTyped(strings.ReplaceAll(last, "+", " ")); ok {
			return exactly(p)
		}
	}
	if p, ok := lastStop(googleData(l)); ok {
		return exactly(p)
	}
	return verdict{kind: hidden}
}

// behind returns the parts of a path behind the part called word.
func behind(parts []string, word string) ([]string, bool) {
	for i, part := range parts {
		if part == word {
			return parts[i+1:], true
		}
	}
	return nil, false
}

var (
	panorama = regexp.MustCompile(`@(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?),\d+(?:\.\d+)?a,\d+(?:\.\d+)?y`)
	mapView  = regexp.MustCompile(`@(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:,(\d+(?:\.\d+)?)([zma]))?`)
)

// googlePanorama reads "@48.87,2.33,3a,75y,90t".
func googlePanorama(l *link) verdict {
	if m := panorama.FindStringSubmatch(l.path); m != nil {
		if p, ok := pairOf(m[1], m[2], latitude); ok {
			return exactly(p)
		}
	}
	return verdict{}
}

// googlePlace reads the place in the data: "!3d48.87!4d2.33". Of several, the last is the one that was opened.
func googlePlace(l *link) verdict {
	data := googleData(l)
	for i := len(data) - 2; i >= 0; i-- {
		if p, ok := data.pair(i, "3d", "4d"); ok {
			return exactly(p)
		}
	}
	if p, ok := embeddedRoute(data); ok {
		l.route = true
		return exactly(p)
	}
	return embeddedView(l, data)
}

// googlePath reads "/place/48.87,2.33" and "/search/8FW4V8CJ+R4", and notes other words.
func googlePath(l *link) verdict {
	for _, word := range []string{"place", "search"} {
		parts, ok := behind(l.parts, word)
		if !ok || len(parts) == 0 || strings.HasPrefix(parts[0], "@") {
			continue
		}
		typed := strings.ReplaceAll(parts[0], "+", " ")
		for _, text := range []string{typed, parts[0]} { // a plus code keeps its plus
			if p, ok := parseTyped(text); ok {
				return exactly(p)
			}
		}
		l.named = l.named || strings.TrimSpace(typed) != ""
	}
	return verdict{}
}

// googleView reads the centre of the map: "@48.87,2.33,17z", or "500m" for the height of the picture from above.
func googleView(l *link) verdict {
	m := mapView.FindStringSubmatch(l.path)
	if m == nil {
		return verdict{}
	}
	p, ok := pairOf(m[1], m[2], latitude)
	if !ok {
		return verdict{kind: hidden}
	}
	zoom := m[3]
	if m[4] == "m" || m[4] == "a" {
		zoom = zoomOf(zoom)
	}
	return l.viewAt(p, zoom)
}

// zoomOf returns a zoom that shows about that distance in metres: streets below 4 km, a town below 100 km.
func zoomOf(metres string) string {
	switch m, err := strconv.ParseFloat(metres, 64); {
	case err != nil:
		return ""
	case m < 4_000:
		return strconv.Itoa(streetZoom)
	case m < 100_000:
		return strconv.Itoa(townZoom)
	}
	return "0"
}

// field is a field of Google's data: "!3d48.87" has the name "3d", number and type, and the value "48.87". The type m is a message, whose value is the
// number of fields in it.
type field struct{ name, value string }

type fieldList []field

// maxFields bounds the data of a link.
const maxFields = 400

var fieldPattern = regexp.MustCompile(`!(\d{1,3}[a-z])([^!]*)`)

// googleData returns the fields of the data in the path, or in the parameter of an embedded map.
func googleData(l *link) fieldList {
	var fields fieldList
	for _, m := range fieldPattern.FindAllStringSubmatch(l.raw, maxFields) {
		value, _, _ := strings.Cut(m[2], "?")
		value, _, _ = strings.Cut(value, "&")
		fields = append(fields, field{m[1], unescapePath(value)})
	}
	return fields
}

// pair returns the place of two fields at i, the latitude first.
func (f fieldList) pair(i int, lat, lon string) (place, bool) {
	if i < 0 || i+1 >= len(f) || f[i].name != lat || f[i+1].name != lon {
		return nil, false
	}
	return pairOf(f[i].value, f[i+1].value, latitude)
}

// end returns the index behind the message at i.
func (f fieldList) end(i int) int {
	n, err := strconv.Atoi(f[i].value)
	if err != nil || n < 0 {
		n = 0
	}
	return min(len(f), i+1+n)
}

// children calls visit with the index of each direct child of the message at i.
func (f fieldList) children(i int, visit func(child int)) {
	for c := i + 1; c < f.end(i); {
		visit(c)
		if strings.HasSuffix(f[c].name, "m") {
			c = f.end(c)
		} else {
			c++
		}
	}
}

// lastStop returns the place of the last stop of a route: "!4m!4m" holds a message 1m for each stop, with "!2m2!1d<longitude>!2d<latitude>" if its place
// is known.
func lastStop(f fieldList) (p place, ok bool) {
	for i := 0; i+1 < len(f); i++ {
		if f[i].name != "4m" || f[i+1].name != "4m" {
			continue
		}
		f.children(i+1, func(stop int) {
			if f[stop].name != "1m" {
				return
			}
			p, ok = nil, false
			f.children(stop, func(c int) {
				if f[c].name == "2m" && c+2 < len(f) && f[c+1].name == "1d" && f[c+2].name == "2d" {
					p, ok = pairOf(f[c+1].value, f[c+2].value, longitude)
				}
			})
		})
		return p, ok
	}
	return nil, false
}

// embeddedRoute returns the last stop of a route in an embedded map: messages 4m with "!3m2!1d<latitude>!2d<longitude>".
func embeddedRoute(f fieldList) (p place, ok bool) {
	for i := range f {
		if f[i].name != "4m" {
			continue
		}
		f.children(i, func(stop int) {
			if f[stop].name != "4m" {
				return
			}
			p, ok = nil, false
			f.children(stop, func(c int) {
				if f[c].name == "3m" {
					p, ok = f.pair(c+1, "1d", "2d")
				}
			})
		})
		return p, ok
	}
	return nil, false
}

// embeddedView returns the centre of an embedded map: "!1m3!1d<metres>!2d<longitude>!3d<latitude>".
func embeddedView(l *link, f fieldList) verdict {
	for i := 0; i+3 < len(f); i++ {
		if f[i].name != "1m" || f[i+1].name != "1d" || f[i+2].name != "2d" || f[i+3].name != "3d" {
			continue
		}
		if f.hasRoute() {
			return verdict{kind: hidden}
		}
		if p, ok := pairOf(f[i+2].value, f[i+3].value, longitude); ok {
			return l.viewAt(p, zoomOf(f[i+1].value))
		}
	}
	return verdict{}
}

// hasRoute reports whether the data holds a route whose end is not known.
func (f fieldList) hasRoute() bool {
	for _, field := range f {
		if field.name == "4m" {
			return true
		}
	}
	return false
}
