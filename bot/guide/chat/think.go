package chat

import (
	"errors"
	"strings"
)

// maxHeld bounds in bytes the text that is held back until it is clear whether it was thinking.
const maxHeld = 256 << 10

var errHeld = errors.New("over 256 KiB before the end of the thinking")

// thinking tells whether a model is known to write down its thoughts in its answers.
type thinking int

const (
	thinkUnknown thinking = iota
	thinkNever            // it answered without
	thinkTags             // it answered with a closing tag
)

// thinkTag is a pair of marks around thoughts. A chat template often writes the opening one itself, so that only the closing one is in the answer.
type thinkTag struct{ open, close string }

// thinkTags are compared without regard to case.
var tagsOfThinking = []thinkTag{
	{"<think>", "</think>"},
	{"<thinking>", "</thinking>"},
	{"<thought>", "</thought>"},
	{"<thoughts>", "</thoughts>"},
	{"<reasoning>", "</reasoning>"},
	{"<reflection>", "</reflection>"},
	{"<seed:think>", "</seed:think>"},
	{"[think]", "[/think]"},
	{"◁think▷", "◁/think▷"},
	{"<|start_thinking|>", "<|end_thinking|>"},
	{"<|begin_of_thought|>", "<|end_of_thought|>"},
	{"<|channel|>analysis", "<|channel|>final<|message|>"},
	{"<|channel>thought", "<channel|>"},
	{"<unused94>", "<unused95>"},
}

// longestTag bounds what is kept of a piece that may end inside a tag.
const longestTag = len("<|channel|>final<|message|>")

// thinkFilter removes thoughts from an answer that arrives in pieces. What stands in front of a closing tag without an opening one is thinking too, so
// until a model is known to write no tags, nothing is passed on before a closing tag or the end.
type thinkFilter struct {
	known thinking

	inside bool   // after an opening tag
	closed bool   // a closing tag was there
	rest   string // the end of the last piece, which may be the beginning of a tag
	held   []byte // what may turn out to be thoughts
	hidden int    // bytes removed
}

// feed returns what can be passed on after the next piece.
func (f *thinkFilter) feed(piece string) (string, error) {
	if f.rest != "" {
		piece, f.rest = f.rest+piece, ""
	}
	if !f.inside && !mayHoldTag(piece) { // nearly every piece
		return f.pass(piece)
	}
	var out strings.Builder
	for piece != "" {
		at, size, closing := findTag(piece)
		if at < 0 { // no tag, but perhaps the beginning of one
			cut := partialTag(piece)
			piece, f.rest = piece[:cut], piece[cut:]
			at, size = len(piece), 0
		}
		if f.inside {
			f.hidden += at
		} else {
			passed, err := f.pass(piece[:at])
			if err != nil {
				return "", err
			}
			out.WriteString(passed)
		}
		if size > 0 {
			f.turn(closing)
		}
		piece = piece[at+size:]
	}
	return out.String(), nil
}

// tagBytes are the first bytes of tags.
const tagBytes = "<[\xe2"

// mayHoldTag reports whether a tag can begin in s.
func mayHoldTag(s string) bool {
	return strings.IndexByte(s, tagBytes[0]) >= 0 || strings.IndexByte(s, tagBytes[1]) >= 0 || strings.IndexByte(s, tagBytes[2]) >= 0
}

// turn handles a tag.
func (f *thinkFilter) turn(closing bool) {
	f.inside = !closing
	if closing {
		f.closed = true
		f.hidden += len(f.held)
		f.held = nil
	}
}

// pass passes text on, or holds it back while it may be thoughts.
func (f *thinkFilter) pass(piece string) (string, error) {
	if f.closed || f.known == thinkNever {
		return piece, nil
	}
	if len(f.held)+len(piece) > maxHeld {
		return "", errHeld
	}
	f.held = append(f.held, piece...)
	return "", nil
}

// end returns what was held back when the answer is over. An opening tag that was never closed hides everything after it.
func (f *thinkFilter) end() string {
	text := string(f.held)
	if !f.inside {
		text += f.rest
	}
	f.held, f.rest = nil, ""
	return text
}

// learnt returns what an answer that is over says about the model.
func (f *thinkFilter) learnt() thinking {
	switch {
	case f.closed || f.inside:
		return thinkTags
	case f.known == thinkTags: // a model that can think may do so again
		return thinkTags
	}
	return thinkNever
}

// findTag returns the place, the size and the kind of the first tag; -1 = there is none.
func findTag(s string) (at, size int, closing bool) {
	for i := range len(s) {
		if strings.IndexByte(tagBytes, s[i]) < 0 {
			continue
		}
		for _, tag := range tagsOfThinking {
			// The closing tag first: it may begin like the opening one.
			if hasPrefixFold(s[i:], tag.close) {
				return i, len(tag.close), true
			}
			if hasPrefixFold(s[i:], tag.open) {
				return i, len(tag.open), false
			}
		}
	}
	return -1, 0, false
}

// partialTag returns where the beginning of a tag stands at the end of s; len(s) = nowhere.
func partialTag(s string) int {
	for i := max(0, len(s)-longestTag+1); i < len(s); i++ {
		if strings.IndexByte(tagBytes, s[i]) < 0 {
			continue
		}
		for _, tag := range tagsOfThinking {
			if hasPrefixFold(tag.open, s[i:]) || hasPrefixFold(tag.close, s[i:]) {
				return i
			}
		}
	}
	return len(s)
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
