//go:build chaos

package killpoint

import (
	"net/http"
	"time"

	"excursobot/bot/sim"
)

// faultPlan holds the faults of one seed. Most seeds have some faults besides.
type faultPlan struct {
	name      string
	model     func(n int) string // the fault of its n-th call, "" = none
	slow      time.Duration      // the model's time for an answer, default 700 ms
	wikipedia func(n int) string
	quirky    bool // the model's server has a peculiarity, another one for each seed
	clock     bool // the wall clock is set forward and back
	none      bool // no faults at all
}

func half(n int, fault string) string {
	if n%40 >= 20 {
		return fault
	}
	return ""
}

// faultPlans are used in turn, one for each seed.
var faultPlans = []faultPlan{
	{name: "fair", quirky: true},
	{name: "model down", model: func(n int) string { return half(n, "500") }},
	{name: "model hangs", model: func(n int) string { return map[int]string{1: "hang", 4: "stall"}[n%6] }},
	{name: "model slow", slow: 6 * time.Second},
	{name: "Wikipedia down", wikipedia: func(n int) string { return half(n, "503") }},
	{name: "clock set", clock: true},
}

// modelFault returns the fault of the model's n-th call: the plan's, or else one that every seed has now and then.
func (p faultPlan) modelFault(n int) string {
	if p.model != nil {
		if fault := p.model(n); fault != "" {
			return fault
		}
	}
	if p.none {
		return ""
	}
	return map[int]string{5: "500", 9: "cut", 13: "garbage", 17: "429", 23: "badyear"}[n%29]
}

func (p faultPlan) wikipediaFault(n int) string {
	if p.wikipedia != nil {
		if fault := p.wikipedia(n); fault != "" {
			return fault
		}
	}
	if p.none {
		return ""
	}
	return map[int]string{7: "503", 11: "html"}[n%19]
}

// telegramFault makes about one call in 25 fail, always the same ones for a seed: refused for flood control, lost before it arrives, failed on the server, or
// executed with a lost answer.
func (r *crashRun) telegramFault(method string, n int) (status int, body string, retryAfter int, ok bool) {
	switch method {
	case "sendMessage", "editMessageText", "answerCallbackQuery", "sendInvoice", "answerPreCheckoutQuery":
	default:
		return 0, "", 0, false
	}
	if r.plan.none {
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
