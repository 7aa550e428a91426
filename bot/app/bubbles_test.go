package app

import (
	"os"
	"os/signal"
	"testing"
)

// TestMain registers for signals once before any test. The first call of signal.Notify starts a goroutine of the runtime; in a bubble of
// synctest, which waits for its goroutines, that would end the run.
func TestMain(m *testing.M) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	signal.Stop(heard)
	os.Exit(m.Run())
}
