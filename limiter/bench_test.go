package limiter

import (
	"context"
	"testing"
	"time"
)

func TestFreeWayAllocatesNothing(t *testing.T) {
	ctx := t.Context()
	g := NewGate(GateConfig{})
	l := NewKeyed[int64](KeyedConfig{Rate: 1})
	p := NewPace[int64](PaceConfig{KeyRate: 1, KeyBurst: 1_000_000})
	deadline := time.Now().Add(time.Hour)
	for name, f := range map[string]func(){
		"gate": func() {
			slot, err := g.Acquire(ctx, Job{Key: 1, Deadline: deadline})
			if err != nil {
				t.Error(err)
			}
			slot.Release()
		},
		"keyed": func() { l.Allow(1) },
		"pace": func() {
			if err := p.Wait(ctx, 1); err != nil {
				t.Error(err)
			}
		},
	} {
		if got := testing.AllocsPerRun(100, f); got != 0 {
			t.Errorf("%s: got %v allocations, want 0", name, got)
		}
	}
}

func BenchmarkGateFree(b *testing.B) {
	g := NewGate(GateConfig{})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		slot, err := g.Acquire(ctx, Job{Key: 1})
		if err != nil {
			b.Fatal(err)
		}
		slot.Release()
	}
}

func BenchmarkGateFreeWithDeadline(b *testing.B) {
	g := NewGate(GateConfig{})
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	job := Job{Key: 1, Deadline: time.Now().Add(time.Hour)}
	b.ReportAllocs()
	for b.Loop() {
		slot, err := g.Acquire(ctx, job)
		if err != nil {
			b.Fatal(err)
		}
		slot.Release()
	}
}

// BenchmarkGateContended has many callers for three slots, so most of them wait.
func BenchmarkGateContended(b *testing.B) {
	g := NewGate(GateConfig{QueueSize: 10_000})
	b.SetParallelism(50)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for key := int64(0); pb.Next(); key++ {
			slot, err := g.Acquire(context.Background(), Job{Class: Class(key & 3), Key: key & 15})
			if err != nil {
				b.Error(err)
				return
			}
			slot.Release()
		}
	})
}

// BenchmarkGateEstimate measures Estimate with a full queue of default size.
func BenchmarkGateEstimate(b *testing.B) {
	g := NewGate(GateConfig{})
	for i := range 103 {
		if _, err := g.Enter(Job{Class: Class(i & 3), Key: int64(i)}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		g.Estimate(3)
	}
}

func BenchmarkKeyedKnownKey(b *testing.B) {
	l := NewKeyed[int64](KeyedConfig{Rate: 1e9, Burst: 1000})
	for key := range int64(10_000) {
		l.Allow(key)
	}
	b.ReportAllocs()
	for key := int64(0); b.Loop(); key++ {
		l.Allow(key % 10_000)
	}
}

func BenchmarkKeyedNewKey(b *testing.B) {
	l := NewKeyed[int64](KeyedConfig{Rate: 1, MaxKeys: 10_000})
	b.ReportAllocs()
	for key := int64(0); b.Loop(); key++ {
		l.Allow(key)
	}
}

func BenchmarkPaceFree(b *testing.B) {
	p := NewPace[int64](PaceConfig{Rate: 1e9, Burst: 1000, KeyRate: 1e9, KeyBurst: 1000})
	ctx := context.Background()
	b.ReportAllocs()
	for b.Loop() {
		if err := p.Wait(ctx, 1); err != nil {
			b.Fatal(err)
		}
	}
}
