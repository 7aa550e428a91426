package chat

import (
	"bytes"
	"encoding/json"
)

// fields walks over the fields of a JSON object or the entries of a list, without allocations: an answer has hundreds of events. It checks only what it
// needs, and accepts what encoding/json does not: missing and superfluous commas, NaN.
type fields struct {
	data []byte
	at   int
}

// fieldsOf returns the fields of a JSON object or the entries of a list; of any other value it has none.
func fieldsOf(value []byte) fields {
	if len(value) < 2 || value[0] != '{' && value[0] != '[' {
		return fields{}
	}
	return fields{data: value[1 : len(value)-1]}
}

// next returns the next field, or false if there is none. Entries of a list have no key. Neither key nor value is decoded.
func (f *fields) next() (key, value []byte, ok bool) {
	start, end := f.value()
	if end < 0 {
		return nil, nil, false
	}
	f.at = skipSpace(f.data, end)
	if f.at >= len(f.data) || f.data[f.at] != ':' {
		return nil, f.data[start:end], true
	}
	key = bytes.Trim(f.data[start:end], `"`)
	f.at++
	start, end = f.value()
	if end < 0 {
		return nil, nil, false
	}
	f.at = end
	return key, f.data[start:end], true
}

// value returns where the next value begins and ends; end is -1 if there is none.
func (f *fields) value() (start, end int) {
	at := f.at
	for at < len(f.data) && (isSpace(f.data[at]) || f.data[at] == ',') {
		at++
	}
	return at, skipValue(f.data, at)
}

// skipValue returns the end of the value that begins at a place, -1 if it does not end or there is none.
func skipValue(data []byte, at int) int {
	if at >= len(data) {
		return -1
	}
	switch data[at] {
	case '"':
		return skipString(data, at)
	case '{', '[':
		return skipBrackets(data, at)
	case '}', ']', ':', ',':
		return -1
	}
	for end := at; ; end++ {
		if end == len(data) || isSpace(data[end]) || data[end] == ',' || data[end] == '}' || data[end] == ']' || data[end] == ':' {
			return end
		}
	}
}

func skipBrackets(data []byte, at int) int {
	for depth := 0; at >= 0 && at < len(data); at++ {
		switch data[at] {
		case '"':
			if at = skipString(data, at); at < 0 {
				return -1
			}
			at--
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return at + 1
			}
		}
	}
	return -1
}

func skipString(data []byte, at int) int {
	for at++; at < len(data); at++ {
		switch data[at] {
		case '\\':
			at++
		case '"':
			return at + 1
		}
	}
	return -1
}

func skipSpace(data []byte, at int) int {
	for at < len(data) && isSpace(data[at]) {
		at++
	}
	return at
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// isWhole reports whether data is one JSON object or list and nothing else.
func isWhole(data []byte) bool {
	return len(data) > 0 && (data[0] == '{' || data[0] == '[') && skipSpace(data, max(0, skipValue(data, 0))) == len(data)
}

// unquote returns the text of a JSON string; "" for what is none.
func unquote(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if bytes.IndexByte(value, '\\') < 0 { // most are that simple
		return string(value[1 : len(value)-1])
	}
	var s string
	_ = json.Unmarshal(value, &s) // a string with a broken escape says nothing
	return s
}
