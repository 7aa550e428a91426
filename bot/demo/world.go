package demo

import (
	"cmp"
	"net/http"
	"sync/atomic"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// stage is the world in which the demo plays. What is simulated is told on the page.
type demoWorld struct {
	telegram *sim.Telegram
	world    app.World
	// What the operator's own key and contact made real.
	realModel, realWikipedia bool

	last atomic.Pointer[answer]
}

// newDemoWorld simulates Telegram always, and the model and Wikipedia unless the configuration has a key and a contact for them. It sets
// in cfg what the simulated servers want.
//
// The simulated Wikipedia holds the built-in pack's places with the pack's own texts, and the stand-in for the model tells those
// texts: nothing that people read in the demo is made up. The pack itself is left out then, because its stories are
// ready at once and no card would ever be seen turning into one.
func newDemoWorld(cfg *config.Config, pack *places.Pack) *demoWorld {
	const token = "1000:demo"
	s := &demoWorld{
		telegram:      sim.NewTelegram(sim.TelegramConfig{Token: token, Username: "excursobot_demo_bot", Latency: 40 * time.Millisecond}),
		realModel:     cfg.OpenAI.APIKey != "",
		realWikipedia: cfg.Places.Contact != "",
	}
	if cfg.IsDefault("live.intervals") { // nobody watches a page for 10 minutes
		cfg.Live.Intervals = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute}
		cfg.Live.Default = 30 * time.Second
	}
	cfg.Telegram = config.TelegramConfig{Token: token, APIURL: config.TelegramAPI}
	cfg.Monitor.Addr = "" // the demo answers at one address, on this machine
	s.world.Answered = s.answered
	s.world.Telegram = sim.Transport(map[string]http.Handler{"api.telegram.org": s.telegram})

	if !s.realModel {
		cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model = "demo", "http://model.demo/v1", "demo"
		s.world.Model = sim.Transport(map[string]http.Handler{"model.demo": newDemoModel(pack)})
	}
	if !s.realWikipedia {
		const latency = 300 * time.Millisecond
		wiki := sim.NewWikipedia(sim.WikipediaConfig{Articles: packArticles(pack), Latency: latency})
		cfg.Places.WikipediaURL, cfg.Places.Contact = "http://{lang}.wikipedia.demo/w/api.php", "demo"
		s.world.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.demo": wiki})
		s.world.WithoutPack = true
	}
	return s
}

// packArticles returns the pack's places as articles in its two languages, in the pack's order.
func packArticles(pack *places.Pack) []sim.Article {
	var list []sim.Article
	id := int64(0)
	for _, city := range pack.Cities() {
		for _, p := range city.Places {
			id++
			for language, text := range p.Texts {
				list = append(list, sim.Article{
					PageID: id, Language: language, Title: articleTitle(p, language),
					Lat: p.Point.Lat, Lon: p.Point.Lon, Type: "landmark", Dim: 100,
					QID: p.ID, Extract: text, Length: len(text),
				})
			}
		}
	}
	return list
}

// articleTitle is the title of the real article where the pack knows it, so that links lead there, else the place's name.
func articleTitle(p places.PackPlace, language string) string {
	return cmp.Or(p.Articles[language], p.Names[language])
}
