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
