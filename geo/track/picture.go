package track

import (
	"image/png"
	"io"
	"math"
	"strconv"

	"excursobot/geo"
)

// kit holds the tools that all pictures share. It serves one picture at a time.
type kit struct {
	paints  *paints
	letters *lettering
}

func newKit() *kit { return &kit{newPaints(), newLettering()} }

// picture draws r. The parts are laid out first, the most important ones before others, and drawn afterwards, the most important ones last.
func (k *kit) picture(r Route) *canvas {
	stretches := r.stretches()
	v, pins := k.survey(r, stretches)
	lines := project(v, stretches)

	var taken occupancy
	k.furnish(&taken, r, v)
	reserve(&taken, lines)
	taken.placePins(pins)
	taken.placeTitles(pins, k.letters.label)

	c := newCanvas(k.paints)
	drawGrid(c, v)
	drawTrack(c, lines, &taken)
	drawEnds(c, lines)
	k.drawPins(c, pins)
	k.drawFurniture(c, r, v)
	return c
}

// encode writes the sheet as PNG.
func (c *canvas) encode(w io.Writer) error {
	c.mask = nil // frees its memory for the compressor
	enc := png.Encoder{CompressionLevel: png.DefaultCompression}
	return enc.Encode(w, c.img)
}

// survey returns the view of r and the marks of its places at their ideal positions.
func (k *kit) survey(r Route, stretches [][]Fix) (view, []pin) {
	track := make([]geo.Point, 0, len(r.Track))
	var sights []geo.Point
	for _, s := range stretches {
		for _, f := range s {
			track = append(track, f.Point)
		}
	}
	for _, p := range r.Places {
		if p.Point.Valid() {
			sights = append(sights, p.Point)
		}
	}
	v := newView(track, sights)
	var pins []pin
	for _, p := range r.Places {
		if p.Point.Valid() {
			pins = append(pins, newPin(v, p, k.letters.writable(p.Title)))
		}
	}
	return v, pins
}

// newPin returns the mark of p at its place, or at the edge of the frame in its direction.
func newPin(v view, p Place, title string) pin {
	x, y := v.at(p.Point)
	out := pin{number: p.Number, title: title, x: x, y: y, tip: spot{x, y}}
	const cx, cy = (left + right) / 2, (top + bottom) / 2
	dx, dy := x-cx, y-cy
	if over := max(math.Abs(dx)/(right-cx), math.Abs(dy)/(bottom-cy)); over > 1.01 {
		length := math.Hypot(dx, dy)
		out.x, out.y = cx+dx/over, cy+dy/over
		out.outward = spot{dx / length, dy / length}
	}
	return out
}

// drawPins draws the marks, their titles, and lines from moved marks to their places.
func (k *kit) drawPins(c *canvas, pins []pin) {
	for _, p := range pins {
		if !p.inside() || p.tip == (spot{p.x, p.y}) {
			continue
		}
		c.line(p.tip.x, p.tip.y, p.x, p.y, 1.2)
		c.disc(p.tip.x, p.tip.y, 6)
		c.ink(mark)
		c.disc(p.tip.x, p.tip.y, 3)
		c.ink(white)
	}
	for _, p := range pins {
		if !p.inside() {
			const near, wide = 13.0, 17.0
			dx, dy := p.outward.x, p.outward.y
			c.polygon(spot{p.x + dx*wedgeTip, p.y + dy*wedgeTip},
				spot{p.x + dx*near - dy*wide, p.y + dy*near + dx*wide},
				spot{p.x + dx*near + dy*wide, p.y + dy*near - dx*wide})
			c.ink(mark)
		}
		c.disc(p.x, p.y, pinRadius)
		c.ink(white)
		c.disc(p.x, p.y, pinRadius-2)
		c.ink(mark)
		k.drawNumber(c, p)
	}
	for _, p := range pins {
		if p.label.text != "" {
			c.text(k.letters.label, p.label.x, p.label.y, p.label.text)
		}
	}
	c.ink(words)
}

func (k *kit) drawNumber(c *canvas, p pin) {
	s := strconv.Itoa(p.number)
	f := k.letters.number
	if len(s) > 2 {
		f = k.letters.numbers
	}
	w := pixels(f, s)
	if w > 2*pinRadius-2 { // five digits and more: a mark without a number
		return
	}
	c.text(f, p.x-w/2, p.y+float64(f.Metrics().CapHeight)/64/2, s)
	c.ink(white)
}
