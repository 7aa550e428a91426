package chat

import (
	"bytes"
	"strconv"
	"strings"
)

// event is what is needed of one event of a stream, or of a whole answer: JSON values that are not decoded. All other fields may have any type.
type event struct {
	choices, usage, failure []byte
	kind, object, detail    []byte
}

// decodeEvent fills ev from the data of an event. It returns errIncomplete if the data is no JSON object. A list of one event is taken for that event.
func decodeEvent(data []byte, ev *event) error {
	*ev = event{}
	if !isWhole(data) {
		return errIncomplete
	}
	if data[0] == '[' {
		list := fieldsOf(data)
		if _, data, _ = list.next(); len(data) == 0 || data[0] != '{' {
			return nil
		}
	}
	all := fieldsOf(data)
	for key, value, ok := all.next(); ok; key, value, ok = all.next() {
		switch string(key) {
		case "choices":
			ev.choices = value
		case "usage":
			ev.usage = value
		case "error":
			ev.failure = value
		case "object":
			ev.object = value
		case "type":
			ev.kind = value
		case "detail":
			ev.detail = value
		}
	}
	return nil
}

// error returns the error object of the event; nil = there is none.
func (ev *event) error(name string, data []byte) []byte {
	if present(ev.failure) {
		return ev.failure
	}
	// From servers that put the fields of an error at the top.
	if !present(ev.choices) && (name == "error" || string(ev.object) == `"error"` || string(ev.kind) == `"error"` || present(ev.detail)) {
		return data
	}
	return nil
}

// present reports whether a value says something.
func present(value []byte) bool {
	switch string(value) {
	case "", "null", "false", `""`, "{}", "[]":
		return false
	}
	return true
}

// choice is one of the answers in an event.
type choice struct {
	index   int
	content string
	refusal bool
	finish  string
	// thoughts counts the bytes of hidden reasoning.
	thoughts int
	failure  []byte
}

// decodeChoice reads a choice. Its text is in "delta", or in "message" of an answer that is not streamed. Servers name the hidden reasoning in different
// ways.
func decodeChoice(value []byte) (c choice) {
	all := fieldsOf(value)
	for key, value, ok := all.next(); ok; key, value, ok = all.next() {
		switch string(key) {
		case "index":
			c.index = numberOf(value)
		case "finish_reason":
			c.finish, _ = textOf(value, 0)
		case "error":
			c.failure = value
		case "delta", "message":
			c.decodeDelta(value)
		}
	}
	return c
}

func (c *choice) decodeDelta(value []byte) {
	delta := fieldsOf(value)
	for key, value, ok := delta.next(); ok; key, value, ok = delta.next() {
		switch string(key) {
		case "content":
			text, thoughts := textOf(value, 0)
			c.content += text
			c.thoughts += thoughts
		case "refusal":
			c.refusal = present(value)
		case "reasoning", "reasoning_content", "reasoning_details", "thinking":
			if present(value) {
				c.thoughts += len(value) - 2
			}
		}
	}
}

// textOf returns the text of a value: a string, a number, an object with a text, or a list of them. thoughts counts the bytes of the parts that are
// hidden reasoning.
func textOf(value []byte, depth int) (text string, thoughts int) {
	const maxDepth = 4
	if len(value) == 0 || depth > maxDepth {
		return "", 0
	}
	switch value[0] {
	case '"':
		return unquote(value), 0
	case '[':
		list := fieldsOf(value)
		for _, one, ok := list.next(); ok; _, one, ok = list.next() {
			t, n := textOf(one, depth+1)
			text += t
			thoughts += n
		}
		return text, thoughts
	case '{':
		var kind, inner []byte
		part := fieldsOf(value)
		for key, one, ok := part.next(); ok; key, one, ok = part.next() {
			switch string(key) {
			case "type":
				kind = one
			case "text":
				inner = one
			}
		}
		switch unquote(kind) {
		case "", "text", "output_text":
			return textOf(inner, depth+1)
		}
		return "", len(value)
	case 'n', 't', 'f', 'N': // null, true, false, NaN
		return "", 0
	}
	return string(value), 0
}

// usage holds the token counts of a call.
type usage struct{ prompt, completion int }

func decodeUsage(value []byte) (u usage) {
	all := fieldsOf(value)
	for key, value, ok := all.next(); ok; key, value, ok = all.next() {
		switch string(key) {
		case "prompt_tokens", "input_tokens":
			u.prompt = max(u.prompt, numberOf(value))
		case "completion_tokens", "output_tokens":
			u.completion = max(u.completion, numberOf(value))
		}
	}
	return u
}

// numberOf returns a number that servers also send as a fraction or as text; 0 for what is none.
func numberOf(value []byte) int {
	if len(value) == 1 && value[0] >= '0' && value[0] <= '9' { // the index of nearly every choice
		return int(value[0] - '0')
	}
	n, err := strconv.ParseFloat(strings.Trim(string(value), `"`), 64)
	if err != nil || !(n >= 0 && n < 1e9) {
		return 0
	}
	return int(n)
}

// isDone reports whether data is the mark at the end of a stream.
func isDone(data []byte) bool { return bytes.Equal(data, []byte("[DONE]")) }
