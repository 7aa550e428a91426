package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"

	"excursobot/bot/sim"
	"excursobot/store"
)

// last returns the bot's newest message to the person.
func last(p *sim.Person) sim.Message {
	got := answers(p)
	if len(got) == 0 {
		return sim.Message{}
	}
	return got[len(got)-1]
}

// ask says something and returns the answer, the newest one if there are several.
func (w *world) ask(p *sim.Person, text string) sim.Message {
	w.t.Helper()
	n := len(answers(p))
	w.waitDone(p.Say(text))
	if len(answers(p)) == n {
		w.t.Fatalf("%q got no answer; log:\n%s", text, w.logs)
	}
	answer := last(p)
	time.Sleep(5 * time.Second) // as people do; the buckets fill again
	return answer
}

// press presses a button and waits until that is done.
func (w *world) press(p *sim.Person, m sim.Message, button string) {
	w.t.Helper()
	update := p.Press(m.ID, button)
	if update == 0 {
		w.t.Fatalf("%q has no button %q, but %v", m.Text, button, m.Buttons)
	}
	w.waitDone(update)
	time.Sleep(5 * time.Second)
}

// pay pays an invoice and waits for the thanks.
func (w *world) pay(p *sim.Person, invoice sim.Message) {
	w.t.Helper()
	n := len(answers(p))
	if p.Pay(invoice.ID) == 0 {
		w.t.Fatalf("%q is no invoice", invoice.Text)
	}
	w.until("thanks", func() bool { return len(answers(p)) > n })
	time.Sleep(5 * time.Second)
}

// given returns the sums of the store.
func (w *world) given(person int64) store.Given {
	w.t.Helper()
	sum, err := w.store.Given(w.t.Context(), person)
	w.must(err)
	return sum
}

