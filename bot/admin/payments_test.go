package admin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

func TestPaymentsCommand(t *testing.T) {
	a := newRunning(t)
	ctx := t.Context()
	at := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	for _, p := range []store.Payment{{Charge: "b<", Person: 7, Stars: 100, At: at}, {Charge: "a\x1b[2J", Stars: 50, At: at.Add(time.Hour)}} {
		if _, _, err := a.store.Credit(ctx, p); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := a.store.Refund(ctx, store.Payment{Charge: "b<", Refunded: at.Add(2 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	const want = "2026-05-17T12:00:00Z    100 stars  b<  person 7  refunded 2026-05-17T14:00:00Z\n" +
		"2026-05-17T13:00:00Z     50 stars  a\\x1b[2J  somebody forgotten\n"
	const wantJSON = `{"charge":"b\u003c","person":7,"stars":100,"at":"2026-05-17T12:00:00Z","refunded":"2026-05-17T14:00:00Z"}` + "\n" +
		`{"charge":"a\u001b[2J","stars":50,"at":"2026-05-17T13:00:00Z"}` + "\n"
	check := func(when string) {
		t.Helper()
		if code, out, errs := a.command("payments"); code != exitClean || out != want {
			t.Errorf("%s: %d %s\n%s\nwant\n%s", when, code, errs, out, want)
		}
		if code, out, errs := a.command("payments", "--json"); code != exitClean || out != wantJSON {
			t.Errorf("%s: %d %s\n%s\nwant\n%s", when, code, errs, out, wantJSON)
		}
	}
	stop := a.control(t)
	check("while the bot runs")
	if err := errors.Join(stop(), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	check("stopped")

	if code, _, errs := run(t.TempDir(), "payments"); code != exitUsage || !strings.Contains(errs, "excursobot.db") {
		t.Errorf("no store: %d %s", code, errs)
	}
}
