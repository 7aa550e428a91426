package chat

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

// quirkCase is what a peculiarity of a server may cost. The zero value: one call, nothing adapted, no failure in the log.
type quirkCase struct {
	calls  int    // until the first complete answer, default 1
	step   string // part of what is learnt; "" = nothing
	later  int    // calls of the second question, default 1
	cfg    Config
	words  string // the server's own words, which the log must have
	single bool   // the subjects are asked one by one
}

var quirkCases = map[string]quirkCase{
	"stream_options refused, 422":        {calls: 2, step: "token counts", words: "Extra inputs"},
	"stream_options refused, detail":     {calls: 2, step: "token counts", words: "Extra inputs"},
	"max_tokens and temperature refused": {calls: 3, step: "temperature"},
	"max_completion_tokens unknown":      {calls: 2, step: "max_tokens", cfg: Config{Model: "gpt-6-luna"}},
	"tokens too many":                    {calls: 2, step: "at most 1100 tokens"},
	"schema beyond the grammar":          {calls: 2, step: "json_object", words: "xgrammar"},
	"schema refused, list of errors":     {calls: 2, step: "json_object", words: "Unknown name"},
	"schema fails with 500":              {calls: 2, step: "json_object", words: "failed to compile"},
	"any format refused":                 {calls: 3, step: "no response_format"},
	"format without an endpoint":         {calls: 2, step: "json_object"},
	"JSON validation failed":             {calls: 3, step: "no response_format"},
	"temperature refused in words":       {calls: 2, step: "temperature"},
	"effort refused":                     {calls: 2, step: "reasoning effort", cfg: Config{Reasoning: "low"}},
	"streaming refused":                  {calls: 2, step: "whole answers"},
	"system role refused":                {calls: 2, step: "no system message"},
	"everything optional refused":        {calls: 2, step: "everything optional"},
	"small context":                      {calls: 2, step: "context is small"},
	"small context, by length":           {calls: 2, step: "context is small"},
	"filter for several places":          {calls: 2, later: 2, single: true, words: "content management policy"},
	"filter as 403":                      {calls: 2, later: 2, single: true, words: "moderation"},

	"error with finish reason, once":   {calls: 2, words: "M1"},
	"comment and error 429, once":      {calls: 2, words: "M2"},
	"error 429 in a stream, once":      {calls: 2, words: "M2"},
	"error in words, once":             {calls: 2, words: "M2"},
	"error of a choice, once":          {calls: 2, words: "M2"},
	"error at the top, once":           {calls: 2, words: "M2"},
	"overloaded by its words, once":    {calls: 2, words: "M2"},
	"error as JSON with 200, once":     {calls: 2, words: "M4"},
	"a web page with 200, once":        {calls: 2, words: "web page"},
	"no choices, once":                 {calls: 2},
	"empty answer, once":               {calls: 2},
	"still loading, once":              {calls: 2, words: "Loading model"},
	"named error for a format":         {calls: 3, step: "no response_format", words: "M3"},
	"finish reason error for a format": {calls: 3, step: "no response_format"},
	"reasoning uses up the tokens":     {calls: 2, step: "hidden reasoning"},
	"slow to load":                     {cfg: Config{Timeout: time.Minute}},
}

// TestEveryQuirk asks two questions of a server with each peculiarity: both are answered, and the second costs no more calls than it must.
func TestEveryQuirk(t *testing.T) {
	for _, name := range sim.Quirks() {
		t.Run(name, func(t *testing.T) {
			want := quirkCases[name]
			want.calls, want.later = max(want.calls, 1), max(want.later, 1)
			synctest.Test(t, func(t *testing.T) {
				if want.cfg.Model == "" {
					want.cfg.Model = "test"
				}
				b := newQuirky(t, want.cfg, name)
				first := about(3)
				reply, err := b.Ask(t.Context(), first.request())
				if err != nil || first.texts["Q1"] == "" || reply.Calls != want.calls {
					t.Errorf("%d calls (%s), want %d; %d texts, error %v", reply.Calls, b.outcomes(), want.calls, len(first.texts), err)
				}
				second := about(3)
				reply, err = b.Ask(t.Context(), second.request())
				if err != nil || second.texts["Q1"] == "" || reply.Calls != want.later || reply.Single != want.single {
					t.Errorf("second question: %d calls (%s), want %d; %d texts, single %v, error %v", reply.Calls, b.outcomes(), want.later, len(second.texts), reply.Single, err)
				}
				for _, q := range []*quiz{first, second} {
					for _, text := range q.texts {
						if strings.Contains(text, "This draft was thought") {
							t.Error("a thought was told")
						}
					}
				}
				if steps := strings.Join(b.Adapted(), "; "); !strings.Contains(steps, want.step) || want.step == "" && steps != "" {
					t.Errorf("learnt %q, want %q", steps, want.step)
				}
				log := b.log()
				if !strings.Contains(log, want.words) || strings.Contains(log, "secret text") || strings.Contains(log, `{`) {
					t.Errorf("the log should have the server's message %q and no body:\n%s", want.words, log)
				}
				if n := strings.Count(log, "model_adapted"); n != len(b.Adapted()) {
					t.Errorf("%d steps in the log, %d learnt", n, len(b.Adapted()))
				}
				if want.calls == 1 && strings.Contains(log, "WARN") {
					t.Errorf("a failure in the log: %s", log)
				}
			})
		})
	}
}

// A thought that never ends is no answer, whatever is in it.
func TestOpenThoughtsAreNeverTold(t *testing.T) {
	draft := `{\"stories\":[{\"place\":\"Q1\",\"text\":\"This draft was thought.\"}]}`
	for name, content := range map[string]string{
		"never closed":             "<think>" + draft,
		"cut without opening tag":  "Let me see. " + draft,
		"closed, nothing after it": draft + "</think>",
	} {
		for _, finish := range []string{`"length"`, "null"} {
			synctest.Test(t, func(t *testing.T) {
				b := &fixture{}
				b.Client = newTestClient(t, b, Config{Model: "test"}, streamOf(fmt.Sprintf(
					`data: {"choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}`+"\n\n"+`data: {"choices":[{"index":0,"delta":{},"finish_reason":%s}]}`+"\n\n", content, finish)))
				q := about(1)
				if _, err := b.Ask(t.Context(), q.request()); err == nil || len(q.texts) > 0 {
					t.Errorf("%s, finish %s: texts %v, error %v", name, finish, q.texts, err)
				}
			})
		}
	}
}
