package bot

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
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
			want := []string{"donate", "forget", "help", "language", "live", "pack", "paysupport", "privacy", "settings", "start", "stats", "stop", "terms", "tour"}
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
				if got := menu[len(listedCommands):]; !slices.Equal(got, listedOperatorCommands) {
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
		if got := own(); got != 0 {
			t.Errorf("a restart gave the operator %d menus, want those from before", got)
		}
		if strings.Contains(w.logs.String(), "msg=describe") {
			t.Errorf("somebody who never wrote is no fault:\n%s", w.logs)
		}
	})
}

// descriptions counts the calls that describe the bot.
func (w *world) descriptions() int {
	calls := w.tg.Calls()
	return calls["setMyCommands"] + calls["setMyDescription"] + calls["setMyShortDescription"] + calls["setMySettings"]
}

func TestARestartDescribesOnlyWhatChanged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer func() { w.close() }()
		all := 3*len(w.bot.menus.languages()) + 1
		w.until("described", func() bool { return w.descriptions() == all })
		restart := func() int {
			before := w.descriptions()
			w.cut()
			w.start()
			time.Sleep(time.Minute)
			return w.descriptions() - before
		}
		if n := restart(); n != 0 {
			t.Errorf("%d calls at a start without a change", n)
		}
		raw, err := w.store.Setting(t.Context(), sentSetting)
		w.must(err)
		var marks map[string]string
		w.must(json.Unmarshal([]byte(raw), &marks))
		if len(marks) != all {
			t.Errorf("%d hashes, want %d", len(marks), all)
		}
		for about := range marks {
			marks[about] = "of another text"
			break
		}
		changed, err := json.Marshal(marks)
		w.must(err)
		w.must(w.store.SetSetting(t.Context(), sentSetting, string(changed)))
		if n := restart(); n != 1 {
			t.Errorf("%d calls after a text changed, want 1", n)
		}
		w.must(w.store.SetSetting(t.Context(), sentSetting, "no JSON"))
		if n := restart(); n != all {
			t.Errorf("%d calls after the hashes were lost, want %d", n, all)
		}
	})
}

func TestAFloodOfDescriptionsEndsNoBot(t *testing.T) {
	t.Parallel()
	for _, webhook := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, worldConfig{webhook: webhook, telegram: sim.TelegramConfig{
				Fault: func(method string, _ int) (int, string, int, bool) {
					return http.StatusTooManyRequests, "", 700, method == "setMyDescription"
				},
			}})
			defer w.close()
			p := w.person(1, "en")
			for range 6 {
				time.Sleep(20 * time.Minute)
				if err := w.bot.Ready(); err != nil {
					t.Fatalf("webhook %v: not ready: %v", webhook, err)
				}
			}
			w.waitDone(p.Say("/help"))
		})
	}
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
