package app

import (
	"os"
	"os/signal"
	"testing"
)

// TestMain listens to signals once before any test: the runtime's goroutine for them belongs to whoever is the first of the process to
// listen, and in a bubble of synctest, which waits for its goroutines, that would end the run.
func TestMain(m *testing.M) {
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt)
	signal.Stop(heard)
	os.Exit(m.Run())
}
