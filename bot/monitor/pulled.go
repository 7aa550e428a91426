package monitor

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// pulled is the metrics that are read from the parts at each scrape.
type pulled struct {
	read  func(context.Context) Reading
	ready func(context.Context) map[string]string
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	descReady    = describe("excursobot_ready", "1 while updates are taken and answered, as at /readyz.")
	descInflight = describe("excursobot_llm_inflight", "Calls to the model under way.")
	descWaiting  = describe("excursobot_gate_waiting", "Jobs that wait for the model.", "class")
	descEstimate = describe("excursobot_gate_wait_seconds", "What a person who asked now would wait for the model.")
	descBreaker  = describe("excursobot_llm_breaker_open", "1 while the model is not called because it failed.")
	descBudget   = describe("excursobot_llm_budget_used_ratio", "Tokens of the UTC day over openai.daily_tokens; 0 without a limit.")
	descSessions = describe("excursobot_live_sessions", "Walks that go on.")
	descCap      = describe("excursobot_live_sessions_max", "Most walks at once.")
	descCache    = describe("excursobot_cache_requests_total", "Looks into the cache of stories.", "result")
	descInbox    = describe("excursobot_inbox_pending", "Updates accepted and not answered.")
	descSilence  = describe("excursobot_ingest_silence_seconds", "Since Telegram last posted an update or answered a poll.")
	descPolling  = describe("excursobot_ingest_polling", "1 with long polling, where a silence of minutes means that ingest is dead; 0 with a webhook.")
	descParked   = describe("excursobot_updates_parked_total", "Updates that could not be read, or over which three processes ended.")
	descAside    = describe("excursobot_inbox_parked", "Updates over which three processes ended, kept on disk.")
	descAlive    = describe("excursobot_replicas", "Processes that share the database; 0 with a file.")
	descStore    = describe("excursobot_store_size_bytes", "Size of the data file, or of the database's tables.")
	descFree     = describe("excursobot_disk_free_bytes", "Free on the volume of the data directory.")
	descTotal    = describe("excursobot_disk_size_bytes", "Size of that volume; missing where it is unknown.")
)

// Describe implements prometheus.Collector.
func (p *pulled) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		descReady, descInflight, descWaiting, descEstimate, descBreaker, descBudget, descSessions, descCap, descCache, descInbox,
		descSilence, descPolling, descParked, descAside, descAlive, descStore, descFree, descTotal,
	} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (p *pulled) Collect(out chan<- prometheus.Metric) {
	const patience = 2 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, reasons := p.read(ctx), p.ready(ctx)
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	counter := func(d *prometheus.Desc, v uint64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge(descReady, one(len(reasons) == 0))
	gauge(descInflight, float64(r.Gate.Running))
	for _, class := range classes {
		gauge(descWaiting, float64(r.Gate.Waiting[class]), class)
	}
	gauge(descEstimate, float64(r.Gate.Estimate))
	gauge(descBreaker, one(r.Model.BreakerOpen))
	gauge(descBudget, r.Budget.Share())
	gauge(descSessions, float64(r.Live.Sessions))
	gauge(descCap, float64(r.Live.Cap))
	counter(descCache, r.Cache.Hits, "hit")
	counter(descCache, r.Cache.Misses, "miss")
	gauge(descInbox, float64(r.Inbox.Pending))
	gauge(descSilence, float64(r.Ingest.Silence))
	gauge(descPolling, one(r.Ingest.Polling))
	counter(descParked, r.Ingest.Parked)
	gauge(descAside, float64(r.Inbox.Parked))
	gauge(descAlive, float64(r.Replicas.Alive))
	gauge(descStore, float64(r.Store.SizeBytes))
	if r.Disk.TotalBytes > 0 {
		gauge(descFree, float64(r.Disk.FreeBytes))
		gauge(descTotal, float64(r.Disk.TotalBytes))
	}
}

func one(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
