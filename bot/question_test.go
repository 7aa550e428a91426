package bot

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// toldStory tells a person a story and returns its message.
func (w *world) toldStory(p *sim.Person) sim.Message {
	w.t.Helper()
	w.waitDone(p.Locate(cityLat, cityLon))
	time.Sleep(time.Minute)
	return last(p)
}

func TestAQuestionAfterAStoryIsAnswered(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		story := w.toldStory(p)
		var mu sync.Mutex
		var drafts []string
		defer w.tg.Subscribe(func(e sim.Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Kind == "draft" {
				drafts = append(drafts, e.Text)
			}
		})()

		got := w.ask(p, "Who lived in the cellar for one winter?")
		if !strings.Contains(got.Text, "a tame bear lived in the cellar") || !strings.Contains(got.HTML, "wikipedia.org") || len(got.Buttons) > 0 {
			t.Errorf("answer %q", got.HTML)
		}
		if got.ID == story.ID || !strings.Contains(got.HTML, words.Say("answer.notice")) {
			t.Errorf("the first answer does not say where the question goes: %q", got.HTML)
		}
		mu.Lock()
		if len(drafts) == 0 || !strings.Contains(got.Text, drafts[0]) {
			t.Errorf("drafts %q", drafts)
		}
		mu.Unlock()

		time.Sleep(time.Minute)
		got = w.ask(p, "And what does a hotel room cost?")
		if title, _, _ := strings.Cut(story.Text, "\n"); !strings.HasPrefix(got.HTML, words.Say("answer.absent", "title", title)) || strings.Contains(got.HTML, words.Say("answer.notice")) {
			t.Errorf("answer %q", got.HTML)
		}
		time.Sleep(time.Minute)
		calls := w.model.Stats().Calls
		if got = w.ask(p, "Thanks!"); got.HTML != words.Say("talk.welcome") || w.model.Stats().Calls != calls {
			t.Errorf("small talk: %q", got.HTML)
		}
		for how, n := range map[string]int{"model": 1, "absent": 1, "talk": 1} {
			if got := w.seen.count("question " + how); got != n {
				t.Errorf("%d questions counted as %s, want %d", got, how, n)
			}
		}
		if strings.Contains(w.logs.String(), "hotel") {
			t.Error("the log holds the question")
		}
	})
}

func TestWhichStoryAQuestionIsAbout(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")

		if got := w.ask(p, "Who lived in the cellar?"); got.HTML != words.Say("text.other") {
			t.Errorf("without a story: %q", got.HTML)
		}
		first := w.toldStory(p)
		second := w.toldStory(p)
		title := func(m sim.Message) string { s, _, _ := strings.Cut(m.Text, "\n"); return s }
		if title(first) == title(second) {
			t.Fatal("one place was told twice")
		}
		if got := w.ask(p, "Who lived in the cellar for one winter?"); title(got) != title(second) {
			t.Errorf("answer %q, want one about %q", got.Text, title(second))
		}
		time.Sleep(time.Minute)
		w.waitDone(p.Reply(first.ID, "Who lived in the cellar for one winter?"))
		if got := last(p); title(got) != title(first) {
			t.Errorf("answer %q, want one about %q", got.Text, title(first))
		}

		// After a restart, and after six hours.
		w.cut()
		w.start()
		time.Sleep(time.Minute)
		if got := w.ask(p, "Who lived in the cellar for one winter?"); title(got) != title(second) {
			t.Errorf("after a restart: %q", got.Text)
		}
		time.Sleep(store.RecentLife)
		if got := w.ask(p, "Who lived in the cellar for one winter?"); got.HTML != words.Say("text.other") {
			t.Errorf("after six hours: %q", got.HTML)
		}
	})
}

