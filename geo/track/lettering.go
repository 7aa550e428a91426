package track

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
)

// lettering holds the font faces of the sheet. The Go fonts write Latin, Greek and Cyrillic, always from left to right. It is not safe for
// concurrent use.
type lettering struct {
	regular, bold *sfnt.Font
	buf           sfnt.Buffer

	heading, label  font.Face // regular
	number, numbers font.Face // bold: up to two digits, and more
}

func newLettering() *lettering {
	l := &lettering{regular: parse(goregular.TTF), bold: parse(gobold.TTF)}
	l.heading, l.label = face(l.regular, 38), face(l.regular, 25)
	l.number, l.numbers = face(l.bold, 27), face(l.bold, 19)
	return l
}

// parse parses a font of the binary. It panics if the build is broken.
func parse(ttf []byte) *sfnt.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("track: built-in font: " + err.Error())
	}
	return f
}

// face returns f at a height in pixels.
func face(f *sfnt.Font, pixels float64) font.Face {
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("track: built-in font: " + err.Error())
	}
	return made
}

// maxRunes bounds a text. Fewer fit on the sheet.
const maxRunes = 120

// writable returns s on one line, or "" if the font lacks one of its characters.
func (l *lettering) writable(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	n := 0
	for i, r := range s {
		if n++; n > maxRunes {
			s = s[:i]
			break
		}
		if unicode.IsSpace(r) {
			continue
		}
		// A face draws a box for a missing glyph and reports no error, so the check is on the font.
		if i, err := l.regular.GlyphIndex(&l.buf, r); err != nil || i == 0 || !unicode.IsPrint(r) {
			return ""
		}
	}
	return strings.Join(strings.Fields(s), " ")
}

// word returns s if the font can write it, else the international sign.
func (l *lettering) word(s, sign string) string {
	if s = l.writable(s); s != "" {
		return s
	}
	return sign
}

// fit returns s, or its beginning with an ellipsis if s is wider than width pixels. It cuts between words, unless less than half would be left. It
// returns "" if not even a letter fits.
func fit(f font.Face, s string, width float64) string {
	if pixels(f, s) <= width {
		return s
	}
	width -= pixels(f, "…")
	used, before, end := 0.0, rune(-1), 0
	for i, r := range s {
		if before >= 0 {
			used += float64(f.Kern(before, r)) / 64
		}
		advance, _ := f.GlyphAdvance(r)
		if used += float64(advance) / 64; used > width {
			break
		}
		before, end = r, i+utf8.RuneLen(r)
	}
	if end == 0 {
		return ""
	}
	if i := strings.LastIndexByte(s[:end], ' '); s[end] != ' ' && i > end/2 {
		end = i
	}
	return shorten(s[:end])
}

// shorten replaces spaces and punctuation at the end of s with an ellipsis.
func shorten(s string) string { return strings.TrimRight(s, " ,.:;-–—(«\"") + "…" }

// pixels returns the width of s in f.
func pixels(f font.Face, s string) float64 { return float64(font.MeasureString(f, s)) / 64 }
