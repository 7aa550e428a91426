package model

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

func TestWriteTellsTheFirstStoryBeforeTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{Latency: func(int) time.Duration { return 8 * time.Second }})
		start := time.Now()
		var at []time.Duration
		var heard []Story
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(4)}, func(s Story) {
			at, heard = append(at, time.Since(start)), append(heard, s)
		})
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"Q1", "Q2", "Q3", "Q4"}; !slices.Equal(ids(res.Stories), want) || !reflect.DeepEqual(heard, res.Stories) {
			t.Errorf("stories %v, heard %v, want %v; dropped %v", ids(res.Stories), ids(heard), want, res.Dropped)
		}
		if len(at) != 4 || at[0] > 2500*time.Millisecond || at[3] > 8*time.Second || at[3] < 7*time.Second {
			t.Errorf("stories came after %v of 8s", at)
		}
		if len(b.calls) != 1 || b.calls[0].Outcome != "ok" || b.calls[0].Duration != 8*time.Second ||
			b.calls[0].PromptTokens == 0 || int64(b.calls[0].PromptTokens) != res.PromptTokens || int64(b.calls[0].CompletionTokens) != res.AnswerTokens {
			t.Errorf("calls %+v, tokens %d", b.calls, res.AnswerTokens)
		}
	})
}

func TestWriteInEveryLanguage(t *testing.T) {
	for _, language := range Languages {
		for _, long := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				b := newFixture(t, chat.Config{RequestsPerMinute: 600}, sim.ModelConfig{})
				res, err := b.Write(t.Context(), Request{Language: language, Long: long, Places: towers(4)}, nil)
				if err != nil || len(res.Stories) != 4 {
					t.Errorf("%s, long %v: %d stories, dropped %v, error %v", language, long, len(res.Stories), res.Dropped, err)
				}
			})
		}
	}
}

func TestWriteDropsWhatFailsTheChecks(t *testing.T) {
	tests := map[string]string{"badyear": "year", "badlang": "script", "markup": "markup", "greeting": "phrase", "unknown": "place"}
	for fault, rule := range tests {
		synctest.Test(t, func(t *testing.T) {
			b := newFixture(t, chat.Config{}, sim.ModelConfig{}, fault, fault)
			res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, func(s Story) { t.Errorf("%s: told %s", fault, s.Text) })
			if err != nil || len(res.Stories) != 0 || len(res.Dropped) != 4 && fault != "unknown" {
				t.Fatalf("%s: stories %v, dropped %v, error %v", fault, res.Stories, res.Dropped, err)
			}
			for _, d := range res.Dropped {
				if d.Rule != rule {
					t.Errorf("%s: dropped for %v, want %s", fault, d, rule)
				}
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{}, "badyear")
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, nil)
		if err != nil || len(res.Stories) != 2 || len(res.Dropped) != 2 || len(b.calls) != 2 || len(res.Stories[0].Quotes) == 0 {
			t.Errorf("a second try: %d calls, stories %v, dropped %v, error %v", len(b.calls), ids(res.Stories), res.Dropped, err)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{}, "twice")
		res, err := b.Write(t.Context(), Request{Language: "en", Places: towers(2)}, nil)
		if err != nil || len(res.Stories) != 2 || len(res.Dropped) != 1 || res.Dropped[0].Rule != "place" {
			t.Errorf("twice: stories %v, dropped %v, error %v", ids(res.Stories), res.Dropped, err)
		}
	})
}

func TestWriteForServersWithoutSchemas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{NoSchema: true})
		for range 2 {
			res, err := b.Write(t.Context(), Request{Language: "ru", Places: towers(4)}, nil)
			if err != nil || len(res.Stories) != 4 {
				t.Fatalf("stories %v, dropped %v, error %v", ids(res.Stories), res.Dropped, err)
			}
		}
		if got, want := strings.Join(b.outcomes(), " "), "adapted ok ok"; got != want {
			t.Errorf("outcomes %q, want %q: the format is remembered", got, want)
		}
	})
}

func TestWriteRefusesBadRequests(t *testing.T) {
	b := newFixture(t, chat.Config{}, sim.ModelConfig{})
	tests := map[string]Request{
		"unknown language": {Language: "xx", Places: towers(1)},
		"no places":        {Language: "en"},
		"too many places":  {Language: "en", Places: towers(MaxPlaces + 1)},
		"no id":            {Language: "en", Places: []places.Place{{Title: "Tower"}}},
	}
	for name, req := range tests {
		if _, err := b.Write(t.Context(), req, nil); !errors.Is(err, chat.ErrRefused) || !b.Ready() {
			t.Errorf("%s: error %v, ready %v", name, err, b.Ready())
		}
	}
	if got := b.server.Stats().Calls; got != 0 {
		t.Errorf("%d calls", got)
	}
}
