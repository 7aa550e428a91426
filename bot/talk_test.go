package bot

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

func TestFirstContactByLocationGetsTheStoryFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		typing := 0
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "typing" {
				typing++
			}
		})()
		p := w.person(1, "en")
		start := time.Now()
		update := p.Locate(cityLat, cityLon)
		card := w.waitAnswers(p, 1)[0]
		if d := card.At.Sub(start); d > time.Second {
			t.Errorf("card after %v, want within 1s", d)
		}
		if !strings.Contains(card.Text, "Writing the story") || len(card.Buttons) != 0 {
			t.Errorf("first message is no card: %q", card.Text)
		}
		story := w.waitStory(p, 0)
		w.waitDone(update)
		if story.ID != card.ID || story.Edits != 1 {
			t.Errorf("story is message %d with %d edits, want the card %d edited once", story.ID, story.Edits, card.ID)
		}
		title, _, _ := strings.Cut(card.Text, " · ")
		if !strings.HasPrefix(story.HTML, "<b>"+title) {
			t.Errorf("story %q is not of the card's place %q", story.HTML, title)
		}
		if !strings.Contains(story.HTML, `<a href="https://en.wikipedia.org/`) {
			t.Errorf("no source in %q", story.HTML)
		}
		if got := story.Buttons[0][0].URL; !strings.HasPrefix(got, "https://www.google.com/maps/search/?api=1&query=48.") {
			t.Errorf("map button %q", got)
		}
		if data(story, "more:") == "" || data(story, "vote:") == "" {
			t.Errorf("buttons %v", story.Buttons)
		}
		if len(answers(p)) != 1 || len(story.Keyboard) != 0 {
			t.Errorf("a menu beside the first story: %+v", answers(p))
		}
		if typing == 0 {
			t.Error("no typing")
		}
		if got := len(w.seen.first); got != 1 {
			t.Errorf("first content observed %d times, want once", got)
		}
	})
}

func TestTwoLanguagesAndNoPlaceTwice(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		ru, en := w.person(1, "ru-RU"), w.person(2, "en")
		ru.Locate(cityLat, cityLon)
		en.Locate(cityLat, cityLon)
		first := w.waitStory(ru, 0)
		if !strings.Contains(first.HTML, "ru.wikipedia.org") {
			t.Errorf("russian story %q", first.HTML)
		}
		if s := w.waitStory(en, 0); !strings.Contains(s.HTML, "en.wikipedia.org") {
			t.Errorf("english story %q", s.HTML)
		}
		time.Sleep(20 * time.Second)
		if ru.Press(first.ID, data(first, "more:")) == 0 {
			t.Fatal("no button for more")
		}
		second := w.waitStory(ru, 1)
		if title(second) == title(first) {
			t.Errorf("%q told twice", title(first))
		}
	})
}

func title(m sim.Message) string {
	s, _, _ := strings.Cut(m.Text, " · ")
	return s
}

func TestWithoutAModelTheSourceSpeaks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{noModel: true})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		story := w.waitStory(p, 0)
		for _, want := range []string{"CC BY-SA 4.0", "https://en.wikipedia.org/", "No storyteller"} {
			if !strings.Contains(story.HTML, want) {
				t.Errorf("no %q in %q", want, story.HTML)
			}
		}
		if data(story, "vote:") != "" {
			t.Error("an extract has buttons to vote on")
		}
	})
}

func TestNothingNearByIsSaidAndTheWayShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{empty: true})
		defer w.close()
		p := w.person(1, "ru")
		update := p.Locate(0.5, -140)
		w.waitDone(update)
		got := answers(p)
		if len(got) != 1 || got[0].Text != w.bot.cfg.Words.Words("ru").Plain("error.nothing") {
			t.Fatalf("answers %+v", got)
		}
		if len(got[0].Keyboard) == 0 {
			t.Error("a first contact without a story got no keyboard")
		}
		w.waitDone(p.Locate(0.5, -140))
		if again := answers(p)[1]; len(again.Keyboard) != 0 {
			t.Error("the keyboard came a second time")
		}
	})
}

