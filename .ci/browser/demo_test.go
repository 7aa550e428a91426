package browser

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"excursobot/bot/text"
)

// demoTab is the demo's page in a browser.
type demoTab struct {
	*tab
	words *text.Catalog
}

// openDemo runs a demo until the test ends and opens it. env changes its settings.
func openDemo(t *testing.T, env ...string) demoTab {
	t.Helper()
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := demoTab{newTab(t, start(t, append(env, "HTTP_ADDR=127.0.0.1:0"), "demo")), words}
	d.screen(t, 1280, 800, 1)
	d.theme(t, "light")
	d.do(t, chromedp.Navigate(d.base+"/"))
	d.until(t, `document.querySelectorAll(".spot").length === 10`)
	return d
}

func TestDemoInABrowser(t *testing.T) {
	d := openDemo(t, "LIVE_INTERVALS=3s,5m", "LIVE_DEFAULT=5m")
	for _, step := range []struct {
		name string
		does func(*testing.T)
	}{
		{"distances and ways", d.measure},
		{"a click on the map", d.clickOnTheMap},
		{"a walk", d.walk},
		{"a donation", d.donate},
		{"a bill that is not paid", d.cancel},
		{"another chat", d.elsewhere},
		{"a picture that is not loaded", d.previewed},
		{"the page is reloaded", d.reload},
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

// person returns the id of the person whom the page plays.
func (d demoTab) person(t *testing.T) int {
	t.Helper()
	return read(t, d.tab, chromedp.Evaluate[int](`Number(sessionStorage.getItem("person"))`))
}

// says waits for a message with the words.
func (d demoTab) says(t *testing.T, words string) {
	t.Helper()
	d.until(t, `[...document.querySelectorAll("#messages > li")].some((li) => li.textContent.includes(`+quoted(words)+`))`)
}

// tells waits for the bot's text with the key in its catalogue: its last line, without markup.
func (d demoTab) tells(t *testing.T, language, key string, args ...any) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(d.words.Words(language).Plain(key, args...)), "\n")
	d.says(t, regexp.MustCompile(`<[^>]*>`).ReplaceAllString(lines[len(lines)-1], ""))
}

// press waits for a button with that label in the chat, and presses the last one.
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

// middle waits for an element and returns the position of its middle on the screen.
func (d demoTab) middle(t *testing.T, selector string) (x, y float64) {
	t.Helper()
	d.until(t, `document.querySelector(`+quoted(selector)+`)?.getBoundingClientRect().width > 0`)
	at := read(t, d.tab, chromedp.Evaluate[[2]float64](`(() => {
		const box = document.querySelector(`+quoted(selector)+`).getBoundingClientRect();
		return [box.x + box.width / 2, box.y + box.height / 2];
	})()`))
	return at[0], at[1]
}

// tabTo presses the Tab key until the condition holds.
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
