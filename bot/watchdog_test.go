package bot

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

func TestALongPollIsNoSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Silence = 2 * time.Minute }})
		time.Sleep(time.Hour)
		if err := w.bot.Ready(); err != nil {
			t.Error(err)
		}
		w.close()
	})
}

func TestALostWebhookIsSetAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		w.must(w.bot.deleteWebhook(t.Context()))
		update := p.Say("/help")
		time.Sleep(2 * hookEvery)
		w.waitDone(update)
		if !strings.Contains(w.logs.String(), "webhook_gone") {
			t.Errorf("nothing said: %s", w.logs)
		}
	})
}

func TestAWebhookThatFailedBeforeTheStartIsNoReasonToBeNotReady(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		w.cut()
		delete(w.hosts, "bot.test")
		update := p.Say("/help")
		time.Sleep(2 * time.Minute)

		w.start()
		route := w.hosts["bot.test"]
		delete(w.hosts, "bot.test") // a platform that waits for the bot to be ready
		time.Sleep(hookEvery / 2)
		if err := w.bot.Ready(); err != nil {
			t.Errorf("not ready: %v", err)
		}
		w.hosts["bot.test"] = route
		w.waitDone(update)
	})
}

func TestAWebhookThatIsNotReachedIsToldAndEndsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		delete(w.hosts, "bot.test")
		p.Say("/help")
		time.Sleep(5 * hookEvery)
		if err := w.bot.Ready(); err == nil || !strings.Contains(err.Error(), "cannot post") {
			t.Error(err)
		}
		if err := <-w.ended; !errors.Is(err, ErrSilent) {
			t.Errorf("Run: %v, want ErrSilent", err)
		}
		w.ended <- nil
		w.close()
	})
}
