package bot

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

// crowd stores n people who wrote just now, numbered from 1000 on, and lets them have talked to the bot.
func (w *world) crowd(n int, language string) []*sim.Person {
	w.t.Helper()
	var all []*sim.Person
	for i := range n {
		p := w.person(int64(1000+i), language)
		all = append(all, p)
		_, err := w.store.UpdateUser(w.t.Context(), int64(1000+i), func(u *store.User) error {
			u.Language, u.Created, u.Seen = language, time.Now(), time.Now()
			return nil
		})
		w.must(err)
		p.Say("/start")
	}
	time.Sleep(time.Minute)
	return all
}

func got(p *sim.Person, text string) (n int) {
	for _, m := range answers(p) {
		if m.HTML == text {
			n++
		}
	}
	return n
}

func TestABroadcastReachesThoseWhoWantIt(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }}, func(t *testing.T, w *world) {
		admin := w.person(operator, "en")
		en := w.words("en")
		people := w.crowd(30, "en")
		french := w.person(2000, "fr")
		w.ask(french, "/start")
		change := func(id int64, fn func(*store.User)) {
			_, err := w.store.UpdateUser(t.Context(), id, func(u *store.User) error { fn(u); return nil })
			w.must(err)
		}
		change(1001, func(u *store.User) { u.Banned = true })
		change(1002, func(u *store.User) { u.NoNews = true })
		change(1003, func(u *store.User) { u.Seen = time.Now().AddDate(0, 0, -181) })
		w.must(w.store.ForgetUser(t.Context(), 1004, time.Now()))
		people[5].Block()
		time.Sleep(time.Minute)
		change(1005, func(u *store.User) { u.Unreachable = false }) // nobody knows yet
		time.Sleep(time.Minute)

		if m := w.ask(admin, "/broadcast xx\nText"); !strings.Contains(m.HTML, "/broadcast all") {
			t.Errorf("an unknown language: %q", m.HTML)
		}
		if m := w.ask(admin, "/broadcast all\n"+strings.Repeat("a", 4000)); m.HTML != en.Say("broadcast.long", "n", broadcastMost) {
			t.Errorf("a long text: %q", m.HTML)
		}
		preview := w.ask(admin, "/broadcast en\nA <new> city:\nParis & more.")
		const text = "A &lt;new&gt; city:\nParis &amp; more."
		if !strings.Contains(preview.HTML, ": 27.") || got(admin, text) != 1 {
			t.Errorf("preview %q", preview.HTML)
		}
		if n := got(people[0], text); n != 0 {
			t.Fatal("it was sent before it was confirmed")
		}
		w.press(admin, preview, "news:send")
		w.until("the report", func() bool { return strings.Contains(last(admin).HTML, "has ended") })
		for i, p := range people {
			want := 1
			if i >= 1 && i <= 5 {
				want = 0
			}
			if n := got(p, text); n != want {
				t.Errorf("person %d got it %d times, want %d", i, n, want)
			}
		}
		if got(french, text) != 0 {
			t.Error("it went out in another language")
		}
		if !strings.Contains(last(admin).HTML, "Sent: 26, unreachable: 1") { // the operator is one of them
			t.Errorf("report %q", last(admin).HTML)
		}
		if u, err := w.store.User(t.Context(), 1005); err != nil || !u.Unreachable {
			t.Errorf("who blocked the bot: %+v, %v", u, err)
		}
		if m := w.ask(admin, "/broadcast all\nAgain"); !strings.Contains(m.HTML, "One broadcast a week") {
			t.Errorf("the second in a week: %q", m.HTML)
		}
		// The button below it ends the news.
		news := answers(people[0])[len(answers(people[0]))-1]
		w.press(people[0], news, "news:off")
		if u, err := w.store.User(t.Context(), 1000); err != nil || !u.NoNews {
			t.Errorf("after the button: %+v, %v", u, err)
		}
		if m := w.ask(people[0], "/broadcast all\nx"); m.HTML != en.Say("text.other") {
			t.Errorf("a stranger's broadcast got %q", m.HTML)
		}
	})
}

