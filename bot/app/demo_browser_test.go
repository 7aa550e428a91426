//go:build browser

// The demo in a real browser, from the first click to the route's file: make test-browser. With SCREENSHOTS=DIR its pictures are
// written there.

package app

import (
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"excursobot/bot/config"
	"excursobot/bot/text"
)

// demoTab is the demo's page in a browser.
type demoTab struct {
	*tab
	page  *demoPage
	words *text.Catalog
}

// stageDemo runs a demo until the test ends, and opens it. A walk there tells as often as intervals say, nil = as in any demo.
func stageDemo(t *testing.T, intervals ...time.Duration) demoTab {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Store.Dir = t.TempDir()
	if intervals != nil {
		cfg.Live.Intervals, cfg.Live.Default = intervals, intervals[len(intervals)-1]
		cfg.SetOrigin("live.intervals", "the test")
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
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := demoTab{newTab(t, "http://"+l.Addr().String()), page, words}
	d.screen(t, 1280, 800, 1)
	d.theme(t, "light")
	d.do(t, chromedp.Navigate(d.base+"/"))
	d.until(t, `document.querySelectorAll(".spot").length === 10`)
	return d
}

func TestDemoInABrowser(t *testing.T) {
	d := stageDemo(t, 3*time.Second, 5*time.Minute)
	for _, step := range []struct {
		name string
		does func(*testing.T)
	}{
		{"distances and ways", d.measure},
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

// says waits until there is a message with the words.
func (d demoTab) says(t *testing.T, words string) {
	t.Helper()
	d.until(t, `[...document.querySelectorAll("#messages > li")].some((li) => li.textContent.includes(`+quoted(words)+`))`)
}

// tells waits until the bot has said what has the key in its catalogue: the last line of it, which has no markup within.
func (d demoTab) tells(t *testing.T, language, key string, args ...any) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(d.words.Words(language).Plain(key, args...)), "\n")
	d.says(t, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(lines[len(lines)-1], ""))
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

// clickSpot clicks on a place of the map.
func (d demoTab) clickSpot(t *testing.T, name string) {
	t.Helper()
	x, y := d.middle(t, `.spot[aria-label^=`+quoted(name)+`] .touch`)
	d.do(t, chromedp.MouseClickXY(x, y))
}

// middle returns where on the screen the middle of an element is, once it is there.
func (d demoTab) middle(t *testing.T, selector string) (x, y float64) {
	t.Helper()
	d.until(t, `document.querySelector(`+quoted(selector)+`)?.getBoundingClientRect().width > 0`)
	at := read(t, d.tab, chromedp.Evaluate[[2]float64](`(() => {
		const box = document.querySelector(`+quoted(selector)+`).getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`))
	return at[0], at[1]
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

func quoted(s string) string {
	out, _ := json.Marshal(s) // strings always encode
	return string(out)
}
