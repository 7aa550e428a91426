package loadtest

import (
	"slices"
	"testing"
	"time"
)

var noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// walkWith returns a walk with a story every 10 s and the given stories, in seconds after the share. The first one answered the share.
func walkWith(seconds ...float64) *walk {
	w := &walk{shared: noon, from: noon, every: 10 * time.Second}
	for i, s := range seconds {
		w.add(story{message: i + 1, number: i + 1, at: at(s), first: i == 0})
	}
	return w
}

func at(seconds float64) time.Time { return noon.Add(time.Duration(seconds * float64(time.Second))) }

func TestSchedule(t *testing.T) {
	tests := []struct {
		name   string
		walk   *walk
		outage outage
		late   []float64 // seconds
		missed int
	}{
		{"every story in time", walkWith(2, 10, 20.5, 30), outage{}, []float64{0, 0.5, 0}, 0},
		{"one story missing", walkWith(2, 10, 30), outage{}, []float64{0, 0}, 1},
		{"no story", walkWith(), outage{}, nil, 3},
		{"two stories in one interval replace none", walkWith(2, 10, 12, 30), outage{}, []float64{0, 2, 0}, 1},
		{"a story that an outage delayed", walkWith(2, 10, 26, 30), outage{at(15), at(20)}, []float64{0}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			late, missed := tt.walk.schedule(at(34), tt.outage)
			var got []float64
			for _, d := range late {
				got = append(got, d.Seconds())
			}
			if !slices.Equal(got, tt.late) || missed != tt.missed {
				t.Errorf("late %v, missed %d; want %v, %d", got, missed, tt.late, tt.missed)
			}
		})
	}
}

func TestNumbering(t *testing.T) {
	killed := outage{at(20), at(22)}
	tests := []struct {
		name               string
		numbers            []int
		seconds            []float64
		misnumbered, again int
	}{
		{"in order", []int{1, 2, 3}, []float64{2, 10, 20}, 0, 0},
		{"one missing", []int{1, 3}, []float64{2, 10}, 1, 0},
		{"sent again after the kill", []int{1, 2, 2, 3}, []float64{2, 19.9, 23, 30}, 1, 1},
		{"sent again long after", []int{1, 1, 2}, []float64{2, 23, 30}, 1, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := &walk{}
			for i, n := range tt.numbers {
				w.add(story{message: i + 1, number: n, at: at(tt.seconds[i])})
			}
			if m, a := w.numbering(killed); m != tt.misnumbered || a != tt.again {
				t.Errorf("misnumbered %d, again %d; want %d, %d", m, a, tt.misnumbered, tt.again)
			}
		})
	}
}
