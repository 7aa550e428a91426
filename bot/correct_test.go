package bot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

func TestARefusedStoryBecomesTheSourceInTheSameMessage(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"en", "ru"} {
		t.Run(language, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{judge: true, object: func(_, _, story string) []string { return []string{strings.Join(strings.Fields(story)[:3], " ")} }})
				defer w.close()
				p := w.person(1, language)
				w.waitDone(p.Locate(cityLat, cityLon))
				before := answers(p)
				time.Sleep(5 * time.Minute)
				after := answers(p)
				words := w.words(language)
				_, line, _ := strings.Cut(words.Say("story.corrected", "title", "", "text", "|"), "|")
				if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID {
					t.Fatalf("%d messages before, %d after", len(before), len(after))
				}
				html := after[0].HTML
				if !strings.Contains(html, strings.TrimSpace(line)) || !strings.Contains(html, "CC BY-SA 4.0") || html == before[0].HTML {
					t.Errorf("corrected to %s", html)
				}
				if data(after[0], "vote:") != "" || data(after[0], "more:") == "" {
					t.Errorf("buttons %+v", after[0].Buttons)
				}
				if title, _, _ := strings.Cut(before[0].HTML, "\n"); !strings.HasPrefix(html, title) {
					t.Errorf("another title than %q: %s", title, html)
				}
			})
		})
	}
}

func TestAStoryThatPassedIsLeftAlone(t *testing.T) {
	inWorld(t, newWorld, worldConfig{judge: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		before := answers(p)
		time.Sleep(5 * time.Minute)
		if after := answers(p); len(after) != 1 || after[0].HTML != before[0].HTML {
			t.Errorf("%d messages, %+v", len(after), after)
		}
	})
}

// A voice that was heard stays what it is: its caption tells that the text counts.
func TestTheVoiceOfARefusedStoryIsMarked(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]worldConfig{
		"refused":   {judge: true, object: func(_, _, story string) []string { return []string{strings.Join(strings.Fields(story)[:3], " ")} }},
		"it passed": {judge: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, speaking(sim.NewSpeech(sim.SpeechConfig{}), cfg, nil))
				defer w.close()
				w.speak()
				p := w.person(1, "en")
				w.waitDone(p.Locate(cityLat, cityLon))
				w.waitDone(p.Press(last(p).ID, data(last(p), "listen:")))
				before := w.waitVoices(p, 1)
				time.Sleep(5 * time.Minute)
				after := voicesOf(p)
				line := w.bot.cfg.Words.Words("en").Say("voice.withdrawn")
				if len(after) != 1 || after[0].ID != before[0].ID || strings.HasSuffix(after[0].HTML, line) != (name == "refused") {
					t.Errorf("%d voices, %q", len(after), after[0].HTML)
				}
				if title, _, _ := strings.Cut(before[0].HTML, "\n"); !strings.HasPrefix(after[0].HTML, title) || !strings.Contains(after[0].HTML, "<a href=") {
					t.Errorf("the caption lost its title or its source: %q", after[0].HTML)
				}
			})
		})
	}
}
