package model

import (
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
	f := familyOf(c.cfg.Model)
	req.ReasoningEffort = f.effort(c.cfg.Reasoning)
	if f.warm(req.ReasoningEffort) {
		req.Temperature = 0.6
	}
	limit += f.reserve(req.ReasoningEffort) // hidden reasoning counts as completion
	if f.openAI {
		req.MaxCompletionTokens = limit
		return req
	}
	req.MaxTokens = limit //nolint:staticcheck // other servers than OpenAI know only this field
	return req
}
