package bot

import (
	"encoding/json"
	"testing"
	"time"
)

func TestATypedAmountIsTakenOnlyAfterTheQuestion(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
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

func TestAmountsAreReadAsPeopleWriteThem(t *testing.T) {
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
