//go:build browser

// The demo in a real browser, from the first click to the route's file: make test-browser. With SCREENSHOTS=DIR its pictures are
// written there.

package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// demoTab is the demo's page in a browser.
type demoTab struct {
	*tab
	page *demoPage
}

// stageDemo runs a demo until the test ends, and opens it. A walk there tells as often as intervals say, nil = as in any demo.
func stageDemo(t *testing.T, intervals ...time.Duration) demoTab {
	t.Helper()
	cfg := Defaults()
	cfg.derive(environment{})
	cfg.Store.Dir = t.TempDir()
	if intervals != nil {
		cfg.Live.Intervals, cfg.Live.Default = intervals, intervals[len(intervals)-1]
		cfg.origins = map[string]string{"live.intervals": "the test"}
	}
	a, page, err := newDemo(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	intake, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.Run(intake, l) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	d := demoTab{newTab(t, "http://"+l.Addr().String()), page}
	d.screen(t, 1280, 800, 1)
	d.theme(t, "light")
	d.do(t, chromedp.Navigate(d.base+"/"))
	d.until(t, `document.querySelectorAll(".spot").length === 10`)
	return d
}

// says waits until there is a message with the words.
func (d demoTab) says(t *testing.T, words string) {
	t.Helper()
	d.until(t, `[...document.querySelectorAll("#messages > li")].some((li) => li.textContent.includes(`+quoted(words)+`))`)
}

// press presses the last button of the chat with that label, once it is there.
func (d demoTab) press(t *testing.T, label string) {
	t.Helper()
	button := `[...document.querySelectorAll("#messages button")].filter((b) => b.textContent === ` + quoted(label) + `).at(-1)`
	d.until(t, button)
	d.run(t, `const b = `+button+`; b.focus(); b.click()`) // where a finger would leave the focus
}

func (d demoTab) write(t *testing.T, text string) {
	t.Helper()
	d.do(t, chromedp.SendKeys("#text", text+kb.Enter))
}

func (d demoTab) pane(t *testing.T, name string) {
	t.Helper()
	d.do(t, chromedp.Click(`#panes [data-pane=`+name+`]`))
}

func quoted(s string) string {
	out, _ := json.Marshal(s) // strings always encode
	return string(out)
}

func TestDemoInABrowser(t *testing.T) {
	d := stageDemo(t, 3*time.Second, 5*time.Minute)
	for _, step := range []struct {
		name string
		does func(*testing.T)
	}{
		{"a click on the map", d.clickOnTheMap},
		{"a walk", d.walk},
		{"a gift", d.give},
		{"a bill that is not paid", d.cancel},
		{"a picture that is not loaded", d.previewed},
		{"the page loaded anew", d.reload},
		{"another language", d.changeLanguage},
		{"light and dark", d.themes},
		{"by the keyboard alone", d.byKeyboard},
		{"a phone", d.phone},
	} {
		ok := t.Run(step.name, func(t *testing.T) {
			step.does(t)
			for _, fault := range d.takeFaults() {
				t.Error(fault)
			}
		})
		if !ok {
			return // the next step begins where this one ends
		}
	}
}

func (d demoTab) clickOnTheMap(t *testing.T) {
	d.do(t, chromedp.Click(`[data-city=paris]`))
	if where := read(t, d.tab, chromedp.Text("#where")); where != "You are 20 m from Louvre." {
		t.Errorf("the walker stands there: %q", where)
	}
	d.clickSpot(t, "Place des Vosges")
	d.says(t, "Writing the story…")
	d.until(t, `document.querySelector(".bot.fresh .stamp")?.textContent.startsWith("edited")`)
	d.says(t, "Place des Vosges · 20 m")
	d.until(t, `document.querySelectorAll(".spot.told").length === 1`)
	d.until(t, `document.getElementById("n-last").textContent === "the model"`)
	d.dragWalker(t)
	d.run(t, `document.querySelector("#messages .place").click()`)
	d.until(t, `document.querySelector("#map .mark").getAttribute("visibility") === "visible"`)
}

// dragWalker moves the person with the mouse, which sends nothing.
func (d demoTab) dragWalker(t *testing.T) {
	sent := len(d.page.person(100001).Messages())
	x, y := d.middle(t, "#map .walker .body")
	d.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x-40, y+30, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x-40, y+30, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	d.until(t, `!document.getElementById("where").textContent.startsWith("You are 20 m")`)
	if now := len(d.page.person(100001).Messages()); now != sent {
		t.Errorf("%d messages before, %d after", sent, now)
	}
}

func (d demoTab) walk(t *testing.T) {
	d.do(t, chromedp.Click(`[value="60"]`), chromedp.Click("#walk"))
	d.press(t, "3 seconds")
	d.says(t, "A story every 3 seconds, then.")
	d.until(t, `document.getElementById("n-walks").textContent === "1"`)
	d.says(t, "3. ")
	d.until(t, `document.querySelectorAll(".spot.told").length >= 4`)
	d.do(t, chromedp.Click("#walk"))
	d.until(t, `document.getElementById("walk").textContent === "Walk on"`)
	d.do(t, chromedp.Click("#unshare"))
	d.says(t, "You've stopped sharing, so the walk is over.")
	d.until(t, `document.querySelector("#messages .picture img")?.naturalWidth > 0`)
	d.do(t, chromedp.Click("#messages .picture"), chromedp.WaitVisible("#picture-image"), chromedp.Click("#picture-close"), chromedp.WaitNotVisible("#picture-image"))
	d.until(t, `document.querySelector("#messages a.file")`)
	gpx := d.download(t, "#messages a.file")
	if !strings.Contains(gpx, "<gpx") || !strings.Contains(gpx, "<trkpt") || !strings.Contains(gpx, "1. Notre-Dame de Paris") {
		t.Errorf("the route's file is %.500s", gpx)
	}
}

// download clicks a link and returns the file that it leads to.
func (d demoTab) download(t *testing.T, link string) string {
	t.Helper()
	done := make(chan browser.EventDownloadProgress, 16)
	err := chromedp.ListenBrowser(d.ctx, func(event any) {
		if e, ok := event.(*browser.EventDownloadProgress); ok && e.State != browser.DownloadProgressStateInProgress {
			done <- *e
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	events := true
	_, err = chromedp.CallBrowser(d.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: t.TempDir(), EventsEnabled: &events,
	})
	if err != nil {
		t.Fatal(err)
	}
	d.do(t, chromedp.Click(link))
	select {
	case e := <-done:
		data, err := os.ReadFile(e.FilePath)
		if err != nil {
			t.Fatalf("%s: %v", e.State, err)
		}
		return string(data)
	case <-time.After(browserPatience):
		t.Fatal("nothing was downloaded")
		return ""
	}
}

func (d demoTab) give(t *testing.T) {
	d.write(t, "/donate")
	d.press(t, "50 ⭐")
	d.press(t, "Pay 50 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-pay"))
	d.contrast(t)
	d.do(t, chromedp.Click("#bill-pay"), chromedp.WaitNotVisible("#bill-pay"))
	d.says(t, "You paid 50 ⭐")
	d.says(t, "Your 50 Stars have arrived.")
	d.until(t, `document.querySelector("#messages .paid")?.textContent === "Paid"`)
	if paid := d.page.stage.telegram.Payments(); len(paid) != 1 || paid[0].Stars != 50 {
		t.Errorf("payments %+v, want one of 50", paid)
	}
}

func (d demoTab) cancel(t *testing.T) {
	d.write(t, "/donate 250")
	d.press(t, "Pay 250 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-cancel"), chromedp.Click("#bill-cancel"), chromedp.WaitNotVisible("#bill-cancel"))
	d.until(t, `document.getElementById("toast").textContent === "Cancelled: nothing was paid."`)
	if paid := d.page.stage.telegram.Payments(); len(paid) != 1 {
		t.Errorf("payments %+v, want none but the first", paid)
	}
}

func (d demoTab) previewed(t *testing.T) {
	callAsBot(t, d.page, "sendMessage", `{"chat_id":100001,"text":"with a picture",
		"link_preview_options":{"url":"https://upload.example.org/a/A_rock.jpg","prefer_large_media":true}}`)
	d.says(t, "upload.example.orgA_rock.jpg")
}

// reload holds that the chat is there again, and a location that is shared.
func (d demoTab) reload(t *testing.T) {
	d.do(t, chromedp.Click("#walk"))
	d.until(t, `document.getElementById("walk").textContent === "Pause"`)
	d.press(t, "3 seconds") // so that no story of the walk is on its way when the messages are counted
	d.do(t, chromedp.Click("#walk"))
	d.write(t, "/stop")
	d.says(t, "All right, the walk is over.")
	const count = `document.querySelectorAll("#messages > li").length`
	before := read(t, d.tab, chromedp.Evaluate[int](count))
	d.do(t, chromedp.Reload())
	d.until(t, count+` >= `+strconv.Itoa(before)+` && document.getElementById("walk").textContent === "Walk on"`)
	d.do(t, chromedp.Click("#unshare"), chromedp.WaitNotVisible("#unshare"))
}

func (d demoTab) changeLanguage(t *testing.T) {
	d.write(t, "/language")
	d.press(t, "Русский")
	d.says(t, "говорим по-русски")
	for id, want := range map[string]string{"locate": "Отправить, где я", "inside-title": "Что делает бот"} {
		d.until(t, `document.getElementById(`+quoted(id)+`).textContent === `+quoted(want))
	}
	d.until(t, `document.documentElement.lang === "ru" && document.querySelector('.spot[aria-label^="Лувр"]')`)
	d.do(t, chromedp.Click(`#languages [data-language=en]`))
	d.until(t, `document.getElementById("toast").textContent.includes("/language")`)
}

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
		t.Errorf("%d animations for somebody who wants none", n)
	}
	d.theme(t, "light")
}

