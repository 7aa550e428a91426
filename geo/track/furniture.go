package track

import (
	"math"
	"strconv"
)

// Positions of heading, north and scale in pixels.
const (
	rim      = 20.0 // from the edges of the sheet to the frame
	margin   = 48.0 // from the edges of the sheet to heading, arrow and scale
	barY     = side - 56.0
	barMost  = 300.0 // the longest scale bar, and the widest mesh of the grid
	barHigh  = 10.0
	northX   = side - 72.0
	northTop = 82.0
	northLow = 132.0
)

// bar is the scale bar.
type bar struct {
	metres, width float64 // width in pixels
	text          string
}

func (k *kit) bar(v view, w Words) bar {
	m := v.roundLength(barMost)
	b := bar{metres: m, width: m * v.scale}
	if m >= 1000 {
		b.text = number(m/1000) + " " + k.letters.word(w.Kilometre, "km")
	} else {
		b.text = number(m) + " " + k.letters.word(w.Metre, "m")
	}
	return b
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// furnish marks the cells of heading, north and scale.
func (k *kit) furnish(r *occupancy, route Route, v view) {
	b := k.bar(v, route.Words)
	r.take(area{margin - 8, barY - 16, margin + b.width + 24 + pixels(k.letters.label, b.text), barY + barHigh + 16}, solid)
	r.take(area{northX - 28, northTop - 46, northX + 28, northLow + 6}, solid)
	if s := k.heading(route); s != "" {
		r.take(area{margin - 8, margin - 8, margin + pixels(k.letters.heading, s) + 8, margin + 50}, solid)
	}
}

func (k *kit) heading(r Route) string {
	return fit(k.letters.heading, k.letters.writable(r.Name), northX-60-margin)
}

// drawGrid draws a mesh as wide as the scale bar, and the frame of the sheet.
func drawGrid(c *canvas, v view) {
	mesh := v.roundLength(barMost) * v.scale
	const clear = rim + 12 // keeps lines of the grid visibly apart from the frame
	meshes := func(middle float64, draw func(at float64)) {
		for at := middle - mesh*math.Floor((middle-clear)/mesh); at <= side-clear; at += mesh {
			draw(at)
		}
	}
	meshes((left+right)/2, func(x float64) { c.line(x, rim, x, side-rim, 0.8) })
	meshes((top+bottom)/2, func(y float64) { c.line(rim, y, side-rim, y, 0.8) })
	c.line(rim, rim, side-rim, rim, 1.5)
	c.line(rim, side-rim, side-rim, side-rim, 1.5)
	c.line(rim, rim, rim, side-rim, 1.5)
	c.line(side-rim, rim, side-rim, side-rim, 1.5)
	c.ink(grid)
}

// drawFurniture draws heading, north and scale.
func (k *kit) drawFurniture(c *canvas, r Route, v view) {
	if s := k.heading(r); s != "" {
		c.text(k.letters.heading, margin, margin+36, s)
	}
	k.drawNorth(c, r.Words)
	k.drawBar(c, k.bar(v, r.Words))
}

// drawNorth draws a needle with the word for north above it. North is up in the middle of the picture.
func (k *kit) drawNorth(c *canvas, w Words) {
	const wide, notch = 14.0, 12.0
	tip, notchAt := spot{northX, northTop}, spot{northX, northLow - notch}
	c.polygon(tip, spot{northX - wide, northLow}, notchAt)
	c.polygon(tip, spot{northX + wide, northLow}, notchAt)
	c.ink(words)
	s := k.letters.word(w.North, "N")
	s = fit(k.letters.number, s, 56)
	c.text(k.letters.number, northX-pixels(k.letters.number, s)/2, northTop-10, s)
	c.ink(words)
}

// drawBar draws the scale bar in two halves, so that half its length can be read, too.
func (k *kit) drawBar(c *canvas, b bar) {
	rect := func(x0, y0, x1, y1 float64) {
		c.polygon(spot{x0, y0}, spot{x1, y0}, spot{x1, y1}, spot{x0, y1})
	}
	rect(margin, barY, margin+b.width, barY+barHigh)
	c.ink(words)
	rect(margin+b.width/2, barY+2, margin+b.width-2, barY+barHigh-2)
	c.ink(white)
	c.text(k.letters.label, margin+b.width+14, barY+barHigh/2+float64(k.letters.label.Metrics().CapHeight)/128, b.text)
	c.ink(words)
}
