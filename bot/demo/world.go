package demo

import (
	"net/http"
	"sync/atomic"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// demoWorld is the simulated world of the demo. The page shows which parts are simulated.
type demoWorld struct {
	telegram *sim.Telegram
	outside  app.World
	// The parts that are real, because the operator has set a key or a contact.
	realModel, realWikipedia, realSpeech bool

	pictures []samplePicture // that people can send; nil if the bot does not look at photos

	last atomic.Pointer[answer] // nil before the first
}

// newDemoWorld always simulates Telegram. It simulates the model and Wikipedia unless the configuration has a key and a contact for them. It changes cfg
// so that the bot uses the simulated servers.
//
// The simulated Wikipedia has the places and texts of the built-in pack, and the simulated model answers with those texts, so nothing that the demo
// tells is invented; only the pictures' addresses and licence are, and their credit tells that. The pack itself is left out then: its stories are ready at once, and people would never see a card turn into a story.
func newDemoWorld(cfg *config.Config, pack *places.Pack, quirk string) (*demoWorld, error) {
	const token = "1000:demo"
	s := &demoWorld{
		telegram:      sim.NewTelegram(sim.TelegramConfig{Token: token, Username: "excursobot_demo_bot", Latency: 40 * time.Millisecond}),
		realModel:     cfg.OpenAI.APIKey != "",
		realWikipedia: cfg.Places.Contact != "",
	}
	if cfg.IsDefault("live.intervals") { // people do not watch a page for 10 minutes
		cfg.Live.Intervals = []time.Duration{10 * time.Second, 30 * time.Second, time.Minute, 5 * time.Minute}
		cfg.Live.Default = config.Every(30 * time.Second)
	}
	if cfg.IsDefault("live.pass_gap") {
		cfg.Live.PassGap = 10 * time.Second
	}
	s.outside.Riding = 1000 // the page walks 60 times as fast as a person, and that is not a ride
	cfg.Telegram = config.TelegramConfig{Token: token, APIURL: config.TelegramAPI}
	cfg.Monitor.Addr = "" // the demo has one address, on this machine
	s.outside.Answered = s.answered
	s.outside.Telegram = sim.Transport(map[string]http.Handler{"api.telegram.org": s.telegram})

	pictures := samplePictures(pack)
	if !s.realModel {
		cfg.OpenAI.Vision = true
		cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model = "demo", "http://model.demo/v1", "demo"
		var server http.Handler = newDemoModel(pack, pictures)
		if quirk != "" {
			var err error
			if server, err = sim.Quirk(quirk, server); err != nil {
				return nil, err
			}
		}
		s.outside.Model = sim.Transport(map[string]http.Handler{"model.demo": server})
	}
	if cfg.OpenAI.Vision {
		s.pictures = pictures
	}
	if !s.realWikipedia {
		const latency = 300 * time.Millisecond
		wiki := sim.NewWikipedia(sim.WikipediaConfig{Articles: packArticles(pack), Latency: latency, Author: "simulated picture"})
		cfg.Places.WikipediaURL, cfg.Places.Contact = "http://{lang}.wikipedia.demo/w/api.php", "demo"
		cfg.Places.WikidataURL, cfg.Places.CommonsURL = "http://data.wikipedia.demo/w/api.php", "http://files.wikipedia.demo/w/api.php"
		s.outside.Wikipedia = sim.Transport(map[string]http.Handler{"*.wikipedia.demo": wiki})
		s.outside.WithoutPack = true
	}
	if s.realSpeech = cfg.Speech.URL != ""; !s.realSpeech { // its recordings are silent, and the page reads their text aloud
		cfg.Speech.URL, cfg.Speech.Key, cfg.Speech.Model, cfg.Speech.Format = "http://speech.demo/v1", "", "demo", "opus"
		cfg.Speech.Voices = "en:demo,fr:demo,pt:demo,ru:demo,uk:demo,de:demo,es:demo,it:demo,pl:demo,ja:demo,zh:demo,ko:demo,ar:demo,hi:demo,tr:demo"
		server := sim.NewSpeech(sim.SpeechConfig{Latency: 2 * time.Second})
		s.outside.Speech = sim.Transport(map[string]http.Handler{"speech.demo": server})
	}
	return s, nil
}
