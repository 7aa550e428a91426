package wikitext

import (
	"strings"
	"unicode/utf8"
)

// Section is a part of an article: its intro, which has no heading, or all text under one heading of the second level with the headings
// below it.
type Section struct {
	Heading string
	Text    string // clean; paragraphs separated by a line end; never empty
}

// isHeading reports whether a line is a heading of TextExtracts' wiki format ("== History ==").
func isHeading(line string) bool {
	return strings.HasPrefix(line, "==") && strings.HasSuffix(line, "==") && len(line) > 4
}

// Sections splits an article, as TextExtracts returns it with exsectionformat=wiki, into clean sections. Sections of references, links,
// literature and pictures are left out, and so are sections of which nothing remains.
func Sections(article string) []Section {
	var list []Section
	var body strings.Builder
	heading, skipping, skipLevel := "", false, 0
	flush := func() {
		if text := Clean(body.String()); text != "" {
			list = append(list, Section{heading, text})
		}
		body.Reset()
	}
	for line := range strings.SplitSeq(article, "\n") {
		trimmed := strings.TrimSpace(line)
		if !isHeading(trimmed) {
			if !skipping {
				body.WriteString(line)
				body.WriteByte('\n')
			}
			continue
		}
		level := len(trimmed) - len(strings.TrimLeft(trimmed, "="))
		title := strings.TrimSpace(strings.Trim(trimmed, "="))
		if skipping && level > skipLevel {
			continue // below a section that is left out
		}
		skipping, skipLevel = words.skip[strings.ToLower(title)], level
		if level <= 2 {
			flush()
			heading = title
		}
	}
	flush()
	return list
}

// Join is the reverse of Sections: the whole clean text with headings, as it is stored. Sections(Join(s)) equals s.
func Join(sections []Section) string {
	var out strings.Builder
	for _, s := range sections {
		if s.Heading != "" {
			out.WriteString("== " + s.Heading + " ==\n")
		}
		out.WriteString(s.Text)
		out.WriteByte('\n')
	}
	return out.String()
}

// Stored splits a text that Join made. Unlike Sections it cleans nothing, so it costs little.
func Stored(joined string) []Section {
	var list []Section
	heading, begin, at := "", 0, 0
	flush := func() {
		if body := strings.Trim(joined[begin:at], "\n"); body != "" {
			list = append(list, Section{heading, body})
		}
	}
	for line := range strings.SplitAfterSeq(joined, "\n") {
		if name := strings.TrimSuffix(line, "\n"); isHeading(name) {
			flush()
			heading, begin = strings.TrimSpace(strings.Trim(name, "=")), at+len(line)
		}
		at += len(line)
	}
	flush()
	return list
}

// share is how many characters of one section a passage takes before later sections had their turn.
const share = 3000

// Passage returns at most limit characters of the sections, for the model and for the checks: the intro, then the sections in order. A
// section gives at most 3000 characters until the later ones had their turn; what room is left is then filled in order. Text is cut only at
// the end of a sentence, and the parts stand in the article's order, one paragraph to a line.
func Passage(sections []Section, limit int) string {
	taken := Portions(sections, limit)
	var out strings.Builder
	for i, s := range sections {
		if text := strings.TrimSpace(s.Text[:taken[i]]); text != "" {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			out.WriteString(text)
		}
	}
	return Cut(out.String(), limit)
}

// Portions returns how many bytes of each section Passage takes, from its beginning.
func Portions(sections []Section, limit int) []int {
	taken := make([]int, len(sections))
	room := limit
	take := func(i, most int) {
		rest := sections[i].Text[taken[i]:]
		part := Cut(rest, min(most, room))
		taken[i] += len(part)
		room -= utf8.RuneCountInString(part)
	}
	for i := range sections {
		if room <= 0 {
			break
		}
		take(i, share)
	}
	for i := range sections {
		if room <= 0 {
			break
		}
		take(i, room)
	}
	return taken
}

// Cut returns the longest beginning of text that has at most limit characters and ends with a sentence. If not even the first sentence has
// room, the result is empty.
func Cut(text string, limit int) string {
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	end, count, seen := 0, 0, 0
	for paragraph := range strings.SplitAfterSeq(text, "\n") {
		pos := seen
		for _, s := range Sentences(paragraph) {
			at := strings.Index(text[pos:], s)
			if at < 0 {
				break
			}
			next := pos + at + len(s)
			count += utf8.RuneCountInString(text[end:next])
			if count > limit {
				return text[:end]
			}
			end, pos = next, next
		}
		seen += len(paragraph)
	}
	return text[:end]
}
