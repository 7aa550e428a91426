package bot

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/speech"
	"excursobot/store"
)

// speaking returns cfg with voices in English and Russian, made by the server.
func speaking(server *sim.Speech, cfg worldConfig, edit func(*speech.Config)) worldConfig {
	before := cfg.edit
	cfg.edit = func(c *Config) {
		sc := speech.Config{
			Store: c.Store.(speech.Store), URL: "http://speech.test", Voices: map[string]string{"en": "ann", "ru": "anna"}, Log: c.Log,
			Transport: sim.Transport(map[string]http.Handler{"speech.test": server}),
		}
		if edit != nil {
			edit(&sc)
		}
		var err error
		if c.Voices, err = speech.New(sc); err != nil {
			panic(err)
		}
		if before != nil {
			before(c)
		}
	}
	return cfg
}

// speak runs the voices until the world closes.
func (w *world) speak() {
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { w.check(w.cfg.Voices.Run(ctx)) })
	w.closers = append(w.closers, func() { stop(); wg.Wait() })
}

// voicesOf returns the voices that the person got.
func voicesOf(p *sim.Person) []sim.Message {
	return slices.DeleteFunc(fromBot(p), func(m sim.Message) bool { return m.Method != "sendVoice" && m.Method != "sendAudio" })
}

func (w *world) waitVoices(p *sim.Person, n int) []sim.Message {
	w.t.Helper()
	w.until("voices", func() bool { return len(voicesOf(p)) >= n })
	return voicesOf(p)
}

func TestListen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})
		w := newWorld(t, speaking(server, worldConfig{}, nil))
		defer w.close()
		w.speak()
		toasts := w.toasts()
		actions := map[string]int{}
		w.closers = append(w.closers, w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "typing" {
				actions[e.Text]++
			}
		}))
		p, other := w.person(1, "en"), w.person(2, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := last(p)
		listen := data(story, "listen:")
		if row := story.Buttons[0]; row[0].Data != listen || !strings.HasPrefix(row[1].Data, "tell:") {
			t.Fatalf("the first row is %v", row)
		}
		update := p.Press(story.ID, listen)
		time.Sleep(time.Second)
		w.waitDone(p.Press(story.ID, listen)) // while it is on the way
		w.waitDone(update)
		list := voicesOf(p)
		if len(list) != 1 || list[0].ReplyTo != story.ID || list[0].Silent {
			t.Fatalf("%d voices, %+v", len(list), list)
		}
		title := titleOf(story)
		key, _ := parseListen(strings.TrimPrefix(listen, "listen:"))
		stored, err := w.store.Stories(t.Context(), []store.StoryKey{key}, time.Now())
		w.must(err)
		if got, want := sim.SpokenText(list[0].File), speech.ForEar("en", title, stored[0].Text); got != want {
			t.Errorf("spoken: %q, want %q", got, want)
		}
		if want := "<b>" + title + "</b>\n<a href="; !strings.HasPrefix(list[0].HTML, want) {
			t.Errorf("caption %q", list[0].HTML)
		}
		coming := w.words("en").Plain("toast.voice_coming")
		if !slices.Equal(*toasts, []string{coming, coming}) || actions["record_voice"] == 0 {
			t.Errorf("toasts %q, actions %v", *toasts, actions)
		}

		w.waitDone(other.Locate(cityLat, cityLon))
		began := time.Now()
		w.waitDone(other.Press(last(other).ID, data(last(other), "listen:")))
		if took := time.Since(began); len(voicesOf(other)) != 1 || took > time.Second || server.Stats().Requests != 1 {
			t.Errorf("the second listener: %d voices after %v, %d requests", len(voicesOf(other)), took, server.Stats().Requests)
		}
		w.tg.ForgetFiles()
		w.press(other, storiesOf(other)[0], listen)
		if got := len(voicesOf(other)); got != 2 || server.Stats().Requests != 2 {
			t.Errorf("after Telegram forgot: %d voices, %d requests", got, server.Stats().Requests)
		}
	})
}

func TestListenToAnExtract(t *testing.T) {
	inWorld(t, newWorld, speaking(sim.NewSpeech(sim.SpeechConfig{}), worldConfig{noModel: true}, nil), func(t *testing.T, w *world) {
		w.speak()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := last(p)
		w.press(p, story, data(story, "listen:"))
		list := voicesOf(p)
		if len(list) != 1 || !strings.Contains(list[0].HTML, "CC BY-SA 4.0") || !strings.Contains(list[0].HTML, "wikipedia.org") {
			t.Errorf("%d voices, %+v", len(list), list)
		}
	})
}

func TestNoButtonWithoutAVoice(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]worldConfig{
		"no server":                {},
		"no voice in the language": speaking(sim.NewSpeech(sim.SpeechConfig{}), worldConfig{}, func(c *speech.Config) { c.Voices = map[string]string{"ru": "anna"} }),
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, cfg)
			defer w.close()
			p := w.person(1, "en")
			w.waitDone(p.Locate(cityLat, cityLon))
			if got := data(last(p), "listen:"); got != "" {
				t.Errorf("%s: button %q", name, got)
			}
			settings := w.ask(p, "/settings")
			if spoken := data(settings, "set:voice:") != ""; spoken != (name != "no server") {
				t.Errorf("%s: settings %v", name, settings.Buttons)
			}
		})
	}
}

