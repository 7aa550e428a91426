//go:build chaos

package killpoint

import (
	"encoding/json"
	"fmt"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/store/boltstore"
)

// donate lets a person pay an invoice or ask for one. Now and then Telegram sends the update of an earlier payment again.
func (r *crashRun) donate(p *sim.Person) {
	if made := r.tg.Payments(); len(made) > 0 && r.rng.IntN(5) == 0 {
		r.updates = append(r.updates, r.tg.Inject(repeatedPayment(made[r.rng.IntN(len(made))])))
		return
	}
	for _, m := range p.Messages() {
		if m.Method == "sendInvoice" && !r.paid[p][m.ID] {
			r.paid[p][m.ID] = true
			r.updates = append(r.updates, p.Pay(m.ID))
			return
		}
	}
	r.invoices++
	r.updates = append(r.updates, p.Say(fmt.Sprint("/donate ", 100+r.invoices))) // every sum is different
}

// repeatedPayment returns the update of a payment, to be sent under another update id.
func repeatedPayment(p sim.Payment) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"message":{"message_id":1,"date":%d,"from":{"id":%d,"first_name":"G","language_code":"en"},"chat":{"id":%d,"type":"private"},
		"successful_payment":{"currency":"XTR","total_amount":%d,"invoice_payload":%q,"telegram_payment_charge_id":%q}}}`,
		p.At.Unix(), p.Person, p.Person, p.Stars, p.Payload, p.Charge))
}

// auditMoney checks that each payment is stored once, that the sums are right, that everybody was thanked, and that no donor was told of a failure.
func (r *crashRun) auditMoney(a *audit, s *boltstore.Store, words *text.Words) {
	ctx := r.t.Context()
	sums, charges := map[int64]int64{}, map[string]bool{}
	for _, paid := range r.tg.Payments() {
		a.gifts++
		sums[paid.Person] += int64(paid.Stars)
		sums[0] += int64(paid.Stars)
		charges[paid.Charge] = true
		kept, err := s.Payment(ctx, paid.Charge)
		if err != nil || kept.Person != paid.Person || kept.Stars != int64(paid.Stars) || !kept.Refunded.IsZero() {
			a.miscounted++
			a.fault("payment %s of %d stars by %d is stored as %+v (%v)", paid.Charge, paid.Stars, paid.Person, kept, err)
		}
		thanks := countOf(r.donors[paid.Person], words.Plain("donate.thanks", "n", int64(paid.Stars)))
		if thanks == 0 {
			a.unthanked++
			a.fault("payment %s of %d stars by %d got no thanks", paid.Charge, paid.Stars, paid.Person)
		}
	}
	kept, err := s.Payments(ctx, "", 10_000)
	if err != nil || len(kept) != len(charges) {
		a.miscounted++
		a.fault("%d payments were made, the store has %d (%v)", len(charges), len(kept), err)
	}
	for person, want := range sums {
		got, err := s.Given(ctx, person)
		if err != nil || got.All != sums[0] || person != 0 && got.Person != want {
			a.miscounted++
			a.fault("%d gave %d of %d stars, the store says %+v (%v)", person, want, sums[0], got, err)
		}
	}
	for _, why := range r.refusals {
		a.fault("a checkout was refused: %s", why)
	}
}

// countOf counts the bot's messages with that text.
func countOf(p *sim.Person, text string) int {
	n := 0
	for _, m := range p.Messages() {
		if m.FromBot && m.Text == text {
			n++
		}
	}
	return n
}
