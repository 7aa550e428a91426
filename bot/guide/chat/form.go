package chat

import (
	openai "github.com/sashabaranov/go-openai"
)

// Formats of answers, best first.
const (
	strictSchema = iota // json_schema with strict
	jsonObject          // json_object, with the shape in words
	wordsOnly           // no response_format, with the shape in words
)

// Names of the field that limits the tokens of an answer.
const (
	maxTokens           = "max_tokens"
	maxCompletionTokens = "max_completion_tokens"
	noLimit             = ""
)

// form is how requests are put. It starts with what is best and loses what the server refuses.
type form struct {
	format        int    // strictSchema, jsonObject or wordsOnly
	limit         string // maxTokens, maxCompletionTokens or noLimit
	otherLimit    bool   // the other field was refused before
	effort        string // of reasoning, "" = not sent
	noTemperature bool
	noUsage       bool // without stream_options, so the server may count no tokens
	whole         bool // without streaming
	noSystem      bool // the instructions are the beginning of the user's message
	reserve       int  // tokens for hidden reasoning, besides the text
	most          int  // most tokens of an answer that the server allows; 0 = unknown
}

// firstForm returns the form for a model of which nothing is known but its name.
func firstForm(model, reasoning string) form {
	family := familyOf(model)
	f := form{limit: maxTokens, effort: family.effort(reasoning)}
	f.reserve = family.reserve(f.effort)
	if family.openAI {
		f.limit = maxCompletionTokens
	}
	return f
}

// plainest returns the form that every server must accept.
func (f form) plainest() form {
	return form{format: wordsOnly, limit: maxTokens, noTemperature: true, noUsage: true, reserve: f.reserve, most: f.most}
}

// temperature makes texts a little lively.
const temperature = 0.6

// request builds the request for a prompt.
func (f form) request(model string, p Prompt) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{Model: model, Stream: !f.whole, ReasoningEffort: f.effort, Messages: f.messages(p), ResponseFormat: f.responseFormat(p.Schema)}
	if !f.whole && !f.noUsage {
		req.StreamOptions = &openai.StreamOptions{IncludeUsage: true}
	}
	if !f.noTemperature && familyOf(model).warm(f.effort) {
		req.Temperature = temperature
	}
	room := f.room(p)
	switch f.limit {
	case maxTokens:
		req.MaxTokens = room //nolint:staticcheck // many servers know only this field
	case maxCompletionTokens:
		req.MaxCompletionTokens = room
	}
	return req
}

// room returns the most tokens of an answer.
func (f form) room(p Prompt) int {
	room := p.Room + f.reserve
	if f.most > 0 {
		room = min(room, f.most)
	}
	return room
}

// messages returns the messages of a prompt, with the shape of the answer in words unless the schema is sent.
func (f form) messages(p Prompt) []openai.ChatCompletionMessage {
	system := p.System
	if f.format != strictSchema {
		system += "\n\n" + p.Schema.Words
	}
	if f.noSystem {
		return []openai.ChatCompletionMessage{userMessage(system+"\n\n"+p.User, p.Image)}
	}
	return []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleSystem, Content: system}, userMessage(p.User, p.Image)}
}

// userMessage returns the user's message, with a picture if there is one.
func userMessage(text, image string) openai.ChatCompletionMessage {
	if image == "" {
		return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, Content: text}
	}
	return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser, MultiContent: []openai.ChatMessagePart{
		{Type: openai.ChatMessagePartTypeText, Text: text},
		{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: image, Detail: openai.ImageURLDetailLow}},
	}}
}

// responseFormat returns the request's response_format; nil = none.
func (f form) responseFormat(s Schema) *openai.ChatCompletionResponseFormat {
	switch f.format {
	case strictSchema:
		return &openai.ChatCompletionResponseFormat{
			Type:       openai.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Name: s.Name, Schema: s.JSON, Strict: true},
		}
	case jsonObject:
		return &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONObject}
	}
	return nil
}
