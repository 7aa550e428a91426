package bot

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

// toldIn returns the stories that the bot told in a group.
func toldIn(g *sim.Group) []sim.Message {
	return slices.DeleteFunc(g.Messages(), func(m sim.Message) bool { return !m.FromBot || len(m.Buttons) == 0 })
}

func (w *world) waitToldIn(g *sim.Group, n int) []sim.Message {
	w.t.Helper()
	w.until("stories in the group", func() bool { return len(toldIn(g)) >= n })
	return toldIn(g)
}

// pinsIn returns the bot's pins among the messages.
func pinsIn(messages []sim.Message) []sim.Message {
	return slices.DeleteFunc(messages, func(m sim.Message) bool { return !m.FromBot || m.Method != "sendVenue" })
}

func TestAnAnswerStaysInItsTopic(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		actions := 0
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "typing" && e.Topic == 77 {
				actions++
			}
		})()
		p.At(77).Locate(cityLat, cityLon)
		story := w.waitStory(p, 0)
		time.Sleep(5 * time.Second)
		pins := pinsIn(p.Messages())
		if story.Topic != 77 || story.ReplyTo != 0 || len(pins) != 1 || pins[0].Topic != 77 || actions == 0 {
			t.Errorf("story in topic %d, reply to %d; pins %+v; %d actions in the topic", story.Topic, story.ReplyTo, pins, actions)
		}
		p.At(77).Press(story.ID, data(story, "more:"))
		if second := w.waitStory(p, 1); second.Topic != 77 {
			t.Errorf("after a button: topic %d", second.Topic)
		}
		p.At(78).Say("/help")
		w.waitAnswers(p, 3)
		if got := last(p); got.Topic != 78 {
			t.Errorf("a command's answer in topic %d", got.Topic)
		}
	})
}

func TestAWalkStaysInItsTopic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWalkWorld(t, worldConfig{})
		defer func() { w.close() }()
		p := w.person(1, "en")
		_, share := p.At(77).Share(cityLat, cityLon, 3600)
		w.waitStory(p, 0)
		w.cut()
		w.start()
		w.until("a story after a restart", func() bool { return len(storiesOf(p)) > 2 })
		p.StopSharing(share)
		w.until("the summary", func() bool {
			return strings.HasPrefix(last(p).Text, w.words("en").Plain("live.end_stopped"))
		})
		time.Sleep(5 * time.Second)
		for _, m := range fromBot(p) {
			if m.Topic != 77 {
				t.Errorf("%s %q in topic %d", m.Method, m.Text, m.Topic)
			}
		}
	})
}

func TestAClosedGeneralTopicHidesNoAnswer(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -1000000000001, Title: "G", Forum: true})
		g.Open(12)
		g.Close(0)
		asked := w.person(1, "en").In(g).At(12)
		asked.Locate(cityLat, cityLon)
		story := w.waitToldIn(g, 1)[0]
		question := g.Messages()[0]
		if story.Topic != 12 || story.ReplyTo != question.ID || w.tg.Calls()["sendMessage"] != 1 {
			t.Errorf("story in topic %d, reply to %d, %d messages sent", story.Topic, story.ReplyTo, w.tg.Calls()["sendMessage"])
		}
	})
}

func TestAClosedTopicIsLeftAlone(t *testing.T) {
	inWorld(t, newWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -1000000000001, Forum: true})
		g.Open(12)
		update := w.person(1, "en").In(g).At(12).Locate(cityLat, cityLon)
		g.Close(12)
		w.waitDone(update)
		if n := w.tg.Calls()["sendMessage"]; n != 1 {
			t.Errorf("%d messages tried, want 1", n)
		}
		if w.seen.count("error bot") != 0 {
			t.Errorf("a closed topic is logged as a fault: %s", w.logs)
		}
	})
}

func TestAnswersInAGroupAreReplies(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -1000000000001})
		ann, bob := w.person(1, "en").In(g), w.person(2, "en").In(g)
		ann.Locate(cityLat, cityLon)
		bob.Locate(cityLat+0.001, cityLon)
		told := w.waitToldIn(g, 2)
		time.Sleep(5 * time.Second)
		for i, question := range g.Messages()[:2] {
			if told[i].ReplyTo != question.ID {
				t.Errorf("story %d replies to %d, want %d", i, told[i].ReplyTo, question.ID)
			}
		}
		for _, pin := range pinsIn(g.Messages()) {
			if pin.ReplyTo != 0 {
				t.Errorf("a pin replies to %d", pin.ReplyTo)
			}
		}
	})
}

func TestAGroupThatMovesIsFollowed(t *testing.T) {
	t.Parallel()
	const from, to = -777, -1000000009999
	for _, tt := range []struct {
		name    string
		told    bool
		refused int
	}{
		{"told by a refusal", false, 1},
		{"told by a message", true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				g := w.tg.Group(sim.GroupProfile{ID: from, Title: "G"})
				_, err := w.store.UpdateUser(t.Context(), from, func(u *store.User) error { u.HidePins = true; return nil })
				w.must(err)
				w.must(w.store.Delivered(t.Context(), store.Delivery{Person: from, Place: "Q1", At: time.Now()}))
				supergroup := g.Migrate(to, tt.told)
				time.Sleep(time.Second)
				w.person(1, "en").In(g).Locate(cityLat, cityLon) // as an update that was on its way
				w.waitToldIn(supergroup, 1)
				time.Sleep(5 * time.Second)
				if n := w.seen.count("call sendMessage refused"); n != tt.refused {
					t.Errorf("%d messages were refused, want %d", n, tt.refused)
				}
				user, err := w.store.User(t.Context(), to)
				if w.must(err); !user.HidePins {
					t.Errorf("the profile is now %+v", user)
				}
				if told, err := w.store.Told(t.Context(), to, []string{"Q1"}); err != nil || !told[0] {
					t.Errorf("what was told did not move: %v, %v", told, err)
				}
			})
		})
	}
}

func TestMessagesToAGroupKeepToTwentyAMinute(t *testing.T) {
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Limits: true}, articles: 80}, func(t *testing.T, w *world) {
		g := w.tg.Group(sim.GroupProfile{ID: -1000000000001})
		for i := range int64(12) {
			w.person(1+i, "en").In(g).Locate(cityLat, cityLon+float64(i)/2000)
		}
		w.waitToldIn(g, 12)
		if n := w.tg.Refused(); n != 0 {
			t.Errorf("%d calls were refused for flood", n)
		}
	})
}

func TestRefusedActionsDelayNoStory(t *testing.T) {
	inWorld(t, newWorld, worldConfig{telegram: sim.TelegramConfig{Fault: func(method string, _ int) (int, string, int, bool) {
		return http.StatusTooManyRequests, "", 25, method == "sendChatAction"
	}}}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		began := time.Now()
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		if took := time.Since(began); took > 8*time.Second {
			t.Errorf("the story came after %v", took)
		}
		if n := w.tg.Calls()["sendChatAction"]; n != 1 {
			t.Errorf("%d actions were tried within their wait, want 1", n)
		}
	})
}
