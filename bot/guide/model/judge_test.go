package model

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/bot/sim"
)

// cases returns n stories before the judge.
func cases(n int) (all []Case) {
	for _, p := range towers(n) {
		all = append(all, Case{Place: p.ID, Title: p.Title, Passage: p.Extract,
			Story: "A rich merchant built the tower in 1894, although he “feared” stairs — all his life."})
	}
	return all
}

func TestJudgeNamesWhatTheSourceDoesNotSay(t *testing.T) {
	for name, tt := range map[string]struct {
		says []string
		want []string
	}{
		"nothing":                         {nil, nil},
		"words of the story":              {[]string{"feared stairs"}, []string{"feared stairs"}},
		"other signs and case":            {[]string{"\"FEARED\"  stairs - all his life."}, []string{"\"FEARED\"  stairs - all his life."}},
		"words that it does not have":     {[]string{"hated stairs", "built in 1895"}, nil},
		"words that occur everywhere":     {[]string{"in", "the", "…"}, nil},
		"one of two":                      {[]string{"hated stairs", "in 1894"}, []string{"in 1894"}},
		"more than anybody needs":         {slices.Repeat([]string{"rich merchant"}, 50), slices.Repeat([]string{"rich merchant"}, maxObjections)},
		"a text that no store would take": {[]string{"rich merchant" + strings.Repeat(" ", 2*maxObjectionBytes) + "built"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newFixture(t, chat.Config{}, sim.ModelConfig{Object: func(place, _, _ string) []string {
					if place == "Q2" {
						return tt.says
					}
					return nil
				}})
				got, err := NewJudge(b.Client.server).Judge(t.Context(), cases(3))
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Objections) != 3 || len(got.Objections["Q1"]) > 0 || !slices.Equal(got.Objections["Q2"], tt.want) {
					t.Errorf("objections = %q, want %q to Q2", got.Objections, tt.want)
				}
				if got.PromptTokens == 0 || got.AnswerTokens == 0 {
					t.Errorf("tokens = %d, %d", got.PromptTokens, got.AnswerTokens)
				}
			})
		})
	}
}

func TestJudgeWithoutVerdictsObjectsToNothing(t *testing.T) {
	for _, fault := range []string{"500", "cut", "notjson", "garbage", "refusal"} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newFixture(t, chat.Config{}, sim.ModelConfig{
					Fault:  func(int) string { return fault },
					Object: func(_, _, story string) []string { return []string{story} },
				})
				got, err := NewJudge(b.Client.server).Judge(t.Context(), cases(1))
				if fault != "refusal" && err == nil {
					t.Error("no error")
				}
				if len(got.Objections) > 0 {
					t.Errorf("objections = %q", got.Objections)
				}
			})
		})
	}
}

func TestJudgeAsksOnceAboutEightStories(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{})
		start := time.Now()
		got, err := NewJudge(b.Client.server).Judge(t.Context(), cases(MaxCases))
		if err != nil || len(got.Objections) != MaxCases || len(b.outcomes()) != 1 {
			t.Errorf("%d verdicts in %d calls, %v", len(got.Objections), len(b.outcomes()), err)
		}
		if took := time.Since(start); took < time.Second || took > 3*time.Second {
			t.Errorf("took %v, want 1-3 s", took)
		}
	})
}

func TestJudgeServesServersWithoutSchemas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{NoSchema: true, Object: func(string, string, string) []string { return []string{"in 1894"} }})
		got, err := NewJudge(b.Client.server).Judge(t.Context(), cases(2))
		if err != nil || len(got.Objections["Q1"]) != 1 || len(got.Objections["Q2"]) != 1 {
			t.Errorf("objections = %q, %v", got.Objections, err)
		}
	})
}
