package loadtest

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/guide"
)

// loadResult is what one scenario came to. Times are seconds as people saw them, from sending the location.
type loadResult struct {
	Scenario  string
	Seed      uint64
	Requests  int
	PerMinute float64
	Lost      int // without a final answer
	Sentences int // answered without a place
	Repeats   int // places told twice to one person
	Stray     int // messages that answered no question

	First, Final, Story quantiles // first content; final answer; full story from library or model

	LiveStories int       // that came by themselves; Requests counts them too
	Lateness    quantiles // of those, against their due times
	Missed      int       // due times without a story

	Sources map[guide.Source]float64 // share of answers

	ModelCalls       int
	CallsPerMinute   float64
	PeakCalls        int
	GateWait         float64 // mean seconds of calls before their slot
	TelegramCalls    float64 // a request: messages and edits, typing included
	Telegram429      int
	WikipediaCalls   int
	RSSMiB           int    // peak, simulated servers included
	AllocsPerRequest uint64 // simulated servers included
}

type quantiles struct{ P50, P95, P99 float64 }

func (b *bench) result(s scenario, took time.Duration, end time.Time) loadResult {
	g, m := b.app.Stats().Guide, b.model.Stats()
	r := loadResult{
		Scenario: s.String(), Seed: s.Seed,
		ModelCalls: m.Calls, PeakCalls: m.Peak, CallsPerMinute: float64(m.Calls) / took.Minutes(),
		Telegram429: b.telegram.Refused(), WikipediaCalls: b.wiki.Stats().Requests,
		Sources: map[guide.Source]float64{},
	}
	if g.Batches > 0 {
		r.GateWait = g.Waited.Seconds() / float64(g.Batches)
	}
	b.watch.mu.Lock()
	defer b.watch.mu.Unlock()
	var first, final, story []time.Duration
	for _, q := range b.watch.questions {
		r.Requests++
		if q.final == 0 {
			r.Lost++
			continue
		}
		first, final = append(first, q.first), append(final, q.final)
		if !q.told {
			r.Sentences++
			continue
		}
		story = append(story, q.final)
	}
	late, missed := b.watch.ticks(end)
	r.LiveStories, r.Lateness, r.Missed = len(late), quantilesOf(late), missed
	r.Requests += len(late)
	r.Repeats, r.Stray = b.watch.repeats, b.watch.stray
	r.PerMinute = float64(r.Requests) / took.Minutes()
	r.First, r.Final, r.Story = quantilesOf(first), quantilesOf(final), quantilesOf(story)
	answers := float64(max(1, g.Library+g.Generated+g.Extract+g.Pack+g.None))
	for source, n := range map[guide.Source]uint64{
		guide.FromLibrary: g.Library, guide.FromModel: g.Generated, guide.FromExtract: g.Extract, guide.FromPack: g.Pack, guide.FromNone: g.None,
	} {
		r.Sources[source] = float64(n) / answers
	}
	calls := 0
	for method, n := range b.telegram.Calls() {
		if strings.HasPrefix(method, "send") || strings.HasPrefix(method, "edit") {
			calls += n
		}
	}
	r.TelegramCalls = float64(calls) / float64(max(1, r.Requests))
	return r
}

// quantilesOf sorts the durations and returns their quantiles in seconds (nearest rank).
func quantilesOf(d []time.Duration) quantiles {
	if len(d) == 0 {
		return quantiles{}
	}
	slices.Sort(d)
	at := func(percent int) float64 {
		return d[(len(d)*percent+99)/100-1].Seconds()
	}
	return quantiles{at(50), at(95), at(99)}
}

