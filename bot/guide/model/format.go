package model

import (
	"encoding/json"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// The formats of answers, best first. A client begins with the first and remembers for its life which one its server takes.
const (
	bySchema int32 = iota // strict json_schema
	byObject              // json_object, the shape in words
	byWords               // no response_format, the shape in words
)

// schema names the part of JSON schema that the answer needs. Fields are in the order in which models write them.
type schema struct {
	Type       string      `json:"type"`
	Properties *properties `json:"properties,omitempty"`
	Items      *schema     `json:"items,omitempty"`
	Enum       []string    `json:"enum,omitempty"`
	Required   []string    `json:"required,omitempty"`
	Additional *bool       `json:"additionalProperties,omitempty"`
}

type properties struct {
	Stories *schema `json:"stories,omitempty"`
	Place   *schema `json:"place,omitempty"`
	Text    *schema `json:"text,omitempty"`
}

// responseFormat is what the request says about the answer's format; nil = nothing.
func responseFormat(format int32, ids []string) *openai.ChatCompletionResponseFormat {
	switch format {
	case byWords:
		return nil
	case byObject:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	no := false
	story := &schema{Type: "object", Required: []string{"place", "text"}, Additional: &no,
		Properties: &properties{Place: &schema{Type: "string", Enum: ids}, Text: &schema{Type: "string"}}}
	root := schema{Type: "object", Required: []string{"stories"}, Additional: &no,
		Properties: &properties{Stories: &schema{Type: "array", Items: story}}}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // strings alone cannot fail
	}
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "stories", Schema: json.RawMessage(text), Strict: true},
	}
}

// request builds the call for an answer in the format.
func (c *Client) request(ans *answer, format int32) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{
		Model: c.cfg.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: system(ans.language, ans.long, format != bySchema)},
			{Role: openai.ChatMessageRoleUser, Content: ans.data},
		},
		Stream:         true,
		StreamOptions:  &openai.StreamOptions{IncludeUsage: true},
		ResponseFormat: responseFormat(format, ans.ids),
	}
	// Scripts other than Latin take up to four tokens a word; the double of that stops only a model that runs away.
	perStory := 600
	if ans.long {
		perStory = 1000
	}
	limit := 200 + perStory*len(ans.ids)
	if !reasons(c.cfg.Model) {
		req.Temperature = 0.6
		req.MaxTokens = limit //nolint:staticcheck // servers other than OpenAI know only this name
		return req
	}
	// These refuse max_tokens and temperature; their hidden reasoning counts as completion.
	req.MaxCompletionTokens = limit + 4000
	if !slices.ContainsFunc([]string{"-chat", "-pro", "-codex"}, func(kind string) bool { return strings.Contains(c.cfg.Model, kind) }) {
		req.ReasoningEffort = openai.ReasoningEffortLow
	}
	return req
}

// reasons says whether a model's name is of a family that reasons before it answers: gpt-5 and later, o1, o3, o4.
func reasons(model string) bool {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:]) // "openai/gpt-5-mini" at a reseller
	for _, family := range []string{"gpt-5", "gpt-6", "o1", "o3", "o4"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}
