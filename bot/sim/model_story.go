package sim

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"unicode"
)

// modelAnswer is the answer to a call.
type modelAnswer struct {
	content string
	stories int
	fault   string // that occurs while the answer is sent
}

// written is a story in an answer.
type written struct {
	Place  string   `json:"place"`
	Quotes []string `json:"quotes"`
	Text   string   `json:"text"`
}

// compose writes the whole answer. It contains the faults of stories; play produces the other faults.
func compose(req chatRequest, fault string, lies func(place string) string) modelAnswer {
	t := req.task()
	stories := make([]written, 0, len(t.Places)+1)
	for _, c := range t.Places {
		s := written{Place: c.ID, Quotes: quotes(c), Text: story(c, t)}
		if lies != nil {
			s.Text = strings.TrimSpace(s.Text + " " + lie(lies(c.ID), t.Language, c))
		}
		switch fault {
		case "badyear":
			s.Text = strings.TrimRight(s.Text, ".。।") + ", " + inventedYear(c) + "."
		case "badlang":
			s.Text = story(candidate{ID: c.ID}, task{Language: otherLanguage(t.Language), Length: t.Length})
		case "markup":
			s.Text = "**" + s.Text + "**"
		case "greeting":
			s.Text = tongueOf(t.Language).Greeting + s.Text
		case "unknown":
			s.Place = "Q0"
		}
		stories = append(stories, s)
	}
	if fault == "twice" && len(stories) > 0 {
		stories = append(stories, stories[0])
	}

	a := modelAnswer{stories: len(stories), fault: fault}
	shape := struct {
		Stories []written `json:"stories"`
	}{stories}
	switch {
	case fault == "notjson":
		a.content = "I would love to tell you about these places. " + strings.Join(tongueOf("English").Neutral, " ")
	case req.ResponseFormat.Type == "json_schema":
		text, _ := json.Marshal(shape)
		a.content = string(text)
	case req.ResponseFormat.Type == "json_object":
		text, _ := json.MarshalIndent(shape, "", "  ")
		a.content = string(text) + "\n"
	default:
		text, _ := json.MarshalIndent(shape, "", "  ")
		a.content = "Here are the stories:\n\n```json\n" + string(text) + "\n```\n"
	}
	return a
}

// story writes about a place in the requested language: the sentences of its extract if that is in the language, else its name, and then
// neutral sentences until the text is long enough.
func story(c candidate, t task) string {
	tongue := tongueOf(t.Language)
	lo, hi, size := span(t.Length)
	var parts []string
	have := 0
	told := strings.Join(c.Told, "\n")
	add := func(sentence string) {
		if strings.Contains(told, sentence) {
			return
		}
		if n := size(sentence); have < lo && have+n <= hi+5 {
			parts, have = append(parts, sentence), have+n
		}
	}

	if c.Extract != "" && c.Language == tongue.Code {
		for _, s := range sentences(c.Extract) {
			add(s)
		}
	} else if c.Title != "" && clean(c.Title) {
		add(fmt.Sprintf(tongue.Name, c.Title))
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(c.ID))
	first := int(h.Sum32() % uint32(len(tongue.Neutral)))
	for i := range tongue.Neutral {
		add(tongue.Neutral[(first+i)%len(tongue.Neutral)])
	}
	return strings.Join(parts, tongue.Joint)
}

// quotes returns the first sentence of an extract, as far as a quote goes.
func quotes(c candidate) []string {
	for _, s := range sentences(c.Extract) {
		runes := []rune(s)
		return []string{string(runes[:min(len(runes), 120)])}
	}
	return []string{}
}

// tongueOf returns the sentences of a language by the first word of its English name, or the English ones if it is unknown.
func tongueOf(name string) tongue {
	first, _, _ := strings.Cut(name, " ")
	if t, ok := tongues[first]; ok {
		return t
	}
	return tongues["English"]
}

func otherLanguage(name string) string {
	if tongueOf(name).Code == "en" {
		return "Russian"
	}
	return "English"
}

// inventedYear returns a year that the description of the place does not contain.
func inventedYear(c candidate) string {
	for year := 1387; ; year++ {
		if y := fmt.Sprint(year); !strings.Contains(c.Extract+c.Title, y) {
			return y
		}
	}
}

// span reads "60-80 words" or "120-160 characters" and returns the bounds and a function that measures a text.
func span(words string) (lo, hi int, size func(string) int) {
	size = func(s string) int { return len(strings.Fields(s)) }
	var unit string
	if n, _ := fmt.Sscanf(words, "%d-%d %s", &lo, &hi, &unit); n < 2 || lo <= 0 || hi < lo {
		return 60, 80, size
	}
	if unit == "characters" {
		size = func(s string) int { return len([]rune(s)) }
	}
	return lo, hi, size
}

// sentences splits a text and leaves out sentences that a story must not contain: with markup or links, or very long ones.
func sentences(text string) []string {
	var all []string
	runes := []rune(strings.Join(strings.Fields(text), " "))
	start := 0
	for i, r := range runes {
		end := strings.ContainsRune("。।", r) ||
			strings.ContainsRune(".!?؟", r) && (i+1 == len(runes) || runes[i+1] == ' ' && startsSentence(runes[i+2:]) && i-start > 3)
		if !end {
			continue
		}
		s := strings.TrimSpace(string(runes[start : i+1]))
		start = i + 1
		if clean(s) && len([]rune(s)) <= 400 {
			all = append(all, s)
		}
	}
	return all
}

// startsSentence reports whether the text after a full stop begins a sentence. It also accepts a name after "St. " or "им. ", which does no harm.
func startsSentence(rest []rune) bool {
	return len(rest) > 0 && !unicode.IsLower(rest[0])
}

func clean(s string) bool {
	return s != "" && !strings.ContainsAny(s, "<>[]{}#@*_`\\|") && !strings.Contains(s, "http") && !strings.Contains(s, "www.")
}
