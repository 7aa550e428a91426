package app

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
)

// tried runs Try in a simulated world whose model has a peculiarity and faults, and returns the report.
func tried(t *testing.T, quirk string, faults func(n int) string, edit func(*config.Config)) (report string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		_, world := newSimWorld(&cfg)
		var server http.Handler = sim.NewModel(sim.ModelConfig{Fault: faults, Shutdown: "2000-02-10", Latency: func(n int) time.Duration { return time.Duration(n) * time.Second }})
		if quirk != "" {
			var err error
			if server, err = sim.Quirk(quirk, server); err != nil {
				t.Fatal(err)
			}
		}
		world.Model = sim.Transport(map[string]http.Handler{"model.test": server})
		cfg.OpenAI.PriceIn, cfg.OpenAI.PriceOut = 0.1, 0.5
		if edit != nil {
			edit(&cfg)
		}
		var out strings.Builder
		err = Try(t.Context(), cfg, centre, "en", world, slog.New(slog.DiscardHandler), &out)
		report = out.String()
	})
	return report, err
}

func TestTryReportsEachStep(t *testing.T) {
	report, err := tried(t, "stream_options refused, 422", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Model's server\n  test at model.test, openai.reasoning auto\n  the server shuts it down on 2000-02-10, in 39 days\n",
		"Sources\n  Wikipedias that cover the point, in the order of preference: en", " 200  ", "geosearch", "Place\n", " m", "the best of ",
		"Text for the model\n", " characters of ", "Answer\n", "2 calls, ", "the first sign of life after ",
		"adapted to the server: does not ask for token counts (no stream_options)",
		"Story\n", "Checks\n  place    passed\n  script   passed\n  length   passed\n  markup   passed\n  repeat   passed\n  contact  passed\n  phrase   passed\n  foreign  passed\n  facts    passed\n",
		"Cost\n", " tokens of the prompt, ", ": $0.000",
	} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%s", want, report)
		}
	}
}

func TestTryTellsWhyThereIsNoStory(t *testing.T) {
	for name, tt := range map[string]struct {
		fault  string
		edit   func(*config.Config)
		err    string
		report string
	}{
		"a wrong key": {fault: "401", err: "Incorrect API key", report: "none (reason: refused)"},
		"a bad story": {fault: "badyear", err: "reason: unfit", report: "year: \"1387\" does not follow from the source"},
		"no key":      {edit: func(c *config.Config) { c.OpenAI.APIKey = "" }, err: "openai.api_key is not set", report: "people get extracts"},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := tried(t, "", func(int) string { return tt.fault }, tt.edit)
			if err == nil || !strings.Contains(err.Error(), tt.err) || !strings.Contains(report, tt.report) || !strings.Contains(report, "Sources\n") {
				t.Errorf("error %v, report\n%s", err, report)
			}
		})
	}
}

// The report tells of each call that failed, also if a later one brought the story, and what to look at.
func TestTryReportsCallsThatFailed(t *testing.T) {
	once := func(fault string) func(int) string {
		return func(n int) string {
			if n == 1 {
				return fault
			}
			return ""
		}
	}
	always := func(fault string) func(int) string { return func(int) string { return fault } }
	for name, tt := range map[string]struct {
		faults func(int) string
		want   []string
	}{
		"a fault once":  {once("500"), []string{"2 calls, ", "1 call failed: model: unavailable: status 500: ", "Story\n"}},
		"no fault":      {always(""), []string{"  1 call, "}},
		"a web page":    {always("html"), []string{"2 calls failed: model: unavailable: status 502: (a web page)", "hint: a web page answers"}},
		"a wrong key":   {always("401"), []string{"1 call failed: model: refused: status 401", "hint: look at openai.api_key"}},
		"no such model": {always("404"), []string{"hint: look at openai.model"}},
		"prose":         {always("notjson"), []string{"3 calls failed: model: unusable answer", "; the answer begins with \"", "hint: the model does not keep to the form"}},
	} {
		t.Run(name, func(t *testing.T) {
			report, _ := tried(t, "", tt.faults, nil) // the error is the subject of another test
			for _, want := range tt.want {
				if !strings.Contains(report, want) {
					t.Errorf("no %q in\n%s", want, report)
				}
			}
		})
	}
}

func TestTryWaitsLongerThanPeople(t *testing.T) {
	report, err := tried(t, "slow to load", nil, func(c *config.Config) { c.OpenAI.Timeout = time.Minute })
	if err != nil || !strings.Contains(report, "the story came too late") {
		t.Errorf("error %v, report\n%s", err, report)
	}
}
