package booklet

import (
	"fmt"
	"math"

	"excursobot/geo"
)

// Sizes of the map in units of its viewBox.
const (
	mapWidth  = 420
	mapMost   = 420 // height
	mapLeast  = 240
	margin    = 40
	apart     = 28 // between the middles of two numbers
	northX    = mapWidth - 28
	pushes    = 200
	startRoom = 20 // between the start and the word under it
)

// drawing is the map: numbers beside their points, pushed apart so that each can be read and touched.
type drawing struct {
	Width, Height                                  int
	Start                                          mark
	Marks                                          []mark
	ScaleX, ScaleY, ScaleTextY, ScaleWidth, NorthX int
	Scale                                          string
}

// mark is a point and the place of its number.
type mark struct {
	Number         int
	X, Y           int
	LabelX, LabelY int
	TextY          int
}

type spot struct{ x, y float64 }

// draw lays out the map. The first point is the start.
func draw(points []geo.Point, words Words) drawing {
	flat := project(points)
	scale, height := fit(flat)
	d := drawing{Width: mapWidth, Height: height, NorthX: northX, ScaleX: 20, ScaleY: height - 16, ScaleTextY: height - 24}
	at := make([]spot, len(flat))
	for i, s := range flat {
		at[i] = spot{mapWidth/2 + s.x*scale, float64(height)/2 - s.y*scale}
	}
	labels := spread(at, float64(height))
	for i, s := range at {
		m := mark{Number: i, X: round(s.x), Y: round(s.y), LabelX: round(labels[i].x), LabelY: round(labels[i].y)}
		m.TextY = m.LabelY + 5
		if i == 0 {
			m.LabelX, m.LabelY = m.X, m.Y+startRoom+6
			d.Start = m
			continue
		}
		d.Marks = append(d.Marks, m)
	}
	metres := niceLength(110 / scale)
	d.ScaleWidth, d.Scale = round(metres*scale), length(metres, words)
	return d
}

// project returns the points in metres east and north of the middle of all.
func project(points []geo.Point) []spot {
	flat := make([]spot, len(points))
	low, high := spot{math.Inf(1), math.Inf(1)}, spot{math.Inf(-1), math.Inf(-1)}
	for i, p := range points {
		d, b := geo.Distance(points[0], p), geo.Bearing(points[0], p)*math.Pi/180
		flat[i] = spot{d * math.Sin(b), d * math.Cos(b)}
		low = spot{min(low.x, flat[i].x), min(low.y, flat[i].y)}
		high = spot{max(high.x, flat[i].x), max(high.y, flat[i].y)}
	}
	for i := range flat {
		flat[i].x -= (low.x + high.x) / 2
		flat[i].y -= (low.y + high.y) / 2
	}
	return flat
}

// fit returns how many units a metre has, so that everything fits, and the height of the map.
func fit(flat []spot) (scale float64, height int) {
	wide, tall := 25.0, 25.0 // metres from the middle: a single place is not drawn at the size of a house
	for _, s := range flat {
		wide, tall = max(wide, math.Abs(s.x)), max(tall, math.Abs(s.y))
	}
	scale = min((mapWidth/2-margin)/wide, (mapMost/2-margin)/tall)
	return scale, max(mapLeast, min(mapMost, round(2*(tall*scale+margin))))
}

// spread moves the numbers of points that lie close together until they are apart, or as far as the map allows.
func spread(at []spot, height float64) []spot {
	labels := make([]spot, len(at))
	copy(labels, at)
	for range pushes {
		moved := false
		for i := range labels {
			for j := range i {
				dx, dy := labels[i].x-labels[j].x, labels[i].y-labels[j].y
				d := math.Hypot(dx, dy)
				if d >= apart {
					continue
				}
				if d < 0.01 { // at one spot: each goes its own way
					turn := float64(i) * 2.4
					dx, dy, d = math.Cos(turn), math.Sin(turn), 1
				}
				push := (apart - min(d, apart) + 0.5) / 2
				moved = true
				if j != 0 { // the start stays
					labels[j].x -= dx / d * push
					labels[j].y -= dy / d * push
				}
				labels[i].x += dx / d * push
				labels[i].y += dy / d * push
			}
		}
		for i := range labels[1:] {
			l := &labels[i+1]
			l.x, l.y = min(max(l.x, 16), mapWidth-16), min(max(l.y, 16), height-16)
		}
		if !moved {
			break
		}
	}
	return labels
}

// niceLength returns the largest length in metres that is 1, 2 or 5 times a power of ten and at most most.
func niceLength(most float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(most)))
	for _, n := range []float64{5, 2} {
		if n*power <= most {
			return n * power
		}
	}
	return power
}

func length(metres float64, words Words) string {
	if metres >= 1000 {
		return fmt.Sprintf("%g %s", metres/1000, words.Kilometre)
	}
	return fmt.Sprintf("%g %s", metres, words.Metre)
}

func round(f float64) int { return int(math.Round(f)) }
