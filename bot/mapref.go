package bot

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"excursobot/geo"
)

// A place can be named in a text: by a map's link that carries coordinates, or by coordinates alone on a line. Nothing is fetched, so a
// short link that hides its place stays hidden.

// mention is what a text says of a place.
type mention uint8

const (
	noPlace     mention = iota
	hiddenPlace         // a map's link without coordinates
	namedPlace          // a point, which may be off the globe
)

const (
	maxLinks = 16   // of one message are read
	maxLink  = 2048 // bytes of one
)

// placeIn finds the place that a text names, in it or in the links behind its words: the first link with coordinates, else the first line that
// is coordinates.
func placeIn(text string, links ...string) (geo.Point, mention) {
	found := noPlace
	words, read := strings.Fields(text), 0
	for _, word := range append(words, links...) {
		if !linkLike(word) || len(word) > maxLink {
			continue
		}
		if read++; read > maxLinks {
			break
		}
		switch p, m := readLink(word); m {
		case namedPlace:
			return p, m
		case hiddenPlace:
			found = m
		}
	}
	if found == hiddenPlace {
		return geo.Point{}, found
	}
	for line := range strings.Lines(text) {
		if p, ok := readCoordinates(line); ok {
			return p, namedPlace
		}
	}
	return geo.Point{}, noPlace
}

func linkLike(word string) bool {
	return strings.Contains(word, "/") || strings.Contains(strings.ToLower(word), "geo:")
}

// readLink reads a link as the maps write them.
func readLink(word string) (geo.Point, mention) {
	word = strings.TrimRight(strings.TrimLeft(word, `(<[{"'«“`), `)>]}"'»”.,;!?`)
	if i := strings.Index(strings.ToLower(word), "geo:"); i == 0 {
		return orHidden(pair(word[len("geo:"):], latFirst))
	}
	if !strings.Contains(word, "://") {
		word = "https://" + word
	}
	u, err := url.Parse(word)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" {
		return geo.Point{}, noPlace
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	for _, prefix := range []string{"www.", "m.", "maps."} {
		host = strings.TrimPrefix(host, prefix)
	}
	switch name, _, _ := strings.Cut(host, "."); {
	case name == "google" && (strings.HasPrefix(u.Path, "/maps") || strings.HasPrefix(strings.ToLower(u.Host), "maps.")):
		return readGoogle(u)
	case host == "app.goo.gl", host == "goo.gl" && strings.HasPrefix(u.Path, "/maps"):
		return readGoogle(u) // most hide their place
	case (name == "yandex" || host == "ya.ru") && (strings.HasPrefix(u.Path, "/maps") || strings.HasPrefix(u.Path, "/navi") || strings.HasPrefix(strings.ToLower(u.Host), "maps.")):
		return readYandex(u)
	case host == "apple.com" && strings.HasPrefix(strings.ToLower(u.Host), "maps."), host == "apple" && strings.HasPrefix(strings.ToLower(u.Host), "maps."):
		return orHidden(query(u, latFirst, "coordinate", "ll", "q", "daddr", "destination", "center", "sll"))
	case host == "openstreetmap.org", host == "osm.org":
		return readOSM(u)
	}
	return geo.Point{}, noPlace
}

// orHidden turns the answer of one way to read a map's link into the link's.
func orHidden(p geo.Point, ok bool) (geo.Point, mention) {
	if !ok {
		return geo.Point{}, hiddenPlace
	}
	return p, namedPlace
}

var (
	googlePlace = regexp.MustCompile(`!3d(-?\d{1,3}(?:\.\d+)?)!4d(-?\d{1,3}(?:\.\d+)?)`)
	googleView  = regexp.MustCompile(`/@(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)`)
)

// readGoogle prefers the place to the searched words, and both to what the screen shows.
func readGoogle(u *url.URL) (geo.Point, mention) {
	path := u.Path
	if all := googlePlace.FindAllStringSubmatch(path+" "+u.RawQuery, -1); len(all) > 0 {
		return orHidden(numbers(all[len(all)-1][1], all[len(all)-1][2]))
	}
	if p, ok := query(u, latFirst, "query", "q", "destination", "daddr", "ll", "viewpoint", "center", "sll"); ok {
		return p, namedPlace
	}
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i > 0; i-- { // of a route the last
		if p, ok := readCoordinates(strings.ReplaceAll(parts[i], "+", " ")); ok {
			return p, namedPlace
		}
	}
	if m := googleView.FindStringSubmatch(path); m != nil {
		return orHidden(numbers(m[1], m[2]))
	}
	return geo.Point{}, hiddenPlace
}

