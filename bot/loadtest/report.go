package loadtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/monitor"
)

// result holds the figures of a scenario. Times are seconds as people saw them, from sending the location.
type result struct {
	Scenario  string
	Seed      uint64
	Requests  int
	PerMinute float64
	Lost      int // without a final answer
	Sentences int // answered without a place
	Repeats   int // places told twice to one person
	Stray     int // messages that answered no question

	First, Final, Story monitor.Latency // first content; final answer; full story from library or model

	LiveStories int             // of walks, without the first ones; Requests counts them, too
	Lateness    monitor.Latency // of these, against their due times
	Missed      int             // due times without a story

	Sources map[guide.Source]float64 // share of answers

	Beside beside

	Spent            [guide.Classes]spent // by class; zero if the bot had its own process
	Judged           int                  // calls for verdicts
	ModelCalls       int
	CallsPerMinute   float64
	PeakCalls        int
	GateWait         float64 // mean seconds of calls before their slot
	TelegramCalls    float64 // a request: messages and edits, typing included
	Telegram429      int
	WikipediaCalls   int
	Median, Peak     resident // of the process with the bot
	Apart            bool     // the bot had a separate process; otherwise these and the next ones include the simulated servers
	AllocsPerRequest uint64   // 0 if the bot had its own process
	BytesPerRequest  uint64   // allocated
	CPUPerRequest    time.Duration
}

