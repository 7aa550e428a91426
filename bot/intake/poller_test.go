package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/telegram"
	"excursobot/limiter"
)

// pollAPI answers getUpdates by script and everything else with success.
type pollAPI struct {
	answer func(n int, offset int64) ([]byte, error) // n counts getUpdates from 1; nil body = hold the poll until its context ends

	mu    sync.Mutex
	polls []polled
}

type polled struct {
	offset  int64
	timeout int
	at      time.Time
}

func (p *pollAPI) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	if method != "getUpdates" {
		return []byte(`{"ok":true,"result":{"message_id":1}}`), nil
	}
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	var q struct {
		Offset  int64
		Timeout int
	}
	if err := json.Unmarshal(raw, &q); err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.polls = append(p.polls, polled{q.Offset, q.Timeout, time.Now()})
	n := len(p.polls)
	p.mu.Unlock()
	body, err := p.answer(n, q.Offset)
	if body == nil && err == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return body, err
}

// runPoller runs a bot that polls the API for d and returns how its Run ended.
func runPoller(t *testing.T, api telegram.API, d time.Duration) error {
	t.Helper()
	b, closeStore := newBare(t, api, func(c *Config) { c.Silence = -1 })
	defer closeStore()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	return b.Run(ctx, t.Context())
}

func TestPollerBacksOffAndRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{answer: func(n int, _ int64) ([]byte, error) {
			if n <= 12 {
				return nil, errors.New("no network")
			}
			return nil, nil
		}}
		if err := runPoller(t, api, time.Hour); err != nil {
			t.Fatal(err)
		}
		if len(api.polls) != 13 {
			t.Fatalf("%d polls, want 13", len(api.polls))
		}
		for i := 1; i < len(api.polls); i++ {
			pause := api.polls[i].at.Sub(api.polls[i-1].at)
			if pause < time.Second || pause > time.Minute {
				t.Errorf("pause %d is %v, want 1s to 1m", i, pause)
			}
			if i > 8 && pause < 25*time.Second {
				t.Errorf("pause %d is only %v", i, pause)
			}
		}
	})
}

func TestPollerDoesNotSpinOnEmptyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{answer: func(int, int64) ([]byte, error) { return []byte(`{"ok":true,"result":[]}`), nil }}
		if err := runPoller(t, api, time.Minute); err != nil {
			t.Fatal(err)
		}
		if n := len(api.polls); n > 62 {
			t.Errorf("%d polls in a minute", n)
		}
		if first := api.polls[0].timeout; first != 0 {
			t.Errorf("first poll holds %d s, want 0: readiness waits for it", first)
		}
		if then := api.polls[2].timeout; then != 50 {
			t.Errorf("later polls hold %d s, want 50", then)
		}
	})
}

func TestPollerDoesNotSpinOnUpdatesWithoutAnID(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{}
		api.answer = func(n int, _ int64) ([]byte, error) {
			if n > 1000 {
				return nil, nil
			}
			return []byte(`{"ok":true,"result":[{"message":{}}]}`), nil
		}
		if err := runPoller(t, api, time.Minute); err != nil {
			t.Fatal(err)
		}
		if n := len(api.polls); n > 62 {
			t.Errorf("%d polls in a minute", n)
		}
	})
}

func TestPollerEndsOnAWrongToken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{answer: func(int, int64) ([]byte, error) {
			return []byte(`{"ok":false,"error_code":401,"description":"Unauthorized"}`), nil
		}}
		if err := runPoller(t, api, time.Hour); !errors.Is(err, telegram.ErrToken) {
			t.Errorf("Run: %v, want %v", err, telegram.ErrToken)
		}
		if len(api.polls) != 1 {
			t.Errorf("%d polls, want 1", len(api.polls))
		}
	})
}

func TestPollerStopsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{answer: func(int, int64) ([]byte, error) { return nil, nil }}
		start := time.Now()
		if err := runPoller(t, api, 10*time.Second); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("stopped after %v, want 10s", took)
		}
	})
}

func TestOffsetMovesOnlyPastAcceptedUpdates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api := &pollAPI{}
		api.answer = func(n int, offset int64) ([]byte, error) {
			var updates []json.RawMessage
			for id := max(offset, 10); id < 16; id++ {
				updates = append(updates, json.RawMessage(say(int(id), id, "/slow")))
			}
			if len(updates) == 0 {
				return nil, nil
			}
			result, err := json.Marshal(updates)
			return fmt.Appendf(nil, `{"ok":true,"result":%s}`, result), err
		}
		b, closeStore := newBare(t, api, func(c *Config) { c.MaxInflight = 2 })
		defer closeStore()
		handled := 0
		var mu sync.Mutex
		b.handlers["/slow"] = func(ctx context.Context, _ *Task) error {
			mu.Lock()
			handled++
			mu.Unlock()
			return limiter.Sleep(ctx, 5*time.Second)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := b.Run(ctx, t.Context()); err != nil {
			t.Fatal(err)
		}
		if handled != 6 {
			t.Errorf("%d handled, want each of 6 once", handled)
		}
		for i := 1; i < len(api.polls); i++ {
			if step := api.polls[i].offset - max(api.polls[i-1].offset, 10); step > 2 {
				t.Errorf("offset moved by %d past a room of 2", step)
			}
		}
	})
}
