package chat

import (
	"context"
	"errors"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// result is what one HTTP call brought.
type result struct {
	sent               bool
	took, first        time.Duration // first: until the first sign of life; 0 = there was none
	prompt, completion int           // tokens
	thinks             thinking
	heard              string // the beginning of the text
	fault              *fault // nil = a complete answer
}

// call makes one HTTP call.
func (c *Client) call(ctx context.Context, req Request, p Prompt, f form) result {
	start := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	patience := c.cfg.FirstToken
	if c.memory.loading() {
		patience = c.cfg.Timeout
	}
	var res result
	r := newReader(req, c.memory.thinking(), c.cfg.APIKey)
	r.timer = time.AfterFunc(patience, func() { cancel(errFirstToken) })
	defer r.timer.Stop()
	r.alive = func() {
		res.first = time.Since(start)
		c.memory.alive()
	}

	x := &exchange{}
	defer x.close()
	err := c.send(withExchange(ctx, x), f.request(c.cfg.Model, p))
	switch {
	case !x.sent:
		res.fault = ownRefusal(err)
	case x.body == nil:
		res.fault = c.unreachable(ctx, err)
	case x.failed():
		res.fault = c.refusedBy(ctx, x)
	default:
		res.fault = r.read(ctx, x)
	}
	res.sent, res.took, res.thinks = x.sent, time.Since(start), r.filter.learnt()
	res.prompt, res.completion = r.tokens(p)
	res.heard = sanitize(r.heard, c.cfg.APIKey)
	return res
}

// send lets go-openai make the request. The answer is in the exchange of the context; an error is only of interest if there is none.
func (c *Client) send(ctx context.Context, req openai.ChatCompletionRequest) error {
	if !req.Stream {
		_, err := c.api.CreateChatCompletion(ctx, req)
		return err
	}
	stream, err := c.api.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return err
	}
	return stream.Close()
}

// ownRefusal returns the fault of a request that go-openai did not send. It knows some models and what they refuse.
func ownRefusal(err error) *fault {
	f := refused(refusal{status: 400, message: err.Error()}, "")
	switch {
	case errors.Is(err, openai.ErrReasoningModelMaxTokensDeprecated):
		f.refusal.param = maxTokens
	case errors.Is(err, openai.ErrReasoningEffortUnsupported):
		f.refusal.param = "reasoning_effort"
	case errors.Is(err, openai.ErrReasoningSamplingUnsupported), errors.Is(err, openai.ErrReasoningModelLimitationsOther):
		f.refusal.param = "temperature"
	}
	f.cause = errNotSent
	return f
}

// unreachable returns the fault of a request without a response.
func (c *Client) unreachable(ctx context.Context, err error) *fault {
	if f := ended(ctx); f != nil {
		return f
	}
	return &fault{kind: ErrUnavailable, outcome: "error", detail: sanitize(err.Error(), c.cfg.APIKey), repeat: true}
}

// refusedBy returns the fault of an error response.
func (c *Client) refusedBy(ctx context.Context, x *exchange) *fault {
	r := x.refusal()
	if f := ended(ctx); f != nil {
		return f
	}
	return refused(r, c.cfg.APIKey)
}