// A message of an earlier configuration has a button for which there is no voice now.
func TestAButtonOfAnEarlierConfiguration(t *testing.T) {
	inWorld(t, newWorld, speaking(sim.NewSpeech(sim.SpeechConfig{}), worldConfig{}, nil), func(t *testing.T, w *world) {
		w.speak()
		toasts := w.toasts()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := last(p)
		voices := w.bot.router.voices
		was := voices.speech
		voices.speech = nil
		w.press(p, story, data(story, "listen:"))
		voices.speech = was
		words := w.words("en")
		if want := []string{words.Plain("toast.voice_off")}; !slices.Equal(*toasts, want) || len(voicesOf(p)) != 0 {
			t.Errorf("toasts %q, want %q", *toasts, want)
		}
	})
}

func TestVoiceAfterEachStory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})
		w := newWorld(t, speaking(server, worldConfig{}, nil))
		defer w.close()
		w.speak()
		p, other := w.person(1, "en"), w.person(2, "en")
		for _, someone := range []*sim.Person{p, other} {
			settings := w.ask(someone, "/settings")
			w.press(someone, settings, "set:voice:walks")
			w.press(someone, last(someone), "set:voice:always")
			if !strings.Contains(last(someone).Text, "after every story") {
				t.Errorf("settings: %q", last(someone).Text)
			}
		}
		w.waitDone(p.Locate(cityLat, cityLon))
		late := w.waitVoices(p, 1)[0]
		if story := storiesOf(p)[1]; story.Silent || !late.Silent || late.ReplyTo != story.ID {
			t.Errorf("a late voice: text silent %v, voice silent %v", story.Silent, late.Silent)
		}
		w.waitDone(other.Locate(cityLat, cityLon)) // the same story: its voice is there
		voice := w.waitVoices(other, 1)[0]
		if story := storiesOf(other)[1]; !story.Silent || voice.Silent {
			t.Errorf("a voice at hand: text silent %v, voice silent %v", story.Silent, voice.Silent)
		}
	})
}

func TestWalksWithVoice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})
		w := newWalkWorld(t, speaking(server, worldConfig{}, nil))
		defer w.close()
		w.speak()
		_, err := w.store.UpdateUser(t.Context(), 1, func(u *store.User) error {
			u.Language, u.Voice = "en", store.VoiceOnWalks
			return nil
		})
		w.must(err)
		h := w.hike(1, time.Hour)
		w.waitVoices(h.p, 1)
		question := h.waitSaid("live.question")
		h.p.Press(question.ID, "every:1m0s")
		h.walk(6 * time.Minute)
		stories := h.told()
		list := w.waitVoices(h.p, len(stories)) // the last story may have come just now
		if len(stories) < 5 || len(list) != len(stories) {
			t.Fatalf("%d stories, %d voices", len(stories), len(list))
		}
		ahead := 0
		for i, voice := range list {
			_, title, _ := strings.Cut(titleOf(stories[i]), " ")
			if got, want := sim.SpokenText(voice.File), speech.ForEar("en", title, ""); voice.ReplyTo != stories[i].ID || !strings.HasPrefix(got, want) {
				t.Errorf("voice %d replies to %d, not to %d; it says %q, want %q", i, voice.ReplyTo, stories[i].ID, got, want)
			}
			if i > 0 && !voice.Silent {
				ahead++
				if late := voice.At.Sub(stories[i].At); late > 3*time.Second {
					t.Errorf("a voice that was at hand came after %v", late)
				}
			}
		}
		if ahead < len(list)/2 {
			t.Errorf("%d of %d voices were made ahead: %v", ahead, len(list), w.cfg.Voices.Stats().Outcomes)
		}
		// Outside walks the person listens on request.
		h.p.StopSharing(h.share)
		w.until("the end", func() bool { _, on := w.bot.live.Walk(1); return !on })
		time.Sleep(time.Minute)
		n := len(voicesOf(h.p))
		w.waitDone(h.p.Locate(cityLat+0.01, cityLon))
		time.Sleep(time.Minute)
		if got := len(voicesOf(h.p)); got != n {
			t.Errorf("%d voices after the walk", got-n)
		}
	})
}

