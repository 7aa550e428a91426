package bot

import (
	"regexp"
	"strconv"
	"strings"

	"excursobot/geo"
)

// Parts of the ways in which people write coordinates. Numbers without a side of the world need a fraction, or "10, 20" would be a place.
const (
	sideNS = `(?:[NSСЮnsсю]|с\.?\s?ш\.?|ю\.?\s?ш\.?)`
	sideEW = `(?:[EWВЗOewвзo]|в\.?\s?д\.?|з\.?\s?д\.?)`
	degree = `\s*[°º]?\s*`
	minute = `(\d{1,2})\s*['′’]\s*`
	second = `(\d{1,2}(?:[.,]\d{1,9})?)\s*(?:["″”]|''|′′)\s*`
)

var (
	dotted   = regexp.MustCompile(`^([+-]?\d{1,3}\.\d{1,20})` + degree + `(?:\s*[,;]\s*|\s+)([+-]?\d{1,3}\.\d{1,20})` + degree + `$`)
	comma    = regexp.MustCompile(`^([+-]?\d{1,3},\d{1,20})` + degree + `(?:\s*;\s*|,?\s+)([+-]?\d{1,3},\d{1,20})` + degree + `$`)
	sidesEnd = regexp.MustCompile(`^(\d{1,3}(?:\.\d{1,20})?)` + degree + `(` + sideNS + `)[\s,;]*(\d{1,3}(?:\.\d{1,20})?)` + degree + `(` + sideEW + `)$`)
	sides    = regexp.MustCompile(`^(` + sideNS + `)\s*(\d{1,3}(?:\.\d{1,20})?)` + degree + `[\s,;]*(` + sideEW + `)\s*(\d{1,3}(?:\.\d{1,20})?)` + degree + `$`)
	minutes  = regexp.MustCompile(`^(\d{1,3})\s*[°º]\s*` + minute + `(?:` + second + `)?(` + sideNS + `)[\s,;]*(\d{1,3})\s*[°º]\s*` + minute + `(?:` + second + `)?(` + sideEW + `)$`)
)

// longestCoordinates bounds, in bytes, what is looked at.
const longestCoordinates = 120

// readCoordinates reads a line that is coordinates and nothing else: "55.75, 37.61", "55,75 37,61", "55.75°N 37.61°E", "N55.75 E37.61",
// "48°51′29.9″N 2°17′40.2″E". The point may be off the globe.
func readCoordinates(line string) (geo.Point, bool) {
	line = strings.Trim(line, " \t\r\n()[]\u00a0")
	line = strings.TrimRight(line, ".,;")
	if line == "" || len(line) > longestCoordinates {
		return geo.Point{}, false
	}
	line = strings.NewReplacer("−", "-", "–", "-", "\u00a0", " ", "\u202f", " ").Replace(line)
	if m := dotted.FindStringSubmatch(line); m != nil {
		return numbers(m[1], m[2])
	}
	if m := comma.FindStringSubmatch(line); m != nil {
		return numbers(strings.Replace(m[1], ",", ".", 1), strings.Replace(m[2], ",", ".", 1))
	}
	if m := sidesEnd.FindStringSubmatch(line); m != nil {
		return sided(angle(m[1]), m[2], angle(m[3]), m[4]), true
	}
	if m := sides.FindStringSubmatch(line); m != nil {
		return sided(angle(m[2]), m[1], angle(m[4]), m[3]), true
	}
	if m := minutes.FindStringSubmatch(line); m != nil {
		return sided(angle(m[1], m[2], m[3]), m[4], angle(m[5], m[6], m[7]), m[8]), true
	}
	return geo.Point{}, false
}

// angle adds up degrees, minutes and seconds; the patterns have checked the digits, and a part left out is nothing.
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

func sided(lat float64, ns string, lon float64, ew string) geo.Point {
	if strings.ContainsAny(ns, "SsЮю") {
		lat = -lat
	}
	if strings.ContainsAny(ew, "WwЗз") {
		lon = -lon
	}
	return geo.Point{Lat: lat, Lon: lon}
}
