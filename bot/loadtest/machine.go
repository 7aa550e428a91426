package loadtest

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// cpuModel returns the name of the processor.
func cpuModel() string {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown processor"
}

// watchMemory samples the resident set every half second until the returned function is called, which returns the highest value in MiB; 0 without /proc.
func watchMemory() (peak func() int) {
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		top := 0
		for {
			top = max(top, residentKiB())
			select {
			case <-tick.C:
			case <-stop:
				done <- top >> 10
				return
			}
		}
	}()
	return func() int {
		close(stop)
		return <-done
	}
}

// residentKiB returns the resident set of this process, 0 without /proc.
func residentKiB() int {
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")))
			if err != nil {
				return 0
			}
			return kib
		}
	}
	return 0
}

// cpuTime returns the time that this process has spent on the processors, in steps of 10 ms; 0 without /proc.
func cpuTime() time.Duration {
	data, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ") // the name of the program may hold anything
	const user, system, tick = 11, 12, 10 * time.Millisecond
	fields := strings.Fields(rest)
	if len(fields) <= system {
		return 0
	}
	ticks := 0
	for _, i := range []int{user, system} {
		n, err := strconv.Atoi(fields[i])
		if err != nil {
			return 0
		}
		ticks += n
	}
	return time.Duration(ticks) * tick
}
