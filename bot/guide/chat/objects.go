package chat

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

// objects finds the objects of a JSON answer that arrives in pieces, which may be cut anywhere. It skips prose, code fences and everything else outside
// of braces and brackets, and mends line ends inside strings, commas before a closing bracket and unknown escapes. It reads each byte once.
type objects struct {
	// each is called for every object that is closed at a place where an answer or an entry of its list can be. It reports whether the object is one
	// that was asked for. It may not keep raw.
	each func(raw []byte) bool

	buf    []byte
	at     int    // bytes of buf that were read
	open   []byte // the brackets that are not closed yet, outermost first
	starts [maxDepth]int
	fresh  bool // nothing followed the outermost bracket yet: it may be a bracket in prose
	quoted bool // inside a string
	escape bool // after a backslash in it
	comma  int  // where a comma stands that nothing followed yet; -1 = nowhere
	found  int  // objects that were asked for
	roots  int  // outermost values that were closed
	root   []byte
}

// feed reads the next piece. After an error, do not call feed again.
func (o *objects) feed(piece string) error {
	if len(o.buf)+len(piece) > maxAnswer {
		return errTooLong
	}
	o.buf = append(o.buf, piece...)
	for ; o.at < len(o.buf); o.at++ {
		if err := o.read(o.buf[o.at]); err != nil {
			return err
		}
	}
	return nil
}

// read reads one byte.
func (o *objects) read(b byte) error {
	if o.quoted {
		o.inString(b)
		return nil
	}
	if b == ' ' || b == '\n' || b == '\t' || b == '\r' {
		return nil
	}
	if o.fresh {
		o.fresh = false
		if b != '"' && b != '{' && b != '[' && b != '}' && b != ']' {
			o.open = o.open[:0] // "[1]" and "{sic}" in prose
		}
	}
	comma := o.comma
	o.comma = -1
	switch b {
	case '"':
		o.quoted = len(o.open) > 0 // a quotation mark in prose opens nothing
	case ',':
		o.comma = o.at
	case '{', '[':
		if len(o.open) == maxDepth {
			return errTooDeep
		}
		o.fresh = len(o.open) == 0
		o.starts[len(o.open)] = o.at
		o.open = append(o.open, b)
	case '}', ']':
		if comma >= 0 && len(o.open) > 0 {
			o.buf[comma] = ' '
		}
		o.close(b)
	}
	return nil
}

// inString reads one byte of a string.
func (o *objects) inString(b byte) {
	escaped := o.escape
	o.escape = false
	if escaped && !validEscape(b) { // the backslash is left out
		o.buf = append(o.buf[:o.at-1], o.buf[o.at:]...)
		o.at--
		escaped = false
	}
	switch {
	case escaped:
	case b < ' ': // JSON wants it escaped
		o.buf[o.at] = ' '
	case b == '\\':
		o.escape = true
	case b == '"':
		o.quoted = false
	}
}

func validEscape(b byte) bool {
	switch b {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't', 'u':
		return true
	}
	return false
}

// close ends the innermost bracket. It skips a bracket that does not match.
func (o *objects) close(b byte) {
	n := len(o.open) - 1
	if n < 0 || o.open[n] != b-2 { // in ASCII each closing bracket is two after its opening one
		return
	}
	o.open = o.open[:n]
	raw := o.buf[o.starts[n] : o.at+1]
	if n == 0 {
		o.roots++
		o.root = raw
	}
	if b == '}' && o.position() && o.each(raw) {
		o.found++
	}
}

// position reports whether the object that was just closed may be an answer or an entry of its list: alone, in a list, or in a list that is a field of an
// object, also with one object or list around all that.
func (o *objects) position() bool {
	switch string(o.open) {
	case "", "[", "{[", "[{[", "{{[":
		return true
	}
	return false
}

// complete reports whether every bracket was closed and an object was found.
func (o *objects) complete() bool { return len(o.open) == 0 && o.found > 0 }

// emptyList reports whether the answer has the right shape but an empty list.
func (o *objects) emptyList() bool {
	var fields map[string]json.RawMessage
	if len(o.open) > 0 || o.roots != 1 || json.Unmarshal(o.root, &fields) != nil {
		return false
	}
	for _, field := range fields {
		var list []json.RawMessage
		if json.Unmarshal(field, &list) == nil && list != nil && len(list) == 0 {
			return true
		}
	}
	return false
}
