// Package geo does the arithmetic of positions on the globe: points, distances, S2 cells, and a cache keyed by cell. It knows nothing of stories,
// people or storage.
package geo

import (
	"log/slog"
	"math"
	"strconv"
)

// EarthRadius is the mean radius of the Earth in metres (IUGG R1).
const EarthRadius = 6371008.8

// Point is a position on the globe in degrees (WGS 84).
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Valid reports whether p is a finite position with latitude in [-90, 90] and longitude in [-180, 180].
func (p Point) Valid() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

// LogValue rounds p to two decimals (about a kilometre), because logs must not hold the position of a person.
func (p Point) LogValue() slog.Value {
	return slog.StringValue(strconv.FormatFloat(p.Lat, 'f', 2, 64) + "," + strconv.FormatFloat(p.Lon, 'f', 2, 64))
}

// Distance returns metres along the great circle between a and b (haversine, R = EarthRadius).
func Distance(a, b Point) float64 {
	lat1, lat2 := radians(a.Lat), radians(b.Lat)
	sLat := math.Sin((lat2 - lat1) / 2)
	sLon := math.Sin(radians(b.Lon-a.Lon) / 2)
	h := sLat*sLat + math.Cos(lat1)*math.Cos(lat2)*sLon*sLon
	return 2 * EarthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// Bearing returns the initial course from a to b in degrees clockwise from north, in [0, 360).
func Bearing(a, b Point) float64 {
	lat1, lat2, dLon := radians(a.Lat), radians(b.Lat), radians(b.Lon-a.Lon)
	y := math.Sin(dLon) * math.Cos(lat2)
	x := math.Cos(lat1)*math.Sin(lat2) - math.Sin(lat1)*math.Cos(lat2)*math.Cos(dLon)
	deg := math.Atan2(y, x) * 180 / math.Pi
	if deg < 0 {
		deg += 360
	}
	if deg >= 360 { // a tiny negative angle rounds up to the full circle
		deg = 0
	}
	return deg
}

// Offset returns the point at a distance in metres from p along the great circle that starts at bearing, in degrees clockwise from north. The
// longitude of the result is in [-180, 180).
func Offset(p Point, bearing, metres float64) Point {
	lat, lon, brg, d := radians(p.Lat), radians(p.Lon), radians(bearing), metres/EarthRadius
	sinLat := math.Sin(lat)*math.Cos(d) + math.Cos(lat)*math.Sin(d)*math.Cos(brg)
	lat2 := math.Asin(max(-1, min(1, sinLat)))
	lon2 := lon + math.Atan2(math.Sin(brg)*math.Sin(d)*math.Cos(lat), math.Cos(d)-math.Sin(lat)*math.Sin(lat2))
	return Point{Lat: lat2 * 180 / math.Pi, Lon: wrap(lon2 * 180 / math.Pi)}
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }

func wrap(lon float64) float64 {
	lon = math.Mod(lon+180, 360)
	if lon < 0 {
		lon += 360
	}
	return lon - 180
}
