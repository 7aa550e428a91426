package app

import (
	"cmp"
	"fmt"
	"html"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// report returns the whole report in Markdown: the numbers first, then each story beside its passage.
func (e *evaluation) report() string {
	var b strings.Builder
	cfg := e.app.cfg.OpenAI
	judge := "off"
	if e.judge != nil {
		judge = cmp.Or(cfg.CheckModel, cfg.Model)
	}
	fmt.Fprintf(&b, "# Stories of %s\n\nServer %s, reasoning %s, judge %s, passages of up to %d characters. Excursobot %s, %s UTC.\n\n",
		cfg.Model, e.app.model.Server(), cfg.Reasoning, judge, cfg.Passage, Version(), e.began.UTC().Format("2006-01-02 15:04"))
	e.writeOutcomes(&b)
	e.writeRules(&b)
	e.writeCost(&b)
	if len(e.failed) > 0 {
		b.WriteString("## Failed calls\n\n")
		for _, failure := range e.failed {
			fmt.Fprintf(&b, "- %s\n", html.EscapeString(failure))
		}
		b.WriteString("\n")
	}
	b.WriteString("## Stories\n\nThe passage is all that a story may say. Objections are words of the story.\n\n")
	for i, t := range e.tales {
		e.writeTale(&b, i+1, t)
	}
	return b.String()
}

// writeOutcomes writes a row for each language.
func (e *evaluation) writeOutcomes(b *strings.Builder) {
	b.WriteString("## Outcome\n\n| language | places | told at the first try | at the second | refused | declined | no answer | the judge objects | words, median | seconds to the story, median |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, language := range e.Languages {
		var places, first, second, refused, declined, silent, judged, objected int
		var words []int
		var took []time.Duration
		for _, t := range e.tales {
			if t.language != language {
				continue
			}
			places++
			switch {
			case t.text != "" && len(t.refused) == 0:
				first++
			case t.text != "":
				second++
			case len(t.refused) > 0:
				refused++
			case t.declined:
				declined++
			default:
				silent++
			}
			if t.text != "" {
				words, took = append(words, wordsOf(t.text)), append(took, t.took)
			}
			if t.judged {
				judged++
			}
			if len(t.objected) > 0 {
				objected++
			}
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d | %d | %d | %d | %d of %d | %d | %.1f |\n",
			language, places, first, second, refused, declined, silent, objected, judged, median(words), median(took).Seconds())
	}
	b.WriteString("\n")
}

// writeRules writes which rules refused how many texts.
func (e *evaluation) writeRules(b *strings.Builder) {
	by := map[string]int{}
	for _, t := range e.tales {
		for _, r := range t.refused {
			by[r.Rule]++
		}
	}
	if e.astray > 0 {
		fmt.Fprintf(b, "The model wrote %d stories about places that it was not asked about, or twice about one. They are counted nowhere else.\n\n", e.astray)
	}
	if len(by) == 0 {
		b.WriteString("No rule refused a text.\n\n")
		return
	}
	b.WriteString("Texts that the rules refused, first and second tries:\n\n| rule | texts refused |\n| --- | --- |\n")
	for _, rule := range slices.Sorted(maps.Keys(by)) {
		fmt.Fprintf(b, "| %s | %d |\n", rule, by[rule])
	}
	b.WriteString("\n")
}

// writeCost writes what the calls needed, in all and for a thousand stories.
func (e *evaluation) writeCost(b *strings.Builder) {
	told := 0
	for _, t := range e.tales {
		if t.text != "" {
			told++
		}
	}
	cfg := e.app.cfg
	b.WriteString("## Cost\n\n| | calls | seconds a call | tokens of prompts | of answers | price | for 1000 stories |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, row := range []struct {
		name string
		spent
	}{{"writing", e.writes}, {"judging", e.judges}} {
		if row.calls == 0 {
			continue
		}
		money, each := "unknown", "unknown"
		if cfg.OpenAI.PriceIn > 0 || cfg.OpenAI.PriceOut > 0 {
			spent := price(cfg, row.in, row.out)
			money, each = fmt.Sprintf("$%.4f", spent), fmt.Sprintf("$%.2f", spent*1000/float64(max(told, 1)))
		}
		fmt.Fprintf(b, "| %s | %d | %.1f | %d | %d | %s | %d and %d tokens, %s |\n", row.name, row.calls, row.took.Seconds()/float64(row.calls),
			row.in, row.out, money, row.in*1000/int64(max(told, 1)), row.out*1000/int64(max(told, 1)), each)
	}
	quotes := 0
	for _, t := range e.tales {
		for _, q := range t.quotes {
			quotes += len(q) + len(`"",`)
		}
	}
	const bytesPerToken = 3 // close for Latin, Cyrillic and CJK texts
	fmt.Fprintf(b, "\nQuotes take about %d tokens of the answers for 1000 stories, at %d bytes a token.\n\n", quotes/bytesPerToken*1000/max(told, 1), bytesPerToken)
}

// writeTale writes a story beside its passage.
func (e *evaluation) writeTale(b *strings.Builder, n int, t *tale) {
	outcome := "no answer"
	switch {
	case t.text != "":
		outcome = fmt.Sprintf("%d words, %.1f s", wordsOf(t.text), t.took.Seconds())
		if len(t.refused) > 0 {
			outcome += ", at the second try"
		}
	case len(t.refused) > 0:
		outcome = "refused"
	case t.declined:
		outcome = "declined"
	}
	fmt.Fprintf(b, "### %d. %s, %s (%s): %s\n\n", n, html.EscapeString(t.place.Title), t.language, t.place.ID, outcome)
	if t.place.URL != "" {
		fmt.Fprintf(b, "<%s>\n\n", t.place.URL)
	}
	b.WriteString("<table><tr><th>Passage (" + html.EscapeString(t.passage.Language) + ")</th><th>Story</th></tr><tr><td>\n" + inCell(t.passage.Text) + "\n</td><td>\n")
	if t.text != "" {
		b.WriteString(inCell(t.text) + "\n")
	}
	list(b, "Rests on", t.quotes)
	list(b, "For the judge to look at", t.marked)
	if t.judged {
		list(b, "The judge objects to", t.objected)
		if len(t.objected) == 0 {
			b.WriteString("<p>The judge objects to nothing.</p>\n")
		}
	}
	for _, r := range t.refused {
		fmt.Fprintf(b, "<p><b>Refused</b>: %s: %s</p>\n<p><s>%s</s></p>\n", html.EscapeString(r.Rule), html.EscapeString(r.Detail), inCell(r.Text))
	}
	b.WriteString("</td></tr></table>\n\n")
}

func list(b *strings.Builder, title string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "<p><b>%s</b></p>\n<ul>", title)
	for _, item := range items {
		b.WriteString("<li>" + inCell(item) + "</li>")
	}
	b.WriteString("</ul>\n")
}

// inCell returns text for a cell of an HTML table in Markdown, where an empty line would end the table.
func inCell(s string) string {
	lines := strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' })
	return html.EscapeString(strings.Join(lines, "\n"))
}

// wordsOf counts the words of a story; in languages without spaces, about two characters are a word.
func wordsOf(s string) int {
	words := strings.Fields(s)
	if n := utf8.RuneCountInString(s); len(words)*15 < n {
		return n / 2
	}
	return len(words)
}

func median[T int | time.Duration](list []T) T {
	if len(list) == 0 {
		return 0
	}
	slices.Sort(list)
	return list[len(list)/2]
}
