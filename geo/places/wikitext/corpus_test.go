package wikitext

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// removals are the kinds of leftovers that cleaning removes, with how many of them a text holds.
var removals = []struct {
	kind string
	in   func(text string) int
}{
	{"headings", func(text string) int { return linesWith(text, isHeading) }},
	{"leftover lines", func(text string) int {
		return linesWith(text, func(line string) bool { return line != "" && !isHeading(line) && isLeftover(line) })
	}},
	{"templates and formulas", func(text string) int { return strings.Count(text, "{") }},
	{"square brackets", func(text string) int { return strings.Count(text, "[") }},
	{"round brackets", func(text string) int { return strings.Count(text, "(") + strings.Count(text, "（") }},
	{"tags", func(text string) int { return len(tags.FindAllString(text, -1)) }},
	{"invisible characters and stress marks", func(text string) int {
		return strings.Count(text, "\u200b") + strings.Count(text, "\u00ad") + strings.Count(text, "\u0301")
	}},
	{"sentences with contacts", func(text string) int { return sentencesWith(text, HasContact) }},
	{"sentences without their number", func(text string) int { return sentencesWith(text, isGap) }},
	{"sentences to a model", func(text string) int { return sentencesWith(text, SpeaksToModel) }},
}

func linesWith(text string, is func(line string) bool) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		if is(strings.TrimSpace(line)) {
			n++
		}
	}
	return n
}

func sentencesWith(text string, is func(sentence string) bool) int {
	return linesWith(text, func(line string) bool {
		for _, s := range Sentences(line) {
			if is(s) {
				return true
			}
		}
		return false
	})
}

// The test logs how much cleaning removes from real articles, if they are there. Cleaning adds no leftovers of any kind, and removes all of those that
// nobody may read. A whole article also loses its sections of references.
func TestRemovedFromRealArticles(t *testing.T) {
	dir := os.Getenv("CORPUS_DIR")
	files, _ := filepath.Glob(filepath.Join(dir, "articles", "*.txt"))
	if dir == "" || len(files) == 0 {
		t.Skip("CORPUS_DIR names no corpus")
	}
	total := make([]int, len(removals))
	before, after := 0, 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		clean := Clean(text)
		sections := 0
		for _, s := range Sections(text) {
			sections += utf8.RuneCountInString(s.Text)
		}
		var kinds []string
		for i, r := range removals {
			was, is := r.in(text), r.in(clean)
			if is > was || is > 0 && !strings.Contains(r.kind, "round") && !strings.Contains(r.kind, "square") {
				t.Errorf("%s: %s: %d before, %d after", filepath.Base(file), r.kind, was, is)
			}
			if was > is {
				kinds = append(kinds, fmt.Sprintf("%s %d", r.kind, was-is))
				total[i] += was - is
			}
		}
		before, after = before+utf8.RuneCountInString(text), after+utf8.RuneCountInString(clean)
		t.Logf("%-12s %6d characters before, %6d after, %6d in its sections; removed: %s", filepath.Base(file),
			utf8.RuneCountInString(text), utf8.RuneCountInString(clean), sections, strings.Join(kinds, ", "))
	}
	t.Logf("all %d: %d characters before, %d after (%.1f %% removed)", len(files), before, after, 100*float64(before-after)/float64(before))
	for i, r := range removals {
		t.Logf("  %s: %d", r.kind, total[i])
	}
}
