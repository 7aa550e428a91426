package monitor

// totals holds the counters since the start, by the value of one label. The page shows the same counters that Prometheus reads.
type totals struct {
	updates, requests, calls, tokens, telegram, places, faults map[string]uint64
	voices                                                     map[string]uint64 // of the speech that was read
}

func (in instruments) totals() totals {
	return totals{
		updates: in.updates.Sums("kind"), requests: in.requests.Sums("source"), calls: in.calls.Sums("outcome"), tokens: in.tokens.Sums("type"),
		telegram: in.telegram.Sums("outcome"), places: in.places.Sums("outcome"), faults: in.errors.Sums("part"),
	}
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
