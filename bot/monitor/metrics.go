package monitor

import "excursobot/bot/monitor/metric"

// seconds are the bucket bounds of durations. They include the targets: 1, 3 and 15 s.
var seconds = []float64{0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 4, 5, 7.5, 10, 15, 20, 30, 45, 60}

// instruments are the counters and histograms of events. No label contains a person or a chat.
type instruments struct {
	updates, requests, calls, tokens, telegram, places, editions, questions, errors *metric.Family
	first, story                                                                    *metric.Family
	lateness                                                                        *metric.Family
}

func newInstruments() instruments {
	counter := metric.NewCounter
	in := instruments{
		updates:   counter("excursobot_updates_total", "Updates from Telegram, by kind.", "kind"),
		requests:  counter("excursobot_requests_total", "Story requests, by the source of the answer.", "kind", "source"),
		calls:     counter("excursobot_llm_calls_total", "Calls to the model, by outcome.", "outcome"),
		tokens:    counter("excursobot_llm_tokens_total", "Tokens of the model's prompts and completions.", "type"),
		telegram:  counter("excursobot_telegram_calls_total", "Calls to Telegram, by outcome.", "method", "outcome"),
		places:    counter("excursobot_places_requests_total", "Requests to Wikipedia, Wikidata and Commons, by outcome.", "outcome"),
		editions:  counter("excursobot_places_editions_total", "Stories told, by the Wikipedia that their source is in: the person's own, English or a local one.", "edition"),
		questions: counter("excursobot_questions_total", "Questions about places, by what the answer comes from.", "source"),
		errors:    counter("excursobot_errors_total", "Errors that the operator should see, by part.", "part"),
		first:     duration("excursobot_first_answer_seconds", "Time from a location to the first useful content: a card or a story.", "kind"),
		story:     duration("excursobot_story_seconds", "Time from a location to the whole answer.", "kind", "source"),
		lateness:  duration("excursobot_live_lateness_seconds", "How long after its due time a walk's story was delivered."),
	}
	// Series that exist from the start let rates see the first event.
	for _, kind := range kinds {
		in.first.WithLabelValues(kind)
		for _, source := range sources {
			in.requests.WithLabelValues(kind, source)
		}
	}
	for _, outcome := range []string{"ok", "error", "timeout", "refused", "answer", "adapted", "cancelled", "breaker"} {
		in.calls.WithLabelValues(outcome)
	}
	for _, part := range parts {
		in.errors.WithLabelValues(part)
	}
	for _, edition := range []string{"own", "local", "english"} {
		in.editions.WithLabelValues(edition)
	}
	for _, source := range []string{"model", "quote", "absent", "talk", "lost", "none"} {
		in.questions.WithLabelValues(source)
	}
	in.tokens.WithLabelValues("prompt")
	in.tokens.WithLabelValues("completion")
	return in
}

func duration(name, help string, labels ...string) *metric.Family {
	return metric.NewHistogram(name, help, seconds, labels...)
}

func (in instruments) families() []*metric.Family {
	return []*metric.Family{in.updates, in.requests, in.calls, in.tokens, in.telegram, in.places, in.editions, in.questions, in.errors, in.first, in.story, in.lateness}
}
