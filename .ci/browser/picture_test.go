package browser

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

// picture writes a screenshot of the whole page if SCREENSHOTS is set.
func (b *tab) picture(t *testing.T, name string) {
	t.Helper()
	if wantsPictures() {
		writePicture(t, name, b.look(t))
	}
}

func wantsPictures() bool { return os.Getenv("SCREENSHOTS") != "" }

// look returns a screenshot of the whole page.
func (b *tab) look(t *testing.T) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(read(t, b, chromedp.FullScreenshot(100))))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// writePicture writes the images side by side into a file in SCREENSHOTS, with 256 colours to keep it small.
func writePicture(t *testing.T, name string, images ...image.Image) {
	t.Helper()
	const gap = 16 // pixels
	var size image.Point
	for i, img := range images {
		size.X += img.Bounds().Dx() + min(i, 1)*gap
		size.Y = max(size.Y, img.Bounds().Dy())
	}
	sheet := image.NewRGBA(image.Rectangle{Max: size})
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	x := 0
	for _, img := range images {
		to := image.Rectangle{Min: image.Pt(x, 0), Max: image.Pt(x+img.Bounds().Dx(), img.Bounds().Dy())}
		draw.Draw(sheet, to, img, img.Bounds().Min, draw.Src)
		x = to.Max.X + gap
	}
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&file, reduced(sheet)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(os.Getenv("SCREENSHOTS"), name), file.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// reduced returns the image in its 256 most frequent colours. A page has few colours, and shades at the edges of its letters.
func reduced(img *image.RGBA) *image.Paletted {
	count := map[color.RGBA]int{}
	bounds := img.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			count[img.RGBAAt(x, y)]++
		}
	}
	colours := make([]color.RGBA, 0, len(count))
	for c := range count {
		colours = append(colours, c)
	}
	slices.SortFunc(colours, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	out := image.NewPaletted(bounds, palette)
	index := map[color.RGBA]uint8{}
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			c := img.RGBAAt(x, y)
			i, known := index[c]
			if !known {
				i = uint8(palette.Index(c))
				index[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}
