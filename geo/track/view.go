package track

import (
	"math"

	"excursobot/geo"
)

// side is the width and height of the picture in pixels. Telegram shows it about 400 points wide, so
// what is to be read there is at least 24 pixels tall.
const side = 1080

// The route itself is kept inside this frame; heading, north and scale stand outside it.
const (
	left, right = 110.0, side - 110.0
	top, bottom = 150.0, side - 150.0
)

const (
	// minExtent is the least width of the frame in metres. A walker who stands still is drawn as a
	// point among some streets' worth of paper, not as the noise of the receiver.
	minExtent = 250.0
	// farPlace is how far beyond the track, in metres, a place may widen the view. One further off
	// would shrink the walk to a dot; it is marked at the edge of the frame instead.
	farPlace = 1200.0
)

// view says where points of the globe lie on the sheet. Points are laid out by their distance and
// bearing from the middle of the route (azimuthal equidistant). Over a walk that is the same as scaled
// degrees, and it has no seam at ±180 and no special case at the poles.
type view struct {
	centre geo.Point
	x, y   float64 // metres east and north of centre that lie in the middle of the frame
	scale  float64 // pixels per metre, above 0
}

// newView returns the view that shows the whole track and the places near it, or all places if there
// is no track. All points are valid.
func newView(track, places []geo.Point) view {
	v := view{scale: (right - left) / minExtent}
	core := track
	if len(core) == 0 {
		core = places
	}
	if len(core) == 0 {
		return v
	}
	// Once round the first point to find the middle, then round the middle, where the plane is truest.
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
	// A width of 0 gives +Inf, which never is the least.
	v.scale = min(v.scale, (right-left)/b.width(), (bottom-top)/b.height())
	return v
}

// at returns the pixel of p, in fractions from the upper left corner.
func (v view) at(p geo.Point) (x, y float64) {
	x, y = plane(v.centre, p)
	return (left+right)/2 + (x-v.x)*v.scale, (top+bottom)/2 - (y-v.y)*v.scale
}

// round returns the largest length of 1, 2 or 5 times a power of ten metres that is at most pixels long.
func (v view) round(pixels float64) (metres float64) {
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

// box is the rectangle round some points. The zero box is round none.
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
