package pack

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"excursobot/geo"
)

// Area is a circle or a box on the map. The zero Area is none.
type Area struct {
	center geo.Point
	radius float64 // metres: of the circle, or of the one around the box

	box                      bool
	south, west, north, east float64 // degrees
}

// Circle returns the area within radius metres of a point.
func Circle(center geo.Point, radius float64) (Area, error) {
	a := Area{center: center, radius: radius}
	return a, a.check()
}

// Box returns the area between two latitudes and two longitudes in degrees.
func Box(south, west, north, east float64) (Area, error) {
	a := Area{box: true, south: south, west: west, north: north, east: east, center: geo.Point{Lat: (south + north) / 2, Lon: (west + east) / 2}}
	corners := []geo.Point{{Lat: south, Lon: west}, {Lat: south, Lon: east}, {Lat: north, Lon: west}, {Lat: north, Lon: east}}
	for _, c := range corners {
		if !c.Valid() {
			return Area{}, errors.New("a corner of the area is off the globe")
		}
		a.radius = max(a.radius, geo.Distance(a.center, c))
	}
	if !(south < north && west < east) {
		return Area{}, errors.New("an area is SOUTH,WEST,NORTH,EAST, with the south below the north and the west below the east")
	}
	return a, a.check()
}

func (a Area) check() error {
	switch {
	case !a.center.Valid():
		return errors.New("the middle of the area is off the globe")
	case !(a.radius >= 50) || a.radius > MaxRadius:
		return fmt.Errorf("the area reaches %.0f m from its middle, it may be 50 to %d", a.radius, MaxRadius)
	}
	return nil
}

// Center returns the middle of the area.
func (a Area) Center() geo.Point { return a.center }

// Contains reports whether a point is in the area.
func (a Area) Contains(p geo.Point) bool {
	if !p.Valid() {
		return false
	}
	if a.box {
		return a.south <= p.Lat && p.Lat <= a.north && a.west <= p.Lon && p.Lon <= a.east
	}
	return geo.Distance(a.center, p) <= a.radius
}

// holds reports whether the whole cell is in the area.
func (a Area) holds(cell geo.Cell) bool {
	center, radius := cell.Bounds()
	if !a.box {
		return geo.Distance(a.center, center)+radius <= a.radius
	}
	for bearing := 0.0; bearing < 360; bearing += 90 {
		if !a.Contains(geo.Offset(center, bearing, radius)) {
			return false
		}
	}
	return true
}

// cells returns the tiles that meet the area.
func (a Area) cells() []geo.Cell {
	return geo.CellsWithin(nil, a.center, a.radius, geo.LevelTile)
}

// String returns the area as ParseArea reads it: "circle LAT,LON,METRES" or "box SOUTH,WEST,NORTH,EAST".
func (a Area) String() string {
	if a.box {
		return "box " + numbers(a.south, a.west, a.north, a.east)
	}
	return "circle " + numbers(a.center.Lat, a.center.Lon, math.Round(a.radius))
}

func numbers(list ...float64) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.FormatFloat(n, 'f', -1, 64)
	}
	return strings.Join(texts, ",")
}

// ParseArea reads what Area.String returns.
func ParseArea(text string) (Area, error) {
	kind, rest, _ := strings.Cut(text, " ")
	n, err := ParseNumbers(rest)
	switch {
	case err != nil:
		return Area{}, err
	case kind == "circle" && len(n) == 3:
		return Circle(geo.Point{Lat: n[0], Lon: n[1]}, n[2])
	case kind == "box" && len(n) == 4:
		return Box(n[0], n[1], n[2], n[3])
	}
	return Area{}, errors.New("it names no area")
}

// ParseNumbers reads numbers with commas between them.
func ParseNumbers(text string) ([]float64, error) {
	var list []float64
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return nil, fmt.Errorf("%.20q is not a number", part)
		}
		list = append(list, n)
	}
	return list, nil
}
