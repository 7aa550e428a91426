package track

import (
	"image"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// canvas is a sheet to draw on. Shapes are gathered on a mask that keeps the strongest coverage of each pixel, and then inked together. So a track
// that crosses itself a hundred times is one shape, without the seams and holes of a polygon, where strokes of opposite winding cancel out.
type canvas struct {
	img    *image.Paletted
	paints *paints
	mask   *image.Alpha
	dirty  image.Rectangle // where mask may be other than 0
}

func newCanvas(p *paints) *canvas {
	sheet := image.Rect(0, 0, side, side)
	// The zero pixel is paper.
	return &canvas{img: image.NewPaletted(sheet, p.palette), paints: p, mask: image.NewAlpha(sheet)}
}

// spot is a point of the sheet in pixels.
type spot struct{ x, y float64 }

func (s spot) to(o spot) float64 { return math.Hypot(o.x-s.x, o.y-s.y) }

// line gathers the line from a to b with rounded ends and the given radius (half the width), in pixels. It visits only the pixels near the line,
// so its cost grows with length times width.
func (c *canvas) line(ax, ay, bx, by, radius float64) {
	ax, ay, bx, by = ax-0.5, ay-0.5, bx-0.5, by-0.5 // from corners to centres of pixels
	dx, dy := bx-ax, by-ay
	square := dx*dx + dy*dy
	reach := radius + 1
	y0, y1 := clip(min(ay, by)-reach), clip(max(ay, by)+reach+1)
	c.touch(clip(min(ax, bx)-reach), y0, clip(max(ax, bx)+reach+1), y1)
	for y := y0; y < y1; y++ {
		// The part of the line within reach of this row bounds the pixels to visit.
		t0, t1 := 0.0, 1.0
		if dy != 0 {
			t0, t1 = (float64(y)-reach-ay)/dy, (float64(y)+reach-ay)/dy
			t0, t1 = max(0, min(t0, t1)), min(1, max(t0, t1))
		}
		u, v := ax+t0*dx, ax+t1*dx
		row := c.mask.Pix[y*c.mask.Stride:]
		for x, end := clip(min(u, v)-reach), clip(max(u, v)+reach+1); x < end; x++ {
			if row[x] == 255 {
				continue // most pixels of a track that fills a yard
			}
			px, py := float64(x)-ax, float64(y)-ay
			t := 0.0
			if square > 0 {
				t = max(0, min(1, (px*dx+py*dy)/square))
			}
			px, py = px-t*dx, py-t*dy
			if d := px*px + py*py; d < reach*reach {
				row[x] = max(row[x], cover(radius-math.Sqrt(d)))
			}
		}
	}
}

// disc gathers a disc.
func (c *canvas) disc(x, y, radius float64) { c.line(x, y, x, y, radius) }

// polygon gathers the convex polygon of the given distinct corners, in either direction.
func (c *canvas) polygon(corners ...spot) {
	var b box
	var mid spot
	for _, p := range corners {
		b.add(p.x, p.y)
		mid.x += p.x / float64(len(corners))
		mid.y += p.y / float64(len(corners))
	}
	x0, y0, x1, y1 := clip(b.x0-1), clip(b.y0-1), clip(b.x1+2), clip(b.y1+2)
	c.touch(x0, y0, x1, y1)
	for y := y0; y < y1; y++ {
		for x := x0; x < x1; x++ {
			depth := math.Inf(1)
			for i, p := range corners {
				q := corners[(i+1)%len(corners)]
				inner := math.Copysign(1, aside(p, q, mid))
				depth = min(depth, inner*aside(p, q, spot{float64(x) + 0.5, float64(y) + 0.5}))
			}
			i := c.mask.PixOffset(x, y)
			c.mask.Pix[i] = max(c.mask.Pix[i], cover(depth))
		}
	}
}

// aside returns the distance of s from the straight line through p and q, positive on one side of it.
func aside(p, q, s spot) float64 {
	return ((q.x-p.x)*(s.y-p.y) - (q.y-p.y)*(s.x-p.x)) / p.to(q)
}

// text gathers s with its baseline beginning at x, y.
func (c *canvas) text(face font.Face, x, y float64, s string) {
	d := font.Drawer{
		Dst: c.mask, Src: image.Opaque, Face: face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(x * 64), Y: fixed.Int26_6(y * 64)},
	}
	b, _ := d.BoundString(s)
	c.touch(b.Min.X.Floor()-1, b.Min.Y.Floor()-1, b.Max.X.Ceil()+1, b.Max.Y.Ceil()+1)
	d.DrawString(s)
}

// ink colours the gathered shape and begins a new one.
func (c *canvas) ink(i ink) {
	for y := c.dirty.Min.Y; y < c.dirty.Max.Y; y++ {
		from, to := c.mask.PixOffset(c.dirty.Min.X, y), c.mask.PixOffset(c.dirty.Max.X, y)
		mask, pix := c.mask.Pix[from:to], c.img.Pix[from:to]
		for x, m := range mask {
			if m != 0 {
				pix[x] = c.paints.over[pix[x]][i][(int(m)*levels+127)/255]
				mask[x] = 0
			}
		}
	}
	c.dirty = image.Rectangle{}
}

func (c *canvas) touch(x0, y0, x1, y1 int) {
	c.dirty = c.dirty.Union(image.Rect(x0, y0, x1, y1).Intersect(c.mask.Rect))
}

// cover returns the coverage of a pixel whose centre lies depth pixels inside an edge.
func cover(depth float64) uint8 { return uint8(255 * max(0, min(1, depth+0.5))) }

// clip rounds v down to a pixel of the sheet, or to the one after the last.
func clip(v float64) int { return int(max(0, min(side, math.Floor(v)))) }
