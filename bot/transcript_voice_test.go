package bot

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

// TestTranscriptsOfVoices plays a story that is heard on request, and one of a person who wants to hear all. The words of a recording stand in it.
func TestTranscriptsOfVoices(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := playVoices(t, language)
				file := filepath.Join("testdata", "voices."+language+".txt")
				golden(t, file, got)
			})
		})
	}
}

func playVoices(t *testing.T, language string) string {
	server := sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})
	w := newWorld(t, speaking(server, worldConfig{articles: 120}, nil))
	defer w.close()
	w.speak()
	p := w.person(1, language)
	w.waitDone(p.Locate(cityLat, cityLon))
	time.Sleep(30 * time.Second)
	story := storiesOf(p)[0]
	w.press(p, story, data(story, "listen:"))
	time.Sleep(10 * time.Second)
	_, err := w.store.UpdateUser(t.Context(), 1, func(u *store.User) error {
		u.Voice = store.VoiceAlways
		return nil
	})
	w.must(err)
	w.waitDone(p.Locate(cityLat, cityLon))
	time.Sleep(time.Minute)

	// As they stand in the chat, by their numbers.
	all := slices.SortedFunc(slices.Values(p.Messages()), func(a, b sim.Message) int { return cmp.Compare(a.ID, b.ID) })
	var out strings.Builder
	for _, m := range all {
		switch {
		case m.Method == "sendVenue": // comes when there is room for it
		case !m.FromBot && m.Lat != 0:
			out.WriteString("\n> [location]\n")
		case m.Method == "sendVoice":
			fmt.Fprintf(&out, "\n[voice, silent: %v] %s\n%s", m.Silent, sim.SpokenText(m.File), written(m))
		default:
			out.WriteString("\n" + written(m))
		}
	}
	return out.String()
}