func TestVoiceMessagesForbidden(t *testing.T) {
	t.Parallel()
	for format, method := range map[speech.Format]string{speech.Opus: "", speech.MP3: "sendAudio"} {
		synctest.Test(t, func(t *testing.T) {
			server := sim.NewSpeech(sim.SpeechConfig{})
			w := newWorld(t, speaking(server, worldConfig{}, func(c *speech.Config) { c.Format = format }))
			defer w.close()
			w.speak()
			p := w.person(1, "en")
			p.ForbidVoices(true)
			w.waitDone(p.Locate(cityLat, cityLon))
			story := last(p)
			w.press(p, story, data(story, "listen:"))
			user, err := w.store.User(t.Context(), 1)
			w.must(err)
			if !user.VoiceForbidden {
				t.Errorf("%s: not remembered", format)
			}
			list := voicesOf(p)
			switch {
			case method == "":
				if want := w.words("en").Say("voice.forbidden"); len(list) != 0 || last(p).HTML != want {
					t.Errorf("%s: %d voices, %q", format, len(list), last(p).Text)
				}
			case len(list) != 1 || list[0].Method != method:
				t.Errorf("%s: %+v", format, list)
			}
			p.ForbidVoices(false)
			w.press(p, story, data(story, "listen:"))
			if user, err = w.store.User(t.Context(), 1); err != nil || user.VoiceForbidden != (method != "") {
				t.Errorf("%s: remembered %v after it was allowed (%v)", format, user.VoiceForbidden, err)
			}
			if got := len(voicesOf(p)); got != len(list)+1 {
				t.Errorf("%s: %d voices", format, got)
			}
		})
	}
}

func TestAVoiceThatFailsIsExplained(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var fault atomic.Value
		fault.Store(sim.SpeechFault(""))
		server := sim.NewSpeech(sim.SpeechConfig{Fault: func(int, string) sim.SpeechFault { return fault.Load().(sim.SpeechFault) }})
		w := newWorld(t, speaking(server, worldConfig{}, func(c *speech.Config) { c.DailyCharacters = 1000 }))
		defer w.close()
		w.speak()
		words := w.words("en")
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := last(p)
		fault.Store(sim.SpeechWAV)
		w.press(p, story, data(story, "listen:"))
		if got := last(p); got.HTML != words.Say("voice.down") || !got.Silent {
			t.Errorf("down: %q", got.Text)
		}
		fault.Store(sim.SpeechFault(""))
		_, err := w.store.Speak(t.Context(), store.DayOf(time.Now()), 1000)
		w.must(err)
		w.press(p, story, data(story, "listen:"))
		if got := last(p); got.HTML != words.Say("voice.budget") {
			t.Errorf("budget: %q", got.Text)
		}
		key, ok := parseListen(strings.TrimPrefix(data(story, "listen:"), "listen:"))
		if !ok {
			t.Fatal(data(story, "listen:"))
		}
		stories, err := w.store.Stories(t.Context(), []store.StoryKey{key}, time.Now())
		w.must(err)
		stories[0].Text, stories[0].Retired = "Another text.", true
		w.must(w.store.PutStories(t.Context(), stories))
		toasts := w.toasts()
		w.press(p, story, data(story, "listen:"))
		if len(*toasts) != 1 || (*toasts)[0] != words.Plain("toast.voice_gone") || len(voicesOf(p)) != 0 {
			t.Errorf("retired: %q", *toasts)
		}
	})
}

// A send that breaks after Telegram took it must not be made twice.
func TestAVoiceComesOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cut := func(method string, n int) (int, string, int, bool) {
			return sim.FaultCut, "", 0, method == "sendVoice" && n == 1
		}
		w := newWorld(t, speaking(sim.NewSpeech(sim.SpeechConfig{}), worldConfig{telegram: sim.TelegramConfig{Fault: cut}}, nil))
		defer w.close()
		w.speak()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		w.press(p, last(p), data(last(p), "listen:"))
		time.Sleep(time.Minute)
		if got := len(voicesOf(p)); got != 1 {
			t.Errorf("%d voices", got)
		}
		if logs := w.logs.String(); strings.Contains(logs, w.token) || !strings.Contains(logs, "voice_unconfirmed") {
			t.Error("the log holds the token, or nothing of the voice")
		}
	})
}

func TestListenData(t *testing.T) {
	t.Parallel()
	for _, key := range []store.StoryKey{
		{Place: "Q243", Language: "ru", Length: store.Short, Aspect: 2},
		{Place: "wp:zh:9123456789", Language: "zh", Length: store.Extract},
		{Place: "pack:eiffel-tower", Language: "en", Length: store.Long},
	} {
		data := listenData(key)
		if got, ok := parseListen(strings.TrimPrefix(data, "listen:")); !ok || got != key || len(data) > 64 {
			t.Errorf("%q: got %+v, %v", data, got, ok)
		}
	}
	for _, bad := range []string{"", "Q1", "Q1:en:short", "Q1:en:short:3", "Q1:en:short:-1", "Q1:en:extract:1", "Q1::short:0", ":en:short:0", "Q1:en:huge:0", "Q1:en:short:x"} {
		if got, ok := parseListen(bad); ok {
			t.Errorf("%q: got %+v", bad, got)
		}
	}
	if got := listenData(store.StoryKey{Place: strings.Repeat("x", 60), Language: "en", Length: store.Short}); got != "" {
		t.Errorf("too long: %q", got)
	}
}