// loadTable renders the results as a Markdown table, one column a scenario.
func loadTable(results []loadResult) string {
	rows := []struct {
		name  string
		value func(r loadResult) string
	}{
		{"requests (a minute)", func(r loadResult) string { return fmt.Sprintf("%d (%.0f)", r.Requests, r.PerMinute) }},
		{"first content p50 / p95 / p99, s", func(r loadResult) string { return r.First.String() }},
		{"final answer p50 / p95 / p99, s", func(r loadResult) string { return r.Final.String() }},
		{"answer about a place p50 / p95 / p99, s", func(r loadResult) string { return r.Story.String() }},
		{"live stories; late p50 / p95 / p99, s", func(r loadResult) string { return fmt.Sprintf("%d; %s", r.LiveStories, r.Lateness) }},
		{"due times without a story", func(r loadResult) string { return strconv.Itoa(r.Missed) }},
		{"library / generated / extract / none, %", func(r loadResult) string {
			s := r.Sources
			return fmt.Sprintf("%.0f / %.0f / %.0f / %.0f", 100*s[guide.FromLibrary], 100*s[guide.FromModel], 100*s[guide.FromExtract], 100*s[guide.FromNone])
		}},
		{"model calls (a minute)", func(r loadResult) string { return fmt.Sprintf("%d (%.0f)", r.ModelCalls, r.CallsPerMinute) }},
		{"model calls at once, peak", func(r loadResult) string { return strconv.Itoa(r.PeakCalls) }},
		{"wait before a call, mean s", func(r loadResult) string { return fmt.Sprintf("%.1f", r.GateWait) }},
		{"places told twice", func(r loadResult) string { return strconv.Itoa(r.Repeats) }},
		{"requests lost", func(r loadResult) string { return strconv.Itoa(r.Lost) }},
		{"answered with a sentence", func(r loadResult) string { return strconv.Itoa(r.Sentences) }},
		{"Telegram calls a request", func(r loadResult) string { return fmt.Sprintf("%.2f", r.TelegramCalls) }},
		{"429 from Telegram", func(r loadResult) string { return strconv.Itoa(r.Telegram429) }},
		{"Wikipedia requests", func(r loadResult) string { return strconv.Itoa(r.WikipediaCalls) }},
		{"peak RSS, MiB, simulators included", func(r loadResult) string { return strconv.Itoa(r.RSSMiB) }},
		{"allocations a request, simulators included", func(r loadResult) string { return strconv.FormatUint(r.AllocsPerRequest, 10) }},
	}
	var b strings.Builder
	b.WriteString("| |")
	for _, r := range results {
		b.WriteString(" " + r.Scenario + " |")
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(results)) + "\n")
	for _, row := range rows {
		b.WriteString("| " + row.name + " |")
		for _, r := range results {
			b.WriteString(" " + row.value(r) + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (q quantiles) String() string { return fmt.Sprintf("%.2f / %.2f / %.2f", q.P50, q.P95, q.P99) }

// loadPage is the table with what is needed to repeat and to doubt it.
func loadPage(results []loadResult) string {
	return "# Load runs\n\n" +
		"Made by `make load`. The whole bot runs in one process with a simulated Telegram (50 ms a call, 429 above 30 messages/s in all\n" +
		"or 1/s with bursts of 3 in a chat), a simulated model (one story 3-10 s, four 1.55 times that, streamed) and a simulated\n" +
		"Wikipedia (200 ms a request), with the default configuration. People stand round 40 landmarks (Zipf 0.9), 70 % Russian,\n" +
		"20 % English, 10 % French. 70 % walk on between two stories, 30 % stay. Those who walk share a live location, as many as live.max_sessions (50)\n" +
		"allows, every pause (at a rate: every 30 s); the others send single locations. \"After a day\" means that " + strconv.Itoa(loadDay) + " questions of 600 other\n" +
		"people came before. Times are what a person sees in the chat, from sending the location.\n\n" +
		fmt.Sprintf("Machine: %s, %d CPUs, %s/%s, %s.\n\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()) +
		loadTable(results)
}

func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// watchMemory samples the resident set every half second until the returned function is called, which says the highest in MiB; 0 where there is no /proc.
func watchMemory() (peak func() int) {
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		top := 0
		for {
			top = max(top, residentKiB())
			select {
			case <-tick.C:
			case <-stop:
				done <- top >> 10
				return
			}
		}
	}()
	return func() int {
		close(stop)
		return <-done
	}
}

func residentKiB() int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				return 0
			}
			return kib
		}
	}
	return 0
}
