package browser

import (
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTourInABrowser plans a tour in the demo and walks it.
func TestTourInABrowser(t *testing.T) {
	d := openDemo(t, "LIVE_INTERVALS=3s,5m", "LIVE_DEFAULT=5m")
	stops := d.takeTour(t)
	end, _, _ := strings.Cut(d.words.Words("en").Plain("tour.end", "n", stops, "all", stops, "duration", "|"), "|")
	d.says(t, end)
	d.do(t, chromedp.Click("#unshare"))
	d.tells(t, "en", "live.end_stopped")
	for _, fault := range d.takeFaults() {
		t.Error(fault)
	}
}

// takeTour plans a tour in Paris and follows it with a shared location, until all stops are told. It returns their number.
func (d demoTab) takeTour(t *testing.T) int {
	t.Helper()
	en := d.words.Words("en")
	d.do(t, chromedp.Click(`[data-city=paris]`), chromedp.Click(`[value="60"]`))
	d.write(t, "/tour 60")
	d.tells(t, "en", "tour.locate")
	d.do(t, chromedp.Click("#locate"))
	d.until(t, `document.querySelector("#messages .picture img")?.naturalWidth > 0`)
	if gpx := d.download(t, "#messages a.file"); !strings.Contains(gpx, "<wpt") || strings.Contains(gpx, "<trk>") {
		t.Errorf("the tour's file is %.500s", gpx)
	}
	stops := read(t, d.tab, chromedp.Evaluate[int](`[...document.querySelectorAll("#messages button.link")].length`))
	if stops < 2 {
		t.Fatalf("%d stops", stops)
	}
	d.press(t, en.Plain("button.tour_start"))
	d.do(t, chromedp.Click("#walk"))
	d.says(t, "Next, stop 2 of "+strconv.Itoa(stops))
	d.until(t, `document.querySelectorAll(".spot.told").length >= `+strconv.Itoa(stops))
	return stops
}
