package editions

import (
	"bytes"
	"compress/gzip"
	_ "embed" // the outlines and the table
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
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
	a.grid.index()
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
		l := line{int16(number() - 1), int16(number() - 1)}
		count := number()
		x, y := 0, 0
		for range count {
			x, y = x+step(), y+step()
			if failed != nil {
				return nil, failed
			}
			g.points = append(g.points, vertex{int16(x), int16(y)})
			g.ofLine = append(g.ofLine, uint16(len(g.lines)))
		}
		g.lines = append(g.lines, l)
	}
	return names, failed
}

// index lists the segments of each cell and finds the country at each cell's reference point.
func (g *grid) index() {
	counts := make([]uint32, rows*columns+1)
	g.eachCell(func(_ uint32, cell int) { counts[cell]++ })
	g.starts = make([]uint32, rows*columns+1)
	for cell := range rows * columns {
		g.starts[cell+1] = g.starts[cell] + counts[cell]
	}
	g.cells = make([]uint32, g.starts[rows*columns])
	next := append([]uint32(nil), g.starts...)
	g.eachCell(func(segment uint32, cell int) {
		g.cells[next[cell]] = segment
		next[cell]++
	})
	for column := range columns {
		x := float64(column-columns/2)*steps + refX
		country := none // the north pole lies in the sea
		y := float64(rows/2) * steps
		for row := rows - 1; row >= 0; row-- {
			to := float64(row-rows/2)*steps + refY
			cell := row*columns + column
			segments := g.cells[g.starts[cell]:g.starts[cell+1]]
			if row < rows-1 {
				above := (row+1)*columns + column
				edge := float64(row+1-rows/2) * steps
				country = g.follow(g.cells[g.starts[above]:g.starts[above+1]], x, y, x, edge, country)
				y = edge
			}
			country = g.follow(segments, x, y, x, to, country)
			y = to
			g.refs[cell] = int16(country)
		}
	}
}

// eachCell calls f for each segment and each cell that its rectangle touches.
func (g *grid) eachCell(f func(segment uint32, cell int)) {
	for s := range len(g.points) - 1 {
		if g.ofLine[s] != g.ofLine[s+1] {
			continue
		}
		a, b := g.points[s], g.points[s+1]
		// A segment on the edge of a cell belongs to both cells.
		west, south := cellOf(float64(min(a.x, b.x))-0.5, float64(min(a.y, b.y))-0.5)
		east, north := cellOf(float64(max(a.x, b.x))+0.5, float64(max(a.y, b.y))+0.5)
		for row := south; row <= north; row++ {
			for column := west; column <= east; column++ {
				f(uint32(s), row*columns+column)
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
