package sim

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// entityTypes maps Telegram's HTML tags to types of entities. The tag a makes a text_link or a text_mention, span makes
// only a spoiler, and code inside pre makes a pre with a language.
var entityTypes = map[string]string{
	"a": "text_link", "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
	"s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "span": "spoiler", "tg-spoiler": "spoiler",
	"tg-emoji": "custom_emoji", "code": "code", "pre": "pre", "blockquote": "blockquote",
}

// entityError returns Telegram's error for invalid markup.
func entityError(format string, args ...any) error {
	return badRequest("can't parse entities: "+format, args...)
}

// parseHTML returns the text and the entities of a message in Telegram's HTML. The error is an *apiError.
func parseHTML(src string) (string, []apiEntity, error) {
	p := htmlParser{src: src}
	for p.at < len(src) {
		var err error
		switch c := src[p.at]; {
		case c == '<' && strings.HasPrefix(src[p.at:], "</"):
			err = p.endTag()
		case c == '<':
			err = p.startTag()
		case c == '&':
			p.reference()
		default:
			_, size := utf8.DecodeRuneInString(src[p.at:])
			p.write(src[p.at : p.at+size])
			p.at += size
		}
		if err != nil {
			return "", nil, err
		}
	}
	if len(p.open) > 0 {
		return "", nil, entityError("Can't find end tag corresponding to start tag %q", p.open[len(p.open)-1].name)
	}
	if p.surrogates {
		return "", nil, entityError("Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units")
	}
	return p.out.String(), p.entities, nil
}

// htmlParser reads src once; at only grows.
type htmlParser struct {
	src        string
	at         int // byte
	out        strings.Builder
	units      int // UTF-16 units written
	open       []htmlTag
	entities   []apiEntity // in the order of their start
	surrogates bool        // a character reference was half of a surrogate pair
}

type htmlTag struct {
	name, argument string
	entity         int // index of its entity
	start          int // byte of out
}

func (p *htmlParser) write(s string) {
	p.out.WriteString(s)
	for _, r := range s {
		p.units += utf16.RuneLen(r)
	}
}

// reference writes the character of a reference, or the & itself if Telegram does not know the reference.
func (p *htmlParser) reference() {
	r, size := characterReference(p.src[p.at:])
	if size == 0 {
		p.write("&")
		p.at++
		return
	}
	if utf16.IsSurrogate(r) {
		p.surrogates = true
		r = utf8.RuneError
	}
	p.write(string(r))
	p.at += size
}

// characterReference reads "&lt;", "&#38;" or "&#x26;" at the start of s, with an optional semicolon; size 0 = no reference.
func characterReference(s string) (r rune, size int) {
	end := 1
	if strings.HasPrefix(s, "&#") {
		base, digits := 10, "0123456789"
		end = 2
		if len(s) > 2 && (s[2] == 'x' || s[2] == 'X') {
			base, digits, end = 16, "0123456789abcdefABCDEF", 3
		}
		start := end
		for end < len(s) && strings.IndexByte(digits, s[end]) >= 0 {
			end++
		}
		n, err := strconv.ParseUint(s[start:end], base, 32)
		if err != nil || n == 0 || n >= utf8.MaxRune || end >= 10 {
			return 0, 0
		}
		r = rune(n)
	} else {
		for end < len(s) && isLetter(s[end]) {
			end++
		}
		r = map[string]rune{"lt": '<', "gt": '>', "amp": '&', "quot": '"'}[s[1:end]]
		if r == 0 {
			return 0, 0
		}
	}
	if end < len(s) && s[end] == ';' {
		end++
	}
	return r, end
}

// startTag reads "<name attribute=value ...>".
func (p *htmlParser) startTag() error {
	begin := p.at
	rest := p.src[begin+1:]
	end := strings.IndexAny(rest, " \t\r\n\v\f>")
	if end < 0 {
		return entityError("Unclosed start tag at byte offset %d", begin)
	}
	name := strings.ToLower(rest[:end])
	kind, known := entityTypes[name]
	if !known {
		return entityError("Unsupported start tag \"%s\" at byte offset %d", name, begin)
	}
	p.at += 1 + end
	argument, err := p.attributes(name, begin)
	if err != nil {
		return err
	}
	if name == "span" && argument != "tg-spoiler" {
		return entityError("Tag \"span\" must have class \"tg-spoiler\" at byte offset %d", begin)
	}
	if name == "blockquote" && argument == "expandable" {
		kind = "expandable_blockquote"
	}
	p.open = append(p.open, htmlTag{name: name, argument: argument, entity: len(p.entities), start: p.out.Len()})
	p.entities = append(p.entities, apiEntity{Type: kind, Offset: p.units})
	return nil
}

// endTag reads "</name>" and completes the entity. An entity without text is dropped.
func (p *htmlParser) endTag() error {
	begin := p.at
	if len(p.open) == 0 {
		return entityError("Unexpected end tag at byte offset %d", begin)
	}
	rest := p.src[begin+2:]
	end := strings.IndexByte(rest, '>')
	if end < 0 || strings.ContainsAny(strings.TrimRight(rest[:end], " \t\r\n\v\f"), " \t\r\n\v\f") {
		return entityError("Unclosed end tag at byte offset %d", begin)
	}
	tag := p.open[len(p.open)-1]
	name := strings.ToLower(strings.TrimRight(rest[:end], " \t\r\n\v\f"))
	if name != "" && name != tag.name {
		return entityError("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, tag.name, name)
	}
	p.at += 2 + end + 1
	p.open = p.open[:len(p.open)-1]
	return p.complete(tag)
}

// complete sets the length and the argument of the entity of tag.
func (p *htmlParser) complete(tag htmlTag) error {
	e := &p.entities[tag.entity]
	e.Length = p.units - e.Offset
	drop := e.Length == 0
	switch tag.name {
	case "a":
		link := tag.argument
		if link == "" {
			link = p.out.String()[tag.start:]
		}
		if id, ok := strings.CutPrefix(link, "tg://user?id="); ok {
			user, err := strconv.ParseInt(id, 10, 64)
			e.Type, e.User = "text_mention", &apiUser{ID: user}
			drop = drop || err != nil
		} else {
			e.URL = checkedLink(link)
			drop = drop || e.URL == ""
		}
	case "tg-emoji":
		if _, err := strconv.ParseInt(tag.argument, 10, 64); err != nil && !drop {
			return entityError("Invalid custom emoji identifier specified")
		}
		e.CustomEmojiID = tag.argument
	case "code":
		language, ok := strings.CutPrefix(tag.argument, "language-")
		if !ok || drop || len(p.open) == 0 {
			break
		}
		outer := p.open[len(p.open)-1]
		if outer.name == "pre" && outer.entity == tag.entity-1 && p.entities[outer.entity].Offset == e.Offset {
			p.entities[outer.entity].Language = language
			drop = true
		}
	}
	if drop {
		p.entities = append(p.entities[:tag.entity], p.entities[tag.entity+1:]...)
	}
	return nil
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
