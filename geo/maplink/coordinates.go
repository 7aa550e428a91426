package maplink

import (
	"regexp"
	"strconv"
	"strings"

	"excursobot/geo"
)

// Parts of the ways in which people write coordinates. Numbers without a hemisphere need a fraction, or "10, 20" would be a place.
const (
	northSouth = `(?:[NSСЮnsсю]|с\.?\s?ш\.?|ю\.?\s?ш\.?)`
	eastWest   = `(?:[EWВЗOewвзo]|в\.?\s?д\.?|з\.?\s?д\.?)`
	degree     = `\s*[°º]?\s*`
	minute     = `(\d{1,2})\s*['′’]\s*`
	second     = `(\d{1,2}(?:[.,]\d{1,9})?)\s*(?:["″”]|''|′′)\s*`
)

var (
	dotted          = regexp.MustCompile(`^([+-]?\d{1,3}\.\d{1,20})` + degree + `(?:\s*[,;]\s*|\s+)([+-]?\d{1,3}\.\d{1,20})` + degree + `$`)
	comma           = regexp.MustCompile(`^([+-]?\d{1,3},\d{1,20})` + degree + `(?:\s*;\s*|,?\s+)([+-]?\d{1,3},\d{1,20})` + degree + `$`)
	hemisphereLast  = regexp.MustCompile(`^(\d{1,3}(?:\.\d{1,20})?)` + degree + `(` + northSouth + `)[\s,;]*(\d{1,3}(?:\.\d{1,20})?)` + degree + `(` + eastWest + `)$`)
	hemisphereFirst = regexp.MustCompile(`^(` + northSouth + `)\s*(\d{1,3}(?:\.\d{1,20})?)` + degree + `[\s,;]*(` + eastWest + `)\s*(\d{1,3}(?:\.\d{1,20})?)` + degree + `$`)
	minutes         = regexp.MustCompile(`^(\d{1,3})\s*[°º]\s*` + minute + `(?:` + second + `)?(` + northSouth + `)[\s,;]*(\d{1,3})\s*[°º]\s*` + minute + `(?:` + second + `)?(` + eastWest + `)$`)
)

// maxCoordinatesBytes bounds the length of a line of coordinates.
const maxCoordinatesBytes = 120

// parseCoordinates parses a line that consists of coordinates and nothing else: "55.75, 37.61", "55,75 37,61", "55.75°N 37.61°E", "N55.75 E37.61",
// "48°51′29.9″N 2°17′40.2″E". The point may be off the globe.
func parseCoordinates(line string) (geo.Point, bool) {
	line = strings.Trim(line, " \t\r\n()[]\u00a0")
	line = strings.TrimRight(line, ".,;")
	if line == "" || len(line) > maxCoordinatesBytes {
		return geo.Point{}, false
	}
	line = strings.NewReplacer("−", "-", "–", "-", "\u00a0", " ", "\u202f", " ").Replace(line)
	if m := dotted.FindStringSubmatch(line); m != nil {
		return parsePoint(m[1], m[2])
	}
	if m := comma.FindStringSubmatch(line); m != nil {
		return parsePoint(strings.Replace(m[1], ",", ".", 1), strings.Replace(m[2], ",", ".", 1))
	}
	if m := hemisphereLast.FindStringSubmatch(line); m != nil {
		return inHemispheres(angle(m[1]), m[2], angle(m[3]), m[4]), true
	}
	if m := hemisphereFirst.FindStringSubmatch(line); m != nil {
		return inHemispheres(angle(m[2]), m[1], angle(m[4]), m[3]), true
	}
	if m := minutes.FindStringSubmatch(line); m != nil {
		return inHemispheres(angle(m[1], m[2], m[3]), m[4], angle(m[5], m[6], m[7]), m[8]), true
	}
	return geo.Point{}, false
}

// angle returns the degrees of an angle given as degrees, minutes and seconds. An empty part counts as 0; the patterns have checked the digits.
func angle(parts ...string) float64 {
	sum, unit := 0.0, 1.0
	for _, part := range parts {
		v, err := strconv.ParseFloat(strings.Replace(part, ",", ".", 1), 64)
		if err == nil {
			sum += v * unit
		}
		unit /= 60
	}
	return sum
}

// inHemispheres returns the point of two unsigned angles in degrees: south and west are negative.
func inHemispheres(lat float64, ns string, lon float64, ew string) geo.Point {
	if strings.ContainsAny(ns, "SsЮю") {
		lat = -lat
	}
	if strings.ContainsAny(ew, "WwЗз") {
		lon = -lon
	}
	return geo.Point{Lat: lat, Lon: lon}
}
