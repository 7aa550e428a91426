package model

import (
	"encoding/json"

	"excursobot/bot/guide/chat"
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
	Quotes  *schema `json:"quotes,omitempty"`
	Text    *schema `json:"text,omitempty"`
}

// storySchema returns the shape of an answer about the places.
func storySchema(ids []string) chat.Schema {
	no := false
	story := &schema{Type: "object", Required: []string{"place", "quotes", "text"}, Additional: &no,
		Properties: &properties{Place: &schema{Type: "string", Enum: ids}, Quotes: &schema{Type: "array", Items: &schema{Type: "string"}}, Text: &schema{Type: "string"}}}
	root := schema{Type: "object", Required: []string{"stories"}, Additional: &no,
		Properties: &properties{Stories: &schema{Type: "array", Items: story}}}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return chat.Schema{Name: "stories", JSON: text, Words: shape}
}