func TestCommandsAndButtons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		var toasts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "callback_answer" {
				toasts = append(toasts, e.Text)
			}
		})()
		en, ru := w.bot.cfg.Words.Words("en"), w.bot.cfg.Words.Words("ru")
		p := w.person(1, "en")
		say := func(text, want string) sim.Message {
			t.Helper()
			n := len(answers(p))
			w.waitDone(p.Say(text))
			got := answers(p)
			if len(got) != n+1 {
				t.Fatalf("%q got %d answers, want 1", text, len(got)-n)
			}
			last := got[n]
			if last.HTML != want {
				t.Errorf("%q answered %q, want %q", text, last.HTML, want)
			}
			time.Sleep(5 * time.Second)
			return last
		}
		if m := say("/start", en.Say("start.welcome")); len(m.Keyboard) != 1 {
			t.Errorf("no location button: %v", m.Keyboard)
		}
		say("/start@excursobot_sim_bot deep-link", en.Say("start.welcome"))
		say("/help", en.Say("help.text"))
		say("/unknown", en.Say("text.other"))
		say("hello", en.Say("text.other"))
		say("/start@other_bot", en.Say("text.other"))
		menu := say("/language", en.Say("language.choose"))
		w.waitDone(p.Press(menu.ID, "lang:ru"))
		got := answers(p)
		if last := got[len(got)-1]; last.ID != menu.ID || last.HTML != ru.Say("language.set") || len(last.Buttons) != 0 {
			t.Errorf("menu became %+v", last)
		}
		say("/help", ru.Say("help.text"))
		if len(toasts) != 1 {
			t.Errorf("buttons answered %q, want once", toasts)
		}
	})
}

func TestVotes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		var toasts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "callback_answer" {
				toasts = append(toasts, e.Text)
			}
		})()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		story := answers(p)[0]
		like := data(story, "vote:")
		w.waitDone(p.Press(story.ID, like))
		w.waitDone(p.Press(story.ID, strings.TrimSuffix(like, "1")+"2"))
		after := answers(p)[0]
		wrong := strings.TrimSuffix(like, "1") + "3"
		if after.Buttons[1][1].Data != wrong {
			t.Errorf("thumb down became %+v, want %q", after.Buttons[1], wrong)
		}
		w.waitDone(p.Press(story.ID, wrong))
		key, _, _ := parseVote(strings.TrimPrefix(like, "vote:"))
		stories, err := w.store.Stories(t.Context(), []store.StoryKey{key}, time.Now())
		w.must(err)
		if len(stories) != 1 || stories[0].Likes != 0 || len(stories[0].WrongBy) != 1 {
			t.Errorf("story counts %+v", stories)
		}
		words := w.bot.cfg.Words.Words("en")
		want := []string{words.Plain("story.thanks_vote"), words.Plain("story.thanks_vote"), words.Plain("story.thanks_wrong")}
		if strings.Join(toasts, "|") != strings.Join(want, "|") {
			t.Errorf("toasts %q, want %q", toasts, want)
		}
	})
}

func TestForgedAndOldButtonsGetOneSentence(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "more", "more:", "more:x,y", "more:NaN,1", "more:91,0", "more:1,2,3", "lang:", "lang:xx", "vote:", "vote:Q1:en:short:0", "vote:Q1:en:short:4",
		"vote:Q1:en:huge:1", "vote::en:short:1", "vote:Q404:en:short:1", "nothing:1", "more:" + strings.Repeat("1", 90), "vote:Q\x00:en:short:1",
	} {
		t.Run(data, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{})
				defer w.close()
				raw, err := json.Marshal(map[string]any{"callback_query": map[string]any{
					"id": "1", "from": map[string]any{"id": 1, "language_code": "en"}, "data": data,
				}})
				w.must(err)
				id := w.tg.Inject(raw)
				w.waitDone(id)
				if w.bot.Stats().Panics != 0 {
					t.Errorf("panic: %s", w.logs)
				}
				// The simulated server never asked this question, so it refuses the answer; what counts is the attempt.
				if w.seen.count("call answerCallbackQuery ok")+w.seen.count("call answerCallbackQuery refused") != 1 {
					t.Errorf("button not answered: %s", w.logs)
				}
			})
		})
	}
}

func TestStickersAndNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		inject := func(update string) int64 { return w.tg.Inject(json.RawMessage(update)) }
		sticker := `{"message":{"message_id":900,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},"sticker":{"file_id":"x"}}}`
		w.waitDone(inject(sticker))
		w.waitDone(inject(sticker))
		if got := len(answers(p)); got != 2 {
			t.Errorf("%d answers to /start and two stickers, want 2", got)
		}
		for _, nobody := range []string{
			`{"message":{"message_id":901,"date":1,"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"channel_post":{"message_id":902,"date":1,"chat":{"id":-100,"type":"channel"},"text":"/start"}}`,
			`{"message":{"message_id":903,"date":1,"from":{"id":9,"is_bot":true},"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"edited_message":{"message_id":904,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"message":{"message_id":905,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"pinned_message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}}}`,
			`{"poll_answer":{"poll_id":"1","option_ids":[]}}`,
		} {
			inject(nobody)
		}
		w.waitDone(p.Say("/help")) // behind them all
		if got := len(answers(p)); got != 3 {
			t.Errorf("%d answers, want 3", got)
		}
	})
}

func TestGroupsGetStaticAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"}) // the chat, as the simulation keeps it
		inject := func(part string) int64 {
			return w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"supergroup"},` + part + `}}`))
		}
		inject(`"text":"hello"`)
		inject(`"text":"/start@somebody_else"`)
		w.waitDone(inject(`"text":"/start@excursobot_sim_bot"`))
		got := answers(group)
		if len(got) != 1 || got[0].Text != w.bot.cfg.Words.Words("en").Plain("group.hint") {
			t.Fatalf("answers %+v", got)
		}
		inject(`"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}`)
		w.waitStory(group, 1)
	})
}

func TestABlockedPersonIsRememberedAndComesBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		unreachable := func() bool {
			u, err := w.store.User(t.Context(), 1)
			w.must(err)
			return u.Unreachable
		}
		update := p.Locate(cityLat, cityLon)
		p.Block()
		w.waitDone(update)
		w.until("unreachable", unreachable)
		p.Unblock()
		w.until("reachable again", func() bool { return !unreachable() })
		time.Sleep(time.Minute)
		p.Locate(cityLat, cityLon)
		w.until("a story", func() bool { got := answers(p); return len(got) > 0 && len(got[len(got)-1].Buttons) > 0 })
	})
}

func TestTelegramFaults(t *testing.T) {
	t.Parallel()
	fault := func(method string, status int, body string, retryAfter int) func(string, int) (int, string, int, bool) {
		return func(m string, n int) (int, string, int, bool) {
			return status, body, retryAfter, m == method && n == 1
		}
	}
	tests := []struct {
		name  string
		fault func(string, int) (int, string, int, bool)
	}{
		{"flood at the card", fault("sendMessage", http.StatusTooManyRequests, "", 3)},
		{"html at the card", fault("sendMessage", http.StatusBadGateway, "<html>bad gateway</html>", 0)},
		{"flood at the story", fault("editMessageText", http.StatusTooManyRequests, "", 3)},
		{"html at the story", fault("editMessageText", http.StatusBadGateway, "<html>bad gateway</html>", 0)},
		{"cut at the story", fault("editMessageText", sim.FaultCut, "", 0)},
		{"bad entities at the story", fault("editMessageText", http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}`, 0)},
		{"card gone at the story", fault("editMessageText", http.StatusBadRequest, `{"ok":false,"error_code":400,"description":"Bad Request: message to edit not found"}`, 0)},
		{"polling broken", fault("getUpdates", http.StatusBadGateway, "<html>", 0)},
		{"polling conflict", fault("getUpdates", http.StatusConflict, `{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request"}`, 0)},
		{"unknown at the start", fault("getMe", http.StatusInternalServerError, "", 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: tt.fault}})
				defer w.close()
				p := w.person(1, "en")
				update := p.Locate(cityLat, cityLon)
				w.waitDone(update)
				stories := 0
				for _, m := range answers(p) {
					if strings.Contains(m.Text, "Read on about this place") {
						stories++
					}
				}
				if stories != 1 {
					t.Errorf("%d stories arrived, want 1: %+v", stories, answers(p))
				}
			})
		})
	}
}

func TestASendCutOffIsNotRepeatedAndNotSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{noModel: true, telegram: sim.TelegramConfig{Fault: func(m string, n int) (int, string, int, bool) {
			return sim.FaultCut, "", 0, m == "sendMessage" && n == 1
		}}})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		got := answers(p)
		if len(got) != 2 || got[1].Text != w.bot.cfg.Words.Words("en").Plain("error.internal") {
			t.Fatalf("answers %+v, want the story and an apology", got)
		}
		time.Sleep(time.Minute)
		p.Locate(cityLat, cityLon)
		if next := w.waitStory(p, 2); title(next) == title(got[0]) {
			t.Errorf("%q told twice", title(next))
		}
	})
}

func TestImpatientResenderHearsItOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		var last int64
		for range 8 {
			last = p.Locate(cityLat, cityLon)
		}
		w.waitDone(last)
		time.Sleep(2 * time.Minute)
		notices, stories := 0, 0
		notice := w.bot.cfg.Words.Words("en").Plain("limit.story", "wait", 5*time.Second)
		for _, m := range answers(p) {
			switch {
			case m.Text == notice:
				notices++
			case len(m.Buttons) > 0:
				stories++
			}
		}
		if stories != 3 || notices != 1 {
			t.Errorf("%d stories and %d notices for 8 locations at once, want 3 and 1", stories, notices)
		}
	})
}

func TestEachReasonForNoStoryHasItsSentence(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		cfg      worldConfig
		lat, lon float64
		locate   int // how often
		want     string
	}{
		{"a point that is none", worldConfig{}, 95, 11, 1, "error.bad_location"},
		{"sources down", worldConfig{down: true}, cityLat, cityLon, 1, "error.source"},
		{"everything told", worldConfig{noModel: true}, cityLat, cityLon, 13, "error.all_told"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, tt.cfg)
				defer w.close()
				p := w.person(1, "en")
				titles := map[string]bool{}
				for range tt.locate {
					w.waitDone(p.Locate(tt.lat, tt.lon))
					time.Sleep(10 * time.Second)
				}
				got := answers(p)
				last := got[len(got)-1]
				if want := w.bot.cfg.Words.Words("en").Plain(tt.want); last.Text != want {
					t.Errorf("answered %q, want %q", last.Text, want)
				}
				for _, m := range stories(p) {
					if titles[title(m)] {
						t.Errorf("%q told twice", title(m))
					}
					titles[title(m)] = true
				}
			})
		})
	}
}

func TestTheChosenLanguageHoldsForStories(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/language"))
		menu := answers(p)[0]
		w.waitDone(p.Press(menu.ID, "lang:ru"))
		w.waitDone(p.Locate(cityLat, cityLon))
		if s := w.waitStory(p, 1); !strings.Contains(s.HTML, "ru.wikipedia.org") {
			t.Errorf("story %q is not russian", s.HTML)
		}
	})
}

func TestStoriesOfOnePersonComeOneAtATimeAndCommandsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{slow: 9 * time.Second})
		defer w.close()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		p.Locate(cityLat, cityLon)
		start := time.Now()
		w.waitDone(p.Say("/help"))
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("/help took %v beside a story", took)
		}
		w.until("two stories", func() bool { return len(stories(p)) == 2 })
		first, second := stories(p)[0], stories(p)[1]
		if second.At.Before(first.EditedAt) {
			t.Errorf("second answer began at %v, before the first was told at %v", second.At, first.EditedAt)
		}
	})
}

func TestABotThrownOutOfAGroupStillReachesThePerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		group := w.tg.Person(sim.Profile{ID: -100, FirstName: "G"})
		group.Block()
		w.waitDone(w.tg.Inject(json.RawMessage(`{"message":{"message_id":50,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":-100,"type":"group"},"text":"/help"}}`)))
		u, err := w.store.User(t.Context(), 1)
		w.must(err)
		if u.Unreachable {
			t.Error("the person is called unreachable")
		}
	})
}

func TestFiftyPeopleAtOnceStayWithinTelegramsLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Limits: true, Latency: 50 * time.Millisecond}})
		defer w.close()
		var people []*sim.Person
		for id := range int64(50) {
			p := w.person(id+1, "en")
			p.Locate(cityLat, cityLon)
			people = append(people, p)
		}
		for _, p := range people {
			w.until("a story", func() bool { return len(stories(p)) == 1 })
		}
		for _, method := range []string{"sendMessage", "editMessageText", "sendChatAction"} {
			if n := w.seen.count("call " + method + " flood"); n > 0 {
				t.Errorf("%s refused %d times for flood", method, n)
			}
		}
		slow := slices.Max(w.seen.first)
		if slow > 3*time.Second {
			t.Errorf("slowest first content after %v, want within 3s", slow)
		}
	})
}
