package browser

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const dashboardToken = "a token for the browser"

// underLoad runs a bot with 50 people who ask until the test ends, and returns the address of its pages.
func underLoad(t *testing.T) string {
	t.Helper()
	return start(t, []string{"DASHBOARD_TOKEN=" + dashboardToken},
		"load", "--people", "50", "--pause", "2s", "--fail", "0.1", "--for", "1h", "--http", "127.0.0.1:0")
}

func TestDashboardInABrowser(t *testing.T) {
	b := newTab(t, underLoad(t))
	b.screen(t, 1280, 900, 1)
	b.theme(t, "light")
	if faults := b.takeFaults(); len(faults) > 0 {
		t.Fatal("before the first page:", faults)
	}

	t.Run("a wrong token is refused", func(t *testing.T) {
		b.do(t, chromedp.Navigate(b.base+"/dashboard"), chromedp.SendKeys("#token", "another token"), chromedp.Click("form button"))
		if words := read(t, b, chromedp.Text(".problem")); !strings.Contains(words, "not the token") {
			t.Errorf("the form says %q", words)
		}
		b.contrast(t)
		for _, fault := range b.takeFaults() {
			if !strings.Contains(fault, "401") {
				t.Error(fault)
			}
		}
	})
	t.Run("the token opens the page", func(t *testing.T) {
		b.do(t, chromedp.SendKeys("#token", dashboardToken), chromedp.Click("form button"), chromedp.WaitVisible("#tiles"))
	})
	t.Run("new numbers arrive without a reload and equal the stats", func(t *testing.T) { compareWithStats(t, b) })
	t.Run("charts are drawn", func(t *testing.T) {
		const svg = `[...document.querySelectorAll("figure svg")]`
		charts := read(t, b, chromedp.Evaluate[int](svg+`.length`))
		drawn := read(t, b, chromedp.Evaluate[int](svg+`.filter(s => [...s.querySelectorAll("path:not(.grid):not(.limit)")].some(p => p.getBBox().width > 0)).length`))
		if charts != 8 || drawn < 7 { // the chart of the lateness is empty until a walk has told its second story
			t.Errorf("%d charts, %d drawn; want 8 and at least 7", charts, drawn)
		}
	})
	for _, name := range []string{"light", "dark"} {
		t.Run("contrast when "+name, func(t *testing.T) {
			b.theme(t, name)
			b.contrast(t)
		})
	}
	t.Run("a phone scrolls down only", func(t *testing.T) {
		b.screen(t, 320, 640, 2)
		if width := read(t, b, chromedp.Evaluate[int](`document.scrollingElement.scrollWidth`)); width > 320 {
			t.Errorf("the page is %d wide", width)
		}
	})
	t.Run("without JavaScript", func(t *testing.T) {
		command(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		b.do(t, chromedp.Navigate(b.base+"/dashboard?span=day"), chromedp.WaitVisible("#charts"))
		if words := read(t, b, chromedp.Text("#tiles")); !strings.Contains(words, "a minute") {
			t.Errorf("the tiles say %q", words)
		}
		command(t, b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
	})
	t.Run("logging out ends the session", func(t *testing.T) {
		b.screen(t, 1280, 900, 1)
		b.do(t, chromedp.Navigate(b.base+"/dashboard"), chromedp.WaitVisible("#tiles"))
		for _, fault := range b.takeFaults() {
			t.Error(fault)
		}
		b.do(t, chromedp.Click("nav form button"), chromedp.WaitVisible("#token"))
	})
}

// takeSample waits for a sample that arrived without a reload, and returns it as shown on the page and as in the stats.
const takeSample = `(async () => {
	const started = document.getElementById("state").dataset.at;
	const text = (e) => e.textContent.replace(/\s/g, "");
	for (let i = 0; i < 300; i++) {
		const stats = await (await fetch("/api/stats")).json();
		const at = document.getElementById("state").dataset.at;
		if (stats.at === at && at !== started && stats.requests.total.extract + stats.requests.total.generated > 5) {
			const shown = {};
			for (const e of document.querySelectorAll("[data-stat]")) shown[e.dataset.stat] = text(e);
			for (const e of document.querySelectorAll("[data-total]")) shown["requests.total." + e.dataset.total] = text(e);
			return { stats, shown, link: document.getElementById("link").textContent };
		}
		await new Promise(r => setTimeout(r, 100));
	}
	return {};
})()`

func compareWithStats(t *testing.T, b *tab) {
	type sample struct {
		Stats map[string]any
		Shown map[string]string
		Link  string
	}
	got := read(t, b, chromedp.Evaluate[sample](takeSample, chromedp.EvalAwaitPromise))
	if got.Stats == nil {
		t.Fatal("no newer sample reached the page within 30 s")
	}
	if !strings.Contains(got.Link, "live") {
		t.Errorf("the state of the connection is %q", got.Link)
	}
	numbers := []string{"gate.running", "live.sessions", "inbox.pending", "budget.spent"}
	for _, source := range []string{"library", "pack", "generated", "extract", "none", "busy"} {
		numbers = append(numbers, "requests.total."+source)
	}
	for _, path := range numbers {
		var value any = got.Stats
		for _, key := range strings.Split(path, ".") {
			value = value.(map[string]any)[key]
		}
		want, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		if got.Shown[path] != string(want) {
			t.Errorf("%s: the page shows %q, the stats have %s", path, got.Shown[path], want)
		}
	}
}

// TestDashboardPictures takes the pictures of docs/img from a bot that runs: excursobot load --http 127.0.0.1:8097.
func TestDashboardPictures(t *testing.T) {
	base := os.Getenv("DASHBOARD")
	if base == "" || os.Getenv("SCREENSHOTS") == "" {
		t.Skip("DASHBOARD names no bot, or SCREENSHOTS no directory")
	}
	b := newTab(t, base)
	for _, p := range []struct {
		name, theme   string
		span          string
		width, height int64
		scale         float64
	}{{"light", "light", "minutes", 1280, 900, 1}, {"dark", "dark", "hour", 1280, 900, 1}, {"phone", "light", "minutes", 320, 640, 1}} {
		b.theme(t, p.theme)
		b.screen(t, p.width, p.height, p.scale)
		b.do(t, chromedp.Navigate(base+"/dashboard?span="+p.span), chromedp.WaitVisible("#problems"))
		b.picture(t, "dashboard-"+p.name+".png")
	}
}