func TestQuestionsInGroups(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -100, Title: "G"})
		one, two := w.person(1, "en").In(g), w.person(2, "en").In(g)
		w.waitDone(one.Locate(cityLat, cityLon))
		time.Sleep(time.Minute)
		story := last(one)
		n := len(answers(one))
		one.Say("Who lived in the cellar for one winter?")
		two.Reply(n-1, "not to the bot")
		time.Sleep(time.Minute)
		if got := len(answers(one)); got != n {
			t.Errorf("a text that was not meant for the bot got %d answers", got-n)
		}
		w.waitDone(two.Reply(story.ID, "Who lived in the cellar for one winter?"))
		if got := last(two); !strings.Contains(got.Text, "bear") {
			t.Errorf("answer %q", got.Text)
		}
		if n := w.tg.Calls()["sendMessageDraft"]; n != 0 {
			t.Errorf("%d drafts in a group", n)
		}
	})
}

func TestQuestionsAreLimited(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.toldStory(p)
		for range 6 {
			p.Say("Who lived in the cellar for one winter?")
		}
		time.Sleep(time.Minute)
		if n := w.seen.count("question model"); n != 3 {
			t.Errorf("%d of 6 questions at once were answered, want 3", n)
		}
		_, err := w.store.UpdateUser(t.Context(), 1, func(u *store.User) error { u.Banned = true; return nil })
		w.must(err)
		n := len(answers(p))
		w.waitDone(p.Say("Who lived in the cellar for one winter?"))
		if len(answers(p)) != n {
			t.Error("a banned person got an answer")
		}
	})
}

func TestDraftsEndAtTheFirstRefusal(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		status int
		after  int // calls of a second question
	}{
		{"the method is not known", http.StatusNotFound, 0},
		{"flood", http.StatusTooManyRequests, 0},
		{"the server fails", http.StatusInternalServerError, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Fault: func(method string, _ int) (int, string, int, bool) {
				return tc.status, "", 280, method == "sendMessageDraft"
			}}}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.toldStory(p)
				began := time.Now()
				if got := w.ask(p, "Who lived in the cellar for one winter?"); !strings.Contains(got.Text, "bear") {
					t.Errorf("answer %q", got.Text)
				}
				if took := time.Since(began); took-5*time.Second > 3*time.Second {
					t.Errorf("the answer took %v", took)
				}
				if n := w.tg.Calls()["sendMessageDraft"]; n != 1 {
					t.Errorf("%d drafts, want 1", n)
				}
				time.Sleep(time.Minute)
				w.ask(p, "Who lived in the cellar for one winter?")
				if n := w.tg.Calls()["sendMessageDraft"]; n != 1+tc.after {
					t.Errorf("%d drafts after a second question, want %d", n, 1+tc.after)
				}
			})
		})
	}
}

func TestAnswersWithoutAModelQuote(t *testing.T) {
	inWorld(t, newWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		w.toldStory(p)
		got := w.ask(p, "Who lived in the cellar for one winter?")
		if !strings.Contains(got.HTML, "bear") || !strings.Contains(got.HTML, words.Say("reason.off")) ||
			!strings.Contains(got.HTML, "CC BY-SA") || strings.Contains(got.HTML, words.Say("answer.notice")) {
			t.Errorf("answer %q", got.HTML)
		}
		if n := w.seen.count("question " + string(guide.ByQuote)); n != 1 {
			t.Errorf("%d quotes counted", n)
		}
	})
}

func TestSmallTalk(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"Thanks!": true, "Спасибо большое": true, "merci beaucoup": true, "ok": true, "Thank you very much": true, "谢谢": true, "Привет)": true, "дякую!!": true,
		"thanks, who built it?": false, "Who?": false, "Да, а кто построил?": false, "no?": false, "ok ok ok ok ok": false, "": false, "👍": false, "21": false,
		"Thanks to whom": false,
	} {
		if got := isSmallTalk(text); got != want {
			t.Errorf("%q is small talk: %v, want %v", text, got, want)
		}
	}
}

