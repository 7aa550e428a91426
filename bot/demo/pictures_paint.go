package demo

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
	"slices"
)

// The size of a sample picture in pixels.
const (
	pictureWidth  = 480
	pictureHeight = 360
)

// paint returns a picture as PNG, some kilobytes large. draw fills areas of it, the lowest first.
func paint(draw func(canvas)) []byte {
	c := canvas{image.NewPaletted(image.Rect(0, 0, pictureWidth, pictureHeight), colours)}
	draw(c)
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, c.Paletted); err != nil {
		panic(err) // a buffer takes everything
	}
	return out.Bytes()
}

// The colours of the pictures, as indices of colours.
const (
	sky uint8 = iota
	cloud
	water
	ripple
	stone
	shade
	brick
	red
	green
	gold
	blue
	dark
	leaf
)

var colours = color.Palette{
	color.RGBA{0xbf, 0xdd, 0xee, 0xff}, color.RGBA{0xf4, 0xf8, 0xfa, 0xff}, color.RGBA{0x5f, 0x8f, 0xa3, 0xff}, color.RGBA{0x86, 0xb0, 0xc0, 0xff},
	color.RGBA{0xd9, 0xcb, 0xab, 0xff}, color.RGBA{0xa8, 0x98, 0x78, 0xff}, color.RGBA{0xa4, 0x54, 0x3c, 0xff}, color.RGBA{0xc2, 0x3b, 0x33, 0xff},
	color.RGBA{0x3d, 0x8c, 0x5a, 0xff}, color.RGBA{0xe2, 0xb2, 0x3c, 0xff}, color.RGBA{0x35, 0x62, 0xa8, 0xff}, color.RGBA{0x4a, 0x42, 0x3d, 0xff},
	color.RGBA{0x6f, 0x95, 0x55, 0xff},
}

type canvas struct{ *image.Paletted }

// fill fills a polygon. The points are x, y, x, y and so on in pixels, from the upper left corner.
func (c canvas) fill(colour uint8, points ...float64) {
	n := len(points)
	for y := range pictureHeight {
		var crossed []float64 // where the middle of this row crosses the sides
		row := float64(y) + 0.5
		for i := 0; i < n; i += 2 {
			x1, y1, x2, y2 := points[i], points[i+1], points[(i+2)%n], points[(i+3)%n]
			if (y1 <= row) != (y2 <= row) {
				crossed = append(crossed, x1+(row-y1)/(y2-y1)*(x2-x1))
			}
		}
		slices.Sort(crossed)
		for i := 0; i+1 < len(crossed); i += 2 {
			for x := max(0, int(math.Round(crossed[i]))); x < min(pictureWidth, int(math.Round(crossed[i+1]))); x++ {
				c.SetColorIndex(x, y, colour)
			}
		}
	}
}

func (c canvas) box(colour uint8, x, y, w, h float64) {
	c.fill(colour, x, y, x+w, y, x+w, y+h, x, y+h)
}

// oval fills an ellipse with the middle x, y and the radii rx, ry.
func (c canvas) oval(colour uint8, x, y, rx, ry float64) {
	const sides = 48
	var points []float64
	for i := range sides {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / sides)
		points = append(points, x+rx*cos, y+ry*sin)
	}
	c.fill(colour, points...)
}

// onion draws a tower with a dome that is shaped like an onion, of two colours. x is its middle, top that of the tower, r the radius of the dome.
func (c canvas) onion(x, top, r float64, one, other uint8) {
	c.box(brick, x-r*0.75, top, r*1.5, 330-top)
	c.box(stone, x-r*0.85, top, r*1.7, r*0.25)
	c.box(dark, x-r*0.2, top+r*0.8, r*0.4, r*1.1)
	dome := func(colour uint8, part float64) {
		c.oval(colour, x, top-r*0.7, r*part, r*0.85)
		c.fill(colour, x-r*0.8*part, top-r*1.15, x+r*0.8*part, top-r*1.15, x, top-r*2.3)
	}
	dome(one, 1)
	dome(other, 0.66)
	dome(one, 0.3)
	c.box(gold, x-1.5, top-r*2.3-18, 3, 22)
	c.box(gold, x-6, top-r*2.3-12, 12, 3)
}

