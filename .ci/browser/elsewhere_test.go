package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// elsewhere plays a chat in which the bot is not: a story is found by the bot's name, and a mention is answered.
func (d demoTab) elsewhere(t *testing.T) {
	d.do(t, chromedp.Click("#elsewhere-open"), chromedp.WaitVisible("#elsewhere-text"))
	// Inline results hold only stories that passed the judge, so the query is sent until there are some.
	d.until(t, `document.querySelector("#offers b") ||
		(document.querySelector("#elsewhere-text").dispatchEvent(new Event("input")), await new Promise((r) => setTimeout(r, 1500)), false)`)
	d.contrast(t)
	title := read(t, d.tab, chromedp.Evaluate[string](`document.querySelector("#offers b").textContent`))
	d.run(t, `document.querySelector("#offers b").closest("button").click()`)
	d.until(t, `document.querySelector("#friends .mine .via") && document.querySelector("#friends .mine").textContent.includes(`+quoted(title)+`)`)
	d.run(t, `const text = document.getElementById("elsewhere-text"); text.value = document.querySelector(".via").textContent.replace("via ", "") + " 48.8606, 2.3376";
		document.getElementById("elsewhere-say").requestSubmit()`)
	d.until(t, `document.querySelector("#friends .bot .row button")`)
	title = read(t, d.tab, chromedp.Evaluate[string](`document.querySelector("#friends .bot b").textContent`))
	d.contrast(t)
	d.screen(t, 320, 640, 2)
	if width := read(t, d.tab, chromedp.Evaluate[int](`document.querySelector("#elsewhere").scrollWidth - document.querySelector("#elsewhere").clientWidth`)); width > 0 {
		t.Errorf("the dialog is %d px too wide", width)
	}
	d.screen(t, 1280, 800, 1)
	d.run(t, `document.querySelector("#friends .bot .row button:last-child").click()`) // opens the chat with the bot
	d.do(t, chromedp.WaitNotVisible("#elsewhere"))
	d.says(t, "/start ")
	d.says(t, title)
}
