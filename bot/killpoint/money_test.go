//go:build chaos

package killpoint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// give makes a person pay an invoice, or ask for one; now and then Telegram tells once more of a payment that was made.
func (r *rampage) give(p *sim.Person) {
	if made := r.tg.Payments(); len(made) > 0 && r.rng.IntN(5) == 0 {
		r.updates = append(r.updates, r.tg.Inject(toldAgain(made[r.rng.IntN(len(made))])))
		return
	}
	for _, m := range p.Messages() {
		if m.Method == "sendInvoice" && !r.pressed[p][m.ID] {
			r.pressed[p][m.ID] = true
			r.updates = append(r.updates, p.Pay(m.ID))
			return
		}
	}
	r.bills++
	r.updates = append(r.updates, p.Say(fmt.Sprint("/donate ", 100+r.bills))) // no two alike
}

// toldAgain is the update of a payment under another id.
func toldAgain(p sim.Payment) json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"message":{"message_id":1,"date":%d,"from":{"id":%d,"first_name":"G","language_code":"en"},"chat":{"id":%d,"type":"private"},
		"successful_payment":{"currency":"XTR","total_amount":%d,"invoice_payload":%q,"telegram_payment_charge_id":%q}}}`,
		p.At.Unix(), p.Person, p.Person, p.Stars, p.Payload, p.Charge))
}

// auditMoney wants each payment in the store once, with its sums, and thanked for; and nobody who pays told of a failure.
func (r *rampage) auditMoney(a *audit, s *boltstore.Store, words *text.Words) {
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
			a.fault("payment %s of %d stars by %d is kept as %+v (%v)", paid.Charge, paid.Stars, paid.Person, kept, err)
		}
		thanks := countOf(r.givers[paid.Person], words.Plain("donate.thanks", "n", int64(paid.Stars)))
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
	r.auditRegrets(a, s, words)
}

// auditRegrets looks for what sounds to a giver as if a payment had failed. A /donate may fail: its answer cut off, or its update put aside.
func (r *rampage) auditRegrets(a *audit, s *boltstore.Store, words *text.Words) {
	for _, why := range r.refused {
		a.fault("a checkout was refused: %s", why)
	}
	parked, err := s.Parked(r.t.Context())
	if err != nil {
		a.fault("the store: %v", err)
	}
	for id, p := range r.givers {
		aside := len(slices.DeleteFunc(slices.Clone(parked), func(e store.Entry) bool {
			return e.Chat != id || strings.Contains(string(e.Raw), "successful_payment") || strings.Contains(string(e.Raw), "pre_checkout_query")
		}))
		maybe := countOf(p, words.Plain("error.maybe"))
		if sorry := countOf(p, words.Plain("error.internal")) + countOf(p, words.Plain("error.broken")); sorry > aside || maybe > r.cuts {
			a.fault("giver %d heard of %d failures with %d updates put aside, and of %d answers cut off", id, sorry, aside, maybe)
		}
	}
}

// countOf counts the bot's messages that read so.
func countOf(p *sim.Person, text string) int {
	n := 0
	for _, m := range p.Messages() {
		if m.FromBot && m.Text == text {
			n++
		}
	}
	return n
}
