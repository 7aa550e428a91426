package model

import (
	"encoding/json"

	openai "github.com/sashabaranov/go-openai"
)

// Formats of answers, best first. A client starts with the first and falls back to the one that its server supports.
const (
	strictSchema int32 = iota // json_schema with strict
	jsonObject                // json_object, with the shape in the system message
	shapeOnly                 // no response_format, with the shape in the system message
)

// schema is the part of JSON Schema that the answer needs. Models write the fields in this order.
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

// responseFormat returns the request's response_format; nil = none.
func responseFormat(format int32, ids []string) *openai.ChatCompletionResponseFormat {
	switch format {
	case shapeOnly:
		return nil
	case jsonObject:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	no := false
	story := &schema{Type: "object", Required: []string{"place", "text"}, Additional: &no,
		Properties: &properties{Place: &schema{Type: "string", Enum: ids}, Text: &schema{Type: "string"}}}
	root := schema{Type: "object", Required: []string{"stories"}, Additional: &no,
		Properties: &properties{Stories: &schema{Type: "array", Items: story}}}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return &openai.ChatCompletionResponseFormat{
		Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
		JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: "stories", Schema: json.RawMessage(text), Strict: true},
	}
}
