package maplink

import (
	"regexp"
	"strings"
	"unicode"
)

// finder collects what a message names.
type finder struct {
	places    []place // exact ones: coordinates, markers, ends of routes
	views     []place // centres of a part of a map
	hidden    bool
	shortCode bool
	links     int // read so far
}

// read collects the places of a message.
func (f *finder) read(text string, links []string) {
	lines := f.takeLinks(text)
	for _, address := range links {
		f.readLink(address)
	}
	for i := 0; i < len(lines); i++ {
		if i+1 < len(lines) && f.readTwoLines(lines, i) {
			i++
			continue
		}
		f.readLine(lines[i])
	}
}

// takeLinks reads the links in text and returns its lines without them. Lines are normalised; those without a digit are left out.
func (f *finder) takeLinks(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if len(lines) == maxLines {
			break
		}
		var rest []string
		for _, word := range strings.Fields(visible(line)) {
			if address, ok := linkIn(word); ok {
				f.readLink(address)
				continue
			}
			rest = append(rest, word)
		}
		if line := strings.Join(rest, " "); strings.ContainsFunc(line, unicode.IsDigit) {
			lines = append(lines, normalise(line))
		}
	}
	return lines
}

func (f *finder) readLink(address string) {
	if f.links++; f.links > MaxLinks || len(address) > maxLinkBytes {
		return
	}
	switch v := parseLink(address); {
	case v.kind == hidden:
		f.hidden = true
	case v.kind == view:
		f.views = append(f.views, v.places...)
	default:
		f.add(v.places...)
	}
}

func (f *finder) readLine(line string) {
	if p, ok := parseCoordinates(line); ok {
		f.add(p)
		return
	}
	f.add(coordinatesAmongWords(line)...)
	full, short := plusCodes(line)
	f.add(full...)
	f.shortCode = f.shortCode || short
}

// readTwoLines reads the lines i and i+1 if they are a latitude and a longitude, or the reverse.
func (f *finder) readTwoLines(lines []string, i int) bool {
	if !isOneAngle(lines[i]) || !isOneAngle(lines[i+1]) {
		return false
	}
	more := i > 0 && isOneAngle(lines[i-1]) || i+2 < len(lines) && isOneAngle(lines[i+2])
	p, ok := parseTwoLines(lines[i], lines[i+1], more)
	if ok {
		f.add(p)
	}
	return ok
}

func (f *finder) add(places ...place) {
	f.places = append(f.places, places[:min(len(places), maxPlaces-len(f.places))]...)
}

var (
	// A link may stand inside a word, such as "[Opera](https://...)". Letters may stand before http.
	withHTTP   = regexp.MustCompile(`(?i)https?://`)
	withScheme = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://|geo:[^\s]|(?:maps|bingmaps):[/?]|google\.(?:navigation|streetview):`)
	bareHost   = regexp.MustCompile(`^(?i)(?:[\p{L}\d-]+\.)+\p{L}{2,}(?::\d+)?[/?#]`)
)

const (
	opening = "([{<\"'`«“„‘*_~"
	closing = ")]}>\"'`»”’*_~"
)

// linkIn returns the link that a word of a text is or contains, without brackets and punctuation around it.
func linkIn(word string) (address string, ok bool) {
	if !strings.ContainsAny(word, ":/?#") {
		return "", false
	}
	for _, pattern := range []*regexp.Regexp{withHTTP, withScheme} {
		if at := pattern.FindStringIndex(word); at != nil {
			return trimLink(word[:at[0]], word[at[0]:]), true
		}
	}
	address = strings.TrimLeft(word, opening)
	if !bareHost.MatchString(address) {
		return "", false
	}
	return "https://" + trimLink(word[:len(word)-len(address)], address), true
}

// trimLink removes what does not belong to an address. before is the text in front of it.
func trimLink(before, address string) string {
	switch {
	case strings.HasSuffix(before, "("):
		address = address[:unmatched(address)]
	case strings.HasSuffix(before, "<"):
		address, _, _ = strings.Cut(address, ">")
	case strings.HasSuffix(before, `"`):
		address, _, _ = strings.Cut(address, `"`)
	}
	for {
		shorter := strings.TrimRight(address, ".,;:!?"+strings.ReplaceAll(closing, ")", ""))
		if strings.HasSuffix(shorter, ")") && unmatched(shorter) < len(shorter) {
			shorter = shorter[:len(shorter)-1]
		}
		if shorter == address {
			return address
		}
		address = shorter
	}
}

// unmatched returns the index of the first closing bracket without a partner, the length of s if there is none.
func unmatched(s string) int {
	open := 0
	for i, r := range s {
		switch r {
		case '(':
			open++
		case ')':
			if open--; open < 0 {
				return i
			}
		}
	}
	return len(s)
}
