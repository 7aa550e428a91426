package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/store"
)

// pending returns what is in the inbox.
func (w *world) pending() []store.Entry {
	w.t.Helper()
	entries, err := w.store.Pending(context.Background(), math.MinInt64, 1000)
	w.must(err)
	return entries
}

func TestAnUpdateIsKeptUntilItsEffectIs(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		update := p.Locate(cityLat, cityLon)
		card := w.waitAnswers(p, 1)[0]
		synctest.Wait()
		kept := w.pending()
		if len(kept) != 1 || kept[0].Update != update || kept[0].Message != card.ID || kept[0].Place == "" {
			t.Errorf("in the inbox while the story is written: %+v", kept)
		}
		w.waitStory(p, 0)
		w.waitDone(update)
		w.waitDone(p.Say("/help"))
		if kept := w.pending(); len(kept) != 0 {
			t.Errorf("in the inbox after the answers: %+v", kept)
		}
	})
}

func TestAfterACrashTheCardBecomesItsStory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer func() { w.close() }()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		card := w.waitAnswers(p, 1)[0]
		p.Locate(cityLat+0.001, cityLon) // behind the first
		p.Say("/help")
		synctest.Wait()
		w.cut()
		time.Sleep(time.Minute)
		w.start()
		w.until("both stories", func() bool { return len(storiesOf(p)) == 2 && len(w.pending()) == 0 })
		told := storiesOf(p)
		if told[0].ID != card.ID || title(told[0]) != title(card) {
			t.Errorf("the card %q became %q", card.Text, told[0].Text)
		}
		if title(told[0]) == title(told[1]) {
			t.Errorf("%q told twice", title(told[0]))
		}
		if got := w.bot.Stats(); got.Resumed < 2 || got.DeadLetters != 0 {
			t.Errorf("stats %+v", got)
		}
	})
}

func TestOrderAfterACrash(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer func() { w.close() }()
		people := map[int64][]string{}
		w.cut()
		for i := range int64(30) {
			chat := 1 + i%3
			if i < 3 {
				w.person(chat, "en")
			}
			word := []string{"/terms", "/help", "/language"}[i/3%3]
			people[chat] = append(people[chat], word)
			_, err := w.store.Accept(t.Context(), store.Entry{Update: 1000 + i, Chat: chat, Arrived: time.Now(), Raw: []byte(say(int(1000+i), chat, word))})
			w.must(err)
		}
		w.start()
		w.until("answers", func() bool { return len(w.pending()) == 0 })
		words := w.words("en")
		text := map[string]string{"/terms": words.Say("terms.text"), "/help": words.Say("help.text"), "/language": words.Say("language.choose")}
		for chat, said := range people {
			var got, want []string
			for _, m := range answers(w.person(chat, "en")) {
				got = append(got, m.HTML)
			}
			for _, word := range said {
				want = append(want, text[word])
			}
			if !slices.Equal(got, want) {
				t.Errorf("chat %d: answers\n%q, want\n%q", chat, got, want)
			}
		}
	})
}

func TestALateRequestGetsAnApology(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer func() { w.close() }()
		p, other := w.person(1, "en"), w.person(2, "ru")
		p.Locate(cityLat, cityLon)
		card := w.waitAnswers(p, 1)[0]
		synctest.Wait()
		w.cut()
		other.Locate(cityLat, cityLon) // Telegram keeps these
		other.Locate(cityLat, cityLon)
		time.Sleep(16 * time.Minute)
		w.start()
		w.until("apologies", func() bool { return len(answers(other)) == 1 && len(w.pending()) == 0 })
		got := answers(p)
		if len(got) != 1 || got[0].ID != card.ID || got[0].Text != w.words("en").Plain("error.away") {
			t.Errorf("the card became %+v", got)
		}
		if got := answers(other); got[0].Text != w.words("ru").Plain("error.away") {
			t.Errorf("after two late requests %+v", got)
		}
		other.Locate(cityLat, cityLon)
		w.waitStory(other, 1)
	})
}

func TestAWrongClockMakesNothingLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const ahead = time.Hour
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.ClockSkew = func() time.Duration { return ahead + time.Second } }})
		defer w.close()
		p, walker := w.person(1, "en"), w.person(2, "en")
		inject := func(id int64, more string) int64 {
			return w.tg.Inject(json.RawMessage(fmt.Sprintf(`{"message":{"message_id":%d,"date":%d,"from":{"id":%d,"language_code":"en"},"chat":{"id":%d,"type":"private"},
				"location":{"latitude":48.2,"longitude":11.5%s}}}`, 100+id, time.Now().Add(-ahead).Unix(), id, id, more)))
		}
		inject(1, "")
		w.waitStory(p, 0)
		inject(2, `,"live_period":1800`)
		w.until("the walk's first story", func() bool { return len(storiesOf(walker)) > 0 })
		time.Sleep(31 * time.Minute)
		if _, walking := w.bot.live.Walk(2); walking {
			t.Error("the walk did not end with its period")
		}
	})
}

