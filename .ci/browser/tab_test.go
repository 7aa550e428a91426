package browser

import (
	"context"
	_ "embed"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/contrast.js
var contrastScript string

// tab is a tab of a browser, with the errors that it reported and its requests to other hosts.
type tab struct {
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string
}

// newTab starts Chromium, which ends with the test.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, chromedp.WSURLReadTimeout(time.Minute))...) // containers run the tests as root
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	b := &tab{ctx: ctx, base: base}
	if err := chromedp.Listen(ctx, b.record); err != nil {
		t.Fatalf("no browser: %v (install Chromium)", err)
	}
	command(t, b, runtime.Enable, cdp.Empty{})
	command(t, b, log.Enable, cdp.Empty{})
	command(t, b, network.Enable, network.EnableParams{})
	return b
}

func (b *tab) record(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			fault = "the console was written to"
		}
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			fault = "logged: " + e.Entry.Text + " " + e.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		if !strings.HasPrefix(e.Request.URL, b.base+"/") {
			fault = "request to another host: " + e.Request.URL
		}
	}
	if fault == "" {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = append(b.faults, fault)
}

// takeFaults returns the faults since the last call.
func (b *tab) takeFaults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	faults := b.faults
	b.faults = nil
	return faults
}

// browserPatience is the time limit of one action.
const browserPatience = 40 * time.Second

func (b *tab) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	read(t, b, chromedp.Steps(steps...))
}

// read runs an action for its result.
func read[T any](t *testing.T, b *tab, a chromedp.Action[T]) T {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// run runs a script and waits for its end.
func (b *tab) run(t *testing.T, script string) {
	t.Helper()
	read(t, b, chromedp.Evaluate[chromedp.Void](`(async () => { `+script+` })()`, chromedp.EvalAwaitPromise))
}

// until waits until a condition is true in the page. (chromedp.Poll builds a function in the page, which the page's policy forbids.)
func (b *tab) until(t *testing.T, condition string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, browserPatience)
	defer cancel()
	wait := `(async () => { while (!(` + condition + `)) await new Promise((r) => setTimeout(r, 50)); return true; })()`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](wait, chromedp.EvalAwaitPromise)); err != nil {
		seen, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.body.innerText`)) // a hint, if the browser still gives one
		t.Fatalf("waited too long for %s: %v\non the page:\n%s", condition, err, seen)
	}
}

func command[P, R any](t *testing.T, b *tab, c cdp.Command[P, R], params P) {
	t.Helper()
	if _, err := chromedp.Call(b.ctx, c, params); err != nil {
		t.Fatal(err)
	}
}

func (b *tab) theme(t *testing.T, name string) {
	t.Helper()
	command(t, b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
}

func (b *tab) screen(t *testing.T, width, height int64, scale float64) {
	t.Helper()
	command(t, b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: scale, Mobile: width < 600,
	})
}

// contrast checks the contrast of every visible text: at least 4.5 to 1, or 3 to 1 for large text.
func (b *tab) contrast(t *testing.T) {
	t.Helper()
	for _, faint := range read(t, b, chromedp.Evaluate[[]string](contrastScript)) {
		t.Error(faint)
	}
}
