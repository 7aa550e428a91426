package monitor

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// totals holds the counters since the start, by the value of one label. The page shows the same counters that Prometheus reads.
type totals struct {
	updates, requests, calls, tokens, telegram, places, faults map[string]uint64
}

func readTotals(from prometheus.Gatherer) (totals, error) {
	families, err := from.Gather()
	if err != nil {
		return totals{}, fmt.Errorf("gather metrics: %w", err)
	}
	var t totals
	wanted := map[string]struct {
		label string
		into  *map[string]uint64
	}{
		"excursobot_updates_total":         {"kind", &t.updates},
		"excursobot_requests_total":        {"source", &t.requests},
		"excursobot_llm_calls_total":       {"outcome", &t.calls},
		"excursobot_llm_tokens_total":      {"type", &t.tokens},
		"excursobot_telegram_calls_total":  {"outcome", &t.telegram},
		"excursobot_places_requests_total": {"outcome", &t.places},
		"excursobot_errors_total":          {"part", &t.faults},
	}
	for _, w := range wanted {
		*w.into = map[string]uint64{}
	}
	for _, family := range families {
		w, ok := wanted[family.GetName()]
		if !ok {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if label.GetName() == w.label {
					(*w.into)[label.GetValue()] += uint64(metric.GetCounter().GetValue())
				}
			}
		}
	}
	return t, nil
}

func sum(counts map[string]uint64) (n uint64) {
	for _, c := range counts {
		n += c
	}
	return n
}

// failedCalls returns the failed calls to the model, without those that the bot cancelled or did not send.
func (t totals) failedCalls() uint64 {
	return t.calls["error"] + t.calls["timeout"] + t.calls["refused"] + t.calls["answer"]
}
