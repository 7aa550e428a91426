package bot

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// answered waits for the answer to a query.
func (w *world) answered(query string) sim.Answered {
	w.t.Helper()
	var a sim.Answered
	w.until("answer to a query", func() (ok bool) { a, ok = w.tg.Answered(query); return ok })
	return a
}

// settled lets the bot describe itself.
func (w *world) settled() { time.Sleep(time.Minute) }

// ready stores n stories east of the city's middle, 100 m apart.
func (w *world) ready(n int) {
	w.t.Helper()
	var stories []store.Story
	for i := range n {
		stories = append(stories, store.Story{
			StoryKey: store.StoryKey{Place: fmt.Sprintf("Q%d", 9000+i), Language: "en", Length: store.Short},
			Title:    fmt.Sprintf("Tower %d", i), Point: geo.Offset(geo.Point{Lat: cityLat, Lon: cityLon}, 90, float64(100*i)),
			URL: fmt.Sprintf("https://en.wikipedia.org/wiki/Tower_%d", i), Text: "The tower leans by 3 degrees. It has leaned since 1820.", Source: "model",
			Picture: "https://upload.wikimedia.org/tower.jpg",
			Credit:  store.Credit{Author: "A. Painter", License: "CC BY 4.0", Page: "https://commons.wikimedia.org/wiki/File:Tower.jpg"},
			Created: time.Now(), Expires: time.Now().Add(store.StoryLife), Judged: store.JudgedPassed, Version: 1,
		})
	}
	w.must(w.store.PutStories(context.Background(), stories))
}

func TestInlineQueriesOfferReadyStories(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		w.ready(14)
		w.settled()
		calls := w.model.Stats().Calls
		p := w.person(1, "en")
		_, q := p.Query("", cityLat, cityLon)
		a := w.answered(q)
		if len(a.Results) != 10 || !a.Personal || a.CacheTime != 60 || a.Button != "" || a.Took > time.Second {
			t.Fatalf("%d results, %+v", len(a.Results), a)
		}
		first := a.Results[0]
		if first.Title != "Tower 0" || first.Thumbnail == "" || first.Preview == "" || !strings.Contains(first.Description, "A. Painter, CC BY 4.0") ||
			!strings.Contains(first.HTML, "since 1820") || !strings.Contains(first.HTML, "https://en.wikipedia.org/wiki/Tower_0") {
			t.Errorf("the first result: %+v", first)
		}
		if strings.Contains(first.HTML, "↑") || strings.Contains(first.HTML, " m ") {
			t.Errorf("it tells where somebody else stands:\n%s", first.HTML)
		}
		_, q = p.Query("tower 7", cityLat, cityLon)
		if a := w.answered(q); len(a.Results) != 1 || a.Results[0].Title != "Tower 7" {
			t.Errorf("a part of a title: %+v", a.Results)
		}
		_, q = p.Query("", 0, 0)
		if a := w.answered(q); len(a.Results) != 0 || a.Button == "" || a.Start != startInline {
			t.Errorf("without a place: %+v", a)
		}
		if got := w.model.Stats().Calls; got != calls {
			t.Errorf("%d calls to the model", got-calls)
		}
		if told, err := w.store.CountTold(t.Context(), 1); told != 0 || err != nil {
			t.Errorf("%d places are told: %v", told, err)
		}
		if strings.Contains(w.logs.String(), "48.2") {
			t.Error("the log holds where somebody is")
		}
	})
}

// TestPeopleInOneCellGetTheSameResults holds that a query's place is rounded before anything is done with it.
func TestPeopleInOneCellGetTheSameResults(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		w.ready(12)
		w.settled()
		centre := geo.CellAt(geo.Point{Lat: cityLat, Lon: cityLon}, geo.LevelCache).Center()
		var was string
		for i, bearing := range []float64{0, 90, 180, 270} {
			at := geo.Offset(centre, bearing, 60)
			_, q := w.person(int64(i+1), "en").Query("", at.Lat, at.Lon)
			got := fmt.Sprint(w.answered(q).Results)
			if was != "" && got != was {
				t.Errorf("from the %v° of the cell: other results", bearing)
			}
			was = got
		}
	})
}