// result computes the figures of a run that took the given time and ended at end.
func (b *loadBot) result(ctx context.Context, s scenario, took time.Duration, end time.Time) (result, error) {
	answers, wait, err := b.answers(ctx)
	if err != nil {
		return result{}, err
	}
	m := b.model.Stats()
	r := result{
		Scenario: s.String(), Seed: s.Seed,
		ModelCalls: m.Calls, Judged: m.Judged, Spent: b.calls.close(b.recorder.timesTold()), PeakCalls: m.Peak, CallsPerMinute: float64(m.Calls) / took.Minutes(),
		Telegram429: b.telegram.Refused(), WikipediaCalls: b.wikipedia.Stats().Requests,
		Sources: map[guide.Source]float64{}, GateWait: wait.Seconds(), Apart: s.Apart,
	}
	b.recorder.mu.Lock()
	defer b.recorder.mu.Unlock()
	var first, final, story []time.Duration
	for _, q := range b.recorder.questions {
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
	var late []time.Duration
	for _, w := range b.recorder.walks {
		l, missed := w.schedule(end, outage{})
		late, r.Missed = append(late, l...), r.Missed+missed
	}
	r.LiveStories, r.Lateness = len(late), monitor.LatencyOf(late)
	r.Requests += len(late)
	r.Repeats, r.Stray = b.recorder.repeats, b.recorder.stray
	r.PerMinute = float64(r.Requests) / took.Minutes()
	r.First, r.Final, r.Story = monitor.LatencyOf(first), monitor.LatencyOf(final), monitor.LatencyOf(story)
	sum := uint64(0)
	for _, n := range answers {
		sum += n
	}
	for source, n := range answers {
		r.Sources[source] = float64(n) / float64(max(1, sum))
	}
	calls := 0
	for method, n := range b.telegram.Calls() {
		if strings.HasPrefix(method, "send") || strings.HasPrefix(method, "edit") {
			calls += n
		}
	}
	r.TelegramCalls = float64(calls) / float64(max(1, r.Requests))
	return r, nil
}

// table returns the results as a Markdown table with a column for each scenario.
func table(results []result) string {
	rows := []struct {
		name  string
		value func(r result) string
	}{
		{"requests (a minute)", func(r result) string { return fmt.Sprintf("%d (%.0f)", r.Requests, r.PerMinute) }},
		{"first content p50 / p95 / p99, s", func(r result) string { return r.First.String() }},
		{"final answer p50 / p95 / p99, s", func(r result) string { return r.Final.String() }},
		{"answer about a place p50 / p95 / p99, s", func(r result) string { return r.Story.String() }},
		{"live stories; late p50 / p95 / p99, s", func(r result) string { return fmt.Sprintf("%d; %s", r.LiveStories, r.Lateness) }},
		{"due times without a story", func(r result) string { return strconv.Itoa(r.Missed) }},
		{"library / generated / extract / none, %", func(r result) string {
			s := r.Sources
			return fmt.Sprintf("%.0f / %.0f / %.0f / %.0f", 100*s[guide.FromLibrary], 100*s[guide.FromModel], 100*s[guide.FromExtract], 100*s[guide.FromNone])
		}},
		{"model calls (a minute)", func(r result) string { return fmt.Sprintf("%d (%.0f)", r.ModelCalls, r.CallsPerMinute) }},
		{"model calls at once, peak", func(r result) string { return strconv.Itoa(r.PeakCalls) }},
		{"wait before a call, mean s", func(r result) string { return fmt.Sprintf("%.1f", r.GateWait) }},
		{"places told twice", func(r result) string { return strconv.Itoa(r.Repeats) }},
		{"requests lost", func(r result) string { return strconv.Itoa(r.Lost) }},
		{"answered with a sentence", func(r result) string { return strconv.Itoa(r.Sentences) }},
		{"Telegram calls a request", func(r result) string { return fmt.Sprintf("%.2f", r.TelegramCalls) }},
		{"429 from Telegram", func(r result) string { return strconv.Itoa(r.Telegram429) }},
		{"Wikipedia requests", func(r result) string { return strconv.Itoa(r.WikipediaCalls) }},
		{"RSS MiB, half of the time below (anonymous + program + store's file)", func(r result) string { return r.Median.String() }},
		{"peak RSS, MiB (the same)", func(r result) string { return r.Peak.String() }},
		{"allocations a request, simulators included", func(r result) string {
			if r.Apart {
				return "not measured"
			}
			return fmt.Sprintf("%d (%d KiB)", r.AllocsPerRequest, r.BytesPerRequest>>10)
		}},
		{"CPU a request, ms", func(r result) string { return fmt.Sprintf("%.1f", r.CPUPerRequest.Seconds()*1000) }},
		{"RSS and CPU", func(r result) string {
			if r.Apart {
				return "of the bot"
			}
			return "with the simulators"
		}},
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

// page returns docs/load.md: the table, and the conditions of the runs.
func page(results []result) string {
	return "# Load runs\n\n" +
		"Made by `make load`. The whole bot runs in one process with a simulated Telegram (50 ms a call, 429 above 30 messages/s in all\n" +
		"or 1/s with bursts of 3 in a chat), a simulated model (one story 3-10 s, four 1.55 times that, a quarter more with quotes,\n" +
		"streamed after its prompt was read, 3000 characters a second beyond the first 5000; verdicts 1-3 s) and a simulated\n" +
		"Wikipedia (200 ms a request), with the default configuration. People stand around 40 landmarks (Zipf 0.9). 70 % speak Russian,\n" +
		"20 % English, 10 % French. 70 % move on between two stories, 30 % stay. As many of those who move as live.max_sessions (50) allows share a live\n" +
		"location, with a story every pause (at a rate: every 30 s); the others send single locations. \"After a day\" means that " + strconv.Itoa(dayRequests) + " requests of 600\n" +
		"other people came to the same landmarks before. Without a contact the sources are asked ten times a minute at most. Times are measured in the chat, from sending the location.\n\n" +
		fmt.Sprintf("Machine: %s, %d CPUs, %s/%s, %s.\n\n", cpuModel(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version()) +
		table(results)
}

// writePage writes a page to a file of which the sections after the first heading of level two stay.
func writePage(file, page string) error {
	old, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, sections, found := strings.Cut(string(old), "\n## "); found {
		page += "\n## " + sections
	}
	return os.WriteFile(file, []byte(page), 0o644) //nolint:gosec // a page of the documents: everybody may read it
}