// church draws Saint Basil's Cathedral.
func church(c canvas) {
	c.box(sky, 0, 0, pictureWidth, pictureHeight)
	c.oval(cloud, 80, 60, 60, 16)
	c.oval(cloud, 410, 90, 70, 18)
	c.onion(120, 190, 30, green, gold)
	c.onion(360, 190, 30, blue, cloud)
	c.box(brick, 205, 130, 70, 200) // the tent in the middle
	c.fill(brick, 200, 140, 280, 140, 250, 50, 230, 50)
	c.fill(stone, 222, 140, 232, 140, 238, 50, 236, 50)
	c.fill(stone, 248, 140, 258, 140, 244, 50, 242, 50)
	c.oval(gold, 240, 42, 13, 13)
	c.fill(gold, 229, 36, 251, 36, 240, 10)
	c.onion(175, 215, 32, red, cloud)
	c.onion(305, 215, 32, gold, green)
	c.onion(240, 240, 27, blue, gold)
	c.onion(70, 245, 25, gold, red)
	c.onion(410, 245, 25, red, green)
	c.box(stone, 40, 296, 400, 8)
	c.box(brick, 40, 304, 400, 30)
	for x := 60.0; x < 430; x += 40 {
		c.oval(dark, x, 320, 9, 12)
	}
	c.box(shade, 0, 330, pictureWidth, 30)
}

// chapel draws the Sainte-Chapelle.
func chapel(c canvas) {
	c.box(sky, 0, 0, pictureWidth, pictureHeight)
	c.oval(cloud, 90, 70, 70, 16)
	c.oval(cloud, 400, 50, 60, 15)
	for _, x := range []float64{0, 380} { // the courthouse on both sides
		c.box(shade, x, 220, 100, 120)
		c.fill(blue, x, 220, x+100, 220, x+92, 196, x+8, 196)
		for w := x + 12; w < x+90; w += 22 {
			c.box(dark, w, 240, 10, 22)
			c.box(dark, w, 284, 10, 22)
		}
	}
	c.fill(blue, 236, 130, 244, 130, 240, 2) // the spire
	c.box(dark, 233, 104, 14, 34)
	c.fill(dark, 130, 150, 350, 150, 320, 112, 160, 112) // the roof
	c.box(stone, 120, 148, 240, 192)
	c.box(shade, 120, 148, 240, 6)
	for x := 120.0; x <= 360; x += 48 { // the buttresses, with their pinnacles
		c.box(shade, x-7, 140, 14, 200)
		c.fill(shade, x-9, 140, x+9, 140, x, 106)
	}
	for x := 144.0; x < 360; x += 48 { // the tall windows
		c.fill(dark, x-13, 270, x+13, 270, x+13, 184, x+8, 172, x, 160, x-8, 172, x-13, 184)
		for row := range 7 {
			one, other := blue, red
			if row%2 == 1 {
				one, other = gold, blue
			}
			c.box(one, x-10, 188+float64(row)*11.5, 9, 9)
			c.box(other, x+1, 188+float64(row)*11.5, 9, 9)
		}
		c.oval(red, x, 178, 6, 7)
		c.oval(dark, x, 312, 11, 13)
	}
	c.box(shade, 120, 282, 240, 6)
	c.box(shade, 0, 340, pictureWidth, 20)
}

// palace draws the Menshikov Palace, across the Neva.
func palace(c canvas) {
	c.box(sky, 0, 0, pictureWidth, pictureHeight)
	c.oval(cloud, 120, 50, 80, 17)
	c.oval(cloud, 370, 80, 60, 14)
	c.fill(brick, 30, 150, 450, 150, 420, 108, 60, 108) // the roof
	c.box(gold, 40, 150, 400, 110)
	for _, x := range []float64{40, 200, 384} { // the parts that stand forward, with their gables
		w := 56.0
		if x == 200 {
			w = 80
		}
		c.box(stone, x, 146, w, 114)
		c.fill(gold, x+5, 146, x+w-5, 146, x+w/2, 92)
		c.fill(stone, x, 150, x+w, 150, x+w/2, 142)
		c.oval(dark, x+w/2, 126, 6, 7)
	}
	for i := range 17 {
		x := 48 + float64(i)*23.5
		for _, y := range []float64{160, 194, 228} {
			c.box(cloud, x, y, 12, 20)
			c.box(dark, x+2, y+2, 8, 16)
		}
	}
	for _, y := range []float64{148, 184, 218} {
		c.box(cloud, 36, y, 408, 4)
	}
	c.fill(dark, 228, 260, 252, 260, 252, 232, 240, 222, 228, 232) // the door
	c.box(leaf, 0, 256, 36, 10)
	c.box(leaf, 444, 256, 36, 10)
	c.oval(leaf, 16, 236, 22, 26)
	c.oval(leaf, 464, 236, 22, 26)
	c.box(shade, 0, 260, pictureWidth, 22) // the quay
	c.box(water, 0, 282, pictureWidth, 78)
	for i := range 12 {
		c.box(ripple, float64(i*97%430), float64(290+i*6), 56, 2)
	}
}
