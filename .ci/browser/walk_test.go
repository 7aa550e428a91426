package browser

import (
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// measure checks the page's distances and ways.
func (d demoTab) measure(t *testing.T) {
	const want = 1231.587 // metres: haversine with R = 6371008.8 m, as in package geo
	const script = `(async () => {
		const { distance, tour } = await import("/geo.js");
		const corner = (lat, lon) => ({ lat, lon });
		const corners = [corner(-3, 3), corner(0, 2), corner(2, -1), corner(-2, 3)]; // going to the nearest one first is a detour
		return { metres: distance(corner(55.7525, 37.6231), corner(55.7415, 37.6208)), way: tour(corner(0, 0), corners).map((p) => corners.indexOf(p)) };
	})()`
	got := read(t, d.tab, chromedp.Evaluate[struct {
		Metres float64
		Way    []int
	}](script, chromedp.EvalAwaitPromise))
	if math.Abs(got.Metres-want) > 0.01 {
		t.Errorf("%f m, want %f", got.Metres, want)
	}
	if want := []int{2, 1, 3, 0}; !slices.Equal(got.Way, want) {
		t.Errorf("the way is %v, want %v", got.Way, want)
	}
}

func (d demoTab) clickOnTheMap(t *testing.T) {
	d.do(t, chromedp.Click(`[data-city=paris]`))
	if where := read(t, d.tab, chromedp.Text("#where")); where != "You are 20 m from Louvre." {
		t.Errorf("the walker stands there: %q", where)
	}
	d.clickSpot(t, "Place des Vosges")
	d.tells(t, "en", "card.text")
	d.until(t, `document.querySelector(".bot.fresh .stamp")?.textContent.startsWith("edited")`)
	d.says(t, "Place des Vosges\n20 m")
	d.until(t, `document.querySelectorAll(".spot.told").length === 1`)
	d.until(t, `document.getElementById("n-last").textContent === "the model"`)
	d.dragWalker(t)
	d.run(t, `document.querySelector("#messages .place").click()`)
	d.until(t, `document.querySelector("#map .mark").getAttribute("visibility") === "visible"`)
}

// dragWalker moves the person with the mouse. That must not send a message.
func (d demoTab) dragWalker(t *testing.T) {
	sent := func() (n int) {
		for _, m := range chatOf(t, d.base, d.person(t)) {
			if !m.FromBot {
				n++
			}
		}
		return n
	}
	before := sent()
	x, y := d.middle(t, "#map .walker .body")
	d.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMousePressed, x, y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, x-40, y+30, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.DispatchMouseEventTypeMouseReleased, x-40, y+30, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	d.until(t, `!document.getElementById("where").textContent.startsWith("You are 20 m")`)
	if after := sent(); after != before {
		t.Errorf("%d messages before, %d after", before, after)
	}
}

func (d demoTab) walk(t *testing.T) {
	d.do(t, chromedp.Click(`[value="60"]`), chromedp.Click("#walk"))
	often := d.words.Words("en").Plain("live.interval_seconds", "n", 3)
	d.press(t, often)
	d.tells(t, "en", "live.chosen", "interval", often)
	d.until(t, `document.getElementById("n-walks").textContent === "1"`)
	d.says(t, "3. ")
	d.until(t, `document.querySelectorAll(".spot.told").length >= 4`)
	d.do(t, chromedp.Click("#walk"))
	d.until(t, `document.getElementById("walk").textContent === "Walk on"`)
	d.do(t, chromedp.Click("#unshare"))
	d.tells(t, "en", "live.end_stopped")
	d.until(t, `document.querySelector("#messages .picture img")?.naturalWidth > 0`)
	d.do(t, chromedp.Click("#messages .picture"), chromedp.WaitVisible("#picture-image"), chromedp.Click("#picture-close"), chromedp.WaitNotVisible("#picture-image"))
	d.until(t, `document.querySelector("#messages a.file")`)
	gpx := d.download(t, "#messages a.file")
	if !strings.Contains(gpx, "<gpx") || !strings.Contains(gpx, "<trkpt") || !strings.Contains(gpx, "1. Notre-Dame de Paris") {
		t.Errorf("the route's file is %.500s", gpx)
	}
}

func TestDemoTellsWhatIsPassed(t *testing.T) {
	d := openDemo(t, "LIVE_INTERVALS=5m", "LIVE_PASS_GAP=5s")
	words := d.words.Words("en")
	d.do(t, chromedp.Click(`[data-city=paris]`), chromedp.Click(`[value="1"]`), chromedp.Click("#walk"))
	d.press(t, words.Plain("button.pass"))
	d.tells(t, "en", "live.chosen_pass")
	d.write(t, "/live")
	d.says(t, "✓ "+words.Plain("button.pass"))
	d.clickSpot(t, "Place des Vosges") // the person is there with the next position
	d.says(t, "2. Place des Vosges")
	d.until(t, `document.querySelectorAll(".spot.told").length === 2`)
}

// download clicks a link and returns the downloaded file.
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

// reload checks that the chat and the shared location are there again.
func (d demoTab) reload(t *testing.T) {
	d.do(t, chromedp.Click("#walk"))
	d.until(t, `document.getElementById("walk").textContent === "Pause"`)
	d.press(t, d.words.Words("en").Plain("live.interval_seconds", "n", 3)) // so that no story of the walk arrives while the messages are counted
	d.do(t, chromedp.Click("#walk"))
	d.write(t, "/stop")
	d.tells(t, "en", "live.end_stop_command")
	const count = `document.querySelectorAll("#messages > li[id]").length` // an earlier step showed one that is not in the chat
	before := read(t, d.tab, chromedp.Evaluate[int](count))
	d.do(t, chromedp.Reload())
	d.until(t, count+` >= `+strconv.Itoa(before)+` && document.getElementById("walk").textContent === "Walk on"`)
	d.do(t, chromedp.Click("#unshare"), chromedp.WaitNotVisible("#unshare"))
}
