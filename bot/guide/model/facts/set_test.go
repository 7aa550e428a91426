package facts

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// variant is a story of the project's own set, as it stands or with one change.
type variant struct {
	language, class string
	planted         bool
	source          Source
	story, change   string
}

// readSet reads testdata/set: for each language a passage, stories that are faithful to it, and changes to them. A line "+ class | words | other
// words" keeps the story faithful, one with "-" plants an invention. All harmless changes of a story together are one more faithful text.
func readSet(t testing.TB) []variant {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "set", "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no set: %v", err)
	}
	var all []variant
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parseSet(t, file, string(raw))...)
	}
	return all
}

func parseSet(t testing.TB, file, text string) []variant {
	t.Helper()
	var list []variant
	var source Source
	head, rest, _ := strings.Cut(text, "passage:\n")
	for line := range strings.SplitSeq(head, "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "language":
			source.Language = value
		case "title":
			source.Title = value
		case "labels":
			source.Labels = strings.Split(value, "; ")
		}
	}
	parts := strings.Split(rest, "story:\n")
	source.Text = strings.TrimSpace(parts[0])
	for _, part := range parts[1:] {
		story, changes, _ := strings.Cut(part, "\n")
		add := func(class string, planted bool, text, change string) {
			list = append(list, variant{source.Language, class, planted, source, text, change})
		}
		add("as written", false, story, "")
		together := story
		for line := range strings.SplitSeq(changes, "\n") {
			sign, rest, _ := strings.Cut(line, " ")
			fields := strings.Split(rest, " | ")
			if len(fields) != 3 {
				continue
			}
			if strings.Count(story, fields[1]) == 0 {
				t.Fatalf("%s: the story does not hold %q", file, fields[1])
			}
			changed := strings.Replace(story, fields[1], fields[2], 1)
			add(fields[0], sign == "-", changed, fields[1]+" -> "+fields[2])
			if sign == "+" && strings.Contains(together, fields[1]) {
				together = strings.Replace(together, fields[1], fields[2], 1)
			}
		}
		if together != story {
			add("all harmless changes", false, together, "all")
		}
	}
	return list
}

