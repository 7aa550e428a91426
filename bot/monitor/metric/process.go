package metric

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"time"
)

var (
	descGoroutines = NewDesc("go_goroutines", "Goroutines that exist.")
	descHeapInUse  = NewDesc("go_memstats_heap_inuse_bytes", "Bytes in spans of the heap that are in use.")
	descHeapAlloc  = NewDesc("go_memstats_heap_alloc_bytes", "Bytes of objects on the heap.")
	descCycles     = NewDesc("go_gc_cycles_total", "Collections of garbage since the start.")
	descGo         = NewDesc("go_info", "Always 1; the label is the version of Go.", "version")
	descCPU        = NewDesc("process_cpu_seconds_total", "Time that the process has spent on the processors, in steps of 10 ms.")
	descResident   = NewDesc("process_resident_memory_bytes", "Resident set of the process.")
	descFiles      = NewDesc("process_open_fds", "Open files and connections.")
	descStart      = NewDesc("process_start_time_seconds", "When the process began, in Unix time.")
)

// began is about when the process began: package variables are set before anything else runs.
var began = time.Now()

// Process adds the numbers of the Go runtime and of the process. Where there is no /proc, those of the process are missing.
func (p *Page) Process(resident uint64) {
	samples := []metrics.Sample{
		{Name: "/sched/goroutines:goroutines"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/gc/cycles/total:gc-cycles"},
	}
	metrics.Read(samples)
	value := func(i int) float64 { return float64(samples[i].Value.Uint64()) }
	p.Gauge(descGoroutines, value(0))
	p.Gauge(descHeapAlloc, value(1))
	p.Gauge(descHeapInUse, value(1)+value(2))
	p.Counter(descCycles, value(3))
	p.Gauge(descGo, 1, runtime.Version())
	p.Gauge(descStart, float64(began.UnixMilli())/1000)
	if resident > 0 {
		p.Gauge(descResident, float64(resident))
	}
	if seconds, ok := cpuSeconds(); ok {
		p.Counter(descCPU, seconds)
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		p.Gauge(descFiles, float64(len(files)))
	}
}

func cpuSeconds() (float64, bool) {
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0, false
	}
	_, rest, _ := strings.Cut(string(data), ") ") // the name of the program may hold anything
	const user, system, perSecond = 11, 12, 100
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0, false
	}
	u, err1 := strconv.ParseFloat(fields[user], 64)
	s, err2 := strconv.ParseFloat(fields[system], 64)
	return (u + s) / perSecond, err1 == nil && err2 == nil
}
