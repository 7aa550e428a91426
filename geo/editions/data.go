package editions

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed" // the outlines and the table
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"excursobot/geo"
)

// outlines are the borders and coasts of Natural Earth 1:10m, simplified to 1.8 km; generate.go wrote them.
//
//go:embed outlines.bin.gz
var outlines []byte

//go:embed languages.txt
var table string

func load() (*Atlas, error) {
	z, err := gzip.NewReader(bytes.NewReader(outlines))
	if err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	a := &Atlas{}
	names, err := a.grid.read(raw)
	if err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	if err := a.grid.index(); err != nil {
		return nil, fmt.Errorf("outlines: %w", err)
	}
	if err := a.readTable(table, names); err != nil {
		return nil, fmt.Errorf("languages.txt: %w", err)
	}
	return a, nil
}

// read takes the lines out of the file's bytes and returns the names of the countries.
func (g *grid) read(raw []byte) ([]string, error) {
	r := bytes.NewReader(raw)
	var failed error
	number := func() int {
		n, err := binary.ReadUvarint(r)
		failed = errors.Join(failed, err)
		return int(min(n, math.MaxInt32))
	}
	step := func() int {
		n, err := binary.ReadVarint(r)
		failed = errors.Join(failed, err)
		return int(n)
	}
	names := make([]string, 0, 300)
	for range number() {
		name := make([]byte, number())
		if _, err := io.ReadFull(r, name); err != nil {
			return nil, err
		}
		names = append(names, string(name))
	}
	for range number() {
		l := line{uint32(len(g.points)), int16(number() - 1), int16(number() - 1)}
		count := number()
		x, y := 0, 0
		for range count {
			x, y = x+step(), y+step()
			if failed != nil {
				return nil, failed
			}
			g.points = append(g.points, vertex{int16(x), int16(y)})
		}
		g.lines = append(g.lines, l)
	}
	g.lines = append(g.lines, line{first: uint32(len(g.points))})
	return names, failed
}

// index lists the segments of each cell and finds the country at each cell's reference point.
func (g *grid) index() error {
	if len(g.points) > 1<<24 {
		return errors.New("too many points")
	}
	type touch struct {
		cell uint16
		run  run
	}
	var touches []touch
	latest := make([]int32, rows*columns) // of each cell, the place in touches after its last one
	g.eachCell(func(segment, cell int, joined bool) {
		if last := latest[cell] - 1; joined && last >= 0 {
			if _, end := touches[last].run.segments(); end == segment && touches[last].run&longestRun < longestRun {
				touches[last].run++
				return
			}
		}
		touches = append(touches, touch{uint16(cell), run(segment<<8 | 1)})
		latest[cell] = int32(len(touches))
	})
	if len(touches) > math.MaxUint16 {
		return errors.New("too many segments")
	}
	slices.SortFunc(touches, func(a, b touch) int { return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.run, b.run)) })
	g.runs = make([]run, len(touches))
	ends := make([]uint16, rows*columns) // of each cell's runs
	for i, t := range touches {
		g.runs[i] = t.run
		if i == 0 || t.cell != touches[i-1].cell {
			g.cells = append(g.cells, listed{t.cell, uint16(i)})
		}
		ends[t.cell] = uint16(i + 1)
	}
	g.cells = append(g.cells, listed{math.MaxUint16, uint16(len(g.runs))})
	for cell, country := range g.reference(ends) {
		if n := len(g.countries); n == 0 || g.countries[n-1].country != country {
			g.countries = append(g.countries, stretch{uint16(cell), country})
		}
	}
	return nil
}

