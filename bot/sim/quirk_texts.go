package sim

import "strings"

// quirksOfTexts are servers or models that put something else than the JSON into the text of the answer.
func quirksOfTexts() map[string]quirk {
	before := func(prefix func(c *quirkCall) string) quirk {
		return quirk{content: func(c *quirkCall, piece string) string {
			if c.text.Len() == 0 {
				return prefix(c) + piece
			}
			return piece
		}}
	}
	draft := func(c *quirkCall) string {
		return `{"stories":[{"place":"` + c.place() + `","text":"` + DraftText + `"}]}`
	}
	return map[string]quirk{
		"think block with open JSON":   before(func(*quirkCall) string { return "<think>I begin with {\"stories\": [ and so on</think>\n\n" }),
		"think block with a draft":     before(func(c *quirkCall) string { return "<think>" + draft(c) + "</think>" }),
		"only a closing think tag":     before(func(c *quirkCall) string { return "Let me see. " + draft(c) + " No.\n</think>\n\n" }),
		"closing tag after JSON alone": before(func(c *quirkCall) string { return draft(c) + "</think>" }),
		"think block of Magistral":     before(func(c *quirkCall) string { return "[THINK]" + draft(c) + "[/THINK]" }),
		"channels of harmony": before(func(c *quirkCall) string {
			return "<|channel|>analysis<|message|>" + draft(c) + "<|end|><|start|>assistant<|channel|>final<|message|>"
		}),
		"prose and a fence": {
			content: func(c *quirkCall, piece string) string {
				if c.text.Len() == 0 {
					return "Sure! Here [as asked] are the stories {in JSON}:\n\n```json\n" + piece
				}
				return piece
			},
			event: func(c *quirkCall, e map[string]any) {
				if choice := choiceOf(e); choice["finish_reason"] == "stop" {
					choice["delta"] = map[string]any{"content": "\n```\nEnjoy!"}
				}
			},
		},
		"raw line ends in strings": {content: func(_ *quirkCall, piece string) string { return strings.ReplaceAll(piece, ". ", ".\n") }},
		"trailing commas": {content: func(_ *quirkCall, piece string) string {
			return strings.ReplaceAll(strings.ReplaceAll(piece, `"}`, `",}`), "]}", ",]}")
		}},
		"unknown escapes": {content: func(_ *quirkCall, piece string) string { return strings.ReplaceAll(piece, ".", `\.`) }},
		"one object around": {
			content: func(c *quirkCall, piece string) string {
				if c.text.Len() == 0 {
					return `{"result": ` + piece
				}
				return piece
			},
			event: func(_ *quirkCall, e map[string]any) {
				if choice := choiceOf(e); choice["finish_reason"] == "stop" {
					choice["delta"] = map[string]any{"content": "}"}
				}
			},
		},
	}
}

// DraftText is the text of stories inside thoughts. It passes every check, and nobody may ever read it.
const DraftText = "This draft was thought and never meant to be told. The tower was built by a rich merchant who had never climbed a stair in his life, and its bells are kept in the yard. " +
	"The clock came from a railway station and is still there for everybody to see."

// place returns the first place that the request asks about.
func (c *quirkCall) place() string {
	_, after, _ := strings.Cut(c.raw, `{\"id\":\"`)
	id, _, _ := strings.Cut(after, `\"`)
	return id
}
