package maplink

import (
	"regexp"
	"strings"

	"excursobot/geo"
)

// codeDigits are the digits of plus codes in order: base 20.
const codeDigits = "23456789CFGHJMPQRVWX"

var (
	fullCode  = regexp.MustCompile(`(?i)(?:^|[^0-9a-z+])([2-9C][2-9CFGHJMPQRV][2-9CFGHJMPQRVWX]{6}\+(?:[2-9CFGHJMPQRVWX]{2,7})?)(?:[^0-9a-z+]|$)`)
	shortCode = regexp.MustCompile(`(?:^|[^0-9A-Za-z+])([2-9CFGHJMPQRVWX]{4,6}\+[2-9CFGHJMPQRVWX]{2,3})(?:[^0-9A-Za-z+]|$)`)
)

// plusCodes returns the places of the full plus codes in a line ("8FW4V8CJ+R4"), and whether it contains a shortened one ("V8CJ+R4 Paris"), which needs
// the place of its town.
func plusCodes(line string) (full []place, short bool) {
	if !strings.Contains(line, "+") {
		return nil, false
	}
	for _, m := range fullCode.FindAllStringSubmatch(line, maxPlaces) {
		full = append(full, at(decodePlusCode(m[1])))
	}
	m := shortCode.FindStringSubmatch(line)
	return full, m != nil && strings.ContainsAny(m[1], "CFGHJMPQRVWX") && strings.ContainsAny(m[1], "23456789")
}

// decodePlusCode returns the centre of a full code: five pairs of digits for latitude and longitude, the first of 20°, then digits that divide the cell
// into 5 rows and 4 columns.
func decodePlusCode(code string) geo.Point {
	code = strings.Replace(strings.ToUpper(code), "+", "", 1)
	lat, lon, height, width := -90.0, -180.0, 400.0, 400.0
	for i := 0; i < len(code); i++ {
		digit := strings.IndexByte(codeDigits, code[i])
		switch {
		case i >= 10:
			height, width = height/5, width/4
			lat += float64(digit/4) * height
			lon += float64(digit%4) * width
		case i%2 == 0:
			height /= 20
			lat += float64(digit) * height
		default:
			width /= 20
			lon += float64(digit) * width
		}
	}
	return geo.Point{Lat: lat + height/2, Lon: lon + width/2}
}
