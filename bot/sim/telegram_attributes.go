package sim

import (
	"net/url"
	"strings"
	"unicode/utf16"
)

// argumentOf names the only meaningful attribute of each tag. Other attributes are read and ignored.
var argumentOf = map[string]string{"a": "href", "span": "class", "code": "class", "tg-emoji": "emoji-id"}

// attributes reads to the end of a start tag and returns the value of its meaningful attribute.
func (p *htmlParser) attributes(tag string, begin int) (argument string, err error) {
	for {
		p.skipSpace()
		if p.at >= len(p.src) {
			return "", entityError("Unclosed start tag at byte offset %d", begin)
		}
		if p.src[p.at] == '>' {
			p.at++
			return argument, nil
		}
		name := p.until(" \t\r\n\v\f=>")
		p.skipSpace()
		if name == "" && p.peek() == '=' {
			return "", entityError("Empty attribute name in the tag \"%s\" at byte offset %d", tag, begin)
		}
		if p.peek() != '=' {
			if tag == "blockquote" && strings.EqualFold(name, "expandable") {
				argument = "expandable" // the only attribute without a value
				continue
			}
			return "", entityError("Expected equal sign in declaration of an attribute of the tag \"%s\" at byte offset %d", tag, begin)
		}
		p.at++
		p.skipSpace()
		value, err := p.value(tag, begin)
		if err != nil {
			return "", err
		}
		if argumentOf[tag] == strings.ToLower(name) {
			argument = value
		}
	}
}

// value reads a quoted string, or a name token of letters, digits, periods and hyphens.
func (p *htmlParser) value(tag string, begin int) (string, error) {
	quote := p.peek()
	if quote == 0 {
		return "", entityError("Unclosed start tag \"%s\" at byte offset %d", tag, begin)
	}
	if quote != '"' && quote != '\'' {
		start := p.at
		for c := p.peek(); isLetter(c) || '0' <= c && c <= '9' || c == '.' || c == '-'; c = p.peek() {
			p.at++
		}
		if c := p.peek(); c != 0 && !strings.ContainsRune(" \t\r\n\v\f>", rune(c)) {
			return "", entityError("Unexpected end of name token at byte offset %d", start)
		}
		return strings.ToLower(p.src[start:p.at]), nil
	}
	p.at++
	var out strings.Builder
	for {
		c := p.peek()
		switch {
		case p.at >= len(p.src):
			return "", entityError("Unclosed start tag at byte offset %d", begin)
		case c == quote:
			p.at++
			return out.String(), nil
		case c == '&':
			if r, size := characterReference(p.src[p.at:]); size > 0 {
				out.WriteRune(r)
				p.at += size
				continue
			}
		}
		out.WriteByte(c)
		p.at++
	}
}

// peek returns the next byte, 0 at the end.
func (p *htmlParser) peek() byte {
	if p.at >= len(p.src) {
		return 0
	}
	return p.src[p.at]
}

func (p *htmlParser) skipSpace() {
	for p.at < len(p.src) && strings.IndexByte(" \t\r\n\v\f", p.src[p.at]) >= 0 {
		p.at++
	}
}

// until reads up to a stop byte or the end.
func (p *htmlParser) until(stops string) string {
	start := p.at
	if n := strings.IndexAny(p.src[start:], stops); n >= 0 {
		p.at += n
	} else {
		p.at = len(p.src)
	}
	return p.src[start:p.at]
}

// checkedLink returns a link that Telegram would show, or "" if Telegram would drop the link and keep the text.
func checkedLink(link string) string {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || link == "" {
		return ""
	}
	if u.Scheme == "" {
		link = "http://" + link
		if u, err = url.Parse(link); err != nil {
			return ""
		}
	}
	switch u.Scheme {
	case "http", "https":
		host := u.Hostname()
		if !strings.Contains(host, ".") && !strings.Contains(host, ":") && host != "localhost" {
			return ""
		}
		return link
	case "tg", "ton":
		return link
	}
	return ""
}

// trimmed removes the white space around a text as Telegram does, and moves its entities.
func trimmed(text string, entities []apiEntity) (string, []apiEntity) {
	const space = " \t\r\n\v\f\u00a0"
	cut := utf16Len(text) - utf16Len(strings.TrimLeft(text, space))
	text = strings.Trim(text, space)
	size := utf16Len(text)
	var out []apiEntity
	for _, e := range entities {
		start, end := max(e.Offset-cut, 0), min(e.Offset+e.Length-cut, size)
		if start < end {
			e.Offset, e.Length = start, end-start
			out = append(out, e)
		}
	}
	return text, out
}

// utf16Len counts UTF-16 units, Telegram's measure of text.
func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
