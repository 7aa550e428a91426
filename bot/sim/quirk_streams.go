package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"excursobot/limiter"
)

// quirksOfStreams are servers whose events have another shape than OpenAI's.
func quirksOfStreams() map[string]quirk {
	set := func(key string, value any) quirk {
		return quirk{event: func(_ *quirkCall, e map[string]any) { e[key] = value }}
	}
	framed := func(frame func(c *quirkCall, data string) string) quirk { return quirk{frame: frame} }
	finish := func(reason any) quirk {
		return quirk{event: func(_ *quirkCall, e map[string]any) {
			if choice := choiceOf(e); choice["finish_reason"] != nil {
				choice["finish_reason"] = reason
			}
		}}
	}
	return map[string]quirk{
		"created is a fraction": set("created", 1700000000.5),
		"created is text":       set("created", "2026-05-01T12:00:00Z"),
		"error is null": framed(func(_ *quirkCall, data string) string {
			return "data: " + strings.Replace(data, "{", `{"error":null,`, 1) + "\n\n"
		}),
		"usage as text": {event: func(_ *quirkCall, e map[string]any) {
			e["usage"] = map[string]any{"prompt_tokens": "12", "completion_tokens": 3.5, "total_tokens": nil}
		}},
		"finish reason eos":   finish("eos"),
		"finish reason STOP":  finish("STOP"),
		"finish reason empty": finish(""),
		"no finish reason":    finish(nil),
		"line ends CRLF":      framed(func(_ *quirkCall, data string) string { return "data: " + data + "\r\n\r\n" }),
		"no space after data": framed(func(_ *quirkCall, data string) string { return "data:" + data + "\n\n" }),
		"no empty lines":      framed(func(_ *quirkCall, data string) string { return "data: " + data + "\n" }),
		"byte order mark":     {first: func(*quirkCall) string { return "\ufeff" }},
		"comments":            framed(func(_ *quirkCall, data string) string { return ": OPENROUTER PROCESSING\n\ndata: " + data + "\n\n" }),
		"event names": framed(func(_ *quirkCall, data string) string {
			return "id: 7\nevent: message\nretry: 1000\ndata: " + data + "\n\n"
		}),
		"empty data": framed(func(_ *quirkCall, data string) string { return "data:\n\ndata: " + data + "\n\ndata: \n\n" }),
		"an event in several data lines": framed(func(_ *quirkCall, data string) string {
			return "data: " + strings.NewReplacer(`,"choices"`, ",\ndata: \"choices\"", `,"model"`, ",\ndata: \"model\"").Replace(data) + "\n\n"
		}),
		"JSON lines without data": framed(func(_ *quirkCall, data string) string {
			if data == "[DONE]" {
				return ""
			}
			return data + "\n"
		}),
		"no end of the last line": framed(func(_ *quirkCall, data string) string {
			switch {
			case data == "[DONE]" || strings.Contains(data, `"choices":[]`):
				return ""
			case strings.Contains(data, `"finish_reason":"stop"`):
				return "data: " + data
			}
			return "data: " + data + "\n\n"
		}),
		"content in parts":       {event: contentInParts},
		"whole answer":           {first: asJSON, frame: func(*quirkCall, string) string { return "" }, last: wholeAnswer},
		"slow reasoning":         {first: slowReasoning("reasoning")},
		"slow reasoning_content": {first: slowReasoning("reasoning_content")},
		"slow comments":          {first: func(c *quirkCall) string { return trickle(c, ": keep-alive\n\n") }},
	}
}

// contentInParts sends texts as lists of parts, after a part that is thinking.
func contentInParts(c *quirkCall, e map[string]any) {
	delta := deltaOf(e)
	piece, ok := delta["content"].(string)
	switch {
	case !ok:
	case c.text.Len() == len(piece):
		delta["content"] = []any{map[string]any{"type": "thinking", "thinking": []any{map[string]any{"type": "text", "text": `{"stories":[{"place":"hm"`}}},
			map[string]any{"type": "text", "text": piece}}
	default:
		delta["content"] = []any{map[string]any{"type": "text", "text": piece}}
	}
}

// asJSON makes the answer one of JSON.
func asJSON(c *quirkCall) string {
	c.w.Header().Set("Content-Type", "application/json")
	return ""
}

// wholeAnswer sends what the stream said as one object, although a stream was asked for.
func wholeAnswer(c *quirkCall) string {
	body, _ := json.MarshalIndent(map[string]any{"id": "x", "object": "chat.completion", "created": 1.5, "choices": []any{map[string]any{
		"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": c.text.String()},
	}}, "usage": map[string]any{"prompt_tokens": 900, "completion_tokens": 400}}, "", "  ") // strings can always be marshalled
	return string(body)
}

// slowReasoning sends hidden reasoning in a field for 11 s before the answer.
func slowReasoning(field string) func(c *quirkCall) string {
	return func(c *quirkCall) string {
		return trickle(c, fmt.Sprintf("data: {\"choices\":[{\"index\":0,\"delta\":{%q:\"x\"},\"finish_reason\":null}]}\n\n", field))
	}
}

// trickle sends a text every 200 ms for 11 s.
func trickle(c *quirkCall, text string) string {
	const every, times = 200 * time.Millisecond, 55
	for range times {
		_, _ = io.WriteString(c.w, text)
		_ = http.NewResponseController(c.w).Flush()
		if limiter.Sleep(c.r.Context(), every) != nil {
			break
		}
	}
	return ""
}
