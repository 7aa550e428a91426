package bot

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/sim"
)

func TestForgedAndOldButtonsGetOneSentence(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "more", "more:", "more:x,y", "more:NaN,1", "more:91,0", "more:1,2,3", "lang:", "lang:xx", "vote:", "vote:Q1:en:short:0", "vote:Q1:en:short:4",
		"vote:Q1:en:huge:1", "vote::en:short:1", "vote:Q404:en:short:1", "nothing:1", "more:" + strings.Repeat("1", 90), "vote:Q\x00:en:short:1",
		"lang:zz", "menu:", "menu:admin", "set:", "set:length:huge", "set:pins:", "set:pins:maybe", "set:banned:on", "give:", "give:0", "give:10001", "give:1e3", "give:-5",
		"give:99999999999999999999", "forget:", "forget:maybe:1", "live:", "live:dance", "every:", "every:banana", "admin:", "refund:x",
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
		w.waitDone(p.Say("/help"))
		inject := func(update string) int64 { return w.tg.Inject(json.RawMessage(update)) }
		sticker := `{"message":{"message_id":900,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},"sticker":{"file_id":"x"}}}`
		w.waitDone(inject(sticker))
		w.waitDone(inject(sticker))
		if got := len(answers(p)); got != 2 {
			t.Errorf("%d answers to /help and two stickers, want 2", got)
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

func TestACardWhoseStoryCannotBeSentBecomesAnApology(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, n int) (int, string, int, bool) {
			return http.StatusBadGateway, "<html>", 0, m == "editMessageText" && n <= telegram.SendTries
		}}})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		got := answers(p)
		if len(got) != 1 || got[0].Text != w.bot.cfg.Words.Words("en").Plain("error.internal") {
			t.Fatalf("answers %+v, want the card turned into an apology", got)
		}
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 1)
	})
}

func TestAnUpdateThatTakesTooLongIsApologisedForAndDone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/help"))
		w.bot.router.commands["hang"] = func(ctx context.Context, _ *update) error {
			<-ctx.Done()
			return ctx.Err()
		}
		update := p.Say("/hang")
		time.Sleep(time.Minute)
		w.waitDone(update)
		if got := answers(p); len(got) != 2 || got[1].Text != w.bot.cfg.Words.Words("en").Plain("error.broken") {
			t.Errorf("answers %+v, want an apology", got)
		}
	})
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
		w.until("an apology", func() bool { return len(answers(p)) == 2 }) // the update is done before
		got := answers(p)
		if len(got) != 2 || got[1].Text != w.bot.cfg.Words.Words("en").Plain("error.maybe") {
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
				for _, m := range storiesOf(p) {
					if titles[title(m)] {
						t.Errorf("%q told twice", title(m))
					}
					titles[title(m)] = true
				}
			})
		})
	}
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
			w.until("a story", func() bool { return len(storiesOf(p)) == 1 })
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
