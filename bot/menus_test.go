package bot

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestTheMenuListsTheCommandsThatWork holds that every listed command works, is listed in each language, and that operators' commands are not.
func TestTheMenuListsTheCommandsThatWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &recorder{calls: make(chan call, 100)}
		w := newWorld(t, worldConfig{edit: func(c *Config) { withOperator(c); api.next = c.API; c.API = api }})
		defer w.close()
		for range w.bot.menus.languages() {
			menu, scope := menuOf(api.wait(t, "setMyCommands"))
			slices.Sort(menu)
			want := []string{"donate", "forget", "help", "language", "live", "paysupport", "privacy", "settings", "start", "stats", "stop", "terms"}
			if !slices.Equal(menu, want) || scope != nil {
				t.Errorf("menu %v of %v, want %v of nobody", menu, scope, want)
			}
			for _, name := range menu {
				if w.bot.router.commands[name] == nil {
					t.Errorf("/%s is listed and does nothing", name)
				}
			}
		}
	})
}

// TestOperatorsHaveAMenuOfTheirOwn holds that their commands are shown in their chats alone, from the first /start and after a restart.
func TestOperatorsHaveAMenuOfTheirOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &recorder{calls: make(chan call, 1000)}
		w := newWorld(t, worldConfig{edit: func(c *Config) { withOperator(c); api.next = c.API; c.API = api }})
		defer w.close()
		own := func() (languages int) {
			for len(api.calls) > 0 {
				c := <-api.calls
				menu, scope := menuOf(c.payload)
				if c.method != "setMyCommands" || scope == nil {
					continue
				}
				if scope["type"] != "chat" || scope["chat_id"] != float64(operator) {
					t.Errorf("a menu of %v", scope)
				}
				if got := menu[len(listedCommands):]; !slices.Equal(got, []string{"admin", "pause", "ban", "unban", "refund"}) {
					t.Errorf("behind everybody's commands %v", got)
				}
				for _, name := range menu {
					if _, ok := w.bot.router.command(operator, name); !ok {
						t.Errorf("/%s is listed and does nothing", name)
					}
				}
				languages++
			}
			return languages
		}
		all := len(w.bot.menus.languages())
		w.until("described", func() bool { return w.tg.Calls()["setMyShortDescription"] == all })
		w.person(1, "en").Say("/start")
		time.Sleep(time.Minute)
		if got := own(); got > 1 {
			t.Errorf("a chat that is not there got %d menus", got)
		}
		w.person(operator, "ru").Say("/start")
		time.Sleep(time.Minute)
		if got := own(); got != all {
			t.Errorf("/start gave the operator %d menus, want %d", got, all)
		}
		w.cut()
		w.start()
		time.Sleep(time.Minute)
		if got := own(); got != all {
			t.Errorf("a restart gave the operator %d menus, want %d", got, all)
		}
		if strings.Contains(w.logs.String(), "msg=describe") {
			t.Errorf("somebody who never wrote is no fault:\n%s", w.logs)
		}
	})
}

// menuOf reads the commands of a setMyCommands and for whom they are, nil = for everybody.
func menuOf(payload map[string]any) (names []string, scope map[string]any) {
	commands, _ := payload["commands"].([]any)
	for _, c := range commands {
		names = append(names, c.(map[string]any)["command"].(string))
	}
	scope, _ = payload["scope"].(map[string]any)
	return names, scope
}
