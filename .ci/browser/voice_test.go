package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestVoiceInABrowser listens to a story in the demo, whose page reads the text aloud. SCREENSHOTS=$PWD/docs/img keeps a picture.
func TestVoiceInABrowser(t *testing.T) {
	d := openDemo(t)
	d.do(t, chromedp.Click(`[data-city=paris]`), chromedp.Click("#locate"))
	d.press(t, d.words.Words("en").Plain("button.listen"))
	d.until(t, `document.querySelector("#messages button.voice") !== null`)
	d.says(t, "your browser reads the text aloud")
	d.run(t, `window.asked = null; speechSynthesis.speak = (said) => { window.asked = said.text; }`) // there is no sound here
	d.do(t, chromedp.Click("#messages button.voice"))
	d.until(t, `(window.asked ?? "").length > 60`)
	for _, fault := range d.takeFaults() {
		t.Error(fault)
	}
	if wantsPictures() {
		d.screen(t, 390, 900, 1.5)
		d.pane(t, "chat")
		writePicture(t, "voice-phone.png", d.settled(t, 390, 900))
	}
}
