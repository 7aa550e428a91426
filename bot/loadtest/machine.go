package loadtest

import (
	"fmt"
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

// cpuTime returns the time that a process has spent on the processors, in steps of 10 ms; 0 without /proc.
func cpuTime(pid int) time.Duration {
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
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
