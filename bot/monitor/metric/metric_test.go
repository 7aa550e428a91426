package metric

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

func TestThePageIsWhatPrometheusReads(t *testing.T) {
	c := NewCounter("a_total", "Events, by \\ kind.", "kind", "how")
	c.WithLabelValues("x", "y").Add(2)
	c.WithLabelValues("x", "z").Inc()
	c.WithLabelValues("q\"\\\n", "ж")
	h := NewHistogram("b_seconds", "Times.", []float64{0.1, 1}, "kind")
	for _, v := range []float64{0.05, 0.1, 0.5, 7} {
		h.WithLabelValues("k").Observe(v)
	}
	plain := NewHistogram("c_seconds", "Times.", []float64{1})
	plain.Observe(2)
	var p Page
	p.Add(h)
	p.Add(plain)
	p.Add(c)
	p.Gauge(NewDesc("a_gauge", "A number."), -1.5)
	p.Counter(NewDesc("d_total", "Things.", "kind"), 3, "k")
	p.Process(1 << 20)
	text := string(p.Bytes())
	for _, want := range []string{
		"# HELP a_total Events, by \\\\ kind.\n", "# HELP a_gauge A number.\n# TYPE a_gauge gauge\na_gauge -1.5\n",
		"# TYPE a_total counter\n", `a_total{kind="x",how="y"} 2`, `a_total{kind="q\"\\\n",how="ж"} 0`,
		"# TYPE b_seconds histogram\n" + `b_seconds_bucket{kind="k",le="0.1"} 2` + "\n" + `b_seconds_bucket{kind="k",le="1"} 3` + "\n" +
			`b_seconds_bucket{kind="k",le="+Inf"} 4` + "\n" + `b_seconds_sum{kind="k"} 7.65` + "\n" + `b_seconds_count{kind="k"} 4` + "\n",
		`c_seconds_bucket{le="+Inf"} 1` + "\nc_seconds_sum 2\nc_seconds_count 1\n", `d_total{kind="k"} 3`,
		"\nprocess_resident_memory_bytes 1.048576e+06\n", "\ngo_goroutines ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in\n%s", want, text)
		}
	}
	// Prometheus's own parser has the last word.
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil || len(families) < 10 {
		t.Fatalf("%d families, %v", len(families), err)
	}
	if got := families["a_total"].GetMetric(); len(got) != 3 {
		t.Errorf("a_total: %v", got)
	}
	if got := c.Sums("kind"); got["x"] != 3 || len(got) != 2 {
		t.Errorf("sums %v", got)
	}
}

func TestSeriesAreBounded(t *testing.T) {
	c := NewCounter("a_total", "Events.", "kind")
	for i := range 2 * maxSeries {
		c.WithLabelValues(fmt.Sprint(i)).Inc()
	}
	if sums := c.Sums("kind"); len(sums) != maxSeries+1 || sums["other"] != maxSeries {
		t.Errorf("%d series, %d others", len(sums), sums["other"])
	}
}

func TestEventsAreCountedConcurrently(t *testing.T) {
	c, h := NewCounter("a_total", "Events.", "kind"), NewHistogram("b_seconds", "Times.", []float64{1})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				c.WithLabelValues("x").Inc()
				h.Observe(0.5)
				var p Page
				p.Add(h)
				_ = p.Bytes()
			}
		})
	}
	wg.Wait()
	if got := c.Sums("kind")["x"]; got != 8000 {
		t.Errorf("counted %d", got)
	}
	if got := h.WithLabelValues().total(); got != 4000 {
		t.Errorf("sum %v", got)
	}
}
