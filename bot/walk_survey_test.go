package bot

import (
	"runtime"
	"strings"
	"testing"

	"excursobot/bot/guide"
	"excursobot/geo"
	"excursobot/store"
)

// The id of a stored place is a part of its whole record. A walk keeps the ids of the sights around it for minutes.
func TestSightsOfAWalkDoNotKeepWholeRecords(t *testing.T) {
	const record, many = 1 << 20, 16
	heap := func() int64 {
		for range 4 {
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc) //nolint:gosec // less than memory
	}
	before := heap()
	var found []guide.Sight
	for range many {
		whole := strings.Repeat("Q", record)
		found = append(found, guide.Sight{Place: store.Place{ID: whole[:8], Extract: whole}})
	}
	sights := nearest(found, geo.Point{})
	found = nil
	if held := heap() - before; held > many*record/4 {
		t.Errorf("%d sights hold %d bytes", len(sights), held)
	}
	if len(sights) != many || sights[0].Place != "QQQQQQQQ" {
		t.Errorf("got %+v", sights)
	}
	runtime.KeepAlive(found)
}
