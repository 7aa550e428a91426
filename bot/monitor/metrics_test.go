package monitor

import (
	"math"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// eventful reports one event of each kind.
func eventful(m *Monitor) {
	m.Update("location")
	m.Request("static", "library", 100*time.Millisecond)
	m.Request("static", "busy", 0)
	m.First("static", 100*time.Millisecond)
	m.Late(time.Second)
	m.ModelCall("ok", 100, 50)
	m.TelegramCall("sendMessage", "ok")
	m.PlacesCall("ok")
	m.Edition("own")
	m.Fault("store")
}

func TestMetricsAreInGoodForm(t *testing.T) {
	w := newWorld(t, Config{})
	w.reading.Disk = Disk{FreeBytes: 1, TotalBytes: 2}
	w.reading.Model = Model{Name: "m", Ends: "2027-01-14", DaysLeft: 41}
	w.reading.Guide.DroppedBy = map[string]uint64{"year": 1}
	eventful(w.Monitor)
	problems, err := promlint.New(strings.NewReader(w.get("/metrics").Body.String())).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "excursobot_") && p.Metric != "excursobot_model_days_left" { // days are what people count here
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// Alerts and dashboards rely on these names.
func TestMetricNames(t *testing.T) {
	w := newWorld(t, Config{})
	w.reading.Guide.DroppedBy = map[string]uint64{"year": 2}
	w.reading.Speech = Speech{Outcomes: map[string]uint64{"made": 3}, Characters: 240}
	eventful(w.Monitor)
	text := w.get("/metrics").Body.String()
	for _, line := range []string{
		`excursobot_updates_total{kind="location"} 1`,
		`excursobot_requests_total{kind="static",source="library"} 1`,
		`excursobot_requests_total{kind="live",source="none"} 0`,
		`excursobot_first_answer_seconds_count{kind="static"} 1`,
		`excursobot_story_seconds_count{kind="static",source="library"} 1`,
		`excursobot_live_lateness_seconds_count 1`,
		`excursobot_llm_inflight 0`,
		`excursobot_llm_calls_total{outcome="ok"} 1`,
		`excursobot_llm_tokens_total{type="prompt"} 100`,
		`excursobot_llm_tokens_total{type="completion"} 50`,
		`excursobot_gate_waiting{class="interactive"} 0`,
		`excursobot_live_sessions 0`,
		`excursobot_cache_requests_total{result="hit"} 0`,
		`excursobot_stories_dropped_total{rule="year"} 2`,
		`excursobot_voices_total{outcome="made"} 3`,
		"excursobot_speech_characters_total 240",
		`excursobot_telegram_calls_total{method="sendMessage",outcome="ok"} 1`,
		`excursobot_inbox_pending 0`,
		`excursobot_errors_total{part="store"} 1`,
		`excursobot_errors_total{part="payment"} 0`,
		`excursobot_build_info{version="v1"} 1`,
		`excursobot_ready 1`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("%s is missing", line)
		}
	}
	w.tick()
	if page := w.get("/dashboard").Body.String(); !strings.Contains(page, "dropped by the rule “year”</th><td>2</td>") {
		t.Error("the dashboard does not show which rules dropped stories")
	}
	for _, name := range []string{"go_goroutines", "process_resident_memory_bytes"} {
		if !strings.Contains(text, "\n"+name+" ") {
			t.Errorf("%s is missing", name)
		}
	}
	if strings.Contains(text, `excursobot_story_seconds_count{kind="static",source="busy"}`) {
		t.Error("refusals are measured as answers")
	}
}

var metricName = regexp.MustCompile(`\b(excursobot_[a-z_]+|process_[a-z_]+|go_[a-z_]+)\b`)

// The alerts and the dashboard in docs only use metrics that are exported.
func TestDocumentsUseExportedNames(t *testing.T) {
	w := newWorld(t, Config{})
	w.reading.Disk = Disk{FreeBytes: 1, TotalBytes: 2}
	w.reading.Model = Model{Name: "m", Ends: "2027-01-14", DaysLeft: 41}
	w.reading.Guide.DroppedBy = map[string]uint64{"year": 1}
	w.reading.Speech = Speech{Outcomes: map[string]uint64{"made": 1, "down": 1}, Characters: 240}
	eventful(w.Monitor)
	exported := w.metrics(t.Context()).Names()
	for _, file := range []string{"alerts.yaml", "grafana.json"} {
		data, err := os.ReadFile("../../docs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		names := metricName.FindAllString(string(data), -1)
		if len(names) < 8 {
			t.Errorf("%s names %d metrics", file, len(names))
		}
		for _, name := range names {
			base := name
			for _, suffix := range []string{"_bucket", "_sum", "_count"} {
				if trimmed := strings.TrimSuffix(name, suffix); slices.Contains(exported, trimmed) {
					base = trimmed
				}
			}
			if !slices.Contains(exported, base) {
				t.Errorf("%s: %s is not exported", file, name)
			}
		}
	}
}

// An operator who switches voices, the judge or questions on can watch them.
func TestTheDashboardOfGrafanaShowsEachPartThatCanBeOn(t *testing.T) {
	data, err := os.ReadFile("../../docs/grafana.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"voices_total", "speech_characters_total", "judged_total", "questions_total", "places_editions_total"} {
		if !strings.Contains(string(data), "excursobot_"+name) {
			t.Errorf("no panel shows excursobot_%s", name)
		}
	}
}

func TestScrapeShowsNotReady(t *testing.T) {
	w := newWorld(t, Config{})
	w.reasons = map[string]string{"ingest": "bot: draining"}
	if text := w.get("/metrics").Body.String(); !strings.Contains(text, "\nexcursobot_ready 0\n") {
		t.Error("excursobot_ready is not 0")
	}
}

func TestQuantiles(t *testing.T) {
	var w window
	for i := 1; i <= 1000; i++ {
		w.add(time.Duration(i) * 10 * time.Millisecond) // 0.01 to 10 s
	}
	w.add(time.Hour) // the last bucket holds it
	w.add(-time.Second)
	w.rotate()
	got := w.last(1)
	for _, q := range []struct {
		name      string
		got, want float64
	}{{"p50", got.P50, 5}, {"p95", got.P95, 9.5}, {"p99", got.P99, 9.9}} {
		if math.Abs(q.got-q.want) > 0.055*q.want {
			t.Errorf("%s = %.3f, want %.3f within 5 %%", q.name, q.got, q.want)
		}
	}
	if got.Count != 1002 {
		t.Errorf("count %d", got.Count)
	}
	for range sliceCount - 1 {
		w.rotate()
	}
	if got := w.last(fiveMinutes); got.Count != 1002 {
		t.Errorf("count %d after five minutes less a slice", got.Count)
	}
	w.rotate()
	if got := w.last(fiveMinutes); got != (Latency{}) {
		t.Errorf("after five minutes: %+v", got)
	}
}

// BenchmarkRequest measures the events of one request: an update, a card, a story and three calls to Telegram.
func BenchmarkRequest(b *testing.B) {
	w := newWorld(b, Config{})
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			w.Update("location")
			w.First("static", 120*time.Millisecond)
			w.TelegramCall("sendChatAction", "ok")
			w.TelegramCall("sendMessage", "ok")
			w.TelegramCall("editMessageText", "ok")
			w.Request("static", "generated", 4*time.Second)
		}
	})
}

func BenchmarkSample(b *testing.B) {
	w := newWorld(b, Config{})
	eventful(w.Monitor)
	b.ReportAllocs()
	for b.Loop() {
		w.tick()
	}
}

func BenchmarkPage(b *testing.B) {
	w := newWorld(b, Config{})
	for range hourPoints {
		eventful(w.Monitor)
		w.tick()
	}
	b.ReportAllocs()
	for b.Loop() {
		if rec := w.get("/dashboard"); rec.Code != http.StatusOK {
			b.Fatal(rec.Code)
		}
	}
}
