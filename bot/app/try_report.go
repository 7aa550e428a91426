package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/bot/guide"
	"excursobot/bot/guide/model"
	"excursobot/geo/places"
)

// section is a part of the report: lines below a title. A section without lines is left out.
type section struct {
	title string
	lines func(t *trial) []string
}

// sections are the parts of the report in their order.
var sections = []section{
	{"Model's server", (*trial).serverLines},
	{"Sources", (*trial).sourceLines},
	{"Place", (*trial).placeLines},
	{"Text for the model", (*trial).passageLines},
	{"Answer", (*trial).answerLines},
	{"Story", (*trial).storyLines},
	{"Checks", (*trial).checkLines},
	{"Cost", (*trial).costLines},
}

// print writes the report.
func (t *trial) print(out io.Writer) error {
	var b strings.Builder
	for _, s := range sections {
		lines := s.lines(t)
		if len(lines) == 0 {
			continue
		}
		b.WriteString(s.title + "\n")
		for _, line := range lines {
			b.WriteString("  " + line + "\n")
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func (t *trial) serverLines() []string {
	m := t.app.model
	if m == nil {
		return []string{"none: openai.api_key is not set, so people get extracts"}
	}
	lines := []string{fmt.Sprintf("%s at %s, openai.reasoning %s", m.Name(), m.Server(), t.app.cfg.OpenAI.Reasoning)}
	if t.model.Unknown {
		lines = append(lines, "the server says that it does not know this model")
	}
	if days, ok := t.model.DaysLeft(time.Now()); ok {
		lines = append(lines, fmt.Sprintf("the server shuts it down on %s, in %d days", t.model.Ends.Format(time.DateOnly), days))
	}
	return lines
}

func (t *trial) sourceLines() []string {
	lines := []string{"Wikipedias that cover the point, in the order of preference: " + strings.Join(t.app.places.Editions(t.point, t.language), ", ")}
	for _, r := range t.sources.requests() {
		status := "no answer"
		if r.status > 0 {
			status = fmt.Sprint(r.status)
		}
		lines = append(lines, fmt.Sprintf("%s  %s  %s  %s", inSeconds(r.took), status, r.host, r.what))
	}
	return lines
}

// placeLines tell which place was chosen and among which.
func (t *trial) placeLines() []string {
	p := t.story.Place
	if p.ID == "" {
		return nil
	}
	lines := []string{describeCard(guide.Card{Place: p, Distance: t.story.Distance})}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ranked) > 0 {
		lines = append(lines, fmt.Sprintf("the best of %d places by distance and length of the article (lower is better):", len(t.ranked)))
	}
	const shown = 4
	for i, c := range t.ranked[:min(len(t.ranked), shown)] {
		lines = append(lines, fmt.Sprintf("%d. %4.0f  %s", i+1, places.Weight(c.Place, c.Distance, nil), describeCard(c)))
	}
	return lines
}

func describeCard(c guide.Card) string {
	line := fmt.Sprintf("%s (%s), %.0f m", c.Place.Title, c.Place.ID, c.Distance)
	if c.Place.Description != "" {
		line += ", " + c.Place.Description
	}
	return line
}

// passageLines tell how much text the model got.
func (t *trial) passageLines() []string {
	asked, ok := t.question()
	if !ok {
		return nil
	}
	var lines []string
	for _, p := range asked.Request.Places {
		source := asked.Request.Passages[p.ID]
		title := p.Title
		if source.Title != "" {
			title = source.Title
		}
		lines = append(lines, fmt.Sprintf("%d characters of %q (%s)", utf8.RuneCountInString(p.Extract), title, source.Language))
	}
	return lines
}

// answerLines tell how the server answered.
func (t *trial) answerLines() []string {
	if t.app.model == nil || t.story.Place.ID == "" {
		return nil
	}
	lines := []string{"the answer took " + inSeconds(t.took) + " from the question"}
	if asked, ok := t.question(); ok {
		lines = append(lines, fmt.Sprintf("%s, %s in all, the first sign of life after %s; %d stories, %d dropped",
			plural(asked.Result.Calls, "call"), inSeconds(asked.Took), inSeconds(asked.Result.FirstToken), len(asked.Result.Stories), len(asked.Result.Dropped)))
		for failed := asked.Result.Failed; len(failed) > 0; {
			same := 1
			for same < len(failed) && failed[same] == failed[0] {
				same++
			}
			lines = append(lines, plural(same, "call")+" failed: "+failed[0])
			failed = failed[same:]
		}
		if asked.Err != nil {
			lines = append(lines, hints(asked.Err)...)
		}
	}
	for _, step := range t.app.model.Adapted() {
		lines = append(lines, "adapted to the server: "+step)
	}
	if limit := t.app.model.Limits().Bytes; limit > 0 {
		lines = append(lines, fmt.Sprintf("the server takes prompts up to %d bytes", limit))
	}
	return lines
}

const tooSmall = "the model takes too few tokens at once: load it with a larger context"

// signs are what stands in errors of servers that are set up wrongly, and what to look at.
var signs = []struct{ in, hint string }{
	{"(a web page)", "a web page answers: does openai.base_url end where the server's API begins, as in https://host/v1?"},
	{"status 401", "look at openai.api_key"},
	{"status 404", "look at openai.model, and at the path of openai.base_url"},
	{"no such host", "look at the host in openai.base_url"},
	{"connection refused", "does the server run, and is openai.base_url its address as this machine sees it?"},
	{"context length", tooSmall}, {"context size", tooSmall}, {"context window", tooSmall},
	{"nothing of the shape", "the model does not keep to the form that it is asked for: a larger or newer one may"},
}

// hints returns what an operator can do about an error.
func hints(err error) []string {
	if errors.Is(err, context.Canceled) {
		return nil
	}
	for _, s := range signs {
		if strings.Contains(err.Error(), s.in) {
			return []string{"hint: " + s.hint}
		}
	}
	return nil
}

func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func (t *trial) storyLines() []string {
	text := t.text()
	switch {
	case text == "" && t.story.Text == "":
		return nil
	case text == "":
		return []string{fmt.Sprintf("none (reason: %s); people get the extract:", t.story.Reason), t.story.Text}
	case t.story.Source != guide.FromModel:
		return []string{"people would have got the extract, because the story came too late:", text}
	}
	return []string{text, t.story.Place.URL}
}

// checkLines tell what each check says about the story, and why others were dropped.
func (t *trial) checkLines() []string {
	asked, ok := t.question()
	if !ok {
		return nil
	}
	var lines []string
	if text := t.text(); text != "" {
		for _, p := range asked.Request.Places {
			if p.ID != t.story.Place.ID {
				continue
			}
			for _, c := range model.Checks(p, asked.Request.Passages[p.ID], t.language, text) {
				result := "passed"
				if c.Detail != "" {
					result = "failed: " + c.Detail
				}
				lines = append(lines, fmt.Sprintf("%-8s %s", c.Rule, result))
			}
		}
	}
	for _, d := range asked.Result.Dropped {
		lines = append(lines, fmt.Sprintf("dropped the story of %s: %s: %s", d.Place, d.Rule, d.Detail))
	}
	return lines
}

func (t *trial) costLines() []string {
	asked, ok := t.question()
	if !ok {
		return nil
	}
	in, out := asked.Result.PromptTokens, asked.Result.AnswerTokens
	line := fmt.Sprintf("%d tokens of the prompt, %d of the answer", in, out)
	if o := t.app.cfg.OpenAI; o.PriceIn > 0 || o.PriceOut > 0 {
		line += fmt.Sprintf(": $%.6f", (float64(in)*o.PriceIn+float64(out)*o.PriceOut)/1e6)
	}
	if n := len(asked.Result.Stories); n > 1 {
		line += fmt.Sprintf(", for %d stories", n)
	}
	return []string{line}
}

// inSeconds returns a duration with two decimal places.
func inSeconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
