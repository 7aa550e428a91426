package app

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestUptimeCountsSuspendedTime(t *testing.T) {
	t.Parallel()
	// The first number of /proc/uptime is the kernel's time since the start of the machine, suspended time included. In a container with a time
	// namespace both are shifted alike.
	before := uptime()
	text, err := os.ReadFile("/proc/uptime")
	if err != nil {
		t.Skip(err)
	}
	after := uptime()
	first, _, _ := strings.Cut(string(text), " ")
	seconds, err := strconv.ParseFloat(first, 64)
	if err != nil {
		t.Fatal(err)
	}
	const rounding = 20 * time.Millisecond
	if kernel := time.Duration(seconds * float64(time.Second)); kernel < before-rounding || kernel > after+rounding {
		t.Errorf("uptime %v to %v, the kernel's %v", before, after, kernel)
	}
}