// reference finds the country at each cell's reference point, given where each cell's runs end, 0 = it has none.
func (g *grid) reference(ends []uint16) []int16 {
	starts, end := make([]uint16, len(ends)), uint16(0)
	for cell := range ends {
		starts[cell], end = end, max(end, ends[cell])
		ends[cell] = end
	}
	runs := func(cell int) []run { return g.runs[starts[cell]:ends[cell]] } // as runsOf, without a search
	found := make([]int16, rows*columns)
	for column := range columns {
		x := float64(column-columns/2)*steps + refX
		country := none // the north pole lies in the sea
		y := float64(rows/2) * steps
		for row := rows - 1; row >= 0; row-- {
			to := float64(row-rows/2)*steps + refY
			cell := row*columns + column
			if row < rows-1 {
				edge := float64(row+1-rows/2) * steps
				country = g.follow(runs(cell+columns), x, y, x, edge, country)
				y = edge
			}
			country = g.follow(runs(cell), x, y, x, to, country)
			y = to
			found[cell] = int16(country)
		}
	}
	return found
}

// eachCell calls f for each segment and each cell that its rectangle touches, in the order of the segments. Joined means that the segment is not the
// first one of its line.
func (g *grid) eachCell(f func(segment, cell int, joined bool)) {
	for i, l := range g.lines[:len(g.lines)-1] {
		for s := int(l.first); s < int(g.lines[i+1].first)-1; s++ {
			a, b := g.points[s], g.points[s+1]
			// A segment on the edge of a cell belongs to both cells.
			west, south := cellOf(float64(min(a.x, b.x))-0.5, float64(min(a.y, b.y))-0.5)
			east, north := cellOf(float64(max(a.x, b.x))+0.5, float64(max(a.y, b.y))+0.5)
			for row := south; row <= north; row++ {
				for column := west; column <= east; column++ {
					f(s, row*columns+column, s > int(l.first))
				}
			}
		}
	}
}

// region is a part of a country where other languages are spoken too.
type region struct {
	languages []string
	outline   []geo.Point
	low, high geo.Point // the corners of the rectangle around the outline
}

// readTable reads the lines of languages.txt: "Country: de fr", or "Country/Region: de fr: lat,lon lat,lon ..." with the corners of a
// rough outline.
func (a *Atlas) readTable(text string, names []string) error {
	index := make(map[string]int, len(names))
	for i, name := range names {
		index[name] = i
	}
	a.languages = make([][]string, len(names))
	a.regions = make([][]region, len(names))
	for n, row := range strings.Split(text, "\n") {
		row = strings.TrimSpace(row)
		if row == "" || strings.HasPrefix(row, "#") {
			continue
		}
		fields := strings.Split(row, ":")
		if len(fields) < 2 || len(fields) > 3 {
			return fmt.Errorf("line %d: want two or three fields", n+1)
		}
		name, _, isRegion := strings.Cut(fields[0], "/")
		country, known := index[name]
		if !known {
			return fmt.Errorf("line %d: no outline is called %q", n+1, name)
		}
		languages := strings.Fields(fields[1])
		if !isRegion {
			a.languages[country] = languages
			continue
		}
		if len(fields) < 3 {
			return fmt.Errorf("line %d: a region needs an outline", n+1)
		}
		r := region{languages: languages, low: geo.Point{Lat: 90, Lon: 180}, high: geo.Point{Lat: -90, Lon: -180}}
		for _, corner := range strings.Fields(fields[2]) {
			lat, lon, _ := strings.Cut(corner, ",")
			y, errY := strconv.ParseFloat(lat, 64)
			x, errX := strconv.ParseFloat(lon, 64)
			if err := errors.Join(errY, errX); err != nil {
				return fmt.Errorf("line %d: %w", n+1, err)
			}
			r.outline = append(r.outline, geo.Point{Lat: y, Lon: x})
			r.low = geo.Point{Lat: min(r.low.Lat, y), Lon: min(r.low.Lon, x)}
			r.high = geo.Point{Lat: max(r.high.Lat, y), Lon: max(r.high.Lon, x)}
		}
		if len(r.outline) < 3 {
			return fmt.Errorf("line %d: an outline needs three corners", n+1)
		}
		a.regions[country] = append(a.regions[country], r)
	}
	return nil
}
