package bot

import (
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

func TestForgettingDeletesAllButPayments(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		h := w.hike(1, time.Hour)
		h.walk(25 * time.Second)
		if len(h.told()) == 0 {
			t.Fatal("no story")
		}
		w.pay(h.p, w.ask(h.p, "/donate 50"))

		question := w.ask(h.p, "/forget")
		became := func(want string) {
			t.Helper()
			for _, m := range answers(h.p) {
				if m.ID == question.ID && m.HTML != words.Say(want) {
					t.Errorf("the question became %q", m.HTML)
				}
			}
		}
		w.press(h.p, question, "forget:no:1")
		became("forget.cancelled")
		question = w.ask(h.p, "/forget")
		w.press(h.p, question, "forget:yes:1")
		became("forget.done")
		n := len(fromBot(h.p))
		if _, err := w.store.User(t.Context(), 1); err == nil {
			t.Error("the profile is there")
		}
		h.walk(time.Minute) // the phone shares on
		if got := fromBot(h.p); len(got) != n {
			t.Errorf("after forgetting: %q", got[len(got)-1].HTML)
		}
		if heard, err := w.store.CountTold(t.Context(), 1); err != nil || heard != 0 {
			t.Errorf("heard %d, error %v", heard, err)
		}
		if _, err := w.store.User(t.Context(), 1); err == nil {
			t.Error("a position made a profile")
		}
		if got := w.given(1); got != (store.Given{All: 50}) {
			t.Errorf("given %+v", got)
		}
		if got := w.ask(h.p, "/stats"); got.HTML != words.Say("stats.none") {
			t.Errorf("stats %q", got.HTML)
		}
	})
}

func TestStatsCountWhatWasDone(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		h := w.hike(1, time.Hour)
		h.walk(25 * time.Second)
		during := w.ask(h.p, "/stats").HTML
		h.p.StopSharing(h.share)
		time.Sleep(time.Minute)
		after := w.ask(h.p, "/stats").HTML
		for when, got := range map[string]string{"during": during, "after": after} {
			for _, want := range []string{words.Say("stats.walks", "n", 1), " m walked with me", words.Say("stats.title")} {
				if !strings.Contains(got, want) {
					t.Errorf("%s the walk: no %q in %q", when, want, got)
				}
			}
		}
		if strings.Contains(after, words.Say("stats.badge")) {
			t.Errorf("a badge without a gift: %q", after)
		}
	})
}

func TestABannedPersonCanBeForgottenAndStaysBanned(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.ask(p, "/help")
		_, err := w.store.UpdateUser(t.Context(), 1, func(u *store.User) error { u.Banned = true; return nil })
		w.must(err)
		w.press(p, w.ask(p, "/forget"), "forget:yes:1")
		u, err := w.store.User(t.Context(), 1)
		w.must(err)
		if !u.Banned || u.Language != "" || u.LanguageCode != "" || !u.Seen.IsZero() {
			t.Errorf("kept %+v, want only the ban", u)
		}
		if n := len(answers(p)); n != 2 {
			t.Errorf("a banned person got %d answers, want that of /help and the question", n)
		}
	})
}
