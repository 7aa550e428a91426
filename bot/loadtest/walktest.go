package loadtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"excursobot/bot/config"
	"excursobot/limiter"
)

// walkTest is a run of live walks, with the bot in a separate process.
type walkTest struct {
	Walks  int
	Every  time.Duration // between two stories of a walk
	For    time.Duration
	Moves  int    // of all walks together
	Pass   bool   // stories come when the walkers pass something
	Kill   bool   // once, in the middle
	Warm   bool   // after a simulated day
	Voices bool   // people hear the stories
	Quirk  string // of the model's server; "" = none
	Seed   uint64
}

// downtime is the time between the kill and the new start.
const downtime = 2 * time.Second

// run lets people walk and returns the figures.
func (w walkTest) run(ctx context.Context, cfg config.Config, progress func(string)) (_ walkResult, err error) {
	dir, err := os.MkdirTemp("", "excursobot-walks-")
	if err != nil {
		return walkResult{}, fmt.Errorf("load: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	articles := city(w.Seed)
	if w.Pass {
		articles = grid(w.Seed)
	}
	if w.Warm {
		if err := simulateDay(ctx, cfg, w.Seed, dir, articles); err != nil {
			return walkResult{}, err
		}
	}
	rec, err := newRecorder()
	if err != nil {
		return walkResult{}, err
	}
	b, err := newBotProcess(dir, newServers(w.Seed, articles, 0, 0, w.Quirk, false), w.variables()...)
	if err != nil {
		return walkResult{}, err
	}
	if w.Voices {
		b.speak()
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.start(ctx); err != nil {
		return walkResult{}, err
	}
	people := newCrowd(w.Seed, 1, w.Walks, articles, b.telegram, rec)
	if w.Voices {
		people.wantVoices(ctx)
	}
	b.telegram.Subscribe(rec.record)
	sampling, endSampling := context.WithCancel(ctx)
	var sampler sync.WaitGroup
	var samples []sample
	var memory []resident
	sampler.Go(func() { samples = b.samples(sampling, progress) })
	sampler.Go(func() { memory = watchResident(sampling, b.pid) })
	ready, end, err := w.walk(ctx, people, b)
	if err == nil {
		rec.waitForEnds(ctx)
	}
	endSampling()
	sampler.Wait()
	if err != nil {
		return walkResult{}, err
	}
	r := rec.walkResult(end)
	if r.Spoken = b.speech.Stats().Requests; w.Voices {
		progress(fmt.Sprintf("%d voices, %d of them at most 3 s after their text; the speech server made %d recordings, %d at once",
			len(rec.voices), rec.voicesWithin(3*time.Second), r.Spoken, b.speech.Stats().Peak))
	}
	if w.Pass {
		r.Pass = rec.passFigures(people.ways, sightsOf(articles))
		for _, line := range r.Pass.cases {
			progress(line)
		}
	}
	r.Samples, r.Memory, r.Ready = samples, memory, ready.Seconds()
	r.CPU = cpuTime(b.pid())
	var first []string
	r.Warnings, first = b.warnings()
	for _, line := range first {
		progress(line)
	}
	return r, nil
}

// variables returns the settings of the bot in the test.
func (w walkTest) variables() []string {
	env := []string{"WIKIPEDIA_CONTACT=load", "LIVE_INTERVALS=" + w.Every.String() + ",10m", "LIVE_MAX_SESSIONS=" + fmt.Sprint(w.Walks)}
	if w.Pass {
		env = append(env, "LIVE_DEFAULT=pass", "LIVE_PASS_GAP="+passGap.String())
	}
	return env
}

// walk lets the people walk for the test's time and then stop sharing. It returns the time that the restart took, and the end of the walks.
func (w walkTest) walk(ctx context.Context, people *crowd, b *botProcess) (ready time.Duration, end time.Time, err error) {
	walking, cancel := context.WithTimeout(ctx, w.For)
	defer cancel()
	var walkers sync.WaitGroup
	var mu sync.Mutex // of the ways
	people.ways = map[int64][]spot{}
	for i, p := range people.people {
		const arrival = 20 * time.Second // all people begin to share within this time
		delay := time.Duration(i) * arrival / time.Duration(w.Walks)
		step := max(time.Second, (w.For-delay)*time.Duration(w.Walks)/time.Duration(max(1, w.Moves)))
		if w.Pass {
			walkers.Go(func() {
				way := p.stroll(walking, people.recorder, step, delay)
				mu.Lock()
				defer mu.Unlock()
				people.ways[p.id] = way
			})
			continue
		}
		walkers.Go(func() { p.walk(walking, people.recorder, walkPlan{every: w.Every, choose: true, step: step}, delay) })
	}
	if w.Kill && limiter.Sleep(walking, w.For/2) == nil {
		killed := time.Now()
		if ready, err = b.restart(ctx, downtime); err != nil {
			cancel()
		}
		people.recorder.setOutage(outage{killed, time.Now()})
	}
	walkers.Wait()
	end = time.Now()
	for _, p := range people.people {
		p.StopSharing(p.share)
	}
	return ready, end, err
}
