// Package track holds the route of a walk: a compact code for storing it, a picture (PNG) and a GPX file.
// It decides which positions count as steps, how the picture looks and what fits on it. It fetches nothing (no map tiles), stores no
// routes, and knows no languages: the few words on the picture come with the route.
//
// Drawing a picture takes [PictureMemory], so a [Painter] draws one at a time.
package track

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"excursobot/geo"
)

// PictureMemory is the peak memory of drawing one picture, in bytes: the sheet and the mask of 1.1 MiB each, the compressor, the projected track,
// and the finished file. It is enough for tracks of 10 000 points; a benchmark reports the real peak.
const PictureMemory = 6 << 20

// Place is a place whose story was told on the way.
type Place struct {
	Number int       // of its story; written into its mark and before its name
	Title  string    // may be empty; left out of the picture if it does not fit or the font cannot write it
	Point  geo.Point // a place without a valid point is left out
	At     time.Time // when its story was told; zero = unknown
}

// Words are the words on the picture. A word that is empty, or that the font cannot write, is replaced with the international sign.
type Words struct {
	North     string // default N
	Metre     string // default m
	Kilometre string // default km
}

// Fix is a position of the walker at a moment.
type Fix struct {
	Point geo.Point // an encoded track keeps a millionth of a degree
	At    time.Time // an encoded track keeps seconds; zero = unknown
	// Accuracy is the radius in metres within which the walker was, with a likelihood of two thirds; 0 = unknown. An encoded track does not keep it.
	Accuracy float64
}

// Route is a walk as it was. Fixes whose point is not [geo.Point.Valid] are left out.
type Route struct {
	Name   string // the heading, may be empty
	Track  []Fix
	Places []Place
	Words  Words
}

// Painter draws pictures one at a time. Its methods may be called concurrently.
type Painter struct {
	slot chan *kit // holds the only set of tools, which a caller takes to draw
}

// NewPainter returns a Painter. It holds about 40 KB of tables and fonts.
func NewPainter() *Painter {
	p := &Painter{slot: make(chan *kit, 1)}
	p.slot <- newKit()
	return p
}

// PNG returns a picture of r, 1080 x 1080 with a palette, north up, usually 15-50 KB. It waits for the pictures that other callers asked for
// before. Every route gives a picture, even an empty one. The only error is that ctx ended while PNG waited. PNG returns the picture and does not
// write it, so that a slow reader does not delay other callers.
func (p *Painter) PNG(ctx context.Context, r Route) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("draw route: %w", err)
	}
	select {
	case k := <-p.slot:
		defer func() { p.slot <- k }()
		var file bytes.Buffer
		if err := k.picture(r).encode(&file); err != nil {
			return nil, fmt.Errorf("draw route: %w", err)
		}
		return file.Bytes(), nil
	case <-ctx.Done():
		return nil, fmt.Errorf("draw route: %w", ctx.Err())
	}
}

// A pause longer than gapTime in which the walker moved by more than gapMetres is a gap: a tunnel, or a phone that slept. The way taken is
// unknown, so it is not drawn or filed as walked.
const (
	gapTime   = 3 * time.Minute
	gapMetres = 100.0
)

// stretches returns the valid fixes of the track in order, cut at its gaps. No stretch is empty.
func (r Route) stretches() [][]Fix {
	fixes := slices.DeleteFunc(slices.Clone(r.Track), func(f Fix) bool { return !f.Point.Valid() })
	var out [][]Fix
	from := 0
	for i := range fixes {
		if i > 0 && gap(fixes[i-1], fixes[i]) {
			out = append(out, fixes[from:i])
			from = i
		}
	}
	if from < len(fixes) {
		out = append(out, fixes[from:])
	}
	return out
}

func gap(a, b Fix) bool {
	return !a.At.IsZero() && b.At.Sub(a.At) > gapTime && geo.Distance(a.Point, b.Point) > gapMetres
}
