package app

import (
	"time"

	"golang.org/x/sys/unix"
)

// uptime returns the time since the machine started, by a clock that nobody sets. It goes on while the machine is suspended, which Go's monotonic
// clock does not.
func uptime() time.Duration {
	var now unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &now); err != nil {
		return processTime() // a kernel before 2.6.39
	}
	return time.Duration(now.Nano())
}
