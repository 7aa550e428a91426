package bot

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"excursobot/bot/telegram"

	"excursobot/limiter"
)

// slowAPI lets the first call of a method through at once and hands its answer out late.
type slowAPI struct {
	telegram.API
	method string
	late   time.Duration
	begun  atomic.Bool
}

func (s *slowAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	body, err := s.API.Call(ctx, method, payload)
	if method != s.method || !s.begun.CompareAndSwap(false, true) {
		return body, err
	}
	if ended := limiter.Sleep(ctx, s.late); ended != nil {
		return nil, ended
	}
	return body, err
}

// The story is ready before the card's answer or after it.
func TestACardThatIsAnsweredLateBecomesItsStory(t *testing.T) {
	t.Parallel()
	for name, slow := range map[string]time.Duration{"story first": time.Second, "answer first": 9 * time.Second} {
		cfg := worldConfig{slow: slow, edit: func(c *Config) {
			c.API = &slowAPI{API: c.API, method: "sendMessage", late: 6 * time.Second}
		}}
		t.Run(name+", single location", func(t *testing.T) {
			inWorld(t, newWorld, cfg, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.waitDone(p.Locate(cityLat, cityLon))
				if got := answers(p); len(got) != 1 || got[0].Edits != 1 || len(got[0].Buttons) == 0 {
					t.Errorf("answers %+v, want the card turned into a story", got)
				}
			})
		})
		t.Run(name+", walk", func(t *testing.T) {
			inWorld(t, newWalkWorld, cfg, func(t *testing.T, w *world) {
				h := w.hike(1, time.Hour)
				h.waitTold(1)
				got := answers(h.p)
				if len(got) != 2 || got[0].Edits != 1 || len(h.told()) != 1 || len(h.said("live.question")) != 1 {
					t.Errorf("answers %+v, want the card turned into a story, and one question", got)
				}
			})
		})
	}
}

// A card waits for its turn a short time: the story is what was asked for.
func TestACardThatHasNoTurnIsLeftOut(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/help"))
		w.bot.pace.PauseKey(1, 20*time.Second)
		w.waitDone(p.Locate(cityLat, cityLon))
		if got := answers(p); len(got) != 2 || got[1].Edits != 0 || len(got[1].Buttons) == 0 {
			t.Errorf("answers %+v, want the story without a card", got)
		}
	})
}
