package bot

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"excursobot/bot/telegram"
)

// recorder is an API that lets every call through and keeps what was asked.
type recorder struct {
	next  telegram.API
	calls chan call
}

type call struct {
	method  string
	payload map[string]any
}

func (r *recorder) Call(ctx context.Context, method string, payload any) ([]byte, error) {
	raw, err := json.Marshal(payload)
	if err != nil {
		return nil, err
	}
	c := call{method: method}
	_ = json.Unmarshal(raw, &c.payload) // a form has no payload to look at
	select {
	case r.calls <- c:
	default: // nobody looks that far
	}
	return r.next.Call(ctx, method, payload)
}

// wait returns the payload of the next call of the method.
func (r *recorder) wait(t *testing.T, method string) map[string]any {
	t.Helper()
	for {
		select {
		case c := <-r.calls:
			if c.method == method {
				return c.payload
			}
		case <-time.After(time.Minute):
			t.Fatalf("no %s within a minute", method)
		}
	}
}

// contextEnded returns a context that has ended.
func contextEnded(t *testing.T) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx, cancel
}
