package track

// Radii in pixels.
const (
	edgeRadius = 5.5
	coreRadius = 3.5
	endRadius  = 15.0
)

// project returns the stretches on the sheet, without points that are too close to the one before to be visible. It always keeps the last point
// of a stretch, because the walk ended there.
func project(v view, stretches [][]Fix) [][]spot {
	const apart = 1.5
	lines := make([][]spot, 0, len(stretches))
	for _, s := range stretches {
		var line []spot
		for i, f := range s {
			x, y := v.at(f.Point)
			p := spot{x, y}
			if i == 0 || i == len(s)-1 || line[len(line)-1].to(p) >= apart {
				line = append(line, p)
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// ends returns the first and the last spot of the walk.
func ends(lines [][]spot) (first, last spot, ok bool) {
	if len(lines) == 0 {
		return spot{}, spot{}, false
	}
	tail := lines[len(lines)-1]
	return lines[0][0], tail[len(tail)-1], true
}

// reserve marks the cells of the track.
func reserve(r *occupancy, lines [][]spot) {
	if first, last, ok := ends(lines); ok {
		r.take(around(first.x, first.y, endRadius), solid)
		r.take(around(last.x, last.y, endRadius), solid)
	}
	for i, line := range lines {
		if i > 0 {
			before := lines[i-1]
			a, b := before[len(before)-1], line[0]
			r.takeLine(a.x, a.y, b.x, b.y, coreRadius, trail)
		}
		for j := range line[1:] {
			a, b := line[j], line[j+1]
			r.takeLine(a.x, a.y, b.x, b.y, edgeRadius, trail)
		}
	}
}

// drawTrack draws the track, dashes over its gaps, and some arrows.
func drawTrack(c *canvas, lines [][]spot, taken *occupancy) {
	for i := range lines[min(1, len(lines)):] {
		a, b := lines[i][len(lines[i])-1], lines[i+1][0]
		dashes(c, a, b)
	}
	c.ink(edge)
	for _, pass := range []struct {
		radius float64
		ink    ink
	}{{edgeRadius, edge}, {coreRadius, core}} {
		for _, line := range lines {
			for j := range line[1:] {
				c.line(line[j].x, line[j].y, line[j+1].x, line[j+1].y, pass.radius)
			}
		}
		c.ink(pass.ink)
	}
	for _, line := range lines {
		arrows(c, line, taken)
	}
	c.ink(white)
}

func dashes(c *canvas, a, b spot) {
	const dash, pause = 9.0, 13.0
	length := a.to(b)
	if length == 0 {
		return
	}
	ux, uy := (b.x-a.x)/length, (b.y-a.y)/length
	for t := pause; t < length; t += dash + pause {
		u := min(t+dash, length)
		c.line(a.x+t*ux, a.y+t*uy, a.x+u*ux, a.y+u*uy, coreRadius-1)
	}
}

// arrows gathers arrow heads along line in the direction of the walk, where there is no mark and no other head near. A walk in circles on one
// spot gets few.
func arrows(c *canvas, line []spot, taken *occupancy) {
	const step, every, atLeast, size = 5.0, 130.0, 80.0, 7.5
	steps := [4]spot{line[0], line[0], line[0], line[0]} // the last steps, the newest first
	latest, walked := line[0], 0.0
	over := 0.0 // length of the next step that lies before the next segment
	for j := range line[1:] {
		a, b := line[j], line[j+1]
		length := a.to(b)
		t := step - over
		for ; t <= length; t += step {
			p := spot{a.x + t/length*(b.x-a.x), a.y + t/length*(b.y-a.y)}
			steps = [4]spot{p, steps[0], steps[1], steps[2]}
			walked += step
			from := steps[3]
			bent := from.to(p) < 2*step // a turn, where an arrow has no direction
			if walked < every || bent || latest.to(p) < atLeast || !taken.free(around(p.x, p.y, 2*size), solid|head) {
				continue
			}
			arrow(c, from, p, size)
			taken.take(around(p.x, p.y, 4*size), head)
			latest, walked = p, 0
		}
		over = length - (t - step)
	}
}

// arrow gathers a head of the given size with its tip at p.
func arrow(c *canvas, from, p spot, size float64) {
	length := from.to(p)
	dx, dy := (p.x-from.x)/length*size, (p.y-from.y)/length*size
	c.line(p.x, p.y, p.x-dx-dy*0.6, p.y-dy+dx*0.6, 1.6)
	c.line(p.x, p.y, p.x-dx+dy*0.6, p.y-dy-dx*0.6, 1.6)
}

// drawEnds draws a disc where the walk began and a ring where it ended. Both are visible at the same spot.
func drawEnds(c *canvas, lines [][]spot) {
	first, last, ok := ends(lines)
	if !ok {
		return
	}
	for _, d := range []struct {
		at     spot
		radius float64
		ink    ink
	}{
		{last, endRadius, words}, {last, endRadius - 4.5, white},
		{first, endRadius - 4.5, white}, {first, endRadius - 6.5, start},
	} {
		c.disc(d.at.x, d.at.y, d.radius)
		c.ink(d.ink)
	}
}
