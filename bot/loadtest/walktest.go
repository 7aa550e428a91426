package loadtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
)

// soak is a run of live walks. The bot is a process of its own here, with sockets, so that its memory is its own and it can be killed.
type soak struct {
	Walks int
	Every time.Duration // between two stories of a walk
	For   time.Duration
	Moves int  // of all walks together
	Kill  bool // once, in the middle
	Warm  bool // after a simulated day
	Seed  uint64
}

// runWalks runs walks and prints a table.
func (c Options) runWalks(ctx context.Context, stdout, stderr io.Writer) error {
	s := soak{Walks: c.Walks, Every: c.Every, For: c.For, Moves: c.Moves, Kill: c.Kill, Warm: c.Warm, Seed: c.Seed}
	if s.Every < time.Second || s.For < 10*s.Every || s.Moves < 1 || s.Walks > 10_000 {
		return config.UsageError{Err: errors.New("load: --every must be 1s or more, --for ten times as long, --moves above 0, --walks at most 10000")}
	}
	cfg, err := config.Load("", config.Environment{})
	if err != nil {
		return err
	}
	r, err := s.run(ctx, cfg, func(how string) { fmt.Fprintln(stderr, "load: "+how) })
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(stdout, soakTable(s, r))
	return err
}

// soakDown is how long nobody answers after the kill.
const soakDown = 2 * time.Second

// soakResult is what a run of walks came to. Times are seconds.
type soakResult struct {
	Walks, Moves, Stories int
	Lateness              quantiles // of stories against their due times, as they arrive in the chat
	First                 quantiles // from sharing to the first content
	Missed                int       // due times without a story
	Twice                 int       // places told twice to one person
	Misnumbered           int       // stories whose number does not follow the one before
	Again                 int       // of these: the number that was on its way when the process was killed, once more
	Lost                  int       // walks that told nothing any more after the kill, or whose end was not said
	Summaries, Pictures   int
	Ready                 float64 // from the start after the kill to ready
	Warnings              int     // lines in the bot's log from warn on
	Samples               []soakSample
}

// run lets people walk for the time.
func (s soak) run(ctx context.Context, cfg config.Config, progress func(string)) (_ soakResult, err error) {
	dir, err := os.MkdirTemp("", "excursobot-soak-")
	if err != nil {
		return soakResult{}, fmt.Errorf("load: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	articles := sim.City(s.Seed, loadCentre.Lat, loadCentre.Lon, loadArticles, loadLanguages...)
	if s.Warm {
		if err := (scenario{Seed: s.Seed}).passDay(ctx, cfg, dir, articles); err != nil {
			return soakResult{}, err
		}
	}
	host, err := newSoakHost(dir, articles, s)
	if err != nil {
		return soakResult{}, err
	}
	defer func() { err = errors.Join(err, host.close()) }()
	if err := host.start(ctx); err != nil {
		return soakResult{}, err
	}
	log := newSoakLog()
	host.telegram.Subscribe(log.event)
	sampling, endSampling := context.WithCancel(ctx)
	var wg sync.WaitGroup
	var samples []soakSample
	wg.Go(func() { samples = host.sample(sampling, progress) })

	walking, cancel := context.WithTimeout(ctx, s.For)
	defer cancel()
	people := s.people(host.telegram, log, articles)
	for i, p := range people {
		wg.Go(func() { p.walk(walking, s, time.Duration(i)*20*time.Second/time.Duration(s.Walks)) })
	}
	ready := time.Duration(0)
	if s.Kill && wait(walking, s.For/2) {
		if ready, err = host.kill(ctx, log); err != nil {
			endSampling()
			wg.Wait()
			return soakResult{}, err
		}
	}
	<-walking.Done()
	for _, p := range people {
		p.stop()
	}
	log.settle(ctx, len(people))
	endSampling()
	wg.Wait()
	r := log.result(people, s)
	r.Samples, r.Ready = samples, ready.Seconds()
	first, n := host.warnings()
	r.Warnings = n
	for _, line := range first {
		progress(line)
	}
	return r, nil
}

// soakTable renders a result as a Markdown table.
func soakTable(s soak, r soakResult) string {
	const no = "no"
	middle, warm := no, no
	if s.Warm {
		warm = "yes"
	}
	if s.Kill {
		middle = fmt.Sprintf("yes, ready again after %.2f s", r.Ready)
	}
	rows := [][2]string{
		{"walks, a story every", fmt.Sprintf("%d, %v", s.Walks, s.Every)},
		{"time", s.For.String()},
		{"after a simulated day", warm},
		{"killed in the middle", middle},
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
		{"RSS of the bot, MiB: quarters of the time, peak", r.memory()},
		{"goroutines: quarters of the time, peak", r.goroutines()},
	}
	var b strings.Builder
	b.WriteString("| | |\n| --- | --- |\n")
	for _, row := range rows {
		fmt.Fprintf(&b, "| %s | %s |\n", row[0], row[1])
	}
	return b.String()
}

func (r soakResult) memory() string {
	return quarters(r.Samples, func(s soakSample) int { return int(s.Memory.Resident >> 20) })
}

func (r soakResult) goroutines() string {
	return quarters(r.Samples, func(s soakSample) int { return s.Memory.Goroutines })
}

// quarters returns the medians of the four quarters of a run, and the peak.
func quarters(samples []soakSample, value func(soakSample) int) string {
	if len(samples) < 4 {
		return "too few samples"
	}
	var parts []string
	for i := range 4 {
		part := slices.Clone(samples[i*len(samples)/4 : (i+1)*len(samples)/4])
		slices.SortFunc(part, func(a, b soakSample) int { return cmp.Compare(value(a), value(b)) })
		parts = append(parts, fmt.Sprint(value(part[len(part)/2])))
	}
	peak := 0
	for _, s := range samples {
		peak = max(peak, value(s))
	}
	return fmt.Sprintf("%s; %d", strings.Join(parts, " / "), peak)
}
