package sim

import (
	"testing"
)

func TestTelegramPayments(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	var invoice apiMessage
	b.must(&invoice, "sendInvoice", "chat_id", 7, "title", "Thanks", "description", "d", "payload", "7:50", "currency", "XTR", "prices", []map[string]any{{"label": "50", "amount": 50}})
	ask := func() string {
		t.Helper()
		if ada.Pay(invoice.MessageID) == 0 {
			t.Fatal("the invoice cannot be paid")
		}
		var updates []struct {
			Checkout apiCheckout `json:"pre_checkout_query"`
		}
		b.must(&updates, "getUpdates", "offset", -1)
		return updates[0].Checkout.ID
	}
	b.must(nil, "answerPreCheckoutQuery", "pre_checkout_query_id", ask(), "ok", false, "error_message", "sold out")
	if n := len(tg.Payments()); n != 0 {
		t.Fatalf("%d payments after a refusal", n)
	}
	id := ask()
	b.must(nil, "answerPreCheckoutQuery", "pre_checkout_query_id", id, "ok", "True")
	if r := b.call("answerPreCheckoutQuery", "pre_checkout_query_id", id, "ok", true); r.OK {
		t.Error("a checkout was accepted twice")
	}
	var updates []struct {
		Message apiMessage `json:"message"`
	}
	b.must(&updates, "getUpdates", "offset", -1)
	paid := updates[0].Message.Payment
	if paid == nil || paid.TotalAmount != 50 || paid.InvoicePayload != "7:50" || paid.Currency != "XTR" {
		t.Fatalf("payment %+v", paid)
	}
	if m := ada.Messages()[1]; m.FromBot || m.Stars != 50 || m.ReplyTo != invoice.MessageID {
		t.Errorf("the payment is shown as %+v", m)
	}
	b.must(nil, "refundStarPayment", "user_id", 7, "telegram_payment_charge_id", paid.TelegramChargeID)
	if m := ada.Messages()[2]; m.FromBot || m.Stars != -50 {
		t.Errorf("the refund is shown as %+v", m)
	}
	if r := b.call("refundStarPayment", "user_id", 7, "telegram_payment_charge_id", paid.TelegramChargeID); r.Description != "Bad Request: CHARGE_ALREADY_REFUNDED" {
		t.Errorf("second refund: %+v", r)
	}
	if p := tg.Payments(); len(p) != 1 || !p[0].Refunded || p[0].Stars != 50 {
		t.Errorf("payments %+v", p)
	}
}
