package monitor

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRatesAreOfTheLastMinute(t *testing.T) {
	w := newWorld(t, Config{})
	w.tick()
	for range 30 {
		w.Request("static", "library", time.Second)
	}
	w.Request("live", "generated", time.Second)
	w.ModelCall("ok", 10, 1)
	w.ModelCall("breaker", 0, 0) // nothing was called
	w.TelegramCall("sendMessage", "ok")
	w.TelegramCall("sendMessage", "flood")
	for range minute - 1 {
		w.tick()
	}
	s := w.Stats()
	if s.Requests.PerMinute != 31 || s.Requests.BySource["library"] != 30 || s.Requests.BySource["generated"] != 1 {
		t.Errorf("requests: %+v", s.Requests)
	}
	if s.Calls.PerMinute != 1 || s.Telegram.PerMinute != 2 || s.Telegram.Floods != 1 {
		t.Errorf("calls %+v, telegram %+v", s.Calls, s.Telegram)
	}
	for range minute {
		w.tick()
	}
	if s := w.Stats(); s.Requests.PerMinute != 0 || s.Requests.Total["library"] != 30 {
		t.Errorf("a minute later: %+v", s.Requests)
	}
}

// The chart of voices is there once there is a voice, and counts those that came and those that did not.
func TestVoicesHaveAChart(t *testing.T) {
	w := newWorld(t, Config{})
	w.tick()
	voices := func() *chart {
		for _, c := range chartsOf(w.current.Load(), lastMinutes) {
			if c.Title == "Voices" {
				return &c
			}
		}
		return nil
	}
	if voices() != nil {
		t.Error("a chart without any voice")
	}
	w.reading.Speech = Speech{Languages: []string{"ru"}, Outcomes: map[string]uint64{"known": 1, "made": 2, "ahead": 7, "none": 7, "down": 1, "busy": 1, "budget": 1, "unsent": 1}}
	w.tick()
	points := w.current.Load().hour
	if p := points[len(points)-1]; p.voices != 3 || p.mute != 4 {
		t.Errorf("counted %d voices, %d that did not come", p.voices, p.mute)
	}
	if c := voices(); c == nil || len(c.Series) != 2 {
		t.Errorf("the chart is %+v", c)
	}
	if !strings.Contains(w.get("/dashboard").Body.String(), "<b>Voices</b>") {
		t.Error("the page does not show it")
	}
}

func TestHistoryIsBounded(t *testing.T) {
	w := newWorld(t, Config{})
	for i := range 2*hourPoints + 5 {
		w.reading.Inbox.Pending = i
		w.tick()
	}
	m := w.current.Load()
	if len(m.hour) != hourPoints || cap(w.history.hour.points) != hourPoints {
		t.Errorf("the hour has %d points", len(m.hour))
	}
	for i, p := range m.hour {
		if want := uint32(hourPoints + 5 + i); p.inbox != want {
			t.Fatalf("point %d is %d, want %d: the order is lost", i, p.inbox, want)
		}
	}
	if got, want := len(m.day), (2*hourPoints+5)/int(perMinute); got != want {
		t.Errorf("the day has %d points, want %d", got, want)
	}
	if last := m.day[len(m.day)-1]; last.inbox != uint32(2*hourPoints-1) {
		t.Errorf("a minute shows %d, want its worst", last.inbox)
	}
}

// Stats can be decoded from their JSON, and lists are never null.
func TestStatsAreJSON(t *testing.T) {
	w := newWorld(t, Config{})
	for _, when := range []string{"before the first sample", "after it"} {
		var back map[string]any
		if err := json.Unmarshal(w.get("/api/stats").Body.Bytes(), &back); err != nil {
			t.Fatal(when, err)
		}
		if back["problems"] == nil {
			t.Errorf("%s: problems are null", when)
		}
		w.reading.Gate = Gate{Slots: 3, Running: 2, Waiting: map[string]int{"live": 1}}
		eventful(w.Monitor)
		w.tick()
	}
	var s Stats
	if err := json.Unmarshal(w.get("/api/stats").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Gate.Running != 2 || s.Gate.Waits() != 1 || s.First.Count != 2 || s.Requests.Total["library"] != 2 || s.Version != "v1" {
		t.Errorf("%+v", s)
	}
}

func TestColumns(t *testing.T) {
	at := func(unix int64) point { return point{at: unix, requests: [sourceCount]uint32{1}} }
	now := int64(1_700_000_010) // width 30 s: its column began at 1_700_000_010
	cols := columnsOf([]point{at(now - 3600), at(now - 31), at(now - 30), at(now - 5), at(now)}, now, sampleEvery, time.Hour)
	if len(cols) != columns {
		t.Fatalf("%d columns", len(cols))
	}
	if got := cols[columns-1].requests[0]; got != 1 {
		t.Errorf("the last column counts %d, want 1", got)
	}
	if got := cols[columns-2].requests[0]; got != 2 {
		t.Errorf("the one before counts %d, want 2", got)
	}
	if got := cols[columns-3].requests[0]; got != 1 {
		t.Errorf("the one before that counts %d, want 1", got)
	}
	if cols[0].minutes != 0 {
		t.Error("a point older than the chart is drawn")
	}
}

func TestChartsHaveGaps(t *testing.T) {
	nan := plots[1].lines[0]
	if !nan.gaps {
		t.Fatal("quantiles must have gaps")
	}
	cols := make([]column, columns)
	for _, i := range []int{3, 4, 10} {
		cols[i].minutes = 0.5
		cols[i].first = [3]float32{1, 2, 3}
	}
	cols[5].minutes = 0.5 // sampled, but without requests
	c := plots[1].draw(cols, nil)
	if got := strings.Count(c.Series[0].Path, "M"); got != 2 {
		t.Errorf("%d strokes in %q, want 2", got, c.Series[0].Path)
	}
	if c.Series[0].Last != "1.0 s" || c.Series[2].Most != "3.0 s" || c.Empty {
		t.Errorf("%+v", c)
	}
	if c.Limit <= 0 || c.Limit >= chartHeight {
		t.Errorf("the 3 s line lies at %v", c.Limit)
	}
	if empty := plots[1].draw(make([]column, columns), nil); !empty.Empty || empty.Series[0].Last != "–" || empty.Series[0].Path != "" {
		t.Errorf("without history: %+v", empty)
	}
}

func TestRoundUp(t *testing.T) {
	for x, want := range map[float64]float64{0: 2, 0.3: 0.4, 1: 1, 3.6: 4, 5: 6, 8.1: 10, 61: 80, 100: 100, 101: 200} {
		if got := roundUp(x); fmt.Sprintf("%.4f", got) != fmt.Sprintf("%.4f", want) {
			t.Errorf("roundUp(%v) = %v, want %v", x, got, want)
		}
	}
}

func TestNumbersForPeople(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{count(0), "0"}, {count(999), "999"}, {count(uint64(1234567)), "1\u2009234\u2009567"}, {count(int64(-1234)), "-1\u2009234"},
		{decimal(0), "0"}, {decimal(3), "3"}, {decimal(3.14), "3.1"}, {decimal(12.6), "13"},
		{size(int64(0)), "0 B"}, {size(uint64(1536)), "1.5 KiB"}, {size(int64(48 << 20)), "48 MiB"}, {size(uint64(1 << 62)), "4194304 TiB"},
		{brief(0.123), "0.12 s"}, {brief(7.46), "7.5 s"}, {brief(75), "1 min"}, {brief(3 * 3600), "3 h 0 min"}, {brief(50 * 3600), "2 d 2 h"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
