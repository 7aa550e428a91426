package bot

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/telegram"
)

func TestAfterFaultsOfTelegramTheStoryArrivesOnce(t *testing.T) {
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
			inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Fault: tt.fault}}, func(t *testing.T, w *world) {
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
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Fault: func(m string, n int) (int, string, int, bool) {
		return http.StatusBadGateway, "<html>", 0, m == "editMessageText" && n <= telegram.SendTries
	}}}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		got := answers(p)
		if len(got) != 1 || got[0].Text != w.words("en").Plain("error.internal") {
			t.Fatalf("answers %+v, want the card turned into an apology", got)
		}
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 1)
	})
}

func TestAnUpdateThatTakesTooLongIsApologisedForAndDone(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/help"))
		w.bot.router.commands["hang"] = func(ctx context.Context, _ *update) error {
			<-ctx.Done()
			return ctx.Err()
		}
		update := p.Say("/hang")
		time.Sleep(time.Minute)
		w.waitDone(update)
		if got := answers(p); len(got) != 2 || got[1].Text != w.words("en").Plain("error.broken") {
			t.Errorf("answers %+v, want an apology", got)
		}
	})
}

func TestASendCutOffIsNotRepeatedAndNotSilent(t *testing.T) {
	inWorld(t, newWorld, worldConfig{noModel: true, telegram: sim.TelegramConfig{Fault: func(m string, n int) (int, string, int, bool) {
		return sim.FaultCut, "", 0, m == "sendMessage" && n == 1
	}}}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		w.until("an apology", func() bool { return len(answers(p)) == 2 }) // the update is done before
		got := answers(p)
		if len(got) != 2 || got[1].Text != w.words("en").Plain("error.maybe") {
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
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		var last int64
		for range 8 {
			last = p.Locate(cityLat, cityLon)
		}
		w.waitDone(last)
		time.Sleep(2 * time.Minute)
		notices, stories := 0, 0
		notice := w.words("en").Plain("limit.story", "wait", 5*time.Second)
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
			inWorld(t, newWorld, tt.cfg, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				titles := map[string]bool{}
				for range tt.locate {
					w.waitDone(p.Locate(tt.lat, tt.lon))
					time.Sleep(10 * time.Second)
				}
				got := answers(p)
				last := got[len(got)-1]
				if want := w.words("en").Plain(tt.want); last.Text != want {
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

func TestFiftyPeopleAtOnceStayWithinTelegramsLimits(t *testing.T) {
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Limits: true, Latency: 50 * time.Millisecond}}, func(t *testing.T, w *world) {
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

func TestAFailedModelCallIsLoggedOnce(t *testing.T) {
	inWorld(t, newWorld, worldConfig{modelFault: func(int) string { return "401" }}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		time.Sleep(time.Minute)
		calls, lines := w.model.Stats().Calls, 0
		for line := range strings.Lines(w.logs.String()) {
			if strings.Contains(line, "msg=model_request_failed") || strings.Contains(line, "msg=model_call_failed") {
				lines++
			}
		}
		if calls == 0 || lines != calls {
			t.Errorf("%d lines in the log about %d failed calls:\n%s", lines, calls, w.logs)
		}
	})
}
