package places

import "strings"

// vocabulary holds the words of one language for things that are not worth a visit: settlements and districts, waters, events, lists,
// companies. The words are folded (lower case, ё as е, no apostrophes) and in the nominative.
type vocabulary struct {
	titles   []string        // first words of titles of lists and events
	phrases  []string        // that decide anywhere in a description
	nouns    map[string]bool // that decide as the noun of a description
	stops    map[string]bool // prepositions and similar words, which follow the noun
	headLast bool            // the noun is the last word before a stop
}

// fold returns text in the form of the vocabularies. An apostrophe separates words, except in Ukrainian, where it is part of a word.
func fold(language, s string) string {
	s = strings.ReplaceAll(strings.ToLower(s), "ё", "е")
	if !strings.ContainsAny(s, "'’ʼ") {
		return s
	}
	if language == "uk" {
		return apostrophesOut.Replace(s)
	}
	return apostrophesApart.Replace(s)
}

// base returns the language without its region: "pt" for "pt-br".
func base(language string) string {
	language, _, _ = strings.Cut(language, "-")
	return language
}

// lines splits text at commas.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, ",") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// phrases returns the lines with a space before and after each, so that they match whole words.
func phrases(text string) []string {
	out := lines(text)
	for i := range out {
		out[i] = " " + out[i] + " "
	}
	return out
}

// set returns the words as a set.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, word := range strings.Fields(words) {
		m[word] = true
	}
	return m
}
