package maplink

import (
	"strings"

	"excursobot/geo"
)

// Digits of the codes in short links: six bits each in OpenStreetMap's and Organic Maps', five in a geohash. Old links of OpenStreetMap have @ for ~.
const (
	osmDigits     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~"
	ge0Digits     = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	geohashDigits = "0123456789bcdefghjkmnpqrstuvwxyz"
)

// decodeOSM decodes the code of a short link of OpenStreetMap: the bits of longitude and latitude alternate, the most significant first. The zoom
// follows as hyphens, which are ignored.
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

// decodeGe0 decodes a code of Organic Maps: a digit for the zoom, then nine digits in which the bits of latitude and longitude alternate, the most
// significant first.
func decodeGe0(code string) (geo.Point, bool) {
	const size, bits = 10, 30
	if len(code) != size {
		return geo.Point{}, false
	}
	var lat, lon uint64
	for _, c := range []byte(code[1:]) {
		d := strings.IndexByte(ge0Digits, c)
		if d < 0 {
			return geo.Point{}, false
		}
		for bit := 5; bit > 0; bit -= 2 {
			lat = lat<<1 | uint64(d>>bit&1)
			lon = lon<<1 | uint64(d>>(bit-1)&1)
		}
	}
	lat, lon = lat<<(bits-27)|1<<(bits-28), lon<<(bits-27)|1<<(bits-28) // the middle of the cell
	return geo.Point{Lat: float64(lat)/(1<<bits-1)*180 - 90, Lon: float64(lon)/(1<<bits)*360 - 180}, true
}

// decodeGeohash decodes a geohash of at least seven digits, whose cell is 150 m wide.
func decodeGeohash(code string) (geo.Point, bool) {
	const least, most = 7, 12
	if len(code) < least || len(code) > most {
		return geo.Point{}, false
	}
	low, high := geo.Point{Lat: -90, Lon: -180}, geo.Point{Lat: 90, Lon: 180}
	east := true
	for _, c := range []byte(code) {
		d := strings.IndexByte(geohashDigits, c)
		if d < 0 {
			return geo.Point{}, false
		}
		for bit := 4; bit >= 0; bit-- {
			lowest, highest := &low.Lat, &high.Lat
			if east {
				lowest, highest = &low.Lon, &high.Lon
			}
			if middle := (*lowest + *highest) / 2; d>>bit&1 == 1 {
				*lowest = middle
			} else {
				*highest = middle
			}
			east = !east
		}
	}
	return geo.Point{Lat: (low.Lat + high.Lat) / 2, Lon: (low.Lon + high.Lon) / 2}, true
}
