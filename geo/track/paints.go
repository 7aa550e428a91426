package track

import "image/color"

// ink is a colour to draw with, and its index in the palette.
type ink uint8

const (
	paper ink = iota
	grid      // lines of the grid and the frame
	edge      // rim of the track
	core      // middle of the track
	white
	mark  // numbered places
	words // text and scale
	start // first point of the track
	inks  // the number of inks
)

func (i ink) rgb() color.RGBA {
	return [inks]color.RGBA{
		paper: {0xF7, 0xF3, 0xE9, 0xFF},
		grid:  {0xE6, 0xDE, 0xCC, 0xFF},
		edge:  {0x1F, 0x4E, 0x79, 0xFF},
		core:  {0x3F, 0x86, 0xC6, 0xFF},
		white: {0xFF, 0xFF, 0xFF, 0xFF},
		mark:  {0xC4, 0x3E, 0x2B, 0xFF},
		words: {0x33, 0x2E, 0x29, 0xFF},
		start: {0x2E, 0x8B, 0x57, 0xFF},
	}[i]
}

// levels is the coverage of a pixel that lies completely inside a shape.
const levels = 16

// paints is a palette for drawing with soft edges: a table gives the colour of a pixel that an ink covers in part, so that no picture in full
// colour (4.5 MiB) is needed.
type paints struct {
	palette color.Palette
	over    [][inks][levels + 1]uint8 // index below, ink above, coverage -> index
}

// newPaints returns the palette: the inks, and three shades between each pair of them.
func newPaints() *paints {
	var rgb []color.RGBA
	for i := range inks {
		rgb = append(rgb, i.rgb())
	}
	const shades = 4
	for i := range inks {
		for j := range i {
			for s := 1; s < shades; s++ {
				rgb = append(rgb, mix(i.rgb(), j.rgb(), s, shades))
			}
		}
	}
	p := &paints{over: make([][inks][levels + 1]uint8, len(rgb))}
	for below, c := range rgb {
		p.palette = append(p.palette, c)
		for above := range inks {
			for cover := range levels + 1 {
				p.over[below][above][cover] = nearest(rgb, mix(c, above.rgb(), cover, levels))
			}
		}
	}
	return p
}

// mix returns a with part/whole of it covered by b.
func mix(a, b color.RGBA, part, whole int) color.RGBA {
	m := func(a, b uint8) uint8 { return uint8((int(a)*(whole-part) + int(b)*part + whole/2) / whole) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xFF}
}

// nearest returns the index of the first colour in rgb that is closest to c.
func nearest(rgb []color.RGBA, c color.RGBA) uint8 {
	best, least := 0, 1<<30
	for i, o := range rgb {
		dr, dg, db := int(o.R)-int(c.R), int(o.G)-int(c.G), int(o.B)-int(c.B)
		if d := dr*dr + dg*dg + db*db; d < least {
			best, least = i, d
		}
	}
	return uint8(best)
}
