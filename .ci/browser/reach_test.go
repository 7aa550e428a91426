package browser

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

func (d demoTab) themes(t *testing.T) {
	d.run(t, `document.querySelector("#menu").click()`)
	d.do(t, chromedp.WaitVisible("#commands button"))
	for _, name := range []string{"dark", "light"} {
		d.theme(t, name)
		d.contrast(t)
	}
	d.run(t, `document.querySelector("#menu").click()`)
	command(t, d.tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if n := read(t, d.tab, chromedp.Evaluate[int](`document.getAnimations().length`)); n != 0 {
		t.Errorf("%d animations for a person who wants none", n)
	}
	d.theme(t, "light")
}

// byKeyboard sends a location after some arrow keys, and the location of a place, without a mouse.
func (d demoTab) byKeyboard(t *testing.T) {
	d.do(t, chromedp.Click("#restart"))
	d.until(t, `document.querySelectorAll("#messages > li").length === 0`)
	d.run(t, `document.activeElement.blur()`)
	d.tabTo(t, `document.activeElement.id === "map"`)
	if width := read(t, d.tab, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineWidth`)); width != "3px" {
		t.Errorf("the focus is outlined %s", width)
	}
	before := read(t, d.tab, chromedp.Text("#where"))
	d.do(t, chromedp.KeyEvent(kb.ArrowUp+kb.ArrowUp+kb.ArrowRight))
	d.until(t, `document.getElementById("where").textContent !== `+quoted(before))
	d.do(t, chromedp.KeyEvent(kb.Enter))
	d.until(t, `document.querySelectorAll("#messages .mine .place").length === 1`)
	d.until(t, `document.querySelector("#messages .bot .row")`)
	d.tabTo(t, `document.activeElement.matches('.spot[aria-label^="Panthéon"]')`)
	d.do(t, chromedp.KeyEvent(kb.Enter))
	d.until(t, `document.querySelectorAll("#messages .mine .place").length === 2`)
	d.says(t, "Panthéon\n20 m")
}

// phone checks that everything can be reached on a small screen, and that nothing is wider than the screen.
func (d demoTab) phone(t *testing.T) {
	d.screen(t, 320, 640, 2)
	for _, language := range []string{"ru", "en"} {
		d.do(t, chromedp.Click(`#languages [data-language=`+language+`]`))
		for _, pane := range []string{"map", "chat", "inside"} {
			d.pane(t, pane)
			d.do(t, chromedp.WaitVisible("#"+pane+"-pane"))
			if width := read(t, d.tab, chromedp.Evaluate[int](`document.scrollingElement.scrollWidth`)); width > 320 {
				t.Errorf("%s in %s is %d wide", pane, language, width)
			}
			d.contrast(t)
		}
	}
	d.pane(t, "map")
	d.clickSpot(t, "Louvre")
	d.do(t, chromedp.WaitVisible("#peek"), chromedp.Click("#peek"), chromedp.WaitVisible("#log"))
	d.says(t, "Louvre\n20 m")
	d.run(t, `[...document.querySelectorAll("#messages .mine .place")].at(-1).click()`)
	d.do(t, chromedp.WaitVisible("#map-pane"))
}
