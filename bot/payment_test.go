package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// paymentAgain is the update that told of the payment, as Telegram would deliver it again.
func paymentAgain(p sim.Payment) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"message":{"message_id":900,"date":1,"from":{"id":%d,"language_code":"en"},"chat":{"id":%d,"type":"private"},
		"successful_payment":{"currency":"XTR","total_amount":%d,"invoice_payload":%q,"telegram_payment_charge_id":%q}}}`,
		p.Person, p.Person, p.Stars, p.Payload, p.Charge))
}

func TestAGiftIsCreditedOnceAndThankedEachTime(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		menu := w.ask(p, "/donate")
		if len(menu.Buttons) != 2 || menu.HTML != words.Say("donate.text") {
			t.Errorf("menu %+v", menu)
		}
		w.press(p, menu, "give:100")
		bill := last(p)
		if bill.Method != "sendInvoice" {
			t.Fatalf("no invoice but %+v", bill)
		}
		w.pay(p, bill)
		if got := last(p); got.HTML != words.Say("donate.thanks", "n", 100) {
			t.Errorf("thanks %q", got.HTML)
		}
		paid := w.tg.Payments()[0]
		again := paymentAgain(paid)
		for range 2 {
			n := len(answers(p))
			w.waitDone(w.tg.Inject(again))
			if got := answers(p); len(got) != n+1 || last(p).HTML != words.Say("donate.thanks", "n", 100) {
				t.Errorf("a payment told of again is answered %q", last(p).HTML)
			}
			time.Sleep(5 * time.Second)
		}
		if got := w.given(1); got != (store.Given{Person: 100, All: 100}) {
			t.Errorf("given %+v, want 100 once", got)
		}
		stats := w.ask(p, "/stats")
		for _, want := range []string{words.Say("stats.stars", "n", 100), words.Say("stats.badge")} {
			if !strings.Contains(stats.HTML, want) {
				t.Errorf("no %q in %q", want, stats.HTML)
			}
		}
	})
}

func TestTheSameUpdateAgainIsThankedAgain(t *testing.T) {
	inWorld(t, newWorld, worldConfig{webhook: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.ask(p, "/help")
		body := strings.Replace(string(paymentAgain(sim.Payment{Charge: "c1", Person: 1, Stars: 50, Payload: "gift:1:50"})), "{", `{"update_id":77,`, 1)
		for range 3 {
			n := len(answers(p))
			if got := post(w.bot, hookSecret, body); got.Code != http.StatusOK {
				t.Fatalf("status %d", got.Code)
			}
			w.until("thanks", func() bool { return len(answers(p)) == n+1 })
			w.waitDone(77)
			synctest.Wait()
		}
		if got := w.given(1); got.Person != 50 {
			t.Errorf("given %+v, want 50 once", got)
		}
	})
}

func TestAPaymentIsStoredBeforeTelegramHearsThatItWasTaken(t *testing.T) {
	inWorld(t, newWorld, worldConfig{webhook: true, edit: func(c *Config) { c.PerChat = 20; c.Limits.UpdateBurst = 1; c.Limits.UpdateRate = 0.001 }}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/help"))
		p.Say("/help") // over the person's limit, as is all that follows
		body := strings.Replace(string(paymentAgain(sim.Payment{Charge: "c1", Person: 1, Stars: 50})), "{", `{"update_id":77,`, 1)
		if got := post(w.bot, hookSecret, body); got.Code != http.StatusOK {
			t.Fatalf("status %d", got.Code)
		}
		if got := w.given(1); got.Person != 50 {
			t.Errorf("given %+v at the time of the 200, want 50", got)
		}
		w.waitDone(77)
	})
}

func TestAPaymentThatCannotBeStoredComesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		w.ask(w.person(1, "en"), "/help")
		body := strings.Replace(string(paymentAgain(sim.Payment{Charge: "c1", Person: 1, Stars: 50})), "{", `{"update_id":77,`, 1)
		for i, odd := range []string{
			strings.Replace(body, `"XTR"`, `"USD"`, 1), strings.Replace(body, `"total_amount":50`, `"total_amount":100001`, 1),
			strings.Replace(body, `"total_amount":50`, `"total_amount":-50`, 1),
		} {
			odd = strings.Replace(odd, "77", strconv.Itoa(70+i), 1)
			if got := post(w.bot, hookSecret, odd); odd == body || got.Code != http.StatusOK || w.bot.Stats().DeadLetters != uint64(i+1) {
				t.Errorf("%s: status %d, %d dead letters, want %d", odd, got.Code, w.bot.Stats().DeadLetters, i+1)
			}
		}
		ctx, cancel := contextEnded(t)
		defer cancel()
		if got := postIn(ctx, w.bot, hookSecret, body); got.Code != http.StatusServiceUnavailable {
			t.Errorf("status %d, want 503: it comes again", got.Code)
		}
		if got := w.given(1); got.All != 0 {
			t.Errorf("given %+v", got)
		}
		w.close()
	})
}

func TestAPaymentThatIsStoredNeedsNoRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		room := &atomic.Bool{}
		room.Store(true)
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Store = fullStore{c.Store, room} }})
		defer w.close()
		p, other := w.person(1, "en"), w.person(2, "en")
		w.pay(p, w.ask(p, "/donate 50"))
		paid := w.tg.Payments()[0]
		room.Store(false)
		w.tg.Inject(paymentAgain(paid))
		other.Say("/help") // behind it
		w.until("an answer", func() bool { return len(answers(other)) == 1 })
		if got := last(p).HTML; got != w.words("en").Say("donate.thanks", "n", 50) {
			t.Errorf("answered %q", got)
		}
	})
}

func TestNoPayerHearsOfAFailure(t *testing.T) {
	t.Parallel()
	payment := []byte(strings.Replace(string(paymentAgain(sim.Payment{Charge: "c1", Person: 1, Stars: 50})), "{", `{"update_id":1000,`, 1))
	for _, test := range []struct {
		name  string
		tries int  // in processes that ended
		deaf  bool // Telegram takes no message
	}{{"tried too often", store.MaxTries - 1, false}, {"thanks that cannot be sent", 0, true}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, worldConfig{telegram: sim.TelegramConfig{Fault: func(method string, n int) (int, string, int, bool) {
					return http.StatusBadGateway, "", 0, test.deaf && method == "sendMessage" && n <= telegram.SendTries
				}}})
				defer func() { w.close() }()
				p := w.person(1, "en")
				w.cut()
				_, err := w.store.Accept(t.Context(), store.Entry{Update: 1000, Chat: 1, Arrived: time.Now(), Raw: payment})
				w.must(err)
				for range test.tries {
					_, err := w.store.Retry(t.Context(), 1000)
					w.must(err)
				}
				w.start()
				w.until("an empty inbox", func() bool { return len(w.pending()) == 0 })
				time.Sleep(time.Minute)
				if got := answers(p); len(got) != 0 {
					t.Errorf("told %q", got[0].Text)
				}
			})
		})
	}
}
