package chat

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// topic is what a refusal is about.
type topic int

const (
	noTopic topic = iota
	aboutContext
	aboutFilter
	aboutFormat
	aboutUsage
	aboutStream
	aboutEffort
	aboutLimit
	aboutTemperature
	aboutSystem
)

// contextSigns mark a prompt that is too long for the model or for what the server allows at a time.
var contextSigns = []string{"context_length", "exceed_context", "context length", "context size", "context window", "maximum context", "max context", "n_ctx",
	"prompt is too long", "input is too long", "prompt too long", "too many tokens", "too many input tokens", "input tokens exceed", "reduce the length", "reduce your message",
	"request too large", "token limit exceeded", "exceeds the maximum number of tokens"}

// filterSigns mark a refusal because of the content.
var filterSigns = []string{"content_filter", "content filter", "content_policy", "content policy", "content management policy", "responsibleai", "responsible ai", "moderation",
	"flagged", "safety system", "prohibited_content", "data_inspection", "inappropriate content", "sensitive content", "sensitive_words"}

// signs are the words by which a refusal of a parameter is recognised, the most exact first. The first one that occurs in the parameter's name decides,
// else the one that stands first in the message.
var signs = []struct {
	about topic
	words []string
}{
	{aboutUsage, []string{"stream_options", "include_usage"}},
	{aboutFormat, []string{"response_format", "response format", "responseformat", "response_schema", "json_schema", "json_object", "json schema", "json mode", "json_validate", "additionalproperties",
		"structured output", "structured_output", "guided_json", "guided decoding", "grammar", "gbnf", "xgrammar", "outlines", "schema", "response_mime_type", "must contain the word 'json'"}},
	{aboutEffort, []string{"reasoning_effort", "reasoning effort", "reasoning.effort", "reasoning", "thinking"}},
	{aboutLimit, []string{"max_completion_tokens", "max_tokens", "max_output_tokens", "max_new_tokens", "maxoutputtokens", "completion tokens", "output tokens", "tokens"}},
	{aboutTemperature, []string{"temperature", "sampling parameter"}},
	{aboutStream, []string{"streaming", "stream"}},
	{aboutSystem, []string{"system role", "role 'system'", "role system", "system message", "system prompt", "system instruction", "developer instruction", "roles must alternate", "messages.0.role", "only user and assistant"}},
}

// about returns what the refusal is about. changed reports of a topic whether the form can still change there; others are skipped.
func (r *refusal) about(changeable func(topic) bool) topic {
	words := strings.ToLower(r.code + " " + r.kind + " " + r.message)
	switch {
	case r.status == http.StatusTooManyRequests && !strings.Contains(words, "request too large"):
		return noTopic
	case r.status == http.StatusRequestEntityTooLarge, containsAny(words, contextSigns):
		return aboutContext
	case containsAny(words, filterSigns):
		return aboutFilter
	}
	for _, s := range signs {
		if r.param != "" && containsAny(r.param, s.words) && changeable(s.about) {
			return s.about
		}
	}
	first, found := len(words), noTopic
	for _, s := range signs {
		for _, word := range s.words {
			if at := strings.Index(words, word); at >= 0 && at < first && changeable(s.about) {
				first, found = at, s.about
			}
		}
	}
	return found
}

func containsAny(s string, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.Contains(s, word) })
}

// changeable reports whether the form has something left to change for a topic.
func (f form) changeable(t topic) bool {
	switch t {
	case aboutFormat:
		return f.format != wordsOnly
	case aboutUsage:
		return !f.noUsage && !f.whole
	case aboutStream:
		return !f.whole
	case aboutEffort:
		return f.effort != ""
	case aboutLimit:
		return f.limit != noLimit
	case aboutTemperature:
		return !f.noTemperature
	case aboutSystem:
		return !f.noSystem
	}
	return false
}

// without returns the form without what the refusal is about, and what changed in words for the operator. room is the limit of tokens that was sent.
func (f form) without(t topic, r *refusal, room int) (form, string) {
	switch t {
	case aboutFormat:
		f.format++
		if f.format == jsonObject {
			return f, "asks for JSON without a schema (response_format json_object)"
		}
		return f, "asks for JSON in words only (no response_format)"
	case aboutUsage:
		f.noUsage = true
		return f, "does not ask for token counts (no stream_options)"
	case aboutStream:
		f.whole = true
		return f, "asks for whole answers instead of a stream"
	case aboutEffort:
		f.effort = lowerEffort(f.effort, r.message)
		if f.effort == "" {
			f.reserve = max(f.reserve, reserveStep)
			return f, "does not choose a reasoning effort (no reasoning_effort)"
		}
		return f, "asks for reasoning_effort " + f.effort
	case aboutLimit:
		return f.otherLimits(r, room)
	case aboutTemperature:
		f.noTemperature = true
		return f, "does not choose a temperature"
	case aboutSystem:
		f.noSystem = true
		return f, "puts the instructions into the user's message (no system message)"
	}
	return f, ""
}

// tooLarge recognises that not the field but its number was refused.
var tooLarge = regexp.MustCompile(`too large|too high|too big|at most|less than|greater than|maximum|exceed|<=|range`)

// leastRoom is the smallest limit of tokens that makes sense for an answer.
const leastRoom = 256

// otherLimits returns the form with a lower limit of tokens, with the other field for it, or without it.
func (f form) otherLimits(r *refusal, room int) (form, string) {
	message := strings.ToLower(r.message)
	unknown := containsAny(message, []string{"unsupported", "not supported", "unknown", "unrecognized", "extra", "forbidden", "not permitted", "use '", "use \"", "instead"})
	if tooLarge.MatchString(message) && !unknown && room > leastRoom {
		f.most = 0
		for _, n := range numbersIn(message) {
			if n < room && n >= leastRoom {
				f.most = max(f.most, n)
			}
		}
		if f.most == 0 {
			f.most = max(room/2, leastRoom)
		}
		return f, "asks for at most " + strconv.Itoa(f.most) + " tokens"
	}
	switch {
	case f.otherLimit:
		f.limit = noLimit
		return f, "does not limit the tokens of an answer"
	case f.limit == maxTokens:
		f.limit = maxCompletionTokens
	default:
		f.limit = maxTokens
	}
	f.otherLimit = true
	return f, "limits the answer with " + f.limit
}

var number = regexp.MustCompile(`\d+`)

func numbersIn(s string) (all []int) {
	for _, digits := range number.FindAllString(s, -1) {
		if n, err := strconv.Atoi(digits); err == nil {
			all = append(all, n)
		}
	}
	return all
}

// efforts are the levels of reasoning, lowest first.
var efforts = []string{"none", "minimal", "low", "medium", "high"}

var quotedWord = regexp.MustCompile("['\"`](none|minimal|low|medium|high)['\"`]")

// lowerEffort returns the lowest level that the server's message names besides the refused one; "" = it names none.
func lowerEffort(refused, message string) string {
	named := map[string]bool{}
	for _, m := range quotedWord.FindAllStringSubmatch(strings.ToLower(message), -1) {
		named[m[1]] = true
	}
	for _, level := range efforts {
		if named[level] && level != refused {
			return level
		}
	}
	return ""
}
