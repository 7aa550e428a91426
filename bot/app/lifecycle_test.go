package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
)

func TestStepsUnwindInReverse(t *testing.T) {
	var order []string
	first, third := errors.New("one"), errors.New("three")
	s := steps{log: slog.New(slog.DiscardHandler)}
	add := func(name string, err error) {
		s.push(name, func() error {
			order = append(order, name)
			return err
		})
	}
	add("store", first)
	add("cache", nil)
	add("http", third)

	err := s.unwind()
	if want := []string{"http", "cache", "store"}; !slices.Equal(order, want) {
		t.Errorf("order %v, want %v", order, want)
	}
	if !errors.Is(err, first) || !errors.Is(err, third) {
		t.Errorf("error %v, want both", err)
	}
	if want := "stop http: three\nstop store: one"; err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	if err := s.unwind(); err != nil || len(order) != 3 {
		t.Errorf("a second unwind ran steps again: %v, %v", order, err)
	}
}

func TestPart(t *testing.T) {
	tests := []struct {
		name string
		fn   func(context.Context) error
		end  bool // the context ends
		want string
	}{
		{"a clean stop", func(ctx context.Context) error { <-ctx.Done(); return nil }, true, ""},
		{"an error", func(context.Context) error { return errors.New("broken") }, false, "x: broken"},
		{"an end that nobody asked for", func(context.Context) error { return nil }, false, "x: ended without being stopped"},
		{"a panic", func(context.Context) error { panic("boom") }, false, "x: panic: boom"},
		{"an error at the stop", func(ctx context.Context) error { <-ctx.Done(); return errors.New("late") }, true, "x: late"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				failed := make(chan *part, 1)
				p := start(ctx, "x", failed, tt.fn)
				synctest.Wait()
				if tt.end {
					cancel()
				}
				got := ""
				if err := p.wait(); err != nil {
					got, _, _ = strings.Cut(err.Error(), "\n") // a panic's stack follows
				}
				if got != tt.want {
					t.Errorf("wait() = %q, want %q", got, tt.want)
				}
				if told := len(failed) == 1; told != (tt.want != "") {
					t.Errorf("reported a failure: %v", told)
				}
			})
		})
	}
}

func TestOnlyTheFirstFailureIsTold(t *testing.T) {
	failed := make(chan *part, 1)
	fail := func(context.Context) error { return errors.New("broken") }
	a := start(t.Context(), "a", failed, fail)
	b := start(t.Context(), "b", failed, fail)
	if err := errors.Join(a.wait(), b.wait()); !strings.Contains(err.Error(), "a: broken") || !strings.Contains(err.Error(), "b: broken") {
		t.Errorf("wait() = %v", err)
	}
	if len(failed) != 1 {
		t.Errorf("%d failures reported, want 1", len(failed))
	}
}
