package model

import (
	"context"
	"errors"
	"io"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// afterFinish is how long a server may take from the finish reason to the end of its stream. The token counts come in between.
const afterFinish = 3 * time.Second

// streamReader reads one streamed answer.
type streamReader struct {
	client    *Client
	ans       *answer
	info      *responseInfo
	timer     *time.Timer // cancels the call if the first token, or the end after the finish reason, is late
	reasoning bool        // the model sends empty events while it reasons

	parser   parser
	received int // bytes of text
	events   int
	finish   openai.FinishReason
	declined bool
	usage    *openai.Usage // nil if the server did not count
}

// read sends the request and reads the whole stream.
func (r *streamReader) read(ctx context.Context, req openai.ChatCompletionRequest) *fault {
	stream, err := r.client.api.CreateChatCompletionStream(ctx, req)
	if err != nil {
		return faultOf(ctx, err, r.info, false, r.client.cfg.APIKey)
	}
	defer stream.Close()
	for {
		chunk, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return r.checkEnd()
		}
		if err != nil {
			if r.finish != "" {
				return r.checkEnd() // only the token counts are missing
			}
			return faultOf(ctx, err, r.info, r.received > 0, r.client.cfg.APIKey)
		}
		r.events++
		if err := r.readEvent(chunk); err != nil {
			return unusable("%s", err)
		}
	}
}

func (r *streamReader) readEvent(chunk openai.ChatCompletionStreamResponse) error {
	if chunk.Usage != nil {
		r.usage = chunk.Usage
	}
	for _, choice := range chunk.Choices {
		if choice.Index != 0 {
			continue
		}
		if r.received == 0 && r.finish == "" && (choice.Delta.Content != "" || choice.Delta.ReasoningContent != "" || r.reasoning) {
			r.timer.Stop()
		}
		r.declined = r.declined || choice.Delta.Refusal != ""
		r.received += len(choice.Delta.Content)
		if err := r.parser.feed(choice.Delta.Content, r.ans.add); err != nil {
			return err
		}
		if choice.FinishReason != "" && choice.FinishReason != openai.FinishReasonNull {
			r.finish = choice.FinishReason
			r.timer.Reset(afterFinish)
		}
	}
	return nil
}

// checkEnd decides whether a stream that ended is complete. go-openai reports a cut connection and the [DONE] event the same way.
func (r *streamReader) checkEnd() *fault {
	switch {
	case r.events == 0:
		return unusable("no events, status %d, %s", r.info.status, sanitize(r.info.contentType, r.client.cfg.APIKey))
	case r.declined:
		return unusable("the model declined")
	case r.finish == "" && r.received == 0:
		return unusable("empty")
	case r.finish == "":
		return unusable("cut without a finish reason")
	case r.finish != openai.FinishReasonStop:
		return unusable("finish reason %s", sanitize(string(r.finish), r.client.cfg.APIKey))
	case r.received == 0:
		return unusable("empty")
	case r.parser.found == 0:
		f := unusable("no stories in it")
		f.format = !r.parser.emptyList()
		return f
	case !r.parser.complete():
		return unusable("JSON not closed")
	}
	return nil
}

// tokens returns the tokens of the call. If the server did not count them, the result is an estimate that is too high rather than too low, or 0 if no
// event arrived.
func (r *streamReader) tokens(req openai.ChatCompletionRequest) (prompt, completion int) {
	switch {
	case r.usage != nil:
		return max(0, r.usage.PromptTokens), max(0, r.usage.CompletionTokens)
	case r.events == 0:
		return 0, 0
	}
	for _, m := range req.Messages {
		prompt += estimateTokens(m.Content)
	}
	return prompt, estimateTokens(string(r.parser.buf))
}

// estimateTokens counts three bytes as a token, which is close for Latin, Cyrillic and CJK texts.
func estimateTokens(s string) int { return (len(s) + 2) / 3 }