// readYandex knows that Yandex writes longitudes first, except in what people type.
func readYandex(u *url.URL) (geo.Point, mention) {
	if p, ok := query(u, lonFirst, "whatshere[point]", "poi[point]", "pt"); ok {
		return p, namedPlace
	}
	if p, ok := query(u, latFirst, "text", "rtext"); ok {
		return p, namedPlace
	}
	return orHidden(query(u, lonFirst, "ll"))
}

// readOSM reads markers, views and short links, which carry their place.
func readOSM(u *url.URL) (geo.Point, mention) {
	q := u.Query()
	for _, names := range [][2]string{{"mlat", "mlon"}, {"lat", "lon"}} {
		if p, ok := numbers(q.Get(names[0]), q.Get(names[1])); ok {
			return p, namedPlace
		}
	}
	if p, ok := query(u, latFirst, "to", "route", "query"); ok {
		return p, namedPlace
	}
	for part := range strings.SplitSeq(u.Fragment, "&") {
		view, isMap := strings.CutPrefix(part, "map=")
		if at := strings.Split(view, "/"); isMap && len(at) >= 3 {
			return orHidden(numbers(at[1], at[2]))
		}
	}
	if code, ok := strings.CutPrefix(u.Path, "/go/"); ok {
		return orHidden(readOSMCode(code))
	}
	return geo.Point{}, hiddenPlace
}

// osmDigits are the digits of OpenStreetMap's short links, six bits each; old links have @ for ~.
const osmDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~"

// readOSMCode decodes a short link's code: bits of longitude and latitude by turns, the largest first. Hyphens and the rest are the zoom.
func readOSMCode(code string) (geo.Point, bool) {
	code = strings.ReplaceAll(code, "@", "~")
	var x, y uint64
	digits := 0
	for ; digits < len(code) && digits < 20; digits++ {
		d := strings.IndexByte(osmDigits, code[digits])
		if d < 0 {
			break
		}
		for bit := 5; bit > 0; bit -= 2 {
			x = x<<1 | uint64(d>>bit&1)
			y = y<<1 | uint64(d>>(bit-1)&1)
		}
	}
	if digits < 3 { // a tenth of the globe is no place
		return geo.Point{}, false
	}
	whole := float64(uint64(1) << (3 * digits))
	return geo.Point{Lat: float64(y)/whole*180 - 90, Lon: float64(x)/whole*360 - 180}, true
}

// order says which of two numbers is the latitude.
type order bool

const (
	latFirst order = true
	lonFirst order = false
)

// query returns the first of the named parameters that holds coordinates; of a list the last one that does, since a route ends there.
func query(u *url.URL, o order, names ...string) (geo.Point, bool) {
	values, _ := url.ParseQuery(strings.ReplaceAll(u.RawQuery, ";", "%3B")) // what can be read of it: broken parts are nobody's place
	for _, name := range names {
		stops := strings.FieldsFunc(values.Get(name), func(r rune) bool { return r == '~' || r == ';' })
		for i := len(stops) - 1; i >= 0; i-- {
			if p, ok := pair(strings.TrimPrefix(strings.TrimSpace(stops[i]), "loc:"), o); ok {
				return p, true
			}
		}
	}
	return geo.Point{}, false
}

var twoNumbers = regexp.MustCompile(`^([+-]?\d{1,3}(?:\.\d+)?)\s*,\s*([+-]?\d{1,3}(?:\.\d+)?)(?:$|[^\d.])`)

// pair reads "a,b" with anything after it ("55.75,37.61(Kremlin)", "37.61,55.75,pm2rdm").
func pair(s string, o order) (geo.Point, bool) {
	m := twoNumbers.FindStringSubmatch(s)
	switch {
	case m == nil:
		return readCoordinates(s)
	case o == lonFirst:
		return numbers(m[2], m[1])
	}
	return numbers(m[1], m[2])
}

// numbers reads a latitude and a longitude, which may be off the globe.
func numbers(lat, lon string) (p geo.Point, ok bool) {
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lon, err2 = strconv.ParseFloat(lon, 64)
	finite := p.Lat-p.Lat == 0 && p.Lon-p.Lon == 0
	return p, err1 == nil && err2 == nil && finite
}
