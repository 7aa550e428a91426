package browser

import (
	"image"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// The page that a walker takes along opens from a file without a network, on a narrow phone and on a wide screen, in light and dark.
func TestTheBookletOpensOffline(t *testing.T) {
	d := openDemo(t)
	d.do(t, chromedp.Click(`[data-city=paris]`))
	d.clickSpot(t, "Place des Vosges")
	d.says(t, "Place des Vosges\n20 m")
	for _, name := range []string{"Louvre", "Notre-Dame de Paris"} {
		d.clickSpot(t, name)
	}
	d.until(t, `document.querySelectorAll(".spot.told").length >= 3`)
	d.run(t, `await new Promise((r) => setTimeout(r, 10000))`) // the bot writes ahead, and the judge reads
	const link = `document.querySelector("#messages a.file[download$='.html']")`
	for try := 0; ; try++ { // there may be nothing yet that the judge has read
		d.write(t, "/pack")
		d.run(t, `for (let i = 0; i < 30 && !(`+link+`); i++) await new Promise((r) => setTimeout(r, 100))`)
		if read(t, d.tab, chromedp.Evaluate[bool](`!!`+link)) {
			break
		}
		if try == 20 {
			t.Fatal("no file")
		}
	}
	page := download(t, read(t, d.tab, chromedp.Evaluate[string](link+`.href`)))
	file := filepath.Join(t.TempDir(), "booklet.html")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		t.Fatal(err)
	}
	b := newTab(t, "file://"+filepath.Dir(file))
	command(t, b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
		MatchedNetworkConditions: []*network.Conditions{{URLPattern: "", Latency: 0, DownloadThroughput: -1, UploadThroughput: -1, Offline: true}},
	})
	var looks []image.Image
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int64{320, 1280} {
			b.screen(t, width, 800, 1)
			b.theme(t, theme)
			b.do(t, chromedp.Navigate("file://"+file))
			b.until(t, `document.querySelectorAll("article").length > 0`)
			if over := read(t, b, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); over > 0 {
				t.Errorf("%d px wide: the page is %d px too wide", width, over)
			}
			for name, want := range map[string]string{
				"a line in the list for each story": `document.querySelectorAll("ol.list li").length === document.querySelectorAll("article").length`,
				"a number on the map for each":      `document.querySelectorAll("svg a").length === document.querySelectorAll("article").length`,
				"distances and directions":          `[...document.querySelectorAll(".where")].every((e) => / m|km/.test(e.textContent))`,
				"a licence for each article":        `[...document.querySelectorAll("footer li")].every((e) => e.textContent.includes("CC BY-SA 4.0"))`,
				"the map is as wide as the text":    `document.querySelector("svg").getBoundingClientRect().width > Math.min(innerWidth, 600) * .8`,
				"texts can be read":                 `parseFloat(getComputedStyle(document.body).fontSize) >= 16`,
				"no scripts and no pictures":        `document.querySelectorAll("script, img, link, iframe").length === 0`,
			} {
				if !read(t, b, chromedp.Evaluate[bool](want)) {
					t.Errorf("%s, %d px: not so: %s", theme, width, name)
				}
			}
			b.contrast(t)
			looks = append(looks, b.look(t))
		}
	}
	for _, fault := range b.takeFaults() {
		t.Error(fault)
	}
	if wantsPictures() {
		writePicture(t, "booklet-phone.png", looks[0], looks[2])
		writePicture(t, "booklet-desktop.png", looks[1])
	}
}

func download(t *testing.T, address string) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil || !strings.HasPrefix(resp.Header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("%v, %v", err, resp.Header)
	}
	return content
}
