package sim

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// chatRequest is the part of a chat completion request that the server reads.
type chatRequest struct {
	Model         string        `json:"model"`
	Messages      []chatMessage `json:"messages"`
	Stream        bool          `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	MaxTokens           int      `json:"max_tokens"`
	MaxCompletionTokens int      `json:"max_completion_tokens"`
	Temperature         *float64 `json:"temperature"`
	ReasoningEffort     *string  `json:"reasoning_effort"`
	ResponseFormat      struct {
		Type       string `json:"type"`
		JSONSchema *struct {
			Name   string          `json:"name"`
			Strict bool            `json:"strict"`
			Schema json.RawMessage `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
}

// chatMessage is a message of a request. Its content is a text, or a list of texts and a picture.
type chatMessage struct {
	Role    string
	Content string
	Image   string // as a data URL; "" = none
}

// UnmarshalJSON reads both forms of the content.
func (m *chatMessage) UnmarshalJSON(raw []byte) error {
	var in struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	m.Role = in.Role
	if len(in.Content) == 0 || json.Unmarshal(in.Content, &m.Content) == nil {
		return nil
	}
	var parts []struct {
		Text  string `json:"text"`
		Image struct {
			URL string `json:"url"`
		} `json:"image_url"`
	}
	if err := json.Unmarshal(in.Content, &parts); err != nil {
		return err
	}
	for _, p := range parts {
		m.Content += p.Text
		m.Image += p.Image.URL
	}
	return nil
}