// paymentAgain is the update that told of the payment, as Telegram would deliver it again.
func paymentAgain(p sim.Payment) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"message":{"message_id":900,"date":1,"from":{"id":%d,"language_code":"en"},"chat":{"id":%d,"type":"private"},
		"successful_payment":{"currency":"XTR","total_amount":%d,"invoice_payload":%q,"telegram_payment_charge_id":%q}}}`,
		p.Person, p.Person, p.Stars, p.Payload, p.Charge))
}

func TestAGiftIsCreditedOnceAndThankedEachTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		words := w.bot.cfg.Words.Words("en")
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		defer w.close()
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
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true, edit: func(c *Config) { c.PerChat = 20; c.Limits.UpdateBurst = 1; c.Limits.UpdateRate = 0.001 }})
		defer w.close()
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
		odd := strings.Replace(body, `"XTR"`, `"USD"`, 1)
		odd = strings.Replace(odd, "77", "76", 1)
		if got := post(w.bot, hookSecret, odd); got.Code != http.StatusOK || w.bot.Stats().DeadLetters != 1 {
			t.Errorf("a payment in dollars: status %d, %d dead letters, want one", got.Code, w.bot.Stats().DeadLetters)
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

func TestCheckoutsAreChecked(t *testing.T) {
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
				if refused && why != w.bot.cfg.Words.Words("en").Plain("donate.refused") {
					t.Errorf("reason %q", why)
				}
			})
		})
	}
}

// TestACheckoutIsAnsweredAtOnce has everything full and every bucket empty: Telegram waits 10 s for this answer.
func TestACheckoutIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{slow: 25 * time.Second, edit: func(c *Config) { c.PerChat, c.MaxInflight = 3, 4 }})
		defer w.close()
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
		if want := w.bot.cfg.Words.Words("en").Plain("donate.no_room"); reasons[0] != want || len(w.tg.Payments()) != 0 {
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
		if got := last(p).HTML; got != w.bot.cfg.Words.Words("en").Say("donate.thanks", "n", 50) {
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

func TestAFreeAmount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		words := w.bot.cfg.Words.Words("en")
		p := w.person(1, "en")
		if got := w.ask(p, "777"); got.HTML != words.Say("text.other") {
			t.Errorf("a number that nobody asked for got %q", got.HTML)
		}
		w.press(p, w.ask(p, "/donate"), "give:other")
		if got := last(p); got.HTML != words.Say("donate.ask_amount") {
			t.Fatalf("asked %q", got.HTML)
		}
		for _, bad := range []string{"10,001", "0", "-5", "12.5", "5 or 6"} {
			if got := w.ask(p, bad); got.HTML != words.Say("donate.bad_amount") {
				t.Errorf("%q got %q", bad, got.HTML)
			}
		}
		if got := w.ask(p, "hello"); got.HTML != words.Say("text.other") {
			t.Errorf("words got %q", got.HTML)
		}
		bill := w.ask(p, "1 234 ⭐")
		var sent invoice
		w.must(json.Unmarshal(bill.Raw, &sent))
		if sent.Payload != "gift:1:1234" || sent.Prices[0].Amount != 1234 || sent.StartParameter == "" {
			t.Errorf("invoice %+v", sent)
		}
		if got := w.ask(p, "777"); got.HTML != words.Say("text.other") {
			t.Errorf("a number after the answer got %q", got.HTML)
		}
		w.press(p, w.ask(p, "/donate"), "give:other")
		time.Sleep(askedFor)
		if got := w.ask(p, "777"); got.HTML != words.Say("text.other") {
			t.Errorf("a number long after the question got %q", got.HTML)
		}
		if got := w.ask(p, "/donate junk"); got.HTML != words.Say("donate.bad_amount") {
			t.Errorf("junk got %q", got.HTML)
		}
		if got := w.ask(p, "/start donate"); got.HTML != words.Say("donate.text") {
			t.Errorf("a forwarded invoice leads to %q", got.HTML)
		}
	})
}

func TestStarsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"1": 1, " 250 ": 250, "1 000": 1000, "1,000": 1000, "10.000": 10000, "1\u202f000": 1000, "1'000": 1000, "500⭐": 500, "500 ⭐️": 500, "007": 7,
		"99999999999999": mostGift + 1, "10,001": 10001,
		"": -1, "⭐": -1, "12.5": -1, "1,00": -1, "1,0000": -1, "1234,567": -1, ",5": -1, "5,": -1, "1,,000": -1, "-5": -1, "+5": -1, "five": -1, "5 stars": -1, "1e3": -1, "٥": -1,
	} {
		got, ok := parseStars(text)
		if !ok {
			got = -1
		}
		if got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func FuzzGifts(f *testing.F) {
	f.Add("gift:1:50")
	f.Add("10 000 ⭐")
	f.Fuzz(func(t *testing.T, s string) {
		if g, ok := parseGift(s); ok && (g.payload() != s || !fineGift(g.stars)) {
			t.Errorf("%q was read as %+v", s, g)
		}
		if n, ok := parseStars(s); ok && (n < 0 || n > mostGift+1) {
			t.Errorf("%q was read as %d", s, n)
		}
	})
}

func TestRefunds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }})
		defer w.close()
		en, ru := w.bot.cfg.Words.Words("en"), w.bot.cfg.Words.Words("ru")
		donor, admin := w.person(1, "ru"), w.person(operator, "en")
		w.pay(donor, w.ask(donor, "/donate 250"))
		charge := w.tg.Payments()[0].Charge

		if got := w.ask(donor, "/refund "+charge); got.HTML != ru.Say("text.other") {
			t.Errorf("the donor's own /refund got %q", got.HTML)
		}
		if got := w.ask(admin, "/refund"); got.HTML != en.Say("admin.refund_usage") {
			t.Errorf("without a charge: %q", got.HTML)
		}
		if got := w.ask(admin, "/refund nonsense"); got.HTML != en.Say("admin.refund_whose") {
			t.Errorf("of nobody: %q", got.HTML)
		}
		if got := w.ask(admin, "/refund nonsense 1"); !strings.Contains(got.HTML, "CHARGE_NOT_FOUND") {
			t.Errorf("refused: %q", got.HTML)
		}
		for range 2 { // the second time Telegram has it back already, and that is as it should be
			if got := w.ask(admin, "/refund "+charge); got.HTML != en.Say("admin.refunded", "charge", charge) {
				t.Errorf("refunded: %q", got.HTML)
			}
		}
		told := 0
		for _, m := range answers(donor) {
			if m.HTML == ru.Say("donate.refunded", "n", 250) {
				told++
			}
		}
		if told != 1 || !w.tg.Payments()[0].Refunded {
			t.Errorf("the donor was told %d times of the refund %+v", told, w.tg.Payments()[0])
		}
		if got := w.given(1); got != (store.Given{}) {
			t.Errorf("given %+v after the refund", got)
		}
		w.waitDone(w.tg.Inject(paymentAgain(w.tg.Payments()[0])))
		if got := last(donor); got.HTML != ru.Say("donate.refunded", "n", 250) || w.given(1).All != 0 {
			t.Errorf("a payment told of after its refund got %q", got.HTML)
		}

		w.pay(donor, w.ask(donor, "/donate 50"))
		second := w.tg.Payments()[1].Charge
		w.must(w.store.ForgetUser(t.Context(), 1, time.Now()))
		if got := w.ask(admin, "/refund "+second); got.HTML != en.Say("admin.refund_whose") {
			t.Errorf("of somebody forgotten: %q", got.HTML)
		}
		if got := w.ask(admin, "/refund "+second+" 1"); got.HTML != en.Say("admin.refunded", "charge", second) {
			t.Errorf("with the number: %q", got.HTML)
		}
	})
}

// TestATelegramRefundIsTold covers a refund that Telegram's own support made.
func TestATelegramRefundIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{})
		defer w.close()
		p := w.person(1, "en")
		w.pay(p, w.ask(p, "/donate 50"))
		charge := w.tg.Payments()[0].Charge
		raw := fmt.Sprintf(`{"message":{"message_id":901,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"refunded_payment":{"currency":"XTR","total_amount":50,"invoice_payload":"gift:1:50","telegram_payment_charge_id":%q}}}`, charge)
		for range 2 {
			w.waitDone(w.tg.Inject(json.RawMessage(raw)))
		}
		got := answers(p)
		if want := w.bot.cfg.Words.Words("en").Say("donate.refunded", "n", 50); last(p).HTML != want || got[len(got)-2].HTML == want {
			t.Errorf("told %q", last(p).HTML)
		}
		if w.given(1).All != 0 {
			t.Error("still counted")
		}
	})
}
