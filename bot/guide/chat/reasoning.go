package chat

import (
	"slices"
	"strconv"
	"strings"
)

// Values of Config.Reasoning besides the efforts themselves ("none", "minimal", "low", "medium", "high").
const (
	ReasoningAuto = "auto" // the lowest effort that the model's family accepts; nothing for models of an unknown family
	ReasoningOff  = "off"  // reasoning_effort is never sent
)

// family holds what is known about the models of a name before the first call.
type family struct {
	openAI bool   // takes max_completion_tokens instead of max_tokens
	lowest string // the lowest reasoning effort that it accepts; "" = none is known to be accepted
	// warmth reports whether temperature is accepted while the effort is "none". With any other effort it is refused.
	warmth bool
}

// familyOf returns the family of a model. Resellers write "openai/gpt-6-luna".
func familyOf(model string) family {
	name := strings.ToLower(model[strings.LastIndexByte(model, '/')+1:])
	fixed := slices.ContainsFunc([]string{"-chat", "-pro", "-codex", "-deep-research"}, func(kind string) bool { return strings.Contains(name, kind) })
	switch {
	case strings.HasPrefix(name, "gpt-oss"):
		return family{lowest: "low"}
	case strings.HasPrefix(name, "o1"), strings.HasPrefix(name, "o3"), strings.HasPrefix(name, "o4"):
		if fixed {
			return family{openAI: true}
		}
		return family{openAI: true, lowest: "low"}
	}
	generation, ok := gptGeneration(name)
	switch {
	case !ok || generation < 5:
		return family{}
	case fixed:
		return family{openAI: true}
	case generation < 5.1:
		return family{openAI: true, lowest: "minimal"}
	case generation < 6:
		return family{openAI: true, lowest: "none"}
	case strings.HasPrefix(name, "gpt-6-astra"), strings.HasPrefix(name, "gpt-6.1-sol"):
		return family{openAI: true, lowest: "low"}
	}
	return family{openAI: true, lowest: "none", warmth: true}
}

// gptGeneration returns the number in "gpt-5.1-mini".
func gptGeneration(name string) (float64, bool) {
	rest, ok := strings.CutPrefix(name, "gpt-")
	number, _, _ := strings.Cut(rest, "-")
	generation, err := strconv.ParseFloat(number, 64)
	return generation, ok && err == nil
}

// effort returns the reasoning_effort of a request by the setting; "" = it is not sent.
func (f family) effort(setting string) string {
	switch setting {
	case ReasoningOff:
		return ""
	case ReasoningAuto, "":
		return f.lowest
	case "none", "minimal":
		// OpenAI's models accept one of the two at most.
		if f.openAI && f.lowest != "" {
			return f.lowest
		}
	}
	return setting
}

// reserveStep is the room for hidden reasoning of which nothing is known, in tokens.
const reserveStep = 4000

// reserve returns how many tokens the hidden reasoning may need besides the text.
func (f family) reserve(effort string) int {
	switch effort {
	case "none":
		return 0
	case "medium":
		return 2 * reserveStep
	case "high":
		return 4 * reserveStep
	case "":
		if !f.openAI {
			return 0
		}
	}
	return reserveStep
}

// warm reports whether a request with the effort may have a temperature.
func (f family) warm(effort string) bool {
	if !f.openAI {
		return true
	}
	return f.warmth && effort == "none"
}
