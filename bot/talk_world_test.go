package bot

import (
	"time"

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

// ask sends a text and returns the answer, the newest one if there are several.
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
