package intake

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSilenceEndsRun(t *testing.T) {
	t.Parallel()
	const healthy = 3
	for _, tc := range []struct {
		name    string
		silence time.Duration
		want    error
	}{
		{"by itself", 0, ErrSilent},
		{"never", -1, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &pollAPI{answer: func(n int, _ int64) ([]byte, error) {
					if n <= healthy {
						return []byte(`{"ok":true,"result":[]}`), nil
					}
					return nil, errors.New("no network")
				}}
				b, closeStore := newBare(t, api, func(c *Config) { c.Silence = tc.silence })
				defer closeStore()
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				defer cancel()
				start := time.Now()
				err := b.Run(ctx, t.Context())
				if !errors.Is(err, tc.want) {
					t.Fatalf("Run: %v, want %v", err, tc.want)
				}
				if tc.want == nil {
					return
				}
				if !strings.Contains(err.Error(), "no network") {
					t.Errorf("%v does not say why", err)
				}
				if took := time.Since(start); took < 10*time.Minute || took > 11*time.Minute {
					t.Errorf("ended after %v, want little more than 10m", took)
				}
			})
		})
	}
}

func TestSilenceWithoutAReasonIsReadable(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var h heard
		w := watchdog{heard: &h, silence: time.Minute, ready: func() error { return nil }}
		err := w.watch(t.Context(), func(ctx context.Context) error { <-ctx.Done(); return nil })
		if !errors.Is(err, ErrSilent) || strings.Contains(err.Error(), "%!") {
			t.Errorf("ended with %v", err)
		}
	})
}
