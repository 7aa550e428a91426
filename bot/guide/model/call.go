package model

import (
	"context"
	"errors"
	"io"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// afterFinish is how long a server may take from the finish reason to the end of its stream, which brings the token counts.
const afterFinish = 3 * time.Second

// call makes one HTTP call, reports it, and adds what it told and cost to ans.
func (c *Client) call(ctx context.Context, ans *answer, format int32) *fault {
	start := time.Now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s := &seen{}
	req := c.request(ans, format)
	h := &hearing{client: c, ans: ans, seen: s, reasons: reasons(req.Model)}
	h.watch = time.AfterFunc(c.cfg.FirstToken, func() { cancel(errFirstToken) })
	defer h.watch.Stop()

	f := h.listen(withSeen(ctx, s), req)
	if !s.sent {
		return f
	}
	prompt, completion := h.tokens(req)
	ans.result.Tokens += int64(prompt + completion)
	outcome := "ok"
	if f != nil {
		outcome = f.outcome
	}
	took := time.Since(start)
	c.cfg.Observe(Call{Outcome: outcome, Duration: took, PromptTokens: prompt, CompletionTokens: completion})
	if f != nil && outcome != "cancelled" {
		c.cfg.Log.Warn("model call failed", "model", c.cfg.Model, "outcome", outcome, "duration", took, "error", f.Error())
	}
	return f
}

// hearing is the reading of one streamed answer.
type hearing struct {
	client  *Client
	ans     *answer
	seen    *seen
	watch   *time.Timer // ends the call when the first token, or the end, is late
	reasons bool        // silent while it thinks

	parser   parser
	received int // bytes of text
	events   int
	finish   openai.FinishReason
	refusal  bool
	usage    *openai.Usage
}

// listen reads the whole stream.
func (h *hearing) listen(ctx context.Context, req openai.ChatCompletionRequest) *fault {
	stream, err := h.client.api.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return h.client.translate(ctx, err, h.seen, false)
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return h.verdict()
		}
		if err != nil {
			if h.finish != "" {
				return h.verdict() // only the token counts are missing
			}
			return h.client.translate(ctx, err, h.seen, h.received > 0)
		}
		h.events++
		if err := h.take(chunk); err != nil {
			return unusable("%s", err)
		}
	}
}

// take reads one event.
func (h *hearing) take(chunk openai.ChatCompletionStreamResponse) error {
	if chunk.Usage != nil {
		h.usage = chunk.Usage
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue
		}
		if h.received == 0 && h.finish == "" && (choice.Delta.Content != "" || choice.Delta.ReasoningContent != "" || h.reasons) {
			h.watch.Stop()
		}
		h.refusal = h.refusal || choice.Delta.Refusal != ""
		h.received += len(choice.Delta.Content)
		if err := h.parser.feed(choice.Delta.Content, h.ans.take); err != nil {
			return err
		}
		if choice.FinishReason != "" && choice.FinishReason != openai.FinishReasonNull {
			h.finish = choice.FinishReason
			h.watch.Reset(afterFinish)
		}
	}
	return nil
}

// verdict says whether an answer that ended may be trusted to be whole. A connection that was cut ends like one that is done.
func (h *hearing) verdict() *fault {
	switch {
	case h.events == 0:
		return unusable("no events, status %d, %s", h.seen.status, h.client.line(h.seen.contentType))
	case h.refusal:
		return unusable("the model declined")
	case h.finish == "" && h.received == 0:
		return unusable("empty")
	case h.finish == "":
		return unusable("cut without a finish reason")
	case h.finish != openai.FinishReasonStop:
		return unusable("finish reason %s", h.client.line(string(h.finish)))
	case h.received == 0:
		return unusable("empty")
	case h.parser.found == 0:
		f := unusable("no stories in it")
		f.format = !h.parser.emptyList()
		return f
	case !h.parser.whole():
		return unusable("JSON not closed")
	}
	return nil
}

// tokens returns what the call cost. A server that did not count is estimated, above rather than below, once it had begun to answer.
func (h *hearing) tokens(req openai.ChatCompletionRequest) (prompt, completion int) {
	switch {
	case h.usage != nil:
		return max(0, h.usage.PromptTokens), max(0, h.usage.CompletionTokens)
	case h.events == 0:
		return 0, 0
	}
	for _, m := range req.Messages {
		prompt += estimate(m.Content)
	}
	return prompt, estimate(string(h.parser.buf))
}

// estimate guesses the tokens of a text: three bytes each, which is near for Latin, Cyrillic and CJK alike.
func estimate(s string) int { return (len(s) + 2) / 3 }
