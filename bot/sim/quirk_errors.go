package sim

import (
	"net/http"
	"time"

	"excursobot/limiter"
)

// quirksOfErrors are servers that fail once, each in its own way, and then work.
func quirksOfErrors() map[string]quirk {
	once := func(fail func(c *quirkCall) bool) quirk {
		return quirk{answer: func(c *quirkCall) bool { return c.n == 1 && fail(c) }}
	}
	onceStream := func(text string) quirk { return once(func(c *quirkCall) bool { return c.stream(text) }) }
	return map[string]quirk{
		"error with finish reason, once": onceStream(`data: {"id":"gen-1","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],"error":{"code":502,"message":"upstream M1"}}` +
			"\n\ndata: [DONE]\n\n"),
		"comment and error 429, once":   onceStream(": waiting\n\ndata: {\"error\":{\"code\":429,\"message\":\"upstream M2\"}}\n\n"),
		"error 429 in a stream, once":   onceStream("data: {\"error\":{\"code\":429,\"message\":\"upstream M2\"}}\n\n"),
		"error in words, once":          onceStream("event: error\ndata: upstream M2 fell over\n\n"),
		"error of a choice, once":       onceStream(`data: {"choices":[{"index":0,"delta":{},"error":{"code":503,"message":"upstream M2"}}]}` + "\n\n"),
		"error at the top, once":        onceStream(`data: {"object":"error","message":"upstream M2","type":"InternalServerError","code":500}` + "\n\n"),
		"overloaded by its words, once": onceStream("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"upstream M2\"}}\n\n"),
		"error as JSON with 200, once": once(func(c *quirkCall) bool {
			return c.refuse(http.StatusOK, `{"error":{"message":"upstream M4","code":429}}`)
		}),
		"a web page with 200, once": once(func(c *quirkCall) bool {
			c.w.Header().Set("Content-Type", "text/html")
			_, _ = c.w.Write([]byte(errorPage))
			return true
		}),
		"no choices, once":   onceStream(`data: {"id":"x","choices":null,"usage":null}` + "\n\ndata: [DONE]\n\n"),
		"empty answer, once": onceStream(`data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\ndata: [DONE]\n\n"),
		"still loading, once": once(func(c *quirkCall) bool {
			return c.refuse(http.StatusServiceUnavailable, `{"error":{"message":"Loading model","type":"unavailable_error","code":503}}`)
		}),
		"named error for a format": {answer: func(c *quirkCall) bool {
			return c.format() != "" && c.stream("event: error\ndata: {\"error\":{\"message\":\"M3: cannot keep to the format\",\"code\":\"json_validate_failed\"}}\n\n")
		}},
		"finish reason error for a format": {answer: func(c *quirkCall) bool {
			return c.format() != "" && c.stream(`data: {"choices":[{"index":0,"delta":{"content":"\""},"finish_reason":null}]}`+"\n\n"+
				`data: {"choices":[{"index":0,"delta":{},"finish_reason":"error"}]}`+"\n\ndata: [DONE]\n\n")
		}},
		"reasoning uses up the tokens": {answer: func(c *quirkCall) bool {
			return c.limit() > 0 && c.limit() < 5000 && c.stream(`data: {"choices":[{"index":0,"delta":{"content":""},"finish_reason":null}]}`+"\n\n"+
				`data: {"choices":[{"index":0,"delta":{},"finish_reason":"length"}],"usage":{"prompt_tokens":900,"completion_tokens":2600,"completion_tokens_details":{"reasoning_tokens":2600}}}`+
				"\n\ndata: [DONE]\n\n")
		}},
		"slow to load": slowToLoad(),
	}
}

// slowToLoad answers nothing for 15 s at first, and starts over if the client leaves before.
func slowToLoad() quirk {
	const load = 15 * time.Second
	loaded := make(chan struct{}, 1)
	return quirk{answer: func(c *quirkCall) bool {
		select {
		case loaded <- struct{}{}: // not loaded: the place in the channel is this call's
			if limiter.Sleep(c.r.Context(), load) != nil {
				<-loaded
				return true
			}
		default:
		}
		return false
	}}
}