func TestAClockSetBetweenTwoProcessesMakesNothingLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ahead := time.Duration(0)
		w := newWorld(t, worldConfig{slow: 20 * time.Second, edit: func(c *Config) { c.ClockSkew = func() time.Duration { return ahead } }})
		defer func() { w.close() }()
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		first := w.waitStory(p, 0)
		p.Press(first.ID, data(first, "more:")) // which carries no time
		time.Sleep(time.Second)
		w.cut()
		if len(w.pending()) != 1 {
			t.Fatal("the press was answered at once")
		}
		time.Sleep(time.Hour) // by the wall clock alone
		ahead = time.Hour
		w.start()
		w.waitStory(p, 1)
	})
}

func TestAnUpdateThatEndsProcessesIsParked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer func() { w.close() }()
		p := w.person(1, "en")
		w.cut()
		_, err := w.store.Accept(t.Context(),
			store.Entry{Update: 1000, Chat: 1, Arrived: time.Now(), Raw: []byte(say(1000, 1, "/help"))},
			store.Entry{Update: 1001, Chat: 1, Arrived: time.Now(), Raw: []byte(`no JSON`)},
			store.Entry{Update: 1002, Chat: 1, Arrived: time.Now(), Raw: []byte(`{"update_id":1002}`)})
		w.must(err)
		for range store.MaxTries - 1 {
			again, err := w.store.Retry(t.Context(), 1000)
			if w.must(err); !again {
				t.Fatal("parked too early")
			}
		}
		w.start()
		w.until("an empty inbox", func() bool { return len(w.pending()) == 0 })
		if got := answers(p); len(got) != 1 || got[0].Text != w.words("en").Plain("error.internal") {
			t.Errorf("answered %+v, want an apology", got)
		}
		stats, err := w.store.InboxStats(t.Context())
		w.must(err)
		if stats.DeadLetters != 1 || w.bot.Stats().DeadLetters != 2 || !strings.Contains(w.logs.String(), "processes ended over it") {
			t.Errorf("%+v, %+v; log %s", stats, w.bot.Stats(), w.logs)
		}
		w.waitDone(p.Say("/help"))
		if got := answers(p); len(got) != 2 {
			t.Errorf("answers after it %+v", got)
		}
	})
}

// fullStore is a store whose disk has no room left, until there is some.
type fullStore struct {
	Store
	room *atomic.Bool
}

func (f fullStore) ask() error {
	if f.room.Load() {
		return nil
	}
	return store.ErrFull
}

func (f fullStore) Accept(ctx context.Context, e ...store.Entry) ([]bool, error) {
	if err := f.ask(); err != nil {
		return nil, err
	}
	return f.Store.Accept(ctx, e...)
}

func (f fullStore) Note(ctx context.Context, update int64, place string, message int) error {
	if err := f.ask(); err != nil {
		return err
	}
	return f.Store.Note(ctx, update, place, message)
}

func (f fullStore) Delivered(ctx context.Context, d store.Delivery) error {
	if err := f.ask(); err != nil {
		return err
	}
	return f.Store.Delivered(ctx, d)
}

func (f fullStore) MarkDone(ctx context.Context, updates ...int64) error {
	if err := f.ask(); err != nil {
		return err
	}
	return f.Store.MarkDone(ctx, updates...)
}

func (f fullStore) UpdateUser(ctx context.Context, id int64, fn func(*store.User) error) (store.User, error) {
	if err := f.ask(); err != nil {
		return store.User{}, err
	}
	return f.Store.UpdateUser(ctx, id, fn)
}

func TestWithoutRoomNoPlaceIsToldTwiceAndAllIsWrittenLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := &atomic.Bool{}
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Store = fullStore{c.Store, room} }})
		defer w.close()
		p := w.person(1, "en")
		first := p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		time.Sleep(10 * time.Second)
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 1)
		told := storiesOf(p)
		if title(told[0]) == title(told[1]) {
			t.Errorf("%q told twice", title(told[0]))
		}
		if done, err := w.store.Done(t.Context(), first); err != nil || done {
			t.Errorf("done without room: %v, %v", done, err)
		}
		room.Store(true)
		w.waitDone(first)
		w.until("nothing unsaved", func() bool { return w.bot.Stats().Unsaved == 0 })
		p.Locate(cityLat, cityLon)
		third := w.waitStory(p, 2)
		if title(third) == title(told[0]) || title(third) == title(told[1]) {
			t.Errorf("%q told again", title(third))
		}
	})
}

func TestAStoryThatIsWrittenThroughManyKillsIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{slow: 10 * time.Second})
		defer func() { w.close() }()
		p := w.person(1, "en")
		update := p.Locate(cityLat, cityLon)
		for range 2 * store.MaxTries {
			time.Sleep(2 * time.Second) // the model writes
			w.cut()
			w.start()
		}
		w.waitDone(update)
		if got := storiesOf(p); len(got) != 1 || w.bot.Stats().DeadLetters != 0 {
			t.Errorf("stories %+v, %d dead letters", got, w.bot.Stats().DeadLetters)
		}
	})
}