// TestSet measures the checks on the project's own set and compares the result with docs/fact-check.md.
func TestSet(t *testing.T) {
	all := readSet(t)
	type figure struct{ texts, refused, marked int }
	planted, faithful := map[string]*figure{}, map[string]*figure{}
	byLanguage := map[string][2]*figure{}
	total := [2]figure{}
	for _, v := range all {
		found := Read(v.source).Check(v.story, v.language, today)
		refuse, rules := false, []string{}
		for _, f := range found {
			refuse = refuse || f.Refuse
			rules = append(rules, fmt.Sprintf("%s %q %v", f.Rule, f.Words, f.Refuse))
		}
		table, i := faithful, 0
		if v.planted {
			table, i = planted, 1
		}
		if table[v.class] == nil {
			table[v.class] = &figure{}
		}
		pair, known := byLanguage[v.language]
		if !known {
			pair = [2]*figure{{}, {}}
			byLanguage[v.language] = pair
		}
		for _, f := range []*figure{table[v.class], pair[i], &total[i]} {
			f.texts++
			if refuse {
				f.refused++
			} else if len(found) > 0 {
				f.marked++
			}
		}
		if refuse != v.planted && testing.Verbose() {
			t.Logf("%s %s planted=%v: %s %v", v.language, v.class, v.planted, v.change, rules)
		}
	}
	if total[0].texts < 200 || total[1].texts < 200 {
		t.Errorf("%d faithful and %d planted texts, want 200 of each", total[0].texts, total[1].texts)
	}
	var page strings.Builder
	page.WriteString(pageHead)
	fmt.Fprintf(&page, "Of %d faithful texts %d are refused, of %d texts with one invention %d are stopped.\n\n", total[0].texts, total[0].refused, total[1].texts, total[1].refused)
	page.WriteString("| language | faithful | refused | for the judge | planted | stopped | for the judge |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, language := range slices.Sorted(maps.Keys(byLanguage)) {
		f, p := byLanguage[language][0], byLanguage[language][1]
		fmt.Fprintf(&page, "| %s | %d | %d | %d | %d | %d | %d |\n", language, f.texts, f.refused, f.marked, p.texts, p.refused, p.marked)
	}
	page.WriteString("\n| kind of invention | texts | stopped | for the judge |\n| --- | --- | --- | --- |\n")
	for _, class := range slices.Sorted(maps.Keys(planted)) {
		f := planted[class]
		fmt.Fprintf(&page, "| %s | %d | %d | %d |\n", class, f.texts, f.refused, f.marked)
	}
	share := 0
	stopped := 0
	for class, f := range planted {
		if !slices.Contains([]string{"person", "person in katakana", "city", "book", "quote", "material", "style", "superlative", "swap"}, class) {
			share, stopped = share+f.texts, stopped+f.refused
		}
	}
	fmt.Fprintf(&page, "\nNumbers, dates and centuries without the swaps: %d of %d stopped, %.1f %%.\n", stopped, share, 100*float64(stopped)/float64(share))
	page.WriteString(pageOthers)
	for _, folder := range []string{"holdout", "unseen", "later"} {
		texts, refused := stops(t, folder)
		fmt.Fprintf(&page, "| %s | %d | %d | %d | %d |\n", folder, texts[0], refused[0], texts[1], refused[1])
	}
	page.WriteString(pageFoot)
	file := filepath.Join("..", "..", "..", "..", "docs", "fact-check.md")
	stored, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	mine, others, _ := strings.Cut(string(stored), othersPart) // the rest of the page is written by hand
	if *update {
		if err := os.WriteFile(file, []byte(page.String()+othersPart+others), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if mine != page.String() {
		t.Errorf("the figures are not those of docs/fact-check.md. If they are better, run: go test ./bot/guide/model/facts -run TestSet -update\n%s", page.String())
	}
}

var update = flag.Bool("update", false, "write docs/fact-check.md")

// othersPart begins the part of the page that other tests measure.
const othersPart = "\n## A model that lies\n"

const pageHead = `# What the checks of a story stop

A story is written by a language model from a passage of an article. Before anybody reads it, package
[facts](../bot/guide/model/facts) compares it with that passage: numbers, years, decades, centuries, dates, measures, ordinals and
percentages in digits and words, names, direct speech, superlatives, negations, styles and materials, in 15 languages. If it refuses a story, the story is
written once more with the reasons or replaced by the words of the source. Words that it cannot decide on are marked for the judge, a second call to a
model; how often the judge is right is not measured here.

This page is written by a test from the project's own texts (bot/guide/model/facts/testdata/set): passages about 15 real places, faithful
stories with faithful changes, and the same stories with one invention each. The test fails if a figure changes. Other texts can be measured
with ` + "`CORPUS_DIR=... go test ./bot/guide/model/facts -run TestCorpus -v`" + `.

`

const pageOthers = `
## Texts that the rules were not made with

Rules that are made with one set of texts look better on it than they are. So there are three more folders of stories. They plant only wrong numbers, dates
and centuries, every second one with a value that the passage has for something else. The first two are about the same passages, the third about ten
others. At their first run, before anything was mended with them:

| folder | written | faithful | refused | planted | stopped |
| --- | --- | --- | --- | --- | --- |
| holdout | before the rules for such values | 179 | 39 | 180 | 114 |
| unseen | after them | 96 | 10 | 100 | 81 |
| later | after the next changes | 80 | 7 | 61 | 53 |

Two more texts of the last folder were left out, because their change was spoilt by ourselves. The 10 and the 7 are variants of seven sentences of about 180,
three of which the comparison of surroundings refused wrongly. The causes were Korean numerals, "années quatre-vingt", an event that the passage names only earlier in the
sentence, a number of years beside other counts, and decimals such as 37.02 in Chinese and Korean. They were mended, so the figures below are
those of texts that are known by now; the truth for unknown texts lies between.

| folder | faithful | refused | planted | stopped |
| --- | --- | --- | --- | --- |
`

const pageFoot = `
## What is not checked

- A year, a number or a name that the passage holds somewhere, given to another event or thing. It is refused only in the language of the passage, and only if
  the words around it in the story stand in the passage beside another number or date of the same kind and not beside this one (in Chinese, Japanese and
  Korean pairs of characters take the place of words); a day with another year than in the passage is refused in all languages. An event that
  is told in quite other words than in the passage, or in a neighbouring sentence, is not seen. A count that the passage has for other things is
  marked for the judge.
- A year that happens to be the sum of a year and a number of years in neighbouring sentences of the passage. A number of years that happens to lie between
  two years of neighbouring sentences, or of events that the story names.
- Counts up to four in words: "two brothers" may count what the passage lists. They are marked for the judge.
- Names without capitals: in Chinese, Japanese, Korean, Arabic and Hindi only what stands in quotation marks or title brackets is compared,
  and Japanese words in katakana are marked for the judge. A single capitalised word at the start of a sentence, and single nouns in German.
- Names in a story in another language than the passage: they may be translations. If they do not sound like a name of the passage, the judge
  looks at them.
- Who did what: a story may exchange two names of the passage.
- Causes, motives and judgements, and everything else that is told in ordinary words.
`
