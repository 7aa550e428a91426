package bot

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

func lastIn(g *sim.Group) sim.Message {
	all := g.Messages()
	return all[len(all)-1]
}

// withButton returns the newest message of the bot that has the button.
func (w *world) withButton(g *sim.Group, button string) sim.Message {
	w.t.Helper()
	for _, m := range slices.Backward(g.Messages()) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if m.FromBot && strings.HasPrefix(b.Data, button) {
					return m
				}
			}
		}
	}
	w.t.Fatalf("no message has the button %q", button)
	return sim.Message{}
}

func saidIn(g *sim.Group, html string) bool {
	return slices.ContainsFunc(g.Messages(), func(m sim.Message) bool { return m.FromBot && m.HTML == html })
}

func TestAGroupWalksTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer func() { w.close() }()
		const id = -1000000000001
		g := w.tg.Group(sim.GroupProfile{ID: id, Title: "G"})
		ann, bob, carl := w.person(1, "en").In(g), w.person(2, "en").In(g), w.person(3, "en").In(g)
		g.Appoint(carl)
		en := w.words("en")

		_, share := ann.Share(cityLat, cityLon, 3600)
		time.Sleep(10 * time.Second)
		question := lastIn(g)
		if question.HTML != en.Say("group.ask") || question.ReplyTo != share || len(toldIn(g)) != 1 {
			t.Fatalf("a shared location got %+v", question)
		}
		bob.Press(question.ID, data(question, "group:walk"))
		time.Sleep(time.Minute)
		if _, walking := w.bot.live.Walk(id); walking {
			t.Fatal("somebody else agreed for the person")
		}
		ann.Press(question.ID, data(question, "group:walk"))
		w.waitToldIn(g, 2)
		walk, walking := w.bot.live.Walk(id)
		if !walking || walk.Person != id || walk.Chat != id {
			t.Fatalf("the walk is %+v, %v", walk, walking)
		}
		if _, walking := w.bot.live.Walk(1); walking {
			t.Error("the person walks, too")
		}
		if n, err := w.store.CountTold(t.Context(), id); err != nil || n != 1 {
			t.Errorf("told the group %d places, %v", n, err)
		}
		if n, err := w.store.CountTold(t.Context(), 1); err != nil || n != 0 {
			t.Errorf("told the person %d places, %v", n, err)
		}

		// The walk survives a restart, and goes on with the next step.
		w.cut()
		w.start()
		time.Sleep(10 * time.Second)
		ann.Move(share, cityLat+0.0005, cityLon, 0)
		time.Sleep(5 * time.Second)
		if walk, ok := w.bot.live.Walk(id); !ok || walk.Point.Lat == cityLat {
			t.Fatalf("after a restart: %+v, %v", walk, ok)
		}
		bob.Say("/stop")
		time.Sleep(10 * time.Second)
		if !saidIn(g, en.Say("group.not_yours")) {
			t.Error("somebody else's /stop was not refused")
		}
		for _, p := range []*sim.Person{ann, carl} {
			p.Say("/live")
			time.Sleep(10 * time.Second)
			status := w.withButton(g, "live:pause")
			bob.Press(status.ID, data(status, "live:pause"))
			time.Sleep(5 * time.Second)
			if walk, _ := w.bot.live.Walk(id); walk.Paused {
				t.Fatal("somebody else paused the walk")
			}
			p.Press(status.ID, data(status, "live:pause"))
			time.Sleep(5 * time.Second)
			if walk, _ := w.bot.live.Walk(id); !walk.Paused {
				t.Errorf("person %d could not pause the walk", p.ID())
			}
			p.Press(status.ID, data(lastEdited(g, status.ID), "live:resume"))
			time.Sleep(5 * time.Second)
		}
		ann.StopSharing(share)
		time.Sleep(time.Minute)
		if _, walking := w.bot.live.Walk(id); walking {
			t.Error("the walk goes on after the sharing")
		}
		summary := false
		for _, m := range g.Messages() {
			summary = summary || m.FromBot && strings.HasPrefix(m.Text, en.Plain("live.end_stopped"))
		}
		if !summary {
			t.Error("no summary")
		}
	})
}

func lastEdited(g *sim.Group, id int) sim.Message {
	for _, m := range g.Messages() {
		if m.ID == id {
			return m
		}
	}
	return sim.Message{}
}

func TestAGroupIsForgottenByItsAdministrators(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer func() { w.close() }()
		const id = -1000000000001
		g := w.tg.Group(sim.GroupProfile{ID: id, Title: "G"})
		ann, carl := w.person(1, "en").In(g), w.person(3, "en").In(g)
		g.Appoint(carl)
		ann.Share(cityLat, cityLon, 3600)
		time.Sleep(10 * time.Second)
		ann.Press(lastIn(g).ID, data(lastIn(g), "group:walk"))
		w.waitToldIn(g, 2)
		ann.Say("/forget")
		time.Sleep(10 * time.Second)
		if !saidIn(g, w.words("en").Say("group.only_admins")) {
			t.Error("a member's /forget was not refused")
		}
		carl.Say("/forget")
		time.Sleep(10 * time.Second)
		question := w.withButton(g, "forget:yes")
		ann.Press(question.ID, data(question, "forget:yes"))
		time.Sleep(10 * time.Second)
		if _, walking := w.bot.live.Walk(id); !walking {
			t.Fatal("a member's press deleted the group's data")
		}
		carl.Press(question.ID, data(question, "forget:yes"))
		time.Sleep(time.Minute)
		if _, walking := w.bot.live.Walk(id); walking {
			t.Error("the walk goes on")
		}
		if _, err := w.store.User(t.Context(), id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the group is still known: %v", err)
		}
		if n, err := w.store.CountTold(t.Context(), id); err != nil || n != 0 {
			t.Errorf("told the group %d places, %v", n, err)
		}
	})
}

func TestWithoutAWalkTheGroupLearnsHowToBeginOne(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -5, Title: "G"})
		w.waitDone(w.person(1, "en").In(g).Say("/live"))
		if got := lastIn(g).Text; !strings.Contains(got, "/setprivacy") {
			t.Errorf("/live got %q", got)
		}
		p := w.person(2, "en").In(g)
		_, share := p.Share(cityLat, cityLon, 3600)
		time.Sleep(10 * time.Second)
		n := len(g.Messages())
		p.Move(share, cityLat+0.001, cityLon, 0)
		time.Sleep(10 * time.Second)
		if len(g.Messages()) != n {
			t.Errorf("a step of nobody's walk got %q", lastIn(g).Text)
		}
	})
}
