package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

func TestAnOperatorRefundsOnceAndTheDonorIsTold(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }}, func(t *testing.T, w *world) {
		en, ru := w.words("en"), w.words("ru")
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
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.pay(p, w.ask(p, "/donate 50"))
		charge := w.tg.Payments()[0].Charge
		raw := fmt.Sprintf(`{"message":{"message_id":901,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"refunded_payment":{"currency":"XTR","total_amount":50,"invoice_payload":"gift:1:50","telegram_payment_charge_id":%q}}}`, charge)
		for range 2 {
			w.waitDone(w.tg.Inject(json.RawMessage(raw)))
		}
		got := answers(p)
		if want := w.words("en").Say("donate.refunded", "n", 50); last(p).HTML != want || got[len(got)-2].HTML == want {
			t.Errorf("told %q", last(p).HTML)
		}
		if w.given(1).All != 0 {
			t.Error("still counted")
		}
	})
}
