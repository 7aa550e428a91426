package bot

import (
	"encoding/json"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

func TestACheckoutThatTheBotDidNotOfferIsRefused(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		query string // fields of the pre_checkout_query
		ok    bool
	}{
		"ours":                       {`"from":{"id":1},"currency":"XTR","total_amount":50,"invoice_payload":"gift:1:50"`, true},
		"another person's":           {`"from":{"id":1},"currency":"XTR","total_amount":50,"invoice_payload":"gift:2:50"`, false},
		"another amount":             {`"from":{"id":1},"currency":"XTR","total_amount":1,"invoice_payload":"gift:1:50"`, false},
		"another currency":           {`"from":{"id":1},"currency":"USD","total_amount":50,"invoice_payload":"gift:1:50"`, false},
		"no payload":                 {`"from":{"id":1},"currency":"XTR","total_amount":50,"invoice_payload":""`, false},
		"a payload of another shape": {`"from":{"id":1},"currency":"XTR","total_amount":50,"invoice_payload":"gift:1:050"`, false},
		"an amount out of bounds":    {`"from":{"id":1},"currency":"XTR","total_amount":10001,"invoice_payload":"gift:1:10001"`, false},
		"a number too large":         {`"from":{"id":1},"currency":"XTR","total_amount":50,"invoice_payload":"gift:1:99999999999999999999"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &recorder{calls: make(chan call, 100)}
				w := newWorld(t, worldConfig{edit: func(c *Config) { api.next = c.API; c.API = api }})
				defer w.close()
				w.ask(w.person(1, "en"), "/help")
				w.tg.Inject(json.RawMessage(`{"pre_checkout_query":{"id":"q",` + tt.query + `}}`))
				got := api.wait(t, "answerPreCheckoutQuery")
				why, refused := got["error_message"].(string)
				if got["ok"] != tt.ok || refused == tt.ok {
					t.Errorf("answered %v, want ok %t", got, tt.ok)
				}
				if refused && why != w.words("en").Plain("donate.refused") {
					t.Errorf("reason %q", why)
				}
			})
		})
	}
}

// TestACheckoutIsAnsweredAtOnce has everything full and every bucket empty: Telegram waits 10 s for this answer.
func TestACheckoutIsAnsweredAtOnce(t *testing.T) {
	inWorld(t, newWorld, worldConfig{slow: 25 * time.Second, edit: func(c *Config) { c.PerChat, c.MaxInflight = 3, 4 }}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.ask(p, "/donate 50")
		bill := last(p)
		for range 3 {
			p.Locate(cityLat, cityLon)
		}
		w.person(2, "en").Locate(cityLat, cityLon)
		for range 20 {
			w.person(2, "en").Say("hi")
		}
		var accepted atomic.Int64
		start := time.Now()
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "precheckout_answer" && e.Text == "" {
				accepted.Store(int64(time.Since(start)))
			}
		})()
		synctest.Wait()
		p.Pay(bill.ID)
		w.until("checkout answered", func() bool { return accepted.Load() != 0 })
		if took := time.Duration(accepted.Load()); took > 2*time.Second+time.Second {
			t.Errorf("checkout answered after %v", took)
		}
		w.until("credited", func() bool { return w.given(1).Person == 50 })
	})
}

func TestACheckoutThatAProcessLeftIsAnsweredByTheNext(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		away time.Duration // nobody runs
		want int64         // stars given
	}{{"in time", 3 * time.Second, 50}, {"too late", time.Minute, 0}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var away atomic.Bool // Telegram, for answers
				w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(method string, _ int) (int, string, int, bool) {
					return http.StatusBadGateway, "", 0, away.Load() && method == "answerPreCheckoutQuery"
				}}})
				defer func() { w.close() }()
				p := w.person(1, "en")
				w.ask(p, "/donate 50")
				away.Store(true)
				p.Pay(last(p).ID)
				time.Sleep(time.Second)
				w.cut()
				if left := w.pending(); len(left) != 1 {
					t.Fatalf("%d updates in the inbox, want the checkout", len(left))
				}
				away.Store(false)
				time.Sleep(test.away)
				w.start()
				w.until("an empty inbox", func() bool { return len(w.pending()) == 0 })
				time.Sleep(5 * time.Second)
				if got := w.given(1); got.Person != test.want {
					t.Errorf("given %+v, want %d", got, test.want)
				}
				if asked := w.seen.count("call answerPreCheckoutQuery ok"); int64(asked)*50 != test.want {
					t.Errorf("answered %d times", asked)
				}
			})
		})
	}
}

func TestWithoutRoomNobodyIsCharged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := &atomic.Bool{}
		room.Store(true)
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Store = fullStore{c.Store, room} }})
		defer w.close()
		var reasons []string
		defer w.tg.Subscribe(func(e sim.Event) {
			if e.Kind == "precheckout_answer" {
				reasons = append(reasons, e.Text)
			}
		})()
		p := w.person(1, "en")
		w.ask(p, "/donate 50")
		bill := last(p)
		room.Store(false)
		p.Pay(bill.ID)
		w.until("an answer", func() bool { synctest.Wait(); return len(reasons) == 1 })
		if want := w.words("en").Plain("donate.no_room"); reasons[0] != want || len(w.tg.Payments()) != 0 {
			t.Errorf("refused with %q, want %q; %d payments", reasons[0], want, len(w.tg.Payments()))
		}
		room.Store(true)
		w.bot.router.gifts.room = func() bool { return false } // it has, but the volume has none
		p.Pay(bill.ID)
		w.until("an answer", func() bool { synctest.Wait(); return len(reasons) == 2 })
		if reasons[1] != reasons[0] {
			t.Errorf("refused with %q", reasons[1])
		}
		w.bot.router.gifts.room = func() bool { return true }
		w.pay(p, bill)
		w.until("credited", func() bool { return w.given(1).Person == 50 })
	})
}
