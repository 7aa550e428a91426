package track

import (
	"bytes"
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
)

func TestPainterServesManyWithOnePictureAtATime(t *testing.T) {
	p := NewPainter()
	r := Route{Name: "Yard", Track: fixes(moscow)}
	want, _ := draw(t, r)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := p.PNG(t.Context(), r)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("got %d bytes, %v; want the picture that a painter alone draws", len(got), err)
			}
		})
	}
	wg.Wait()
}

func TestPainterWaitsNoLongerThanItsContext(t *testing.T) {
	p := NewPainter()
	busy := <-p.slot // another caller is drawing
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := p.PNG(ctx, Route{})
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: %v, want %v", err, context.Canceled)
	}
	p.slot <- busy
	if _, err := p.PNG(ctx, Route{}); !errors.Is(err, context.Canceled) {
		t.Errorf("done before asking: %v, want %v", err, context.Canceled)
	}
	if _, err := p.PNG(t.Context(), Route{}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// The test counts all allocations, freed or not, so the peak is lower.
func TestPictureStaysWithinItsMemory(t *testing.T) {
	p := NewPainter()
	r := drunk(10_000, 100)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := p.PNG(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > PictureMemory {
		t.Errorf("one picture allocates %d bytes, want at most %d", got, PictureMemory)
	}
}
