package app

import "time"

var processStart = time.Now()

// processTime returns the time since the process started, by Go's monotonic clock.
func processTime() time.Duration { return time.Since(processStart) }