// validate returns OpenAI's error for an invalid request; nil = valid.
func (q *chatRequest) validate(noSchema bool) *modelError {
	bad := func(param, format string, args ...any) *modelError {
		return &modelError{Status: http.StatusBadRequest, Type: "invalid_request_error", Param: param, Message: fmt.Sprintf(format, args...)}
	}
	switch {
	case q.Model == "":
		return bad("", "you must provide a model parameter")
	case len(q.Messages) == 0:
		return bad("messages", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	case q.StreamOptions != nil && !q.Stream:
		return bad("stream_options", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	case q.MaxTokens > 0 && q.MaxCompletionTokens > 0:
		return bad("", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	case reasons(q.Model) && q.MaxTokens > 0:
		e := bad("max_tokens", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
		e.Code = "unsupported_parameter"
		return e
	case q.ReasoningEffort != nil && !slices.Contains(efforts(q.Model), *q.ReasoningEffort):
		e := bad("reasoning_effort", "Unsupported value: 'reasoning_effort' does not support '%s' with this model. Supported values are: '%s'.",
			*q.ReasoningEffort, strings.Join(efforts(q.Model), "', '"))
		e.Code = "unsupported_value"
		return e
	case reasons(q.Model) && q.Temperature != nil && *q.Temperature != 1 && (q.ReasoningEffort == nil || *q.ReasoningEffort != "none"):
		e := bad("temperature", "Unsupported value: 'temperature' does not support %v with this model. Only the default (1) value is supported.", *q.Temperature)
		e.Code = "unsupported_value"
		return e
	}
	for _, msg := range q.Messages {
		if !slices.Contains([]string{"system", "developer", "user", "assistant", "tool"}, msg.Role) {
			return bad("messages", "Invalid value: '%s'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", msg.Role)
		}
	}
	format := q.ResponseFormat
	switch format.Type {
	case "", "text":
		return nil
	case "json_object":
		for _, msg := range q.Messages {
			if strings.Contains(strings.ToLower(msg.Content), "json") {
				return nil
			}
		}
		return bad("messages", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
	case "json_schema":
		if noSchema {
			return bad("response_format", "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.")
		}
		if format.JSONSchema == nil || format.JSONSchema.Name == "" {
			return bad("response_format.json_schema", "Missing required parameter: 'response_format.json_schema'.")
		}
		if !format.JSONSchema.Strict {
			return nil
		}
		if fault := strictFault(format.JSONSchema.Schema, nil); fault != "" {
			return bad("response_format", "Invalid schema for response_format '%s': %s", format.JSONSchema.Name, fault)
		}
		return nil
	default:
		return bad("response_format.type", "Invalid value: '%s'. Supported values are: 'json_object', 'json_schema', and 'text'.", format.Type)
	}
}

// reasons reports whether the model belongs to a family that reasons before it answers.
func reasons(model string) bool {
	for _, prefix := range []string{"gpt-5", "gpt-6", "o1", "o3", "o4"} {
		if strings.HasPrefix(model, prefix) {
			return true
		}
	}
	return false
}

// efforts returns the values of reasoning_effort that the model accepts.
func efforts(model string) []string {
	all := []string{"none", "minimal", "low", "medium", "high"}
	switch {
	case strings.HasPrefix(model, "gpt-6-luna"), strings.HasPrefix(model, "gpt-6-sol"):
		return []string{"none", "low", "medium", "high", "xhigh", "max"}
	case strings.HasPrefix(model, "gpt-6"):
		return []string{"low", "medium", "high", "xhigh", "max"}
	case model == "gpt-5" || strings.HasPrefix(model, "gpt-5-"):
		return []string{"minimal", "low", "medium", "high"}
	case reasons(model) && !strings.HasPrefix(model, "gpt-"):
		return []string{"low", "medium", "high"}
	}
	return all
}

// schema is the part of a JSON Schema that strict mode checks.
type schema struct {
	Type                 string                     `json:"type"`
	Properties           map[string]json.RawMessage `json:"properties"`
	Required             []string                   `json:"required"`
	AdditionalProperties any                        `json:"additionalProperties"`
	Items                json.RawMessage            `json:"items"`
	Enum                 []string                   `json:"enum"`
}

// strictFault returns OpenAI's error for a schema that strict mode does not allow, "" = allowed. The root must be an object, and
// every object must require all its properties and forbid others.
func strictFault(raw json.RawMessage, path []string) string {
	context := "In context=(" + pythonTuple(path) + "), "
	var s schema
	if err := json.Unmarshal(raw, &s); err != nil || s.Type == "" {
		return context + "schema must have a 'type' key."
	}
	if len(path) == 0 && s.Type != "object" {
		return `schema must be a JSON Schema of 'type: "object"', got 'type: "` + s.Type + `"'.`
	}
	switch s.Type {
	case "object":
		if s.AdditionalProperties != false {
			return context + "'additionalProperties' is required to be supplied and to be false."
		}
		names := make([]string, 0, len(s.Properties))
		for name := range s.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !slices.Contains(s.Required, name) {
				return context + "'required' is required to be supplied and to be an array including every key in properties. Missing '" + name + "'."
			}
			if fault := strictFault(s.Properties[name], append(path[:len(path):len(path)], "properties", name)); fault != "" {
				return fault
			}
		}
	case "array":
		if len(s.Items) == 0 {
			return context + "array schema missing items."
		}
		return strictFault(s.Items, append(path[:len(path):len(path)], "items"))
	}
	return ""
}

func pythonTuple(path []string) string {
	quoted := make([]string, len(path))
	for i, p := range path {
		quoted[i] = "'" + p + "'"
	}
	return strings.Join(quoted, ", ")
}

// enum returns the first enum in the schema, which lists the ids of places; nil = there is none.
func (q *chatRequest) enum() []string {
	if q.ResponseFormat.JSONSchema == nil {
		return nil
	}
	return findEnum(q.ResponseFormat.JSONSchema.Schema)
}

func findEnum(raw json.RawMessage) []string {
	var s schema
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	if len(s.Enum) > 0 {
		return s.Enum
	}
	if len(s.Items) > 0 {
		return findEnum(s.Items)
	}
	for _, property := range s.Properties {
		if found := findEnum(property); found != nil {
			return found
		}
	}
	return nil
}

// candidate is a place in the prompt.
type candidate struct {
	ID       string `json:"id"`
	Title    string `json:"title"`
	Language string `json:"language"`
	Extract  string `json:"extract"`
	// Told are texts that must not be repeated.
	Told []string `json:"told"`
}

// data reads the JSON object in the user's message into v, and returns that message. Without an object, v stays as it is.
func (q *chatRequest) data(v any) (from chatMessage) {
	for _, msg := range q.Messages {
		if start := strings.IndexByte(msg.Content, '{'); msg.Role == "user" && start >= 0 {
			_ = json.NewDecoder(strings.NewReader(msg.Content[start:])).Decode(v) // a broken object is none
			from = msg
		}
	}
	return from
}

// task is the data of the prompt.
type task struct {
	Language string      `json:"language"` // English name
	Length   string      `json:"length"`   // "60-80 words" or "120-160 characters"
	Places   []candidate `json:"places"`
}

// task reads the data from the last user message, with the places that the schema allows.
func (q *chatRequest) task() task {
	var t task
	for _, msg := range slices.Backward(q.Messages) {
		if msg.Role != "user" {
			continue
		}
		// The data may follow the instructions, after an empty line.
		start := strings.LastIndex("\n\n"+msg.Content, "\n\n{")
		if start < 0 {
			start = max(0, strings.IndexByte(msg.Content, '{'))
		}
		if json.NewDecoder(strings.NewReader(msg.Content[start:])).Decode(&t) == nil {
			break
		}
	}
	if ids := q.enum(); ids != nil {
		known := t.Places
		t.Places = nil
		for _, id := range ids {
			i := slices.IndexFunc(known, func(c candidate) bool { return c.ID == id })
			if i < 0 {
				t.Places = append(t.Places, candidate{ID: id})
				continue
			}
			t.Places = append(t.Places, known[i])
		}
	}
	return t
}

// maxModelRequest bounds a request's body in bytes.
const maxModelRequest = 3 << 20
