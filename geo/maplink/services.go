package maplink

import (
	"net/url"
	"regexp"
	"strings"

	"excursobot/geo"
)

var (
	googlePlace = regexp.MustCompile(`!3d(-?\d{1,3}(?:\.\d+)?)!4d(-?\d{1,3}(?:\.\d+)?)`)
	googleView  = regexp.MustCompile(`/@(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)`)
)

// parseGoogle prefers the place to the search words, and both to the centre of the screen.
func parseGoogle(u *url.URL) (geo.Point, Result) {
	path := u.Path
	if all := googlePlace.FindAllStringSubmatch(path+" "+u.RawQuery, -1); len(all) > 0 {
		return foundOrHidden(parsePoint(all[len(all)-1][1], all[len(all)-1][2]))
	}
	if p, ok := firstParameter(u, latFirst, "query", "q", "destination", "daddr", "ll", "viewpoint", "center", "sll"); ok {
		return p, Found
	}
	parts := strings.Split(path, "/")
	for i := len(parts) - 1; i > 0; i-- { // the last stop of a route
		if p, ok := parseCoordinates(strings.ReplaceAll(parts[i], "+", " ")); ok {
			return p, Found
		}
	}
	if m := googleView.FindStringSubmatch(path); m != nil {
		return foundOrHidden(parsePoint(m[1], m[2]))
	}
	return geo.Point{}, Hidden
}

// parseYandex expects the longitude first, except in the parameters that hold words typed by people.
func parseYandex(u *url.URL) (geo.Point, Result) {
	if p, ok := firstParameter(u, lonFirst, "whatshere[point]", "poi[point]", "pt"); ok {
		return p, Found
	}
	if p, ok := firstParameter(u, latFirst, "text", "rtext"); ok {
		return p, Found
	}
	return foundOrHidden(firstParameter(u, lonFirst, "ll"))
}

// parseOSM reads markers, views and short links. All of them carry coordinates.
func parseOSM(u *url.URL) (geo.Point, Result) {
	q := u.Query()
	for _, names := range [][2]string{{"mlat", "mlon"}, {"lat", "lon"}} {
		if p, ok := parsePoint(q.Get(names[0]), q.Get(names[1])); ok {
			return p, Found
		}
	}
	if p, ok := firstParameter(u, latFirst, "to", "route", "query"); ok {
		return p, Found
	}
	for part := range strings.SplitSeq(u.Fragment, "&") {
		view, isMap := strings.CutPrefix(part, "map=")
		if at := strings.Split(view, "/"); isMap && len(at) >= 3 {
			return foundOrHidden(parsePoint(at[1], at[2]))
		}
	}
	if code, ok := strings.CutPrefix(u.Path, "/go/"); ok {
		return foundOrHidden(decodeOSM(code))
	}
	return geo.Point{}, Hidden
}

// osmDigits are the digits of OpenStreetMap's short links, six bits each. Old links have @ in place of ~.
const osmDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~"

// decodeOSM decodes the code of a short link: the bits of longitude and latitude alternate, the most significant first. The zoom follows as
// hyphens, which are ignored.
func decodeOSM(code string) (geo.Point, bool) {
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
	if digits < 3 { // cells of this size span countries
		return geo.Point{}, false
	}
	whole := float64(uint64(1) << (3 * digits))
	return geo.Point{Lat: float64(y)/whole*180 - 90, Lon: float64(x)/whole*360 - 180}, true
}
