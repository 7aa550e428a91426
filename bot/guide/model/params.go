package model

import (
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// completionRequest builds the request for an answer in the format.
func (c *Client) completionRequest(ans *answer, format int32) openai.ChatCompletionRequest {
	req := openai.ChatCompletionRequest{
		Model: c.cfg.Model,
		Messages: []openai.ChatCompletionMessage{
			{Role: openai.ChatMessageRoleSystem, Content: systemMessage(ans.language, ans.long, format != strictSchema)},
			{Role: openai.ChatMessageRoleUser, Content: ans.data},
		},
		Stream:         true,
		StreamOptions:  &openai.StreamOptions{IncludeUsage: true},
		ResponseFormat: responseFormat(format, ans.ids),
	}
	// Non-Latin scripts need up to four tokens a word. Twice that stops only a model that does not end.
	perStory := 600
	if ans.long {
		perStory = 1000
	}
	limit := 200 + perStory*len(ans.ids)
	if !reasons(c.cfg.Model) {
		req.Temperature = 0.6
		req.MaxTokens = limit //nolint:staticcheck // other servers than OpenAI know only this field
		return req
	}
	// Reasoning models refuse max_tokens and temperature, and count their hidden reasoning as completion.
	req.MaxCompletionTokens = limit + 4000
	if !slices.ContainsFunc([]string{"-chat", "-pro", "-codex"}, func(kind string) bool { return strings.Contains(c.cfg.Model, kind) }) {
		req.ReasoningEffort = openai.ReasoningEffortLow
	}
	return req
}

// reasons reports whether a model belongs to a family that reasons before it answers: gpt-5 and later, o1, o3, o4.
func reasons(model string) bool {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:]) // resellers write "openai/gpt-5-mini"
	for _, family := range []string{"gpt-5", "gpt-6", "o1", "o3", "o4"} {
		if strings.HasPrefix(name, family) {
			return true
		}
	}
	return false
}
