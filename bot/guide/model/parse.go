package model

import (
	"encoding/json"
	"errors"
)

// Bounds of an answer: its bytes, and how deep its JSON may nest.
const (
	maxAnswer = 64 << 10
	maxDepth  = 16
)

var (
	errTooLong = errors.New("answer over 64 KiB")
	errTooDeep = errors.New("answer nests too deep")
)

// parser finds the stories in a JSON answer that arrives in pieces cut anywhere. What stands outside of braces and
// brackets (prose, code fences) is passed over, as are unknown fields. Each byte is looked at once.
type parser struct {
	buf    []byte
	at     int    // bytes of buf that were looked at
	open   []byte // the brackets not yet closed, outermost first
	starts [maxDepth]int
	quoted bool // inside a string
	escape bool // after a backslash in it
	found  int  // stories given out
}

// draft is a story as the model wrote it.
type draft struct {
	Place *string `json:"place"`
	Text  *string `json:"text"`
}

// feed takes the next piece and calls each for every story that it completes. After an error no more pieces may follow.
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

// close ends the innermost bracket; one that does not match is passed over.
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

// storyPosition says whether an object just closed may be a story: alone, in a list, or in the list of an object.
func (p *parser) storyPosition() bool {
	switch string(p.open) {
	case "", "[", "{[":
		return true
	}
	return false
}

// whole says whether every bracket was closed and something was found.
func (p *parser) whole() bool { return len(p.open) == 0 && p.found > 0 }

// emptyList says whether the answer is what was asked for, with no stories in it.
func (p *parser) emptyList() bool {
	var a struct{ Stories []json.RawMessage }
	return json.Unmarshal(p.buf, &a) == nil && a.Stories != nil && len(a.Stories) == 0
}
