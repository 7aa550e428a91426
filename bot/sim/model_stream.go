package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/limiter"
)

// usage holds token counts as the API reports them.
type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

// eventGap is the shortest time between two streamed events; one event carries all tokens of that time.
const eventGap = 20 * time.Millisecond

// play reads the prompt for a time, then sends the answer over the latency, and reports whether it was complete.
func (a modelAnswer) play(w http.ResponseWriter, r *http.Request, req chatRequest, n int, reading, latency time.Duration) bool {
	tokens := tokenize(a.content)
	finish := "stop"
	if limit := max(req.MaxTokens, req.MaxCompletionTokens); limit > 0 && len(tokens) > limit {
		tokens, finish = tokens[:limit], "length"
	}
	half := len(tokens) / 2
	switch a.fault {
	case "cut", "break", "stall", "error":
		tokens = tokens[:half]
	case "length":
		tokens, finish = tokens[:half], "length"
	case "filter":
		tokens, finish = tokens[:half], "content_filter"
	case "empty", "refusal", "garbage":
		tokens = nil
	}
	prompt := 0
	for _, msg := range req.Messages {
		prompt += len(tokenize(msg.Content)) + 4
	}
	s := sending{w: w, ctx: r.Context(), id: fmt.Sprintf("chatcmpl-sim%d", n), model: req.Model, created: time.Now().Unix(),
		usage: usage{prompt, len(tokens), prompt + len(tokens)}}
	if !s.sleep(reading) {
		return false
	}
	if req.Stream {
		return s.stream(tokens, a.fault, finish, latency, req.StreamOptions != nil && req.StreamOptions.IncludeUsage)
	}
	return s.whole(strings.Join(tokens, ""), a.fault, finish, latency)
}

// sending is an answer that is being sent.
type sending struct {
	w       http.ResponseWriter
	ctx     context.Context //nolint:containedctx // of the request
	id      string
	model   string
	created int64
	usage   usage
}

// stream sends the tokens evenly over the latency as server-sent events.
func (s sending) stream(tokens []string, fault, finish string, latency time.Duration, withUsage bool) bool {
	s.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	s.w.Header().Set("Cache-Control", "no-cache")
	start := time.Now()

	events := max(1, min(len(tokens), int(latency/eventGap)))
	if latency <= 0 {
		events = max(1, len(tokens))
	}
	for i := range events {
		if !s.sleep(time.Until(start.Add(latency * time.Duration(i+1) / time.Duration(events)))) {
			return false
		}
		if i == 0 && fault != "empty" && fault != "garbage" {
			s.event(s.chunk(map[string]any{"role": "assistant", "content": "", "refusal": nil}, nil, nil))
		}
		if part := strings.Join(tokens[len(tokens)*i/events:len(tokens)*(i+1)/events], ""); part != "" {
			s.event(s.chunk(map[string]any{"content": part}, nil, nil))
		}
	}

	switch fault {
	case "cut":
		return false
	case "break":
		panic(http.ErrAbortHandler)
	case "stall":
		<-s.ctx.Done()
		return false
	case "error":
		s.event(errModelServer.shape())
		return false
	case "garbage":
		fmt.Fprint(s.w, "data: {\"id\":\"chatcmpl-sim\",\"choices\":[{\"del\n\ndata: <oops>\n\n")
		s.flush()
		return false
	case "empty":
	case "nofinish":
	case "refusal":
		s.event(s.chunk(map[string]any{"refusal": "I'm sorry, I can't help with that."}, nil, nil))
		s.event(s.chunk(map[string]any{}, finish, nil))
	default:
		s.event(s.chunk(map[string]any{}, finish, nil))
	}
	if withUsage {
		s.event(s.chunk(nil, nil, &s.usage))
	}
	fmt.Fprint(s.w, "data: [DONE]\n\n")
	s.flush()
	return finish == "stop"
}

// chunk returns the data of an event; a nil delta makes an event without choices.
func (s sending) chunk(delta map[string]any, finish any, u *usage) any {
	choices := []any{}
	if delta != nil {
		choices = append(choices, map[string]any{"index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish})
	}
	return map[string]any{"id": s.id, "object": "chat.completion.chunk", "created": s.created, "model": s.model,
		"system_fingerprint": "fp_sim", "choices": choices, "usage": u}
}

func (s sending) event(data any) {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // strings and numbers can always be marshalled
	}
	fmt.Fprintf(s.w, "data: %s\n\n", text)
	s.flush()
}

// flush fails only if the client left; the next sleep reports that.
func (s sending) flush() { _ = http.NewResponseController(s.w).Flush() }

// whole sends the answer as one JSON body after the latency.
func (s sending) whole(content, fault, finish string, latency time.Duration) bool {
	if !s.sleep(latency) {
		return false
	}
	message := map[string]any{"role": "assistant", "content": content, "refusal": nil}
	choice := map[string]any{"index": 0, "message": message, "logprobs": nil, "finish_reason": finish}
	choices := []any{choice}
	switch fault {
	case "empty":
		choices = []any{}
	case "refusal":
		message["content"], message["refusal"] = nil, "I'm sorry, I can't help with that."
	case "nofinish":
		choice["finish_reason"] = nil
	}
	body, err := json.Marshal(map[string]any{"id": s.id, "object": "chat.completion", "created": s.created, "model": s.model,
		"system_fingerprint": "fp_sim", "choices": choices, "usage": s.usage})
	if err != nil {
		panic(err) // strings and numbers can always be marshalled
	}
	s.w.Header().Set("Content-Type", "application/json")
	switch fault {
	case "error":
		body, _ = json.Marshal(errModelServer.shape())
	case "garbage", "cut", "break", "stall":
		body = body[:len(body)/2]
	}
	_, _ = s.w.Write(body)
	switch fault {
	case "break":
		s.flush()
		panic(http.ErrAbortHandler)
	case "stall":
		s.flush()
		<-s.ctx.Done()
	case "error", "garbage", "cut":
	default:
		return finish == "stop"
	}
	return false
}

// sleep waits for d and reports whether the client still waits for the answer.
func (s sending) sleep(d time.Duration) bool { return limiter.Sleep(s.ctx, d) == nil }

// tokenize splits a text into pieces about as long as the tokens of a real model: four ASCII characters or two others.
func tokenize(text string) []string {
	tokens := make([]string, 0, len(text)/3)
	start, weight := 0, 0
	for i, r := range text {
		step := 2
		if r < utf8.RuneSelf {
			step = 1
		}
		if weight > 0 && weight+step > 4 {
			tokens = append(tokens, text[start:i])
			start, weight = i, 0
		}
		weight += step
	}
	if start < len(text) {
		tokens = append(tokens, text[start:])
	}
	return tokens
}
