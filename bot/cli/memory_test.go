package cli

import (
	"math"
	"runtime/debug"
	"testing"

	"excursobot/bot/config"
)

func TestTheOperatorsMemoryLimitWins(t *testing.T) {
	const own = int64(math.MaxInt64) // of the runtime without a limit
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(own))
	cfg := config.Defaults()
	cfg.Cache.MaxBytes = 84 << 20
	for _, tt := range []struct {
		env  []string
		want int64
	}{{[]string{"GOMEMLIMIT=1GiB"}, own}, {[]string{"GOMEMLIMIT=off"}, own}, {nil, cfg.SoftMemory()}} {
		p := &process{env: config.NewEnvironment(tt.env)}
		p.limitMemory(cfg)
		if got := debug.SetMemoryLimit(-1); got != tt.want {
			t.Errorf("with %q the limit is %d bytes, want %d", tt.env, got, tt.want)
		}
	}
}

func TestTheOperatorsShareOfGarbageWins(t *testing.T) {
	const own = 77
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(-1))
	defer debug.SetGCPercent(debug.SetGCPercent(own))
	for _, tt := range []struct {
		env  []string
		want int
	}{{[]string{"GOGC=77"}, own}, {[]string{"GOGC=off"}, own}, {nil, garbagePercent}} {
		p := &process{env: config.NewEnvironment(tt.env)}
		p.limitMemory(config.Defaults())
		got := debug.SetGCPercent(own)
		if got != tt.want {
			t.Errorf("with %q there may be %d %% of garbage, want %d", tt.env, got, tt.want)
		}
	}
}
