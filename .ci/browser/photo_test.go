package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPhotoInABrowser sends sample pictures, with the mouse and on a small screen with the keyboard alone. SCREENSHOTS=$PWD/docs/img keeps a picture.
func TestPhotoInABrowser(t *testing.T) {
	d := openDemo(t)
	d.do(t, chromedp.Click("#photo"), chromedp.WaitVisible("#photos button"))
	d.until(t, `[...document.querySelectorAll("#photos img")].filter((i) => i.naturalWidth === 480).length === 3`)
	for _, name := range []string{"dark", "light"} {
		d.theme(t, name)
		d.contrast(t)
	}
	d.do(t, chromedp.Click("#photos li:nth-child(2) button"), chromedp.WaitNotVisible("#photos"))
	d.until(t, `document.querySelector("#messages .mine .picture img")?.naturalWidth === 480`)
	d.says(t, "What is this?")
	d.until(t, `[...document.querySelectorAll("#messages .bot")].some((m) => m.querySelector(".words b")?.textContent.startsWith("Saint Basil") && m.querySelector(".row"))`)
	d.do(t, chromedp.Click("#messages .mine .picture"), chromedp.WaitVisible("#picture-image"))
	d.until(t, `document.getElementById("picture-image").alt === "The picture that you sent"`)
	d.do(t, chromedp.Click("#picture-close"), chromedp.WaitNotVisible("#picture-image"))

	d.screen(t, 320, 640, 2)
	d.do(t, chromedp.Click(`#languages [data-language=ru]`))
	d.pane(t, "chat")
	d.run(t, `document.getElementById("menu").focus()`)
	d.do(t, chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#photos button"))
	if width := read(t, d.tab, chromedp.Evaluate[int](`document.scrollingElement.scrollWidth`)); width > 320 {
		t.Errorf("the menu makes the page %d wide", width)
	}
	d.contrast(t)
	if wantsPictures() {
		writePicture(t, "photo-phone.png", d.settled(t, 320, 640))
	}
	d.run(t, `document.getElementById("photos").querySelector("button").focus()`)
	d.do(t, chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible("#photos"))
	d.until(t, `document.activeElement.id === "photo"`)
	d.do(t, chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible("#photos button"))
	d.run(t, `document.activeElement.blur()`)
	d.tabTo(t, `document.activeElement.matches("#photos li:nth-child(3) button")`)
	d.do(t, chromedp.KeyEvent(kb.Enter))
	d.says(t, "Что это?")
	d.until(t, `[...document.querySelectorAll("#messages .bot")].some((m) => m.querySelector(".words b")?.textContent.startsWith("Menshikov") && m.querySelector(".row"))`)
	for _, fault := range d.takeFaults() {
		t.Error(fault)
	}
}
