package monitor

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTodayCountsOneDay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, Config{})
		began := time.Now()
		time.Sleep(time.Hour)
		for range 95 {
			w.First("static", time.Second)
			w.Request("static", "library", 2*time.Second)
		}
		for range 5 {
			w.First("live", 20*time.Second)
			w.Request("live", "generated", 40*time.Second)
		}
		w.Request("static", "busy", 0)
		w.Fault("store")
		d := w.Today()
		if !d.Since.Equal(began) {
			t.Errorf("since %v, want the start of the process %v", d.Since, began)
		}
		if d.Answers["library"] != 95 || d.Answers["generated"] != 5 || d.Answers["busy"] != 1 || d.Errors["store"] != 1 {
			t.Errorf("answers %v, errors %v", d.Answers, d.Errors)
		}
		if p := d.First.P95; p < 0.95 || p > 1.05 {
			t.Errorf("p95 of first content = %.2f s, want about 1", p)
		}
		if p := d.Story; p.Count != 100 || p.P95 < 1.9 || p.P95 > 2.1 || p.P99 < 38 || p.P99 > 42 {
			t.Errorf("stories = %+v, want 100 with a p95 of about 2 s and a p99 of about 40 s", p)
		}

		time.Sleep(24 * time.Hour)
		d = w.Today()
		if d.First.Count != 0 || len(d.Answers) != 0 || len(d.Errors) != 0 || d.Since.Before(began.Add(24*time.Hour)) {
			t.Errorf("the next day: %+v", d)
		}
	})
}

func TestLatencyOf(t *testing.T) {
	if got := LatencyOf(nil); got != (Latency{}) {
		t.Errorf("of nothing: %+v", got)
	}
	var d []time.Duration
	for i := range 200 {
		d = append(d, time.Duration(200-i)*time.Second)
	}
	if got, want := LatencyOf(d), (Latency{Count: 200, P50: 100, P95: 190, P99: 198}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := LatencyOf(d).String(), "100.00 / 190.00 / 198.00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
