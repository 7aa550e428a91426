package track

import (
	"math"

	"excursobot/geo"
)

// side is the width and height of the picture in pixels. Telegram shows it about 400 points wide, so text is at least 24 pixels tall.
const side = 1080

// The route is drawn inside this frame. Heading, north and scale are outside it.
const (
	left, right = 110.0, side - 110.0
	top, bottom = 150.0, side - 150.0
)

const (
	// minExtent is the least width of the frame in metres, so that a walker who stands still is drawn as a point and not as the noise of the
	// receiver.
	minExtent = 250.0
	// farPlace is how far beyond the track, in metres, a place may widen the view. A place further away would shrink the walk to a dot, so it is
	// marked at the edge of the frame.
	farPlace = 1200.0
)

// view maps points of the globe to the sheet by their distance and bearing from the middle of the route (azimuthal equidistant). Over a walk
// this equals scaled degrees, and it has no seam at ±180 and no special case at the poles.
type view struct {
	centre geo.Point
	x, y   float64 // metres east and north of centre that lie in the middle of the frame
	scale  float64 // pixels per metre, above 0
}

// newView returns the view that shows the whole track and the places near it, or all places if there is no track. All points must be valid.
func newView(track, places []geo.Point) view {
	v := view{scale: (right - left) / minExtent}
	core := track
	if len(core) == 0 {
		core = places
	}
	if len(core) == 0 {
		return v
	}
	// First around the first point to find the middle, then around the middle, where the distortion is least.
	b := bounds(core[0], core)
	x, y := b.middle()
	v.centre = geo.Offset(core[0], math.Atan2(x, y)*180/math.Pi, math.Hypot(x, y))
	b = bounds(v.centre, core)
	reach := farPlace + b.radius()
	for _, p := range places {
		if geo.Distance(v.centre, p) <= reach {
			b.add(plane(v.centre, p))
		}
	}
	v.x, v.y = b.middle()
	// A width of 0 gives +Inf, which is never the least.
	v.scale = min(v.scale, (right-left)/b.width(), (bottom-top)/b.height())
	return v
}

// at returns the pixel of p, in fractions from the upper left corner.
func (v view) at(p geo.Point) (x, y float64) {
	x, y = plane(v.centre, p)
	return (left+right)/2 + (x-v.x)*v.scale, (top+bottom)/2 - (y-v.y)*v.scale
}

// roundLength returns the largest length of 1, 2 or 5 times a power of ten metres that is at most pixels long.
func (v view) roundLength(pixels float64) (metres float64) {
	m := pixels / v.scale
	ten := math.Pow(10, math.Floor(math.Log10(m)))
	for _, n := range []float64{5, 2} {
		if n*ten <= m {
			return n * ten
		}
	}
	return ten
}

// plane returns how many metres east and north of centre p lies.
func plane(centre, p geo.Point) (x, y float64) {
	d := geo.Distance(centre, p)
	sin, cos := math.Sincos(geo.Bearing(centre, p) * math.Pi / 180)
	return d * sin, d * cos
}

// box is the bounding rectangle of points. The zero box has none.
type box struct {
	x0, y0, x1, y1 float64
	some           bool
}

func bounds(centre geo.Point, points []geo.Point) box {
	var b box
	for _, p := range points {
		b.add(plane(centre, p))
	}
	return b
}

func (b *box) add(x, y float64) {
	if !b.some {
		*b = box{x, y, x, y, true}
		return
	}
	b.x0, b.x1 = min(b.x0, x), max(b.x1, x)
	b.y0, b.y1 = min(b.y0, y), max(b.y1, y)
}

func (b *box) middle() (x, y float64) { return (b.x0 + b.x1) / 2, (b.y0 + b.y1) / 2 }
func (b *box) width() float64         { return b.x1 - b.x0 }
func (b *box) height() float64        { return b.y1 - b.y0 }
func (b *box) radius() float64        { return math.Hypot(b.width(), b.height()) / 2 }
