//go:build !linux

package app

import "time"

// uptime returns the time since the process started. On this system there is no clock in Go that goes on while the machine is suspended: package live
// asks Telegram for the time when the two clocks differ.
func uptime() time.Duration { return processTime() }
