package track

import (
	"math"

	"golang.org/x/image/font"
)

// Kinds of things that occupy a cell of the sheet.
const (
	solid uint8 = 1 << iota // marks, text, furniture: nothing may cover it
	trail                   // the track: marks may stand on it, titles may not
	head                    // arrow heads on the track
)

const (
	cell  = 4 // pixels
	cells = side / cell
)

// occupancy records what occupies the sheet, by cells, so that a query costs the same for any amount of content.
type occupancy [cells * cells]uint8

// area is a rectangle of the sheet in pixels.
type area struct{ x0, y0, x1, y1 float64 }

func around(x, y, radius float64) area { return area{x - radius, y - radius, x + radius, y + radius} }

// free reports whether a lies on the sheet and none of its cells holds any of kinds.
func (r *occupancy) free(a area, kinds uint8) bool {
	if a.x0 < 0 || a.y0 < 0 || a.x1 > side || a.y1 > side {
		return false
	}
	for y := int(a.y0 / cell); y < cells && float64(y*cell) < a.y1; y++ {
		for x := int(a.x0 / cell); x < cells && float64(x*cell) < a.x1; x++ {
			if r[y*cells+x]&kinds != 0 {
				return false
			}
		}
	}
	return true
}

// take marks the cells of a on the sheet with kind.
func (r *occupancy) take(a area, kind uint8) {
	for y := max(0, int(a.y0/cell)); y < cells && float64(y*cell) < a.y1; y++ {
		for x := max(0, int(a.x0/cell)); x < cells && float64(x*cell) < a.x1; x++ {
			r[y*cells+x] |= kind
		}
	}
}

// takeLine marks the cells along the line from a to b with kind.
func (r *occupancy) takeLine(ax, ay, bx, by, radius float64, kind uint8) {
	steps := math.Ceil(math.Hypot(bx-ax, by-ay) / cell)
	for i := 0.0; i <= steps; i++ {
		t := i / max(1, steps)
		r.take(around(ax+t*(bx-ax), ay+t*(by-ay), radius), kind)
	}
}

// pin is the numbered mark of a place.
type pin struct {
	number int
	title  string // the part that the font can write
	x, y   float64
	// tip is the position of the place. The mark stands elsewhere if that is occupied.
	tip spot
	// outward is the direction (length 1) to a place outside the frame, whose mark stands at the edge. It is 0, 0 for a place inside.
	outward spot
	label   label
}

// inside reports whether the place itself lies inside the frame.
func (p *pin) inside() bool { return p.outward == spot{} }

// label is the title beside a mark. An empty text is not drawn.
type label struct {
	text string
	x, y float64 // where the baseline begins
}

const (
	pinRadius = 23.0 // with its rim
	pinGap    = 1.0  // kept free around a mark
	// wedgeTip is the distance from the middle of a mark to the tip of its wedge, which points to a place outside the frame.
	wedgeTip = pinRadius + 15
)

// placePins puts the marks at their places, or as near as possible where that is occupied. A mark that can stay at its place does; of two at
// one spot, the first stays.
func (r *occupancy) placePins(pins []pin) {
	var moved []int
	for i := range pins {
		p := &pins[i]
		if !r.free(around(p.x, p.y, pinRadius+pinGap), solid) {
			moved = append(moved, i)
			continue
		}
		r.occupy(p)
	}
	for _, i := range moved {
		p := &pins[i]
		p.x, p.y = r.near(p.x, p.y)
		r.occupy(p)
	}
}

// occupy marks the cells of a mark, with its wedge or the line to its place.
func (r *occupancy) occupy(p *pin) {
	r.take(around(p.x, p.y, pinRadius+pinGap), solid)
	if !p.inside() {
		r.take(around(p.x+p.outward.x*wedgeTip, p.y+p.outward.y*wedgeTip, 8), solid)
		return
	}
	r.takeLine(p.tip.x, p.tip.y, p.x, p.y, 2, trail)
}

// near returns the nearest free spot for a mark: close to x, y and off the track if there is one, else anywhere. On a full sheet it returns
// x, y.
func (r *occupancy) near(x, y float64) (nx, ny float64) {
	for _, look := range []struct {
		avoid  uint8
		within float64
	}{{solid | trail, 5 * pinRadius}, {solid, side / 2}} {
		for distance := 2 * pinRadius; distance < look.within; distance += pinRadius / 2 {
			for turn := range 16 {
				sin, cos := math.Sincos(float64(turn) * math.Pi / 8)
				if u, v := x+distance*sin, y-distance*cos; r.free(around(u, v, pinRadius+pinGap), look.avoid) {
					return u, v
				}
			}
		}
	}
	return x, y
}

// titleWidths in pixels are tried in this order: a shortened title is better than none.
var titleWidths = [...]float64{360, 280, 200}

// placeTitles puts the titles beside their marks where there is space, in the order of the marks.
func (r *occupancy) placeTitles(pins []pin, face font.Face) {
	m := face.Metrics()
	up, down := float64(m.CapHeight)/64, float64(m.Descent)/64
	for i := range pins {
		p := &pins[i]
		if p.title == "" {
			continue
		}
		p.label = r.title(*p, face, up, down)
	}
}

func (r *occupancy) title(p pin, face font.Face, up, down float64) label {
	const pad = 3.0                                 // kept free around a title
	const off = pinRadius + pinGap + pad + cell + 1 // no cell holds both a mark and its title
	for _, limit := range titleWidths {
		s := fit(face, p.title, limit)
		w := pixels(face, s)
		above, middle, below := p.y-off-down/2, p.y+up/2, p.y+off+up
		for _, at := range [...]label{
			{s, p.x + off, middle}, {s, p.x - off - w, middle},
			{s, p.x - w/2, below}, {s, p.x - w/2, above},
			{s, p.x - pad, below}, {s, p.x + pad - w, below},
			{s, p.x - pad, above}, {s, p.x + pad - w, above},
		} {
			a := area{at.x - pad, at.y - up - pad, at.x + w + pad, at.y + down/2 + pad}
			if a.x0 >= rim+pad && a.x1 <= side-rim-pad && r.free(a, solid|trail) {
				r.take(a, solid)
				return at
			}
		}
	}
	return label{}
}
