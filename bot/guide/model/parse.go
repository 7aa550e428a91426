package model

import (
	"encoding/json"
	"errors"
)

// Bounds of an answer: its bytes, and the depth of its JSON.
const (
	maxAnswer = 64 << 10
	maxDepth  = 16
)

var (
	errTooLong = errors.New("answer over 64 KiB")
	errTooDeep = errors.New("answer nests too deep")
)

// parser finds the stories in a JSON answer that arrives in pieces, which may be cut anywhere. It skips everything outside of braces and brackets
// (prose, code fences) and unknown fields. It reads each byte once.
type parser struct {
	buf    []byte
	at     int    // bytes of buf that were read
	open   []byte // the brackets that are not closed yet, outermost first
	starts [maxDepth]int
	quoted bool // inside a string
	escape bool // after a backslash in it
	found  int  // stories passed on
}

// draft is a story as the model wrote it.
type draft struct {
	Place *string `json:"place"`
	Text  *string `json:"text"`
}

// feed reads the next piece and calls each for every story that it completes. After an error, do not call feed again.
func (p *parser) feed(piece string, each func(place, text string)) error {
	if len(p.buf)+len(piece) > maxAnswer {
		return errTooLong
	}
	p.buf = append(p.buf, piece...)
	for ; p.at < len(p.buf); p.at++ {
		b := p.buf[p.at]
		switch {
		case p.escape:
			p.escape = false
		case p.quoted:
			p.escape = b == '\\'
			p.quoted = b != '"'
		case b == '"':
			p.quoted = len(p.open) > 0 // a quotation mark in prose opens nothing
		case b == '{' || b == '[':
			if len(p.open) == maxDepth {
				return errTooDeep
			}
			p.starts[len(p.open)] = p.at
			p.open = append(p.open, b)
		case b == '}' || b == ']':
			p.close(b, each)
		}
	}
	return nil
}

// close ends the innermost bracket. It skips a bracket that does not match.
func (p *parser) close(b byte, each func(place, text string)) {
	n := len(p.open) - 1
	if n < 0 || p.open[n] != b-2 { // in ASCII each closing bracket is two after its opening one
		return
	}
	p.open = p.open[:n]
	if b != '}' || !p.storyPosition() {
		return
	}
	var d draft
	if err := json.Unmarshal(p.buf[p.starts[n]:p.at+1], &d); err != nil || d.Place == nil || d.Text == nil {
		return
	}
	p.found++
	each(*d.Place, *d.Text)
}

// storyPosition reports whether the object that was just closed may be a story: alone, in a list, or in a list that is a field of an object.
func (p *parser) storyPosition() bool {
	switch string(p.open) {
	case "", "[", "{[":
		return true
	}
	return false
}

// complete reports whether every bracket was closed and a story was found.
func (p *parser) complete() bool { return len(p.open) == 0 && p.found > 0 }

// emptyList reports whether the answer has the right shape but no stories.
func (p *parser) emptyList() bool {
	var a struct{ Stories []json.RawMessage }
	return json.Unmarshal(p.buf, &a) == nil && a.Stories != nil && len(a.Stories) == 0
}
