package model

import (
	"excursobot/geo/places"
)

// Checker checks texts about one place that are not stories: short ones, or the beginnings of longer ones. It reads the source once.
type Checker struct {
	place places.Place
	src   *source
}

// NewChecker returns a Checker of texts that are written from the passage.
func NewChecker(place places.Place, passage Passage) *Checker {
	return &Checker{place, newSource(place, passage)}
}

// Quotes returns the quotes that the passage holds, at most two.
func (c *Checker) Quotes(quotes []string) []string { return c.src.quoted(quotes) }

// Check returns why a text may not be said; nil = it may. Its length is free, and it may repeat itself.
func (c *Checker) Check(language, text string) *CheckError {
	w := newWritten(c.place, c.src, language, text)
	for _, rule := range rulesOfStories {
		if rule.name == ruleLength || rule.name == ruleRepeat || rule.name == ruleScript && w.counts.letters == 0 { // "1894."
			continue
		}
		if detail := rule.broken(&w); detail != "" {
			return &CheckError{Place: c.place.ID, Rule: rule.name, Detail: detail}
		}
	}
	if _, e := w.unsupported(); e != nil {
		return e
	}
	if !c.src.facts().Shares(text, language) {
		return &CheckError{Place: c.place.ID, Rule: ruleBound, Detail: "nothing of the place's own passage"}
	}
	return nil
}

// English returns the English name of a language of stories, as prompts have it; "" = unknown.
func English(language string) string { return english[language] }

// Plain cuts s to at most limit characters, without invisible ones and those that change the direction of writing. Line ends become spaces.
func Plain(s string, limit int) string { return plain(s, limit) }
