package loadtest

import (
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
)

const (
	token            = "1000:load" // of the simulated Telegram
	telegramLatency  = 50 * time.Millisecond
	wikipediaLatency = 200 * time.Millisecond

	// patience is the longest wait for an answer after the last question; a later answer counts as lost.
	patience = 45 * time.Second

	// dayRequests is the number of requests of the simulated day before a warm run.
	dayRequests = 6000
)

// centre is the middle of the simulated city.
var centre = geo.Point{Lat: 55.7520, Lon: 37.6175}

// city returns the articles of the simulated Wikipedia.
func city(seed uint64) []sim.Article {
	const articles = 600 // including ones that are not sights
	return sim.City(seed, centre.Lat, centre.Lon, articles, "ru", "en", "fr")
}

// servers is the simulated world of a run.
type servers struct {
	telegram  *sim.Telegram
	model     *sim.Model
	asked     http.Handler // in front of the model, with its peculiarity
	wikipedia *sim.Wikipedia
}

// newServers returns the servers. Fast ones take no time and have no limits. failing is the share of the model's calls that fail, lying that of
// the places about which it does not write the truth; quirk is a peculiarity
// of its server, which must exist.
func newServers(seed uint64, articles []sim.Article, failing, lying float64, quirk string, fast bool) servers {
	m := sim.ModelConfig{Seed: seed, Fault: faults(seed, failing), Lie: liar(lying)}
	w := sim.WikipediaConfig{Articles: articles, Latency: wikipediaLatency}
	t := sim.TelegramConfig{Token: token, Limits: true, Latency: telegramLatency}
	if fast {
		m.Latency, m.Fault, quirk = func(int) time.Duration { return 0 }, nil, ""
		w.Latency, t.Limits, t.Latency = 0, false, 0
	}
	s := servers{telegram: sim.NewTelegram(t), model: sim.NewModel(m), wikipedia: sim.NewWikipedia(w)}
	s.asked = s.model
	if quirk != "" {
		var err error
		if s.asked, err = sim.Quirk(quirk, s.model); err != nil {
			panic(err) // the flag was checked
		}
	}
	return s
}

// liar returns a function that chooses the lie in a story about a place, "" = none: always the same.
func liar(share float64) func(place string) string {
	if share == 0 {
		return nil
	}
	return func(place string) string {
		h := fnv.New32a()
		_, _ = h.Write([]byte(place))
		if float64(h.Sum32()%1000) >= 1000*share {
			return ""
		}
		return sim.LieYear
	}
}

// faults returns a function that chooses the fault of the n-th call, "" = none. A seed has always the same faults.
func faults(seed uint64, share float64) func(n int) string {
	if share == 0 {
		return nil
	}
	kinds := []string{"500", "html", "429", "cut", "empty", "notjson", "badyear", "unknown"}
	return func(n int) string {
		rng := rand.New(rand.NewPCG(seed, uint64(n)))
		if rng.Float64() >= share {
			return ""
		}
		return kinds[rng.IntN(len(kinds))]
	}
}
