package loadtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"excursobot/bot/monitor"
)

// walkResult holds the figures of a walk test. Times are seconds as people saw them in their chats.
type walkResult struct {
	Walks, Moves, Stories int
	Lateness              monitor.Latency // of stories against their due times
	First                 monitor.Latency // from the share to the first content
	Missed                int             // due times without a story
	Twice                 int             // places told twice to one person
	Misnumbered           int             // stories whose number does not follow the one before
	Again                 int             // of these: the number that was being sent at the kill, sent again
	Lost                  int             // walks without a story after the restart, or without a summary
	Summaries, Pictures   int
	Ready                 float64 // from the start after the kill until the bot was ready
	Warnings              int     // lines in the bot's log, from level warn on
	Spoken                int     // requests to the speech server
	Samples               []sample
	Memory                []resident
	CPU                   time.Duration // of the bot since its last start
	Pass                  passFigures   // of a run with --pass
}

func (r *recorder) setOutage(o outage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outage = o
}

// walkResult computes the figures of walks that ended at end.
func (r *recorder) walkResult(end time.Time) walkResult {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := walkResult{Walks: len(r.walks), Moves: int(r.moves.Load()), Twice: r.repeats}
	var late, first []time.Duration
	for _, q := range r.questions { // each walk has one: the share
		if q.first > 0 {
			first = append(first, q.first)
		}
	}
	for _, w := range r.walks {
		l, missed := w.schedule(end, r.outage)
		late = append(late, l...)
		out.Missed += missed
		out.Stories += len(w.stories)
		misnumbered, again := w.numbering(r.outage)
		out.Misnumbered += misnumbered
		out.Again += again
		if w.summary {
			out.Summaries++
		}
		if w.picture {
			out.Pictures++
		}
		if !w.summary || !w.toldAfter(r.outage.ready) {
			out.Lost++
		}
	}
	out.Lateness, out.First = monitor.LatencyOf(late), monitor.LatencyOf(first)
	return out
}

// toldAfter reports whether there is a story after t.
func (w *walk) toldAfter(t time.Time) bool {
	return len(w.stories) > 0 && w.stories[len(w.stories)-1].at.After(t)
}

// numbering counts the stories whose number does not follow the one before, and those among them that were sent again because of the kill.
func (w *walk) numbering(o outage) (misnumbered, again int) {
	last := 0
	for i, s := range w.stories {
		if s.number != last+1 {
			misnumbered++
			if s.number == last && !o.killed.IsZero() && w.stories[i-1].at.Sub(o.killed).Abs() < time.Second {
				again++
			}
		}
		last = s.number
	}
	return misnumbered, again
}

// walkTable returns a result as a Markdown table.
func walkTable(w walkTest, r walkResult) string {
	const no = "no"
	kill, warm := no, no
	if w.Warm {
		warm = "yes"
	}
	if w.Kill {
		kill = fmt.Sprintf("yes, ready again after %.2f s", r.Ready)
	}
	median, peak := summary(r.Memory)
	rows := [][2]string{
		{"walks, a story every", fmt.Sprintf("%d, %v", w.Walks, w.Every)},
		{"time", w.For.String()},
		{"after a simulated day", warm},
		{"killed in the middle", kill},
		{"moves", fmt.Sprint(r.Moves)},
		{"stories", fmt.Sprint(r.Stories)},
		{"lateness p50 / p95 / p99, s", r.Lateness.String()},
		{"first content p50 / p95 / p99, s", r.First.String()},
		{"due times without a story", fmt.Sprint(r.Missed)},
		{"places told twice to one person", fmt.Sprint(r.Twice)},
		{"stories numbered wrongly (the one being sent at the kill, again)", fmt.Sprintf("%d (%d)", r.Misnumbered, r.Again)},
		{"walks lost", fmt.Sprint(r.Lost)},
		{"summaries, pictures of the route", fmt.Sprintf("%d, %d", r.Summaries, r.Pictures)},
		{"warnings and errors in the log", fmt.Sprint(r.Warnings)},
		{"RSS of the bot, MiB: quarters of the time, peak", quarters(r.Memory, func(r resident) int { return r.total() >> 10 })},
		{"half of the time below, MiB (anonymous + program + store's file)", median.String()},
		{"peak, MiB (the same)", peak.String()},
		{"CPU of the bot since its start, s", fmt.Sprintf("%.1f", r.CPU.Seconds())},
		{"goroutines: quarters of the time, peak", quarters(r.Samples, func(s sample) int { return s.Memory.Goroutines })},
	}
	if w.Pass {
		rows = slices.Concat([][2]string{{"walks that tell what the walkers pass", fmt.Sprint(w.Walks)}}, rows[1:6], r.Pass.rows(), rows[7:8], rows[9:])
	}
	var b strings.Builder
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	return b.String()
}

// quarters returns the medians of the four quarters of a run, and the peak.
func quarters[S any](samples []S, value func(S) int) string {
	if len(samples) < 4 {
		return "too few samples"
	}
	var parts []string
	for i := range 4 {
		part := slices.Clone(samples[i*len(samples)/4 : (i+1)*len(samples)/4])
		slices.SortFunc(part, func(a, b S) int { return cmp.Compare(value(a), value(b)) })
		parts = append(parts, fmt.Sprint(value(part[len(part)/2])))
	}
	peak := 0
	for _, s := range samples {
		peak = max(peak, value(s))
	}
	return fmt.Sprintf("%s; %d", strings.Join(parts, " / "), peak)
}
