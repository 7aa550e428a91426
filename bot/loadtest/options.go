package loadtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
)

// Options are the flags of "excursobot load".
type Options struct {
	Set      bool          `help:"Run the standard set: 50 people, 500 people and 1000 requests a minute, each cold and after a simulated day, and ten without a contact."`
	People   int           `default:"50" help:"Number of people who send locations."`
	Rate     float64       `default:"0" help:"Requests a minute of all people together; 0 = each person asks again some time after an answer."`
	Pause    time.Duration `default:"20s" help:"Average time between an answer and the next request of a person, without --rate."`
	For      time.Duration `default:"1m" help:"Duration of the run."`
	Requests int           `default:"0" help:"Stop after this number of requests; 0 = only the time counts."`
	Warm     bool          `help:"Simulate a day of other people first."`
	Packed   bool          `help:"Import a pack of the simulated town first, with its stories, instead of a day of other people."`
	Fail     float64       `default:"0" help:"Share of the model's calls that fail, 0-1."`
	Lies     float64       `default:"0" help:"Share of the places about which the model writes a wrong year whenever it is asked, 0-1."`
	Quirk    string        `placeholder:"NAME" help:"Let the model's server have a peculiarity of real ones; 'list' prints the names."`
	Seed     uint64        `default:"1" help:"Runs with the same seed ask the same questions."`
	Inline   float64       `default:"0" help:"Inline queries a second in other chats, beside the questions."`
	Ask      float64       `default:"0" help:"Questions about places a minute, by a hundred people beside the others."`
	News     int           `default:"0" help:"Number of people to whom the operator sends news during the run, after a tenth of it."`
	Walks    int           `default:"0" help:"Let this number of people walk with a live location instead of sending single ones, with the bot in a process of its own."`
	Every    time.Duration `default:"5s" help:"Time between two stories of a walk, with --walks."`
	Voices   bool          `help:"All who walk hear their stories, with --walks; a speech server needs 2 s for a recording."`
	Moves    int           `default:"10000" help:"Number of moves of all walks together, with --walks."`
	Pass     bool          `help:"Let them hear of what they pass, on a grid of sights, with --walks."`
	Apart    bool          `help:"Run the bot in a process of its own, so that memory and CPU are the bot's alone; nobody asks with --people=0."`
	Kill     bool          `help:"Kill the bot in the middle of the run, with --walks."`
	HTTP     string        `placeholder:"ADDR" help:"Address of the dashboard during the run, such as 127.0.0.1:8080. DASHBOARD_TOKEN guards it."`
	Small    bool          `help:"Run without a contact, so that Wikipedia, Wikidata and Commons are asked ten times a minute at most."`
	Blind    bool          `help:"Run without the monitor, to measure what it costs."`
	JSON     string        `placeholder:"FILE" help:"Write the results as JSON, too."`
	Doc      string        `placeholder:"FILE" help:"Write the table as a Markdown page, too. Further sections of the page stay."`

	Token string `kong:"-"` // of the dashboard, from the environment; "" = it answers only this machine
}

// Measure runs one scenario, the standard set or a walk test until ctx ends, and prints a table. It ignores the settings of this machine: it measures
// the defaults. A wrong flag gives a config.UsageError.
func (o Options) Measure(ctx context.Context, stdout, stderr io.Writer) error {
	if o.Quirk == "list" {
		_, err := fmt.Fprintln(stdout, strings.Join(sim.Quirks(), "\n"))
		return err
	}
	if o.Quirk != "" && !slices.Contains(sim.Quirks(), o.Quirk) {
		return config.UsageError{Err: errors.New("load: --quirk must be one of those that --quirk=list prints")}
	}
	cfg, err := config.Load("", config.Environment{})
	if err != nil {
		return err
	}
	cfg.Monitor.Token, cfg.Monitor.Addr = o.Token, "" // the run has one address, on this machine
	progress := func(line string) { fmt.Fprintln(stderr, "load: "+line) }
	if o.Walks > 0 {
		return o.measureWalks(ctx, cfg, stdout, progress)
	}
	list, err := o.scenarios()
	if err != nil {
		return config.UsageError{Err: err}
	}
	var results []result
	for _, s := range list {
		progress(fmt.Sprintf("%s, %v ...", s, s.For))
		r, err := s.run(ctx, cfg, progress)
		if err != nil {
			return err
		}
		results = append(results, r)
		if ctx.Err() != nil {
			return errors.New("load: interrupted")
		}
	}
	fmt.Fprint(stdout, table(results))
	for _, r := range results {
		fmt.Fprint(stdout, r.account(), r.Beside.lines())
	}
	return o.write(results)
}

// write writes the files that were asked for.
func (o Options) write(results []result) error {
	if o.Doc != "" {
		if err := writePage(o.Doc, page(results)); err != nil {
			return err
		}
	}
	if o.JSON == "" {
		return nil
	}
	data, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.JSON, append(data, '\n'), 0o644) //nolint:gosec // results, nothing secret
}

func (o Options) scenarios() ([]scenario, error) {
	if o.Set {
		return standardSet(o.Seed), nil
	}
	switch {
	case o.People < 1 && !(o.Apart && o.People == 0) || o.People > 100_000:
		return nil, errors.New("load: --people must be 1-100000, or 0 with --apart")
	case o.Apart && (o.Ask > 0 || o.News > 0 || o.Blind || o.HTTP != ""):
		return nil, errors.New("load: --apart cannot have --ask, --news, --blind or --http")
	case o.For <= 0:
		return nil, errors.New("load: --for must be above 0")
	case o.Pause <= 0:
		return nil, errors.New("load: --pause must be above 0")
	case o.Ask < 0:
		return nil, errors.New("load: --ask must not be negative")
	case o.Inline < 0 || o.News < 0 || o.News > 100_000:
		return nil, errors.New("load: --inline must not be negative, --news must be 0-100000")
	case o.Rate < 0 || o.Requests < 0 || o.Fail < 0 || o.Fail > 1 || o.Lies < 0 || o.Lies > 1:
		return nil, errors.New("load: --rate and --requests must not be negative, --fail and --lies must be 0-1")
	}
	return []scenario{{
		People: o.People, Rate: o.Rate, Pause: o.Pause, For: o.For, Requests: o.Requests, Warm: o.Warm, Packed: o.Packed, Fail: o.Fail, Lies: o.Lies, Quirk: o.Quirk, Seed: o.Seed,
		HTTP: o.HTTP, Blind: o.Blind, Small: o.Small, Apart: o.Apart, Inline: o.Inline, Ask: o.Ask, News: o.News,
	}}, nil
}

// measureWalks runs a walk test and prints its table.
func (o Options) measureWalks(ctx context.Context, cfg config.Config, stdout io.Writer, progress func(string)) error {
	w := walkTest{Walks: o.Walks, Every: o.Every, For: o.For, Moves: o.Moves, Pass: o.Pass, Kill: o.Kill, Warm: o.Warm, Voices: o.Voices, Quirk: o.Quirk, Seed: o.Seed}
	if w.Every < time.Second || w.For < 10*w.Every || w.Moves < 1 || w.Walks > 10_000 {
		return config.UsageError{Err: errors.New("load: --every must be 1s or more, --for ten times as long, --moves above 0, --walks at most 10000")}
	}
	r, err := w.run(ctx, cfg, progress)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(stdout, walkTable(w, r))
	return err
}
