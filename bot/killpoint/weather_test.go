//go:build chaos

package killpoint

import (
	"net/http"
	"time"

	"excursobot/bot/sim"
)

// weather is what goes wrong around the bot in a seed, beside what goes wrong in each.
type weather struct {
	name      string
	model     func(n int) string // its fault of the n-th call
	slow      time.Duration      // the model's time for an answer, default 700 ms
	wikipedia func(n int) string
	clock     bool // it is set, to and fro
	calm      bool // nothing goes wrong
}

func half(n int, fault string) string {
	if n%40 >= 20 {
		return fault
	}
	return ""
}

// weathers come one after the other, seed by seed.
var weathers = []weather{
	{name: "fair"},
	{name: "model down", model: func(n int) string { return half(n, "500") }},
	{name: "model hangs", model: func(n int) string { return map[int]string{1: "hang", 4: "stall"}[n%6] }},
	{name: "model slow", slow: 6 * time.Second},
	{name: "Wikipedia down", wikipedia: func(n int) string { return half(n, "503") }},
	{name: "clock set", clock: true},
}

// modelFault is the weather's, or one that every seed has now and then.
func (w weather) modelFault(n int) string {
	if w.model != nil {
		if fault := w.model(n); fault != "" {
			return fault
		}
	}
	if w.calm {
		return ""
	}
	return map[int]string{5: "500", 9: "cut", 13: "garbage", 17: "429", 23: "badyear"}[n%29]
}

func (w weather) wikipediaFault(n int) string {
	if w.wikipedia != nil {
		if fault := w.wikipedia(n); fault != "" {
			return fault
		}
	}
	if w.calm {
		return ""
	}
	return map[int]string{7: "503", 11: "html"}[n%19]
}

// telegramFault makes one call in about 25 fail, the same ones for a seed: refused for flood, lost on the way there, failed inside, and taken
// with an answer that is lost.
func (r *rampage) telegramFault(method string, n int) (status int, body string, retryAfter int, ok bool) {
	switch method {
	case "sendMessage", "editMessageText", "answerCallbackQuery", "sendInvoice", "answerPreCheckoutQuery":
	default:
		return 0, "", 0, false
	}
	if r.weather.calm {
		return 0, "", 0, false
	}
	switch (uint64(n)*2654435761 + r.seed*97) % 101 {
	case 0:
		return http.StatusTooManyRequests, "", 1, true
	case 1:
		return http.StatusBadGateway, "<html>bad gateway</html>", 0, true
	case 2:
		return http.StatusInternalServerError, "", 0, true
	case 3:
		r.mu.Lock()
		r.cuts++
		r.mu.Unlock()
		return sim.FaultCut, "", 0, true
	}
	return 0, "", 0, false
}