// byKeyboard sends a location from where the arrows led, and from a place, without a mouse.
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
	d.until(t, `document.querySelectorAll("#messages .bot .place").length === 1`)
	d.tabTo(t, `document.activeElement.matches('.spot[aria-label^="Panthéon"]')`)
	d.do(t, chromedp.KeyEvent(kb.Enter))
	d.until(t, `document.querySelectorAll("#messages .mine .place").length === 2`)
	d.says(t, "Panthéon · 20 m")
}

// tabTo goes on with the Tab key until the condition holds.
func (d demoTab) tabTo(t *testing.T, condition string) {
	t.Helper()
	for range 40 {
		d.do(t, chromedp.KeyEvent(kb.Tab))
		if read(t, d.tab, chromedp.Evaluate[bool](condition)) {
			return
		}
	}
	t.Fatalf("40 times Tab do not lead to %s", condition)
}

// phone holds that everything can be reached on a small screen, and that none of it is wider than that.
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
	d.do(t, chromedp.WaitVisible("#peek"), chromedp.Click("#peek"), chromedp.WaitVisible("#messages"))
	d.says(t, "Louvre · 20 m")
	d.run(t, `[...document.querySelectorAll("#messages .bot .place")].at(-1).click()`)
	d.do(t, chromedp.WaitVisible("#map-pane"))
}

// clickSpot clicks on a place of the map.
func (d demoTab) clickSpot(t *testing.T, name string) {
	t.Helper()
	x, y := d.middle(t, `.spot[aria-label^=`+quoted(name)+`] .touch`)
	d.do(t, chromedp.MouseClickXY(x, y))
}

// middle returns where on the screen the middle of an element is.
func (d demoTab) middle(t *testing.T, selector string) (x, y float64) {
	t.Helper()
	at := read(t, d.tab, chromedp.Evaluate[[2]float64](`(() => {
		const box = document.querySelector(`+quoted(selector)+`).getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`))
	return at[0], at[1]
}
