package bot

import (
	"context"
	"testing"

	"excursobot/bot/telegram"
)

// panicAPI panics in the calls of some methods.
type panicAPI struct {
	telegram.API
	in map[string]bool
}

func (p panicAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if p.in[method] {
		panic(method)
	}
	return p.API.Call(ctx, method, payload)
}

func TestAPanicBesideAHandlerLeavesTheStory(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) {
		c.API = panicAPI{c.API, map[string]bool{"sendChatAction": true, "setMyCommands": true}}
	}}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		p.Locate(cityLat, cityLon)
		w.waitStory(p, 0)
		if w.bot.Stats().Panics < 2 || w.seen.count("error panic") < 2 {
			t.Errorf("%d panics counted; log %s", w.bot.Stats().Panics, w.logs)
		}
	})
}