// Where a question goes is told before the first one, under a story; whoever asks before that reads it with the answer, whatever that is.
func TestWhereQuestionsGoIsTold(t *testing.T) {
	t.Parallel()
	for name, stories := range map[string]int{"asked after the invitation": 3, "asked before it": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{articles: 40})
				defer w.close()
				words := w.bot.cfg.Words.Words("en")
				p := w.person(1, "en")
				var invited []int
				for i := range stories {
					n := len(answers(p))
					w.waitDone(p.Locate(cityLat, cityLon))
					w.waitStory(p, n)
					time.Sleep(time.Minute)
					if strings.Contains(last(p).HTML, words.Say("hint.ask")) {
						invited = append(invited, i)
					}
				}
				if want := []int{1}; stories > 1 && !slices.Equal(invited, want) || stories == 1 && invited != nil {
					t.Errorf("invited with the stories %v", invited)
				}
				for i, question := range []string{"What does a hotel nearby cost?", "Who owns the garden?"} {
					got := w.ask(p, question).HTML
					if noted := strings.Contains(got, words.Say("answer.notice")); noted != (stories == 1 && i == 0) {
						t.Errorf("question %d, noted %v: %q", i, noted, got)
					}
					time.Sleep(time.Minute)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{articles: 40, noModel: true})
		defer w.close()
		p := w.person(1, "en")
		for range 2 {
			w.waitDone(p.Locate(cityLat, cityLon))
			time.Sleep(time.Minute)
		}
		if got := last(p).HTML; strings.Contains(got, "language model") {
			t.Errorf("without a model: %q", got)
		}
	})
}

// A story of a walk has few buttons, and none of them may be about its place. A reply to it is still known to be about that place.
func TestAReplyToAWalksStoryIsAboutThatStory(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{noModel: true, edit: withOperator}, func(t *testing.T, w *world) {
		words := w.words("en")
		h := w.hike(operator, time.Hour)
		told := h.waitTold(3)
		_, name, _ := strings.Cut(title(told[0]), ". ")
		w.waitDone(h.p.Reply(told[0].ID, "Who lived in the cellar for one winter?"))
		answered := func(want string) func() bool {
			return func() bool {
				return slices.ContainsFunc(answers(h.p), func(m sim.Message) bool {
					return len(m.Buttons) == 0 && m.HTML == want || strings.HasPrefix(m.Text, want+"\n")
				})
			}
		}
		w.until("an answer about the first story", answered(name))
		next := data(told[0], "next:")
		_, place := parseNext(strings.TrimPrefix(next, "next:"))
		for _, row := range told[0].Buttons {
			for _, b := range row {
				if found := placeIn(b.Data); found != "" && found != place {
					t.Errorf("%s is about %s, %s about %s", b.Data, found, next, place)
				}
			}
		}
		w.waitDone(h.p.Reply(told[0].ID, "/retire"))
		w.until("the place is retired", answered(words.Say("admin.retire_done", "title", name, "place", place)))
		w.waitDone(h.p.StopSharing(h.share))
		time.Sleep(time.Minute)
		n := len(answers(h.p))
		w.press(h.p, told[1], data(told[1], "next:")) // after the walk: one more story there
		w.until("one more story", func() bool { got := answers(h.p); return len(got) > n && data(got[len(got)-1], "more:") != "" })
	})
}

func TestNextNamesThePlaceOfItsStory(t *testing.T) {
	at := geo.Point{Lat: -48.12345, Lon: -111.54321}
	for _, place := range []string{"", "Q1", "en:123456789", "wp:be-tarask:12345"} {
		data := nextData(at, place)
		more, got := parseNext(strings.TrimPrefix(data, "next:"))
		if "more:"+more != moreData(at) || got != place || len(data) > 64 {
			t.Errorf("%q: %q, %q", data, more, got)
		}
	}
	if data := nextData(at, strings.Repeat("x", 64)); len(data) > 64 {
		t.Errorf("%d bytes", len(data))
	}
}
