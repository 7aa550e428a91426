package ask

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// partial is an answer that is still being written. It keeps the text of the stream, at most maxStream bytes.
type partial struct{ text strings.Builder }

const maxStream = 16 << 10

func (p *partial) add(piece string) {
	if p.text.Len() < maxStream {
		p.text.WriteString(piece)
	}
}

// read returns the quotes and what is there of the answer. ok is false before both have begun.
func (p *partial) read() (quotes []string, answer string, ok bool) {
	text := p.text.String()
	list, rest, ok := fieldOf(text, "quotes")
	if !ok {
		return nil, "", false
	}
	decoder := json.NewDecoder(strings.NewReader(list))
	if decoder.Decode(&quotes) != nil {
		return nil, "", false
	}
	value, _, ok := fieldOf(rest, "answer")
	if !ok || value[0] != '"' {
		return nil, "", false
	}
	return quotes, stringOf(value), true
}

// fieldOf returns the text from the value of a field on, and what follows the field's name.
func fieldOf(text, name string) (value, rest string, ok bool) {
	_, rest, ok = strings.Cut(text, `"`+name+`"`)
	if !ok {
		return "", "", false
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(rest, " \t\r\n"), ":")
	value = strings.TrimLeft(value, " \t\r\n")
	return value, rest, ok && value != ""
}

// stringOf returns what is there of a JSON string, whose end may be missing.
func stringOf(value string) string {
	end := len(value)
	for i := 1; i < len(value); i++ {
		if value[i] == '"' {
			end = i
			break
		}
		if value[i] == '\\' {
			escaped := i
			i++
			if i < len(value) && value[i] == 'u' {
				i += 4
			}
			if i >= len(value) { // the escape is not complete
				end = escaped
			}
		}
	}
	part := value[1:max(end, 1)]
	for len(part) > 0 && !utf8.ValidString(part[max(0, len(part)-utf8.UTFMax):]) {
		part = part[:len(part)-1]
	}
	var s string
	if json.Unmarshal([]byte(`"`+part+`"`), &s) != nil { // a raw line end, half a surrogate pair
		return ""
	}
	return s
}