// A broadcast that is paused, and whose process ends, goes on. The messages that were on their way may come twice, no others.
func TestABroadcastGoesOnAfterARestart(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }}, func(t *testing.T, w *world) {
		admin, people := w.person(operator, "en"), w.crowd(60, "en")
		time.Sleep(time.Minute)
		preview := w.ask(admin, "/broadcast all\nNews")
		admin.Press(preview.ID, "news:send")
		time.Sleep(1800 * time.Millisecond)
		admin.Press(preview.ID, "news:pause")
		time.Sleep(time.Minute)
		total := func() (n int) {
			for _, p := range people {
				n += got(p, "News")
			}
			return n
		}
		paused := total()
		if paused == 0 || paused == 60 {
			t.Fatalf("%d of 60 got it before the pause", paused)
		}
		time.Sleep(time.Minute)
		if n := total(); n != paused {
			t.Fatalf("%d got it during the pause", n-paused)
		}
		admin.Press(preview.ID, "news:go")
		time.Sleep(800 * time.Millisecond)
		w.cut()
		w.start()
		w.until("the report", func() bool { return strings.Contains(last(admin).HTML, "has ended") })
		twice := 0
		for i, p := range people {
			switch n := got(p, "News"); {
			case n == 0:
				t.Errorf("person %d did not get it", i)
			case n > 1:
				twice++
			}
		}
		if twice > broadcastBatch {
			t.Errorf("%d got it twice, at most %d may", twice, broadcastBatch)
		}
	})
}

func TestACancelledBroadcastEnds(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }}, func(t *testing.T, w *world) {
		admin, people := w.person(operator, "en"), w.crowd(60, "en")
		time.Sleep(time.Minute)
		preview := w.ask(admin, "/broadcast all\nNews")
		admin.Press(preview.ID, "news:send")
		time.Sleep(1800 * time.Millisecond)
		admin.Press(preview.ID, "news:cancel")
		w.until("the report", func() bool { return strings.Contains(last(admin).HTML, "has ended") })
		n := 0
		for _, p := range people {
			n += got(p, "News")
		}
		if n == 0 || n == 60 {
			t.Errorf("%d of 60 got it", n)
		}
	})
}

// While Telegram is away, nobody's turn ends.
func TestABroadcastWaitsForTelegram(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var away atomic.Bool
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }})
		defer w.close()
		telegram := w.hosts["api.telegram.org"]
		w.hosts["api.telegram.org"] = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if away.Load() && strings.HasSuffix(r.URL.Path, "/sendMessage") {
				rw.WriteHeader(http.StatusBadGateway)
				return
			}
			telegram.ServeHTTP(rw, r)
		})
		admin, people := w.person(operator, "en"), w.crowd(20, "en")
		time.Sleep(time.Minute)
		preview := w.ask(admin, "/broadcast all\nNews")
		away.Store(true)
		w.press(admin, preview, "news:send")
		time.Sleep(3 * time.Minute)
		away.Store(false)
		w.until("the report", func() bool { return strings.Contains(last(admin).HTML, "has ended") })
		for i, p := range people {
			if n := got(p, "News"); n == 0 {
				t.Errorf("person %d did not get it", i)
			}
		}
	})
}

func BenchmarkBroadcastCount(b *testing.B) {
	w := newWorld(b, worldConfig{})
	defer w.close()
	for i := range 10_000 {
		_, err := w.store.UpdateUser(context.Background(), int64(i+1), func(u *store.User) error {
			u.Language, u.Created, u.Seen = "en", time.Now(), time.Now()
			u.LanguageCode = fmt.Sprint("en-", i%3)
			return nil
		})
		w.must(err)
	}
	for b.Loop() {
		_, err := w.bot.announcer.count(context.Background(), &broadcast{Began: time.Now()})
		w.must(err)
	}
}
