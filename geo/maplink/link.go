package maplink

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"excursobot/geo"
)

func looksLikeLink(word string) bool {
	return strings.Contains(word, "/") || strings.Contains(strings.ToLower(word), "geo:")
}

// parseLink returns the place that a link of a map service carries.
func parseLink(word string) (geo.Point, Result) {
	word = strings.TrimRight(strings.TrimLeft(word, `(<[{"'«“`), `)>]}"'»”.,;!?`)
	if i := strings.Index(strings.ToLower(word), "geo:"); i == 0 {
		return foundOrHidden(parsePair(word[len("geo:"):], latFirst))
	}
	if !strings.Contains(word, "://") {
		word = "https://" + word
	}
	u, err := url.Parse(word)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return geo.Point{}, None
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for _, prefix := range []string{"www.", "m.", "maps."} {
		host = strings.TrimPrefix(host, prefix)
	}
	switch name, _, _ := strings.Cut(host, "."); {
	case name == "google" && (strings.HasPrefix(u.Path, "/maps") || strings.HasPrefix(strings.ToLower(u.Host), "maps.")):
		return parseGoogle(u)
	case host == "app.goo.gl", host == "goo.gl" && strings.HasPrefix(u.Path, "/maps"):
		return parseGoogle(u) // most of them carry no coordinates
	case (name == "yandex" || host == "ya.ru") && (strings.HasPrefix(u.Path, "/maps") || strings.HasPrefix(u.Path, "/navi") || strings.HasPrefix(strings.ToLower(u.Host), "maps.")):
		return parseYandex(u)
	case host == "apple.com" && strings.HasPrefix(strings.ToLower(u.Host), "maps."), host == "apple" && strings.HasPrefix(strings.ToLower(u.Host), "maps."):
		return foundOrHidden(firstParameter(u, latFirst, "coordinate", "ll", "q", "daddr", "destination", "center", "sll"))
	case host == "openstreetmap.org", host == "osm.org":
		return parseOSM(u)
	}
	return geo.Point{}, None
}

// foundOrHidden returns the result for a link of a map service: its point if one was read.
func foundOrHidden(p geo.Point, ok bool) (geo.Point, Result) {
	if !ok {
		return geo.Point{}, Hidden
	}
	return p, Found
}

// order tells which of two numbers is the latitude.
type order bool

const (
	latFirst order = true
	lonFirst order = false
)

// query returns the first of the named parameters that holds coordinates; of a list the last one that does, since a route ends there.
func firstParameter(u *url.URL, o order, names ...string) (geo.Point, bool) {
	values, _ := url.ParseQuery(strings.ReplaceAll(u.RawQuery, ";", "%3B")) // broken parameters are left out
	for _, name := range names {
		stops := strings.FieldsFunc(values.Get(name), func(r rune) bool { return r == '~' || r == ';' })
		for i := len(stops) - 1; i >= 0; i-- {
			if p, ok := parsePair(strings.TrimPrefix(strings.TrimSpace(stops[i]), "loc:"), o); ok {
				return p, true
			}
		}
	}
	return geo.Point{}, false
}

var twoNumbers = regexp.MustCompile(`^([+-]?\d{1,3}(?:\.\d+)?)\s*,\s*([+-]?\d{1,3}(?:\.\d+)?)(?:$|[^\d.])`)

// parsePair parses "a,b" followed by anything ("55.75,37.61(Kremlin)", "37.61,55.75,pm2rdm").
func parsePair(s string, o order) (geo.Point, bool) {
	m := twoNumbers.FindStringSubmatch(s)
	switch {
	case m == nil:
		return parseCoordinates(s)
	case o == lonFirst:
		return parsePoint(m[2], m[1])
	}
	return parsePoint(m[1], m[2])
}

// parsePoint parses a latitude and a longitude in degrees. It refuses NaN and infinities, but not values off the globe.
func parsePoint(lat, lon string) (p geo.Point, ok bool) {
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lon, err2 = strconv.ParseFloat(lon, 64)
	finite := p.Lat-p.Lat == 0 && p.Lon-p.Lon == 0
	return p, err1 == nil && err2 == nil && finite
}
