package bot

import (
	"cmp"
	"strconv"
	"strings"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// retiredCursor names a withdrawn text, and the place in the list behind it. The zero cursor is the beginning of the list.
type retiredCursor struct {
	stories bool            // it is among the stories, which come after the extracts
	report  store.ReportKey // of an extract, or of a place as a whole
	story   store.StoryKey
}

// data is the data of a button about what the cursor names, "" if it is too long for a button.
func (c retiredCursor) data(button string) string {
	if !c.stories {
		return reportData(button+":p", c.report)
	}
	k := c.story
	return fitting(button + ":s:" + k.Place + ":" + k.Language + ":" + string(k.Length) + ":" + strconv.Itoa(k.Aspect))
}

// parseCursor reads the data of such a button.
func parseCursor(args string) (c retiredCursor, ok bool) {
	kind, rest, _ := strings.Cut(args, ":")
	switch kind {
	case "p":
		c.report, ok = parseReport(rest)
		return c, ok
	case "s":
		parts := strings.Split(rest, ":")
		n := len(parts)
		if n < 4 {
			return c, false
		}
		aspect, err := strconv.Atoi(parts[n-1])
		c = retiredCursor{stories: true, story: store.StoryKey{
			Place: strings.Join(parts[:n-3], ":"), Language: parts[n-3], Length: store.Length(parts[n-2]), Aspect: aspect,
		}}
		return c, err == nil && aspect >= 0 && aspect <= store.MaxAspect && c.story.Place != ""
	}
	return c, false
}

// retiredMessage lists at most retiredPage withdrawn texts, with a button for each that restores it and, if there are more, one for the next page.
// further is set for all pages but the first.
func retiredMessage(words *text.Words, list []retired, further bool) telegram.Message {
	if len(list) == 0 {
		if further {
			return telegram.Message{HTML: words.Say("retired.end")}
		}
		return telegram.Message{HTML: words.Say("retired.none")}
	}
	more := len(list) > retiredPage
	list = list[:min(len(list), retiredPage)]
	lines := []string{words.Say("retired.title")}
	var restore []telegram.Button
	for i, r := range list {
		lines = append(lines, retiredLine(words, i+1, r))
		if data := r.at.data("restore"); data != "" {
			restore = append(restore, telegram.Button{Text: words.Plain("button.restore", "n", i+1), Data: data})
		}
	}
	m := telegram.Message{HTML: strings.Join(lines, "\n\n"), Buttons: inRows(restore, 2)}
	if data := list[len(list)-1].at.data("retired"); more && data != "" {
		m.Buttons = append(m.Buttons, []telegram.Button{{Text: words.Plain("button.retired_more"), Data: data}})
	}
	return m
}

func retiredLine(words *text.Words, n int, r retired) string {
	key, place, language := "retired.place", r.at.report.Place, r.at.report.Language
	switch {
	case r.at.stories && r.judge:
		key = "retired.story_judge"
	case r.at.stories:
		key = "retired.story"
	case language != "":
		key = "retired.extract"
	}
	if r.at.stories {
		place, language = r.at.story.Place, r.at.story.Language
	}
	const opening = 100 // characters of the story
	return words.Say(key, "n", n, "title", cmp.Or(r.title, place), "place", place, "language", text.LanguageName(language),
		"text", unlinked(telegram.Truncate(r.text, opening)))
}
