package sim

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// maxPoll is the longest wait of getUpdates in seconds.
const maxPoll = 50

func conflict(why string) *apiError {
	return &apiError{Code: http.StatusConflict, Description: "Conflict: " + why}
}

// getUpdates returns the pending updates at once, or waits up to timeout seconds for the first one. offset confirms all updates before it; a negative
// offset keeps that many of the newest. A second call ends the first with 409, and so does a webhook.
func (t botMethods) getUpdates(ctx context.Context, req *request) (answer, error) {
	limit := int(req.number("limit", 100, 1, 100))
	timeout := time.Duration(req.number("timeout", 0, 0, maxPoll)) * time.Second

	t.mu.Lock()
	if t.webhook.url != "" {
		t.mu.Unlock()
		return answer{}, conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
	}
	if err := t.queue.allow(req); err != nil {
		t.mu.Unlock()
		return answer{}, err
	}
	end := t.takePollLocked()
	t.queue.seek(req.number("offset", 0, -1<<62, 1<<62))
	t.mu.Unlock()
	defer t.leavePoll(end)

	timer := time.NewTimer(timeout)
	defer timer.Stop()
	for {
		t.mu.Lock()
		if t.queue.poll != end {
			t.mu.Unlock()
			return answer{}, <-end
		}
		updates := t.queue.first(limit)
		changed := t.queue.changed()
		t.mu.Unlock()
		if len(updates) > 0 || timeout == 0 {
			return answer{Result: updates}, nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return answer{Result: updates}, nil
		case err := <-end:
			return answer{}, err
		case <-ctx.Done():
			return answer{}, ctx.Err() // the client left
		}
	}
}

// takePollLocked makes the caller the only long poll and ends the previous one.
func (t botMethods) takePollLocked() chan error {
	t.endPollLocked("terminated by other getUpdates request; make sure that only one bot instance is running")
	t.queue.poll = make(chan error, 1)
	return t.queue.poll
}

// endPollLocked ends the running long poll with 409.
func (t botMethods) endPollLocked(why string) {
	if t.queue.poll != nil {
		t.queue.poll <- conflict(why) // buffered: each poll ends once
		t.queue.poll = nil
	}
}

func (t botMethods) leavePoll(end chan error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.queue.poll == end {
		t.queue.poll = nil
	}
}

// seek confirms the updates before an offset.
func (q *queue) seek(offset int64) {
	switch {
	case offset > 0:
		q.confirm(offset)
	case offset < 0:
		for int64(q.pending) > -offset {
			q.drop(q.oldest())
		}
	}
}

// oldest returns the first pending update; there must be one.
func (q *queue) oldest() *update {
	for _, u := range q.all {
		if !u.gone {
			return u
		}
	}
	return nil
}

// allow stores the kinds that the bot requests. A call without allowed_updates changes nothing.
func (q *queue) allow(req *request) error {
	text := req.text("allowed_updates")
	if text == "" {
		return nil
	}
	var kinds []string
	if err := json.Unmarshal([]byte(text), &kinds); err != nil {
		return badRequest("expected an Array of String as allowed_updates")
	}
	q.allowed = kinds
	return nil
}
