package bot

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/store"
)

// TestTranscriptsOfReach plays what brings the guide to other people: links, other chats, news; and a gift that was lost on the way.
func TestTranscriptsOfReach(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"ru", "en"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				got := playReach(t, language)
				file := filepath.Join("testdata", "reach."+language+".txt")
				golden(t, file, got)
			})
		})
	}
}

// seen is what a person sees of the answer to a query.
func seen(a sim.Answered) string {
	var b strings.Builder
	if a.Button != "" {
		fmt.Fprintf(&b, "(above the results) [%s] -> /start %s\n", a.Button, a.Start)
	}
	for i, r := range a.Results {
		fmt.Fprintf(&b, "\n%d. %s\n   %s\n", i+1, r.Title, strings.ReplaceAll(r.Description, "\n", "\n   "))
		if i == 0 {
			fmt.Fprintf(&b, "(chosen)\n%s", written(sim.Message{HTML: r.HTML, Buttons: r.Buttons}))
		}
	}
	return b.String()
}

func playReach(t *testing.T, language string) string {
	const teller, reader = 1, 2
	w := newWorld(t, worldConfig{articles: 120, edit: func(c *Config) {
		c.Admins = []int64{operator}
		c.Limits.ChatBurst, c.Limits.OutBurst = 10, 20
	}})
	defer w.close()
	// What happens in two chats at once has no order: each part has one chat after the other.
	var whole strings.Builder
	names := []string{teller: "teller", reader: "reader", operator: "operator"}
	chats := map[int64]*transcript{teller: {}, reader: {}, operator: {}}
	defer w.tg.Subscribe(func(e sim.Event) {
		// How far the news are is shown while they are sent, and their report may come before that.
		if tr := chats[e.Chat]; tr != nil && (e.Chat != operator || e.Kind != "edit") {
			tr.hear(e)
		}
	})()
	part := func(name string) {
		synctest.Wait()
		for id, as := range names {
			if tr := chats[int64(id)]; tr != nil && tr.b.Len() > 0 {
				fmt.Fprintf(&whole, "\n--- %s\n%s", as, tr.b.String())
				tr.b.Reset()
			}
		}
		if name != "" {
			fmt.Fprintf(&whole, "\n=== %s\n", name)
		}
		time.Sleep(time.Minute)
	}
	settled := func() { time.Sleep(30 * time.Second); synctest.Wait() }
	press := func(p *sim.Person, m sim.Message, button string) {
		t.Helper()
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Data == button {
					chats[p.ID()].note("\n> [%s]\n", b.Text)
				}
			}
		}
		w.press(p, m, button)
	}
	p, other, admin := w.person(teller, language), w.person(reader, language), w.person(operator, language)
	settled()

	part("a story is shared")
	p.Locate(cityLat, cityLon)
	settled()
	_, parameter, _ := strings.Cut(link(last(p)), "?start=")
	other.Say("/start " + parameter)
	settled()
	press(other, last(other), "menu:near")
	w.ask(other, "/start p_Q404")

	part("in another chat")
	settled()
	name := "@" + w.bot.intake.Username()
	ask := func(text string, lat, lon float64) {
		chats[reader].note("\n> %s %s\n", name, text)
		_, q := other.Query(text, lat, lon)
		chats[reader].note("%s", seen(w.answered(q)))
	}
	ask("", cityLat, cityLon)
	ask("", 0, 0)
	ask("", -48.2, 11.5)

	part("a mention in a group without the bot")
	told, err := w.store.LastStory(t.Context(), teller, teller, time.Now())
	w.must(err)
	place, err := w.store.Place(t.Context(), told.Place, language)
	w.must(err)
	for _, said := range []string{place.Title, "48.2000, 11.5000", "Nowhere Hall"} {
		chats[reader].note("\n> %s %s\n", name, said)
		_, q := other.Summon(-700, name+" "+said)
		chats[reader].note("%s", seen(w.answered(q)))
		time.Sleep(time.Minute)
	}

	part("news")
	news := map[string]string{"ru": "Теперь я рассказываю и о Риге.", "en": "I tell stories in Riga now, too."}[language]
	_, err = w.store.UpdateUser(t.Context(), operator, func(u *store.User) error { u.NoNews = true; return nil })
	w.must(err)
	w.ask(admin, "/broadcast")
	preview := w.ask(admin, "/broadcast all\n"+news)
	press(admin, preview, "news:send")
	settled()
	for _, m := range fromBot(other) {
		if m.HTML == news {
			press(other, m, "news:off")
		}
	}
	w.ask(other, "/settings")
	w.ask(admin, "/broadcast all\n"+news)

	part("a gift whose update was lost")
	w.tg.PayUnseen(sim.Payment{Charge: "lost", Person: reader, Stars: 50, At: time.Now().Add(-2 * 24 * time.Hour)})
	time.Sleep(26 * time.Hour)
	synctest.Wait()
	paid, err := w.store.Payment(t.Context(), "lost")
	if err != nil || paid.Stars != 50 {
		t.Errorf("the lost gift: %+v, %v", paid, err)
	}
	w.ask(admin, "/admin")
	part("")
	return strings.TrimLeft(whole.String(), "\n")
}
