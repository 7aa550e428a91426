package browser

import (
	"image"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestDemoPictures takes the demo's pictures, in the middle of walks: SCREENSHOTS=$PWD/docs/img make test-browser.
func TestDemoPictures(t *testing.T) {
	if !wantsPictures() {
		t.Skip("SCREENSHOTS names no directory")
	}
	d := openDemo(t)
	d.theme(t, "light")
	d.strollTo(t, "en", "paris", "10 seconds", 3)
	writePicture(t, "demo-desktop.png", d.settled(t, 1280, 800))

	street := d.settled(t, 390, 760)
	d.pane(t, "chat")
	writePicture(t, "demo-phone.png", street, d.settled(t, 390, 760))
	d.screen(t, 1280, 800, 1)
	d.do(t, chromedp.Click("#unshare"))

	d.theme(t, "dark")
	d.strollTo(t, "ru", "saint-petersburg", "10 секунд", 3)
	writePicture(t, "demo-dark.png", d.settled(t, 1280, 800))
}

// TestTourPictures takes the pictures of a tour: the plan in the chat, and the walk from stop to stop on the map.
func TestTourPictures(t *testing.T) {
	if !wantsPictures() {
		t.Skip("SCREENSHOTS names no directory")
	}
	d := openDemo(t, "LIVE_INTERVALS=3s,5m", "LIVE_DEFAULT=5m")
	d.takeTour(t)
	d.screen(t, 390, 1180, 1.5)
	d.pane(t, "chat")
	d.run(t, `document.querySelector("#messages .picture").scrollIntoView({block: "end"}); document.getElementById("log").scrollTop += 60`)
	plan := d.settled(t, 390, 1180)
	d.pane(t, "map")
	d.do(t, chromedp.Click("#fit"))
	writePicture(t, "tour-phone.png", plan, d.settled(t, 390, 1180))
}

// strollTo lets a new person walk through a city until the given number of its places are told.
func (d demoTab) strollTo(t *testing.T, language, city, interval string, stories int) {
	t.Helper()
	d.do(t, chromedp.Click(`#languages [data-language=`+language+`]`), chromedp.Click("#restart"),
		chromedp.Click(`[data-city=`+city+`]`), chromedp.Click(`[value="60"]`), chromedp.Click("#walk"))
	d.press(t, interval)
	d.until(t, `document.querySelectorAll(".spot.told").length === `+strconv.Itoa(stories))
}

// settled returns a screenshot of the page at a size, without animations.
func (d demoTab) settled(t *testing.T, width, height int64) image.Image {
	t.Helper()
	d.screen(t, width, height, 1.5)
	d.run(t, `await new Promise((r) => requestAnimationFrame(() => requestAnimationFrame(r)));
		document.querySelectorAll(".changed, .fresh").forEach((e) => e.classList.remove("changed", "fresh"));
		document.getElementById("toast").hidden = true`)
	return d.look(t)
}
