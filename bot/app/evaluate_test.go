package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
)

// evaluated runs Evaluate in a simulated world and returns the report.
func evaluated(t *testing.T, server *sim.Model, order Evaluation, edit func(*config.Config, context.CancelFunc)) (report, estimate string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		cfg := config.Defaults()
		cfg.Derive(config.Environment{})
		_, world := newSimWorld(&cfg)
		world.Model = sim.Transport(map[string]http.Handler{"model.test": server})
		cfg.OpenAI.PriceIn, cfg.OpenAI.PriceOut = 0.1, 0.5
		if edit != nil {
			edit(&cfg, cancel)
		}
		order.Around = centre
		if agree := order.Agree; agree == nil {
			order.Agree = func(e string) error { estimate = e; return nil }
		}
		var out strings.Builder
		err = Evaluate(ctx, cfg, order, world, slog.New(slog.DiscardHandler), &out, io.Discard)
		report = out.String()
	})
	return report, estimate, err
}

func TestEvaluateReportsEachStoryBesideItsPassage(t *testing.T) {
	t.Parallel()
	fault := func(n int) string {
		if n == 2 {
			return "badyear"
		}
		return ""
	}
	server := sim.NewModel(sim.ModelConfig{Fault: fault, Latency: func(int) time.Duration { return 4 * time.Second }, Object: func(_, _, story string) []string {
		if strings.Contains(story, "third") {
			return nil
		}
		return []string{strings.Join(strings.Fields(story)[:4], " ")}
	}})
	report, estimate, err := evaluated(t, server, Evaluation{Places: 9, Languages: []string{"en", "fr"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"9 places in 2 languages", "requests", "tokens", "$0."} {
		if !strings.Contains(estimate, want) {
			t.Errorf("no %q in the estimate %q", want, estimate)
		}
	}
	for _, want := range []string{
		"# Stories of test\n", "judge test", "| en | 9 | ", "| fr | 9 | ", "\n| year | ", "| writing | ", "| judging | ", ", at the second try\n",
		"<th>Passage (en)</th><th>Story</th>", "<b>Rests on</b>", "The judge objects to", "<b>Refused</b>: year: ",
	} {
		if !strings.Contains(report, want) {
			t.Errorf("no %q in\n%.6000s", want, report)
		}
	}
	if got := strings.Count(report, "\n### "); got != 18 {
		t.Errorf("%d stories", got)
	}
}

func TestEvaluateSpendsNothingWithoutConsent(t *testing.T) {
	t.Parallel()
	refused := errors.New("no")
	calls := 0
	server := sim.NewModel(sim.ModelConfig{Fault: func(int) string { calls++; return "" }})
	report, _, err := evaluated(t, server, Evaluation{Places: 9, Languages: []string{"en"}, Agree: func(string) error { return refused }}, nil)
	if !errors.Is(err, refused) || report != "" || calls != 0 {
		t.Errorf("error %v, %d calls, report %q", err, calls, report)
	}
}

func TestEvaluateReportsWhatThereIsWhenInterrupted(t *testing.T) {
	t.Parallel()
	server := sim.NewModel(sim.ModelConfig{Latency: func(int) time.Duration { return 10 * time.Second }})
	report, _, err := evaluated(t, server, Evaluation{Places: 40, Languages: []string{"en"}}, func(_ *config.Config, cancel context.CancelFunc) {
		time.AfterFunc(35*time.Second, cancel)
	})
	if err == nil || !strings.Contains(report, "## Outcome") || !strings.Contains(report, " words, ") {
		t.Errorf("error %v, report\n%.2000s", err, report)
	}
}

// A server that does not work is noticed before all places were asked about, and nothing is called a report then.
func TestEvaluateGivesUpOnAServerThatDoesNotWork(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault string
		most  int // calls, with those that are repeated
		want  string
	}{{"401", 3, "refused"}, {"404", 3, "refused"}, {"500", 20, "unavailable"}} {
		var calls atomic.Int64
		server := sim.NewModel(sim.ModelConfig{Fault: func(int) string { calls.Add(1); return tt.fault }})
		report, _, err := evaluated(t, server, Evaluation{Places: 60, Languages: []string{"en", "fr"}}, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) || report != "" {
			t.Errorf("%s: error %v, report %.300q", tt.fault, err, report)
		}
		if n := int(calls.Load()); n > tt.most {
			t.Errorf("%s: %d calls to a server that does not work", tt.fault, n)
		}
	}
}

func TestEvaluateCountsStoriesAboutOtherPlaces(t *testing.T) {
	t.Parallel()
	server := sim.NewModel(sim.ModelConfig{Fault: func(n int) string { return map[int]string{1: "unknown", 2: "twice"}[n] }})
	report, _, err := evaluated(t, server, Evaluation{Places: 6, Languages: []string{"en"}}, nil)
	if err != nil || !strings.Contains(report, "stories about places that it was not asked about") || strings.Contains(report, "\n| place |") {
		t.Errorf("error %v, report\n%.2000s", err, report)
	}
}
