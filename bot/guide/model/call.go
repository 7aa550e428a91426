package model

import (
	"context"
	"time"
)

// call makes one HTTP call, reports it, and adds its stories and tokens to the answer.
func (c *Client) call(ctx context.Context, ans *answer, format int32) *fault {
	start := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	info := &responseInfo{}
	req := c.completionRequest(ans, format)
	r := &streamReader{client: c, ans: ans, info: info, reasoning: familyOf(req.Model).openAI}
	r.timer = time.AfterFunc(c.cfg.FirstToken, func() { cancel(errFirstToken) })
	defer r.timer.Stop()

	f := r.read(withInfo(ctx, info), req)
	if !info.sent {
		return f
	}
	prompt, completion := r.tokens(req)
	ans.result.PromptTokens += int64(prompt)
	ans.result.AnswerTokens += int64(completion)
	outcome := "ok"
	if f != nil {
		outcome = f.outcome
	}
	took := time.Since(start)
	c.cfg.Observe(Call{Outcome: outcome, Duration: took, PromptTokens: prompt, CompletionTokens: completion})
	if f != nil && outcome != "cancelled" {
		f.logged = true
		c.cfg.Log.Warn("model_request_failed", "model", c.cfg.Model, "outcome", outcome, "duration", took, "error", f)
	}
	return f
}
