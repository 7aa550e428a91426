//go:build ignore

// This program writes outlines.bin.gz from the country outlines of Natural Earth (public domain), as the npm package world-atlas 2
// delivers them:
//
//	go run generate.go countries-10m.json
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"math"
	"os"
)

const (
	steps     = 100 // grid steps per degree in the written file
	tolerance = 1.6 // grid steps that a simplified line may be away from the original
	maxLon    = 18000
)

type topology struct {
	Transform struct{ Scale, Translate [2]float64 }
	Arcs      [][][2]int
	Objects   struct {
		Countries struct {
			Geometries []struct {
				Type       string
				Arcs       json.RawMessage
				Properties struct{ Name string }
			}
		}
	}
}

type point struct{ x, y float64 }

func main() {
	raw, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var t topology
	if err := json.Unmarshal(raw, &t); err != nil {
		log.Fatal(err)
	}
	arcs := make([][]point, len(t.Arcs))
	for i, a := range t.Arcs {
		x, y := 0, 0
		for _, d := range a {
			x, y = x+d[0], y+d[1]
			arcs[i] = append(arcs[i], point{
				(float64(x)*t.Transform.Scale[0] + t.Transform.Translate[0]) * steps,
				(float64(y)*t.Transform.Scale[1] + t.Transform.Translate[1]) * steps,
			})
		}
	}
	sides := make([][2]int, len(arcs)) // left, right: index of the country + 1, 0 = no country
	var names []string
	for i, g := range t.Objects.Countries.Geometries {
		names = append(names, g.Properties.Name)
		var polygons [][][]int
		switch g.Type {
		case "Polygon":
			var rings [][]int
			if err := json.Unmarshal(g.Arcs, &rings); err != nil {
				log.Fatal(err)
			}
			polygons = [][][]int{rings}
		case "MultiPolygon":
			if err := json.Unmarshal(g.Arcs, &polygons); err != nil {
				log.Fatal(err)
			}
		}
		for _, rings := range polygons {
			for _, ring := range rings { // outer rings run clockwise and holes the other way: the country is always on the right
				for _, a := range ring {
					if a >= 0 {
						sides[a][1] = i + 1
					} else {
						sides[^a][0] = i + 1
					}
				}
			}
		}
	}

	var out []byte
	out = binary.AppendUvarint(out, uint64(len(names)))
	for _, name := range names {
		out = binary.AppendUvarint(out, uint64(len(name)))
		out = append(out, name...)
	}
	written, points := 0, 0
	var body []byte
	for i, a := range arcs {
		if sides[i] == [2]int{} || sides[i][0] == sides[i][1] {
			continue
		}
		for _, part := range split(a) {
			grid := quantise(simplify(part))
			if len(grid) < 2 {
				continue
			}
			body = binary.AppendUvarint(body, uint64(sides[i][0]))
			body = binary.AppendUvarint(body, uint64(sides[i][1]))
			body = binary.AppendUvarint(body, uint64(len(grid)))
			x, y := 0, 0
			for _, p := range grid {
				body = binary.AppendVarint(body, int64(p[0]-x))
				body = binary.AppendVarint(body, int64(p[1]-y))
				x, y = p[0], p[1]
			}
			written++
			points += len(grid)
		}
	}
	out = binary.AppendUvarint(out, uint64(written))
	out = append(out, body...)

	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if _, err := z.Write(out); err != nil {
		log.Fatal(err)
	}
	if err := z.Close(); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile("outlines.bin.gz", packed.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(names), "countries,", written, "lines,", points, "points,", len(out), "bytes,", packed.Len(), "packed")
}

// split cuts a line where it crosses the 180th meridian, which the outlines pass without a stop.
func split(line []point) [][]point {
	var parts [][]point
	start := 0
	for i := 1; i < len(line); i++ {
		p, q := line[i-1], line[i]
		if math.Abs(p.x-q.x) < maxLon {
			continue
		}
		edge := math.Copysign(maxLon, p.x)
		t := 0.5
		if across := q.x + 2*edge - p.x; across != 0 {
			t = math.Max(0, math.Min(1, (edge-p.x)/across))
		}
		y := p.y + t*(q.y-p.y)
		parts = append(parts, append(append([]point{}, line[start:i]...), point{edge, y}))
		line[i-1] = point{-edge, y}
		start = i - 1
	}
	return append(parts, line[start:])
}

// simplify drops points that are within the tolerance of the line (Douglas-Peucker). A closed line keeps its corners.
func simplify(line []point) []point {
	if len(line) < 3 {
		return line
	}
	keep := make([]bool, len(line))
	keep[0], keep[len(line)-1] = true, true
	if line[0] == line[len(line)-1] { // a ring: split at the point that is farthest from its start
		far, most := 0, -1.0
		for i, p := range line {
			if d := math.Hypot(p.x-line[0].x, p.y-line[0].y); d > most {
				far, most = i, d
			}
		}
		keep[far] = true
		mark(line, keep, 0, far, tolerance)
		mark(line, keep, far, len(line)-1, tolerance)
		count := 0
		for _, k := range keep {
			if k {
				count++
			}
		}
		if count < 4 { // a small island stays an area
			mark(line, keep, 0, far, 0.2)
			mark(line, keep, far, len(line)-1, 0.2)
		}
	} else {
		mark(line, keep, 0, len(line)-1, tolerance)
	}
	var out []point
	for i, k := range keep {
		if k {
			out = append(out, line[i])
		}
	}
	return out
}

func mark(line []point, keep []bool, from, to int, tolerance float64) {
	far, most := -1, tolerance
	a, b := line[from], line[to]
	for i := from + 1; i < to; i++ {
		if d := away(line[i], a, b); d > most {
			far, most = i, d
		}
	}
	if far < 0 {
		return
	}
	keep[far] = true
	mark(line, keep, from, far, tolerance)
	mark(line, keep, far, to, tolerance)
}

// away is the distance of p from the line between a and b; a degree of longitude counts as much as it measures there.
func away(p, a, b point) float64 {
	k := math.Max(0.1, math.Cos(p.y/steps*math.Pi/180))
	px, py, bx, by := (p.x-a.x)*k, p.y-a.y, (b.x-a.x)*k, b.y-a.y
	t := 0.0
	if l := bx*bx + by*by; l > 0 {
		t = math.Max(0, math.Min(1, (px*bx+py*by)/l))
	}
	return math.Hypot(px-t*bx, py-t*by)
}

// quantise rounds to grid points and drops repeated ones.
func quantise(line []point) [][2]int {
	var out [][2]int
	for _, p := range line {
		q := [2]int{int(math.Round(p.x)), int(math.Round(p.y))}
		q[0] = max(-maxLon, min(maxLon, q[0]))
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	return out
}
