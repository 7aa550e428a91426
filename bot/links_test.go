package bot

import (
	"net/url"
	"strings"
	"testing"

	"excursobot/bot/sim"
)

func TestPlaceParameters(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ place, edition, want string }{
		{"Q129846", "", "p_Q129846"},
		{"Q129846", "ka", "p_Q129846_ka"},
		{"wp:en:123", "", "p_wp-en-123"},
		{"wp:zh-min-nan:123", "", "p_wp-zh-min-nan-123"},
		{"Q1 2", "", ""},
		{"Q_1", "", ""},
		{"", "", ""},
		{"Q" + strings.Repeat("1", 64), "", ""},
	} {
		if got := placeParameter(tt.place, tt.edition); got != tt.want {
			t.Errorf("%q in %q: %q, want %q", tt.place, tt.edition, got, tt.want)
		}
	}
}

func FuzzPlaceParameter(f *testing.F) {
	for _, s := range []string{"p_Q1", "p_wp-en-1", "p_wp-", "p_wp--1", "p__", "p_Q1_ka", "p_Q1_a_b", "p_\x00", "donate"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		place, edition, ok := parsePlaceParameter(s)
		if ok && (len(s) > startLongest || place == "" || strings.ContainsAny(edition, "_:")) {
			t.Errorf("%q is read as %q in %q", s, place, edition)
		}
	})
}

// link returns the link to the place behind a story's Share button, "" without one.
func link(m sim.Message) string {
	for _, row := range m.Buttons {
		for _, b := range row {
			if u, err := url.Parse(b.URL); err == nil && u.Host == "t.me" && u.Path == "/share/url" {
				return u.Query().Get("url")
			}
		}
	}
	return ""
}

// TestASharedStoryIsToldToWhoeverOpensTheLink holds that the link of a story tells its place in the reader's language, again and again, and asks where
// the reader is.
func TestASharedStoryIsToldToWhoeverOpensTheLink(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		teller, reader := w.person(1, "ru"), w.person(2, "en")
		teller.Locate(cityLat, cityLon)
		story := w.waitStory(teller, 0)
		to := link(story)
		parameter, ok := strings.CutPrefix(to, "https://t.me/"+w.bot.intake.Username()+"?start=")
		if !ok || !strings.HasPrefix(parameter, "p_Q") {
			t.Fatalf("the story shares %q", to)
		}
		words := w.words("en")
		for try := range 2 {
			w.waitDone(reader.Say("/start " + parameter))
			got := answers(reader)
			m := got[len(got)-1]
			if len(got) != try+1 || data(m, "menu:near") == "" || link(m) != to || strings.Contains(m.HTML, "\n\n\n") {
				t.Fatalf("try %d: %d answers, the last one is\n%s%v", try, len(got), m.HTML, m.Buttons)
			}
			if strings.Contains(m.HTML, " m ") && strings.Contains(m.HTML, "↑") {
				t.Errorf("a direction from nowhere:\n%s", m.HTML)
			}
		}
		w.waitDone(reader.Press(answers(reader)[1].ID, "menu:near"))
		if got := answers(reader); got[2].HTML != words.Say("share.near") || len(got[2].Keyboard) == 0 {
			t.Errorf("what is near: %s", got[2].HTML)
		}
	})
}

func TestAForgedLinkGetsOneSentence(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		forged := []string{"p_Q404", "p_", "p_wp-1", "p_wp-en-77", "p_Q1_a_b", "p_../../x", "p_" + strings.Repeat("Q", 80)}
		for i, parameter := range forged[:3] {
			w.waitDone(p.Say("/start " + parameter))
			if got := answers(p); len(got) != i+1 || got[i].HTML != w.words("en").Say("share.unknown") {
				t.Errorf("%s: %d answers, the last one %q", parameter, len(got), got[len(got)-1].HTML)
			}
		}
		q := w.person(2, "en")
		for i, parameter := range forged[3:] {
			w.waitDone(q.Say("/start " + parameter))
			if got := answers(q); len(got) != i+1 || got[i].HTML != w.words("en").Say("share.unknown") {
				t.Errorf("%s: %d answers, the last one %q", parameter, len(got), got[len(got)-1].HTML)
			}
		}
	})
}
