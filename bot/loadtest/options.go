package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"excursobot/bot/config"
)

// Options are the flags of "excursobot load", which measures the whole bot against simulated Telegram, model and Wikipedia, in this process.
type Options struct {
	Set      bool          `help:"Run the standard set: 50 people, 500 people and 1000 requests a minute, each cold and after a simulated day."`
	People   int           `default:"50" help:"People who ask."`
	Rate     float64       `default:"0" help:"Requests a minute of all together; 0 = everybody asks again some time after an answer."`
	Pause    time.Duration `default:"20s" help:"That time on average, without --rate."`
	For      time.Duration `default:"1m" help:"How long requests are made."`
	Requests int           `default:"0" help:"Stop asking after so many; 0 = only the time counts."`
	Warm     bool          `help:"Let a simulated day of other people pass first."`
	Fail     float64       `default:"0" help:"Share of the model's calls that fail, 0-1."`
	Seed     uint64        `default:"1" help:"Runs with one seed ask the same questions."`
	Walks    int           `default:"0" help:"Let so many people walk with a live location instead, the bot in a process of its own."`
	Every    time.Duration `default:"5s" help:"How often a walk tells, with --walks."`
	Moves    int           `default:"10000" help:"Moves of all walks together, with --walks."`
	Kill     bool          `help:"Kill the bot in the middle, with --walks."`
	HTTP     string        `placeholder:"ADDR" help:"Serve the dashboard there meanwhile, such as 127.0.0.1:8080."`
	Blind    bool          `help:"Leave the monitor out, to see what it costs."`
	JSON     string        `placeholder:"FILE" help:"Write the results as JSON too."`
	Doc      string        `placeholder:"FILE" help:"Write the table as a Markdown page too."`
}

// Measure runs one scenario or the standard set until ctx ends, and prints a table.
func (c Options) Measure(ctx context.Context, stdout, stderr io.Writer) error {
	if c.Walks > 0 {
		return c.runWalks(ctx, stdout, stderr)
	}
	list, err := c.scenarios()
	if err != nil {
		return config.UsageError{Err: err}
	}
	cfg, err := config.Load("", config.Environment{}) // the defaults are measured, and not this machine's settings
	if err != nil {
		return err
	}
	var results []loadResult
	for _, s := range list {
		fmt.Fprintf(stderr, "load: %s, %v ...\n", s, s.For)
		r, err := s.run(ctx, cfg)
		if err != nil {
			return err
		}
		results = append(results, r)
		if ctx.Err() != nil {
			return errors.New("load: interrupted")
		}
	}
	fmt.Fprint(stdout, loadTable(results))
	if c.Doc != "" {
		if err := os.WriteFile(c.Doc, []byte(loadPage(results)), 0o644); err != nil { //nolint:gosec // a page of the documents: everybody may read it
			return err
		}
	}
	if c.JSON == "" {
		return nil
	}
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(c.JSON, append(data, '\n'), 0o644) //nolint:gosec // results, nothing secret
}

func (c Options) scenarios() ([]scenario, error) {
	if c.Set {
		return standardSet(c.Seed), nil
	}
	switch {
	case c.People < 1 || c.People > 100_000:
		return nil, errors.New("load: --people must be 1-100000")
	case c.For <= 0:
		return nil, errors.New("load: --for must be above 0")
	case c.Pause <= 0:
		return nil, errors.New("load: --pause must be above 0")
	case c.Rate < 0 || c.Fail < 0 || c.Fail > 1 || c.Requests < 0:
		return nil, errors.New("load: --rate and --requests must not be negative, --fail must be 0-1")
	}
	return []scenario{{
		People: c.People, Rate: c.Rate, Pause: c.Pause, For: c.For, Requests: c.Requests, Warm: c.Warm, Fail: c.Fail, Seed: c.Seed,
		HTTP: c.HTTP, Blind: c.Blind,
	}}, nil
}

// standardSet is what the documents show.
func standardSet(seed uint64) []scenario {
	const each = 2 * time.Minute
	var set []scenario
	for _, warm := range []bool{false, true} {
		for _, s := range []scenario{{People: 50, Pause: 20 * time.Second}, {People: 500, Pause: time.Minute}, {People: 500, Rate: 1000}} {
			s.For, s.Warm, s.Seed = each, warm, seed
			set = append(set, s)
		}
	}
	return set
}

// scenario is one run: who asks how often, and what the store knows before.
type scenario struct {
	People   int
	Rate     float64       // a minute; 0 = everybody waits for the answer and pauses
	Pause    time.Duration // on average: from half of it to one and a half
	For      time.Duration
	Requests int // 0 = no bound
	Warm     bool
	Fail     float64
	Seed     uint64
	HTTP     string // address of the dashboard; "" = any
	Blind    bool   // no monitor
}

func (s scenario) String() string {
	name := fmt.Sprintf("%d people", s.People)
	if s.Rate > 0 {
		name += fmt.Sprintf(", %.0f requests/min", s.Rate)
	} else {
		name += fmt.Sprintf(" who pause %v", s.Pause)
	}
	if s.Warm {
		return name + ", after a day"
	}
	return name + ", cold"
}
