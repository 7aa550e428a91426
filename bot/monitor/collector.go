package monitor

import (
	"context"
	"time"

	"excursobot/bot/monitor/metric"
)

var describe = metric.NewDesc

var (
	descBuild    = describe("excursobot_build_info", "Always 1; the label is the version.", "version")
	descReady    = describe("excursobot_ready", "1 while the bot takes and answers updates, as at /readyz.")
	descInflight = describe("excursobot_llm_inflight", "Calls to the model in progress.")
	descWaiting  = describe("excursobot_gate_waiting", "Jobs that wait for a call to the model.", "class")
	descEstimate = describe("excursobot_gate_wait_seconds", "How long a person who asked now would wait for the model.")
	descBreaker  = describe("excursobot_llm_breaker_open", "1 while the circuit breaker of the model is open.")
	descDaysLeft = describe("excursobot_model_days_left", "Days until the server shuts the model down; missing if no date is known.")
	descBudget   = describe("excursobot_llm_budget_used_ratio", "Tokens of the UTC day divided by openai.daily_tokens; 0 without a limit.")
	descSessions = describe("excursobot_live_sessions", "Active walks.")
	descCap      = describe("excursobot_live_sessions_max", "Most active walks at once.")
	descJudged   = describe("excursobot_judged_total", "Stories before the judge, by outcome: passed, objected (rewritten), refused (retired), skipped (no verdict).", "outcome")
	descVoices   = describe("excursobot_voices_total", "Voices of stories, by outcome: known (Telegram had the file), made, ahead (made before anybody asked), busy, budget, down (the server failed), none (no voice in the language), unsent.", "outcome")
	descSpoken   = describe("excursobot_speech_characters_total", "Characters that the speech server spoke.")
	descDropped  = describe("excursobot_stories_dropped_total", "Stories of the model that the checks refused, by the rule that they broke.", "rule")
	descSpared   = describe("excursobot_stories_spared_total", "Answers in the words of the source without a call to the model, because its texts about the place failed the checks lately.")
	descCache    = describe("excursobot_cache_requests_total", "Lookups in the cache of stories.", "result")
	descInbox    = describe("excursobot_inbox_pending", "Updates that are accepted but not answered yet.")
	descSilence  = describe("excursobot_ingest_silence_seconds", "Time since Telegram last posted an update or answered a poll.")
	descPolling  = describe("excursobot_ingest_polling", "1 with long polling, where minutes of silence mean that no updates arrive; 0 with a webhook.")
	descDead     = describe("excursobot_updates_parked_total", "Dead letters since the start: updates that could not be decoded, or over which processes ended.")
	descDeadKept = describe("excursobot_inbox_parked", "Dead letters in the store: updates over which processes ended.")
	descStars    = describe("excursobot_stars_differences", "Differences between the stored payments and Telegram's list that the last nightly comparison found.")
	descAlive    = describe("excursobot_replicas", "Processes that share the database; 0 with a data file.")
	descStore    = describe("excursobot_store_size_bytes", "Size of the data file, or of the database's tables.")
	descUnused   = describe("excursobot_store_free_bytes", "Pages of the data file that hold nothing. They are used again.")
	descFree     = describe("excursobot_disk_free_bytes", "Free space on the volume of the data directory.")
	descTotal    = describe("excursobot_disk_size_bytes", "Size of the volume of the data directory; missing if it is unknown.")
)

// metrics returns the page for Prometheus: the events, the numbers of the parts, which are read now, and those of the process.
func (m *Monitor) metrics(ctx context.Context) *metric.Page {
	const timeout = 2 * time.Second
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, reasons := m.cfg.Read(ctx), m.cfg.Ready(ctx)
	page := &metric.Page{}
	for _, f := range m.counted.families() {
		page.Add(f)
	}
	page.Process(residentBytes())
	gauge := page.Gauge
	counter := func(d *metric.Desc, v uint64, values ...string) { page.Counter(d, float64(v), values...) }
	gauge(descBuild, 1, m.cfg.Version)
	gauge(descReady, one(len(reasons) == 0))
	gauge(descInflight, float64(r.Gate.Running))
	for _, class := range classes {
		gauge(descWaiting, float64(r.Gate.Waiting[class]), class)
	}
	gauge(descEstimate, float64(r.Gate.Estimate))
	gauge(descBreaker, one(r.Model.BreakerOpen))
	if r.Model.Ends != "" {
		gauge(descDaysLeft, float64(r.Model.DaysLeft))
	}
	gauge(descBudget, r.Budget.Share())
	gauge(descSessions, float64(r.Live.Sessions))
	gauge(descCap, float64(r.Live.Cap))
	counter(descJudged, r.Guide.Judged.Passed, "passed")
	counter(descJudged, r.Guide.Judged.Objected, "objected")
	counter(descJudged, r.Guide.Judged.Refused, "refused")
	counter(descJudged, r.Guide.Judged.Skipped, "skipped")
	for outcome, n := range r.Speech.Outcomes {
		counter(descVoices, n, outcome)
	}
	counter(descSpoken, r.Speech.Characters)
	for rule, n := range r.Guide.DroppedBy {
		counter(descDropped, n, rule)
	}
	counter(descSpared, r.Guide.Spared)
	counter(descCache, r.Cache.Hits, "hit")
	counter(descCache, r.Cache.Misses, "miss")
	gauge(descInbox, float64(r.Inbox.Pending))
	gauge(descSilence, float64(r.Ingest.Silence))
	gauge(descPolling, one(r.Ingest.Polling))
	counter(descDead, r.Ingest.DeadLetters)
	gauge(descDeadKept, float64(r.Inbox.DeadLetters))
	gauge(descStars, float64(r.StarsDifferences))
	gauge(descAlive, float64(r.Replicas.Alive))
	gauge(descStore, float64(r.Store.SizeBytes))
	gauge(descUnused, float64(r.Store.FreeBytes))
	if r.Disk.TotalBytes > 0 {
		gauge(descFree, float64(r.Disk.FreeBytes))
		gauge(descTotal, float64(r.Disk.TotalBytes))
	}
	return page
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