func TestQueriesHaveTheirOwnLimitAndNoInbox(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Limits.InlineRate, c.Limits.InlineBurst = 0.1, 3 }}, func(t *testing.T, w *world) {
		w.ready(3)
		w.settled()
		p := w.person(1, "en")
		answered := 0
		for range 10 {
			_, q := p.Query("", cityLat, cityLon)
			time.Sleep(500 * time.Millisecond)
			if _, ok := w.tg.Answered(q); ok {
				answered++
			}
		}
		if answered != 3 {
			t.Errorf("%d of 10 queries in 5 s were answered, want the 3 of the burst", answered)
		}
		w.waitDone(p.Say("/help")) // the limit is the queries' own
		pending, err := w.store.Pending(t.Context(), 0, 100)
		if err != nil || len(pending) != 0 {
			t.Errorf("%d updates in the inbox: %v", len(pending), err)
		}
		if _, err := w.store.User(t.Context(), 2); err == nil {
			t.Error("somebody who only asked inline is stored")
		}
	})
}

func TestAnAnswerThatIsLateIsNotMade(t *testing.T) {
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Latency: 3 * time.Second}}, func(t *testing.T, w *world) {
		time.Sleep(5 * time.Minute)
		_, q := w.person(1, "en").Query("", cityLat, cityLon)
		time.Sleep(20 * time.Second)
		if strings.Contains(w.logs.String(), "query_unanswered") || strings.Contains(w.logs.String(), "level=ERROR") {
			t.Errorf("a late answer is no fault:\n%s", w.logs)
		}
		if a, ok := w.tg.Answered(q); ok {
			t.Errorf("answered after %v", a.Took)
		}
	})
}

func TestGuestMessagesGetOneStoryOrOneSentence(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Limits.GuestRate = 100 }}, func(t *testing.T, w *world) {
		w.ready(3)
		w.settled()
		name, words := "@"+w.bot.intake.Username(), w.words("en")
		p := w.person(1, "en")
		for text, want := range map[string]string{
			name + " 48.2, 11.5": "Tower 0",
			name + " https://www.google.com/maps/@48.2,11.5,17z": "Tower 0",
			name + " Nowhere Hall":                               "",
			name:                                                 "",
			name + " -48.2, 11.5":                                "",
		} {
			_, q := p.Summon(-500, text)
			a := w.answered(q)
			if len(a.Results) != 1 {
				t.Fatalf("%s: %d results", text, len(a.Results))
			}
			switch got := a.Results[0]; {
			case want == "" && got.HTML != words.Say("guest.nothing"):
				t.Errorf("%s: %q, want the one sentence", text, got.HTML)
			case want != "" && got.Title != want:
				t.Errorf("%s: %q, want %q", text, got.Title, want)
			}
		}
	})
}

// TestAGuestMessageNamesAPlace holds that a place is found by the name of its article, if its story is ready.
func TestAGuestMessageNamesAPlace(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		teller := w.person(1, "en")
		teller.Locate(cityLat, cityLon)
		w.waitStory(teller, 0)
		w.settled()
		last, err := w.store.LastStory(t.Context(), 1, 1, time.Now())
		w.must(err)
		p, err := w.store.Place(t.Context(), last.Place, "en")
		w.must(err)
		_, q := w.person(2, "en").Summon(-501, "@"+w.bot.intake.Username()+", "+p.Title+"!")
		if a := w.answered(q); a.Results[0].ID != last.Place || a.Took > time.Second {
			t.Errorf("%q: %+v", p.Title, a)
		}
	})
}

func TestGuestMessagesHaveALimitPerChat(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Limits.GuestRate = 0.001 }}, func(t *testing.T, w *world) {
		w.settled()
		answered := map[int64]int{}
		for i := range 6 {
			for _, chat := range []int64{-500, -600} {
				_, q := w.person(int64(i+1), "en").Summon(chat, "hello @"+w.bot.intake.Username())
				time.Sleep(time.Second)
				if _, ok := w.tg.Answered(q); ok {
					answered[chat]++
				}
			}
		}
		if answered[-500] != 3 || answered[-600] != 3 {
			t.Errorf("answered %v, want 3 in each chat", answered)
		}
	})
}

func TestSettingsAreSwitchedOnOnceAndARefusalIsNotedOnce(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(method string, _ int) (int, string, int, bool) {
				return http.StatusNotFound, "", 0, old && method == newerMethod
			}}})
			defer w.close()
			w.settled()
			w.cut()
			w.start()
			w.settled()
			want := 1
			if old { // the server may have been renewed since
				want = 2
			}
			if got := w.tg.Calls()[newerMethod]; got != want {
				t.Errorf("old server %v: %d calls in two starts, want %d", old, got, want)
			}
			noted := strings.Count(w.logs.String(), "settings_refused")
			if old && noted != 1 || !old && noted != 0 {
				t.Errorf("old server %v: the refusal is noted %d times", old, noted)
			}
		})
	}
}
