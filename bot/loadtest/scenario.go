package loadtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
)

// scenario is one run of people who ask for stories.
type scenario struct {
	People   int
	Rate     float64       // requests a minute; 0 = each person waits for the answer and pauses
	Pause    time.Duration // on average; single pauses are 0.5 to 1.5 times as long
	For      time.Duration
	Requests int // 0 = no bound
	Warm     bool
	Packed   bool // the store begins with a pack of the town
	Fail     float64
	Lies     float64
	Quirk    string // of the model's server; "" = none
	Seed     uint64
	HTTP     string  // address of the dashboard; "" = any
	Blind    bool    // no monitor
	Inline   float64 // inline queries a second
	Ask      float64 // questions about places a minute, by 100 people
	News     int     // people who get news
	Apart    bool    // the bot has a separate process, which knows the simulated servers by their sockets
	Small    bool    // no contact, so Wikipedia allows ten requests a minute
}

// String names the scenario in tables.
func (s scenario) String() string {
	name := fmt.Sprintf("%d people", s.People)
	switch {
	case s.People == 0:
		name = "nobody"
	case s.Rate > 0:
		name += fmt.Sprintf(", %.0f requests/min", s.Rate)
	default:
		name += fmt.Sprintf(" who pause %v", s.Pause)
	}
	if s.Quirk != "" {
		name += ", model's server: " + s.Quirk
	}
	if s.Small {
		name += ", no contact"
	}
	if s.Warm {
		return name + ", after a day"
	}
	if s.Packed {
		return name + ", cold, with a pack"
	}
	return name + ", cold"
}

// standardSet returns the scenarios of docs/load.md.
func standardSet(seed uint64) []scenario {
	const each = 2 * time.Minute
	var set []scenario
	for _, warm := range []bool{false, true} {
		for _, s := range []scenario{{People: 50, Pause: 20 * time.Second}, {People: 500, Pause: time.Minute}, {People: 500, Rate: 1000}} {
			s.For, s.Warm, s.Seed = each, warm, seed
			set = append(set, s)
		}
	}
	return append(set, scenario{People: 10, Pause: time.Minute, For: each, Seed: seed, Small: true})
}

// every returns the time between two stories of the scenario's walks.
func (s scenario) every() time.Duration {
	if s.Rate > 0 { // all people together make the rate
		return max(time.Second, time.Duration(float64(s.People)/s.Rate*float64(time.Minute)).Round(time.Second))
	}
	return s.Pause
}

// run measures the scenario on a new store.
func (s scenario) run(ctx context.Context, cfg config.Config, progress func(string)) (_ result, err error) {
	dir, err := os.MkdirTemp("", "excursobot-load-")
	if err != nil {
		return result{}, fmt.Errorf("load: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	articles := city(s.Seed)
	if s.Warm {
		if err := simulateDay(ctx, cfg, s.Seed, dir, articles); err != nil {
			return result{}, err
		}
	}
	if s.Packed {
		if err := importTown(ctx, cfg, s.Seed, dir, articles); err != nil {
			return result{}, err
		}
	}
	if s.News > 0 {
		if err := meetReaders(ctx, cfg, s.Seed, dir, articles, s.News); err != nil {
			return result{}, err
		}
		cfg.Telegram.Admins = []int64{operatorID}
	}
	b, err := newLoadBot(cfg, dir, articles, s, false)
	if err != nil {
		return result{}, err
	}
	if s.HTTP != "" {
		progress(fmt.Sprintf("the dashboard is at http://%s/dashboard", b.addr))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	watching, unwatch := context.WithCancel(ctx)
	defer unwatch()
	var memory []resident
	var watcher sync.WaitGroup
	watcher.Go(func() { memory = watchResident(watching, b.pid) })
	began, cpu := time.Now(), cpuTime(b.pid())
	people := newCrowd(s.Seed, 1, s.People, articles, b.telegram, b.recorder)
	var other beside
	var news error
	var wg sync.WaitGroup
	acting, cancel := context.WithTimeout(ctx, s.For)
	defer cancel()
	if s.Ask > 0 {
		wg.Go(func() { b.askAbout(acting, s.Ask, s.Seed, articles, &other) })
	}
	if s.Inline > 0 {
		wg.Go(func() { b.askInline(acting, s.Inline, s.Seed, articles, &other) })
	}
	if s.News > 0 {
		wg.Go(func() { news = b.sendNews(acting, s.For/10, s.News, &other) })
	}
	people.act(ctx, s, cfg.Live.MaxSessions)
	end := time.Now()
	wg.Wait()
	if news != nil {
		return result{}, errors.Join(news, b.stop())
	}
	people.settle(ctx)
	runtime.ReadMemStats(&after)
	unwatch()
	watcher.Wait()
	r, err := b.result(ctx, s, end.Sub(began), end)
	if err != nil {
		return result{}, errors.Join(err, b.stop())
	}
	r.Beside = other
	r.Median, r.Peak = summary(memory)
	requests := uint64(max(1, r.Requests))
	r.AllocsPerRequest, r.BytesPerRequest = (after.Mallocs-before.Mallocs)/requests, (after.TotalAlloc-before.TotalAlloc)/requests
	r.CPUPerRequest = (cpuTime(b.pid()) - cpu) / time.Duration(requests)
	return r, b.stop()
}

// act lets everybody ask until the scenario's time or ctx ends. As many people as the bot has guides for share a live location.
func (c *crowd) act(ctx context.Context, s scenario, guides int) {
	ctx, cancel := context.WithTimeout(ctx, s.For)
	defer cancel()
	if s.People == 0 {
		<-ctx.Done()
	}
	walking, single := c.split(guides)
	var wg sync.WaitGroup
	for _, p := range walking.people {
		delay := time.Duration(p.rng.Float64() * float64(s.every()))
		wg.Go(func() { p.walk(ctx, c.recorder, walkPlan{every: s.every(), step: walkStep}, delay) })
	}
	if s.Rate > 0 {
		share := float64(len(single.people)) / float64(len(c.people)) // the walks' own stories are the rest
		single.askAtRate(ctx, s.Rate*share, s.Requests, s.Seed)
	} else {
		single.askInTurns(ctx, s.Pause, s.Requests)
	}
	wg.Wait()
}

// simulateDay lets other people at the same landmarks ask as fast as the machine can, so that the store holds what it would hold after a day.
func simulateDay(ctx context.Context, cfg config.Config, seed uint64, dir string, articles []sim.Article) error {
	const people, firstID, atOnce = 600, 1_000_000, 8
	b, err := newLoadBot(cfg, dir, articles, scenario{Seed: seed}, true)
	if err != nil {
		return err
	}
	c := newCrowd(seed, firstID, people, articles, b.telegram, b.recorder)
	var wg sync.WaitGroup
	for lane := range atOnce {
		wg.Go(func() {
			for i := lane; i < dayRequests && ctx.Err() == nil; i += atOnce {
				c.people[i%people].askAndWait(ctx, c.recorder)
			}
		})
	}
	wg.Wait()
	return b.stop()
}
