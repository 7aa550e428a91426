package bot

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/telegram"
	"excursobot/store"
)

func TestTheNextComparisonIsAtNight(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC) }
	for _, c := range []struct{ last, now, want time.Time }{
		{time.Time{}, at(1, 10, 0), at(2, 3, 0)},
		{time.Time{}, at(1, 3, 0), at(1, 3, 0)},
		{at(1, 3, 1), at(1, 4, 0), at(2, 3, 0)},
		{at(1, 3, 1), at(5, 9, 0), at(2, 3, 0)}, // the machine was off: at once
		{at(9, 0, 0), at(5, 9, 0), at(6, 3, 0)}, // from a wrong clock
	} {
		if got := nextBalance(c.last, c.now); !got.Equal(c.want) {
			t.Errorf("after %v, at %v: %v, want %v", c.last, c.now, got, c.want)
		}
	}
}

func TestPaymentsAreComparedWithTelegramsEveryNight(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: func(c *Config) { c.Admins = []int64{operator} }}, func(t *testing.T, w *world) {
		donor, other, admin := w.person(1, "ru"), w.person(2, "en"), w.person(operator, "en")
		ru, en := w.words("ru"), w.words("en")
		w.pay(donor, w.ask(donor, "/donate 250"))
		w.ask(other, "/help")
		now := time.Now()
		w.tg.PayUnseen(sim.Payment{Charge: "lost", Person: 2, Stars: 70, At: now})
		w.tg.PayUnseen(sim.Payment{Charge: "long ago", Person: 2, Stars: 5, At: now.AddDate(0, -3, 0)})
		w.tg.PayUnseen(sim.Payment{Charge: "blocked us", Person: 77, Stars: 1, At: now})
		w.tg.Withdraw(200)
		for i := range 150 { // more than a page
			w.tg.PayUnseen(sim.Payment{Charge: fmt.Sprint("many ", i), Person: 3, Stars: 1, At: now.AddDate(0, -2, 0)})
		}
		w.tg.RefundUnseen(w.tg.Payments()[0].Charge, now)
		_, _, err := w.store.Credit(t.Context(), store.Payment{Charge: "of nobody", Person: 3, Stars: 9, At: now})
		w.must(err)

		if b, err := w.bot.books.last(t.Context()); err != nil || !b.At.IsZero() {
			t.Fatalf("compared already: %+v, %v", b, err)
		}
		time.Sleep(49 * time.Hour)
		b, err := w.bot.books.last(t.Context())
		w.must(err)
		if got := w.given(2); got.Person != 75 || got.All != 75+1+150+9 {
			t.Errorf("given %+v", got)
		}
		if n := said(other, en.Say("donate.thanks", "n", 70)); n != 1 {
			t.Errorf("the lost gift was thanked for %d times", n)
		}
		if n := said(other, en.Say("donate.thanks", "n", 5)); n != 0 {
			t.Errorf("an old gift was thanked for %d times", n)
		}
		if n := said(donor, ru.Say("donate.refunded", "n", 250)); n != 1 {
			t.Errorf("told of the refund %d times", n)
		}
		if b.Unexplained != 1 || !strings.Contains(w.logs.String(), "payment_unlisted") {
			t.Errorf("the balance is %+v", b)
		}
		if got := w.ask(admin, "/admin"); !strings.Contains(got.HTML, "1 unexplained") {
			t.Errorf("/admin: %s", got.HTML)
		}
		time.Sleep(48 * time.Hour)
		again, err := w.bot.books.last(t.Context())
		if err != nil || again.Credited != 0 || again.Refunded != 0 || again.Unexplained != 1 || !again.At.After(b.At) {
			t.Errorf("the next night: %+v, %v", again, err)
		}
	})
}

// said counts the messages to a person that are exactly the text.
func said(p *sim.Person, html string) (n int) {
	for _, m := range answers(p) {
		if m.HTML == html {
			n++
		}
	}
	return n
}

// In any order of updates, comparisons and crashes, each payment counts once in the end. PROPERTY_SEEDS tries more orders.
func TestGiftsCountOnceInAnyOrder(t *testing.T) {
	seeds := 10
	if s := os.Getenv("PROPERTY_SEEDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil {
			t.Fatal(err)
		}
		seeds = 3 * n
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { giveInRandomOrder(t, rand.New(rand.NewPCG(uint64(seed), 1))) })
		})
	}
}

func giveInRandomOrder(t *testing.T, rnd *rand.Rand) {
	w := newWorld(t, worldConfig{})
	defer w.close()
	var events []func()
	want := int64(0)
	compare := func() {
		// It may be cut off between any two of its calls, as by a crash, and is repeated.
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rnd.IntN(1200))*time.Millisecond)
		defer cancel()
		_, _ = w.bot.books.compare(ctx, 0)
	}
	for i := range 1 + rnd.IntN(130) {
		p := sim.Payment{Charge: fmt.Sprint("charge ", i), Person: int64(1 + rnd.IntN(5)), Stars: 1 + rnd.IntN(500), At: time.Now().Add(-time.Duration(rnd.IntN(5000)) * time.Minute)}
		w.tg.PayUnseen(p)
		refunded := rnd.IntN(5) == 0
		if !refunded {
			want += int64(p.Stars)
		}
		update, err := telegram.Decode([]byte(strings.Replace(string(paymentAgain(p)), "{", `{"update_id":1,`, 1)))
		w.must(err)
		for range rnd.IntN(3) { // the update of the payment is lost, or comes once or twice
			events = append(events, func() {
				_, err := w.bot.router.gifts.credit(t.Context(), update)
				w.must(err)
			})
		}
		if refunded {
			events = append(events, func() { w.tg.RefundUnseen(p.Charge, time.Now()) })
		}
	}
	for range 4 {
		events = append(events, compare)
	}
	rnd.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	for _, event := range events {
		event()
	}
	time.Sleep(2 * settled) // everything is settled now
	made, err := w.bot.books.compare(t.Context(), 0)
	w.must(err)
	if got := w.given(0).All; got != want || made.Unexplained != 0 {
		t.Errorf("given %d, want %d; %+v", got, want, made)
	}
	again, err := w.bot.books.compare(t.Context(), 0)
	if err != nil || again.differences() != 0 || w.given(0).All != want {
		t.Errorf("a second comparison found %+v, %v", again, err)
	}
}
