package chat

import (
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/limiter"
)

// While people wait, a refused request is repeated at once in another form, and a failed call once, unless the question before failed too or the
// server asks for more time than maxRepeatPause. Everything else is left to a later question.
const (
	maxAdapted     = 3 // repeats in another form while a person waits
	maxAdaptedIdle = 8 // the same if nobody waits
	maxRepeats     = 1
	maxRepeatPause = time.Second
	// maxPause bounds how long one 429 can pause all calls.
	maxPause = time.Minute
)

// Ask asks a question, with repeats. Every object that arrives is passed to req.Object in Ask's goroutine, also before an error. The error is nil if the answer was
// complete. If ctx ended, the error wraps its error too.
func (c *Client) Ask(ctx context.Context, req Request) (Reply, error) {
	done, err := c.breaker.allow()
	if err != nil {
		c.cfg.Observe(Call{Outcome: "breaker"})
		return Reply{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	a := &asking{client: c, req: req, limits: c.memory.limits(), form: c.memory.current()}
	a.limits.Single = req.Single
	wanted := req.Object
	a.req.Object = func(raw []byte) bool {
		ok := wanted(raw)
		a.some = a.some || ok
		return ok
	}
	start := time.Now()
	f := a.run(ctx)
	a.reply.Took, a.reply.Single = time.Since(start), a.limits.Single
	if f == nil {
		done(nil, a.some)
		return a.reply, nil
	}
	done(f, a.some)
	if errors.Is(f.kind, ErrUnavailable) && f.cause == nil {
		c.memory.failed()
	}
	if !c.breaker.ready() {
		c.cfg.Log.Warn("breaker_opened", "model", c.cfg.Model, "error", f)
	}
	return a.reply, f
}

// asking is one Ask in progress.
type asking struct {
	client *Client
	req    Request
	reply  Reply
	some   bool // an object that was asked for arrived

	limits  Limits
	form    form
	adapted int
	repeats int
	last    Prompt // that was sent

	// A change that is only a guess. It is remembered if it helped.
	guess      string
	guessFrom  form
	guessFault *fault
}

// run makes the calls. It returns nil after a complete answer, or if nothing was left to ask.
func (a *asking) run(caller context.Context) *fault {
	c := a.client
	if paused := c.paused(); paused > maxRepeatPause {
		return &fault{kind: ErrUnavailable, outcome: "error", detail: "the server asked for a pause", cause: errNotSent, retryAfter: paused}
	}
	if f := c.waitPace(caller); f != nil {
		return f
	}
	ctx, cancel := context.WithTimeoutCause(caller, c.cfg.Timeout, errTimeout)
	defer cancel()
	for {
		p, more := a.req.Prompt(a.limits)
		if !more {
			return nil
		}
		a.last = p
		res := c.call(ctx, a.req, p, a.form)
		f := res.fault
		a.count(res)
		if f == nil {
			a.report(res, "ok")
			c.memory.complete(res.thinks)
			a.keepGuess()
			return nil
		}
		a.noteFailed(res)
		if errors.Is(f.kind, ErrUnavailable) && f.retryAfter > 0 {
			c.pace.Pause(min(f.retryAfter, maxPause))
		}
		adapted := ctx.Err() == nil && a.mayAdapt() && a.adapt(f)
		if adapted {
			a.adapted++
			a.report(res, "adapted")
		} else {
			a.report(res, f.outcome)
			if !a.pauseToRepeat(ctx, f) {
				return f
			}
		}
		if c.waitPace(ctx) != nil {
			if caller.Err() != nil {
				return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: caller.Err().Error(), cause: caller.Err()}
			}
			return f // more useful than "no time left"
		}
	}
}

func (a *asking) mayAdapt() bool {
	if a.req.Waiting {
		return a.adapted < maxAdapted
	}
	return a.adapted < maxAdaptedIdle
}

// pauseToRepeat waits before a repeat of the same call, and reports whether there is one.
func (a *asking) pauseToRepeat(ctx context.Context, f *fault) bool {
	pause := max(f.retryAfter, limiter.Jitter(400*time.Millisecond))
	if !f.repeat || a.repeats >= maxRepeats || pause > maxRepeatPause || a.client.memory.isFailing() {
		return false
	}
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < pause {
		return false
	}
	a.repeats++
	return limiter.Sleep(ctx, pause) == nil
}

// count adds a call to the reply.
func (a *asking) count(res result) {
	if !res.sent {
		return
	}
	a.reply.Calls++
	a.reply.PromptTokens += int64(res.prompt)
	a.reply.AnswerTokens += int64(res.completion)
	a.reply.FirstToken = res.first
}

// noteFailed keeps why a call failed, with the beginning of an answer that cannot be used.
func (a *asking) noteFailed(res result) {
	if !res.sent || len(a.reply.Failed) >= maxAdaptedIdle {
		return
	}
	why := res.fault.Error()
	if errors.Is(res.fault.kind, ErrAnswer) && res.heard != "" {
		why += fmt.Sprintf("; the answer begins with %q", res.heard)
	}
	a.reply.Failed = append(a.reply.Failed, why)
}

// report tells of a call that is over.
func (a *asking) report(res result, outcome string) {
	if !res.sent {
		return
	}
	c := a.client
	c.cfg.Observe(Call{Outcome: outcome, Duration: res.took, PromptTokens: res.prompt, CompletionTokens: res.completion})
	switch outcome {
	case "ok", "adapted", "cancelled":
	default:
		res.fault.logged = true
		c.cfg.Log.Warn("model_request_failed", "model", c.cfg.Model, "outcome", outcome, "duration", res.took, "error", res.fault)
	}
}

// waitPace waits until the pace of requests allows one more, at most for the time of a call.
func (c *Client) waitPace(ctx context.Context) *fault {
	limited, cancel := context.WithTimeout(ctx, c.cfg.Timeout)
	defer cancel()
	if err := c.pace.Wait(limited, struct{}{}); err != nil {
		cause := errNotSent
		if ctx.Err() != nil {
			cause = ctx.Err()
		}
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: "wait for the pace of requests: " + err.Error(), cause: cause}
	}
	return nil
}
