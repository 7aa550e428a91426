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

// lettering holds the faces of the sheet. The Go fonts write Latin, Greek and Cyrillic, always from
// left to right. It is not safe for concurrent use.
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

// parse reads a font that is part of the binary: failing is a broken build.
func parse(ttf []byte) *sfnt.Font {
	f, err := opentype.Parse(ttf)
	if err != nil {
		panic("track: built-in font: " + err.Error())
	}
	return f
}

// face returns f at a height of the given pixels.
func face(f *sfnt.Font, pixels float64) font.Face {
	made, err := opentype.NewFace(f, &opentype.FaceOptions{Size: pixels, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		panic("track: built-in font: " + err.Error())
	}
	return made
}

// longest is how many runes of a text are looked at: more than ever fit on the sheet.
const longest = 120

// writable returns s on one line, or "" if any of it would come out as an empty box.
func (l *lettering) writable(s string) string {
	if !utf8.ValidString(s) {
		return ""
	}
	n := 0
	for i, r := range s {
		if n++; n > longest {
			s = s[:i]
			break
		}
		if unicode.IsSpace(r) {
			continue
		}
		// A face draws a box for what it has not, and says that all is well: so the font is asked.
		if i, err := l.regular.GlyphIndex(&l.buf, r); err != nil || i == 0 || !unicode.IsPrint(r) {
			return ""
		}
	}
	return strings.Join(strings.Fields(s), " ")
}

// word returns s if it can be written, else the international sign.
func (l *lettering) word(s, sign string) string {
	if s = l.writable(s); s != "" {
		return s
	}
	return sign
}

// fit returns s, or as much of its beginning, ended by an ellipsis, as is at most width pixels wide:
// whole words, unless that would leave less than half of it. It returns "" if not even a letter fits.
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

// shorten puts an ellipsis in the place of what s ends with beside letters.
func shorten(s string) string { return strings.TrimRight(s, " ,.:;-–—(«\"") + "…" }

// pixels returns how wide f writes s.
func pixels(f font.Face, s string) float64 { return float64(font.MeasureString(f, s)) / 64 }
