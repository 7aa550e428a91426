package bot

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/live"
	"excursobot/bot/sim"
	"excursobot/geo"
)

// transcript is what goes on in a chat, as a person sees it, in order.
type transcript struct {
	mu sync.Mutex
	b  strings.Builder
}

func (tr *transcript) note(format string, args ...any) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	fmt.Fprintf(&tr.b, format, args...)
}

// hear writes down an event of the chat.
func (tr *transcript) hear(e sim.Event) {
	m := e.Message
	switch {
	case m.Method == "sendVenue": // comes when there is room for it, and in no order
	case e.Kind == "callback_answer" && e.Text != "":
		tr.note("    (%s)\n", e.Text)
	case e.Kind == "precheckout_answer":
		tr.note("    (checkout: %q)\n", e.Text)
	case e.Kind == "message" && !m.FromBot:
		what := m.Text
		if m.Lat != 0 {
			what = "[location]"
		}
		if what == "" {
			what = "[payment or refund]"
		}
		tr.note("\n> %s\n", what)
	case e.Kind == "message":
		tr.note("\n%s", written(m))
	case e.Kind == "edit" && m.FromBot:
		tr.note("\n(edited)\n%s", written(m))
	}
}

// written is a message of the bot on paper.
func written(m sim.Message) string {
	var b strings.Builder
	switch m.Method {
	case "sendPhoto", "sendDocument":
		fmt.Fprintf(&b, "[%s] %s\n", strings.ToLower(strings.TrimPrefix(m.Method, "send")), m.Text)
	case "sendInvoice":
		var bill invoice
		_ = json.Unmarshal(m.Raw, &bill) // as the bot made it
		fmt.Fprintf(&b, "[invoice] %s\n%s\n%s: %d %s\n", bill.Title, bill.Description, bill.Prices[0].Label, bill.Prices[0].Amount, bill.Currency)
	default:
		fmt.Fprintln(&b, m.HTML)
	}
	for _, row := range m.Buttons {
		for _, button := range row {
			fmt.Fprintf(&b, "[%s]", button.Text)
		}
		fmt.Fprintln(&b)
	}
	for _, row := range m.Keyboard {
		fmt.Fprintf(&b, "{%s}\n", strings.Join(row, "|"))
	}
	return b.String()
}

// TestTranscripts plays one person's acquaintance with the guide in each language. Read the files as that person would: they are what the
// words of the catalogues come to. -update writes them again.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en", "fr", "pt", "uk"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := playTranscript(t, language)
				file := filepath.Join("testdata", "transcript."+language+".txt")
				golden(t, file, got)
			})
		})
	}
}

func playTranscript(t *testing.T, language string) string {
	const person = 1
	w := newWorld(t, worldConfig{articles: 120, languages: []string{"fr", "pt", "uk"}, edit: func(c *Config) {
		c.Admins, c.Support = []int64{operator}, "@keeper"
		c.Limits.ChatBurst, c.Limits.OutBurst = 10, 20 // no pin is left out because of what else happens in its instant
		c.Live = live.Config{Intervals: []time.Duration{5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour}}
	}})
	defer w.close()
	tr := &transcript{}
	defer w.tg.Subscribe(func(e sim.Event) {
		if e.Chat == person {
			tr.hear(e)
		}
	})()
	part := func(name string) {
		time.Sleep(time.Minute)
		synctest.Wait()
		tr.note("\n=== %s\n", name)
	}
	p := w.person(person, language)
	press := func(m sim.Message, button string) {
		t.Helper()
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Data == button {
					tr.note("\n> [%s]\n", b.Text)
				}
			}
		}
		w.press(p, m, button)
	}
	settled := func() { time.Sleep(30 * time.Second); synctest.Wait() }

	tr.note("=== first contact\n")
	w.ask(p, "/start")
	menu := last(p)
	press(menu, "menu:live")
	press(menu, "menu:language")

	part("a story, and one more")
	p.Locate(cityLat, cityLon)
	settled()
	story := last(p)
	if like := data(story, "vote:"); like != "" { // the simulated Wikipedia has no stories in every language
		press(story, like)
	}
	press(story, data(story, "more:"))
	settled()

	part("places in words")
	w.ask(p, "?")
	w.ask(p, "https://maps.app.goo.gl/AbCdEf")
	w.ask(p, "91.5, 11.5")
	w.ask(p, "V8CJ+R4")
	w.ask(p, "48.8721, -2.3322\n-33.8568, 151.2153")
	w.ask(p, "https://www.openstreetmap.org/#map=17/48.2010/11.5010")
	settled()

	part("a walk")
	at := geo.Point{Lat: cityLat, Lon: cityLon}
	_, share := p.Share(at.Lat, at.Lon, 3600)
	stroll := func(d time.Duration) {
		for end := time.Now().Add(d); time.Now().Before(end); {
			time.Sleep(10 * time.Second)
			at = geo.Offset(at, 60, 12)
			p.Move(share, at.Lat, at.Lon, 60)
		}
	}
	stroll(30 * time.Second)
	press(last(p), "every:5m0s")
	stroll(6 * time.Minute)
	w.ask(p, "/live")
	status := last(p)
	press(status, "live:pause")
	press(last(p), "live:resume")
	stroll(5 * time.Minute)
	p.StopSharing(share)
	settled()

	part("settings")
	settings := w.ask(p, "/settings")
	press(settings, "set:length:short")
	press(settings, "set:history:on")
	press(settings, "set:pins:off")

	part("a gift")
	gifts := w.ask(p, "/donate")
	press(gifts, "give:other")
	w.ask(p, "ten 10")
	w.ask(p, "21")
	w.pay(p, last(p))
	w.ask(p, "/stats")

	part("the same payment told again")
	w.waitDone(w.tg.Inject(paymentAgain(w.tg.Payments()[0])))

	part("a refund")
	w.ask(p, "/paysupport")
	w.ask(w.person(operator, "en"), "/refund "+w.tg.Payments()[0].Charge)

	part("privacy, terms, forgetting")
	w.ask(p, "/privacy")
	w.ask(p, "/terms")
	press(w.ask(p, "/forget"), "forget:no:1")
	press(w.ask(p, "/forget"), "forget:yes:1")
	w.ask(p, "/stats")
	settled()
	return tr.b.String()
}
