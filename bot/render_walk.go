package bot

import (
	"slices"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// walkMessage returns a story of a walk. It is numbered, its line of where the place is opens the map, and it has few buttons, so that a phone that is
// taken out shows the text.
func walkMessage(words *text.Words, s guide.Story, number int, from vantage, pictures bool) telegram.Message {
	m := storyMessage(words, s, from, pictures)
	m.HTML = storyText(words, s, from, number)
	m.Buttons = tickButtons(words, s, from.Point)
	return m
}

// tickButtons returns the buttons under a story of a walk: about the story, and for the next one. The source's words keep the button that calls them
// wrong, because nobody but the readers checks them.
func tickButtons(words *text.Words, s guide.Story, at geo.Point) [][]telegram.Button {
	last := []telegram.Button{{Text: words.Plain("button.next"), Data: nextData(at, s.Place.ID)}}
	for _, row := range wrongButtons(words, s) {
		last = append(last, row...)
	}
	return append(tellMoreRow(words, s), last)
}

// interval returns how often stories come, for the inside of a sentence.
func interval(words *text.Words, d time.Duration) text.HTML {
	if d >= time.Minute && d%time.Minute == 0 {
		return text.HTML(words.Say("live.interval", "n", int(d/time.Minute)))
	}
	return text.HTML(words.Say("live.interval_seconds", "n", int(d.Round(time.Second)/time.Second)))
}

// questionMessage asks how often stories should come.
func questionMessage(words *text.Words, intervals []time.Duration) telegram.Message {
	return telegram.Message{HTML: words.Say("live.question"), Buttons: rhythmButtons(words, intervals, 0)}
}

// rhythmButtons returns a button for each interval, two in a row, and one for what the walker passes. The one that holds is marked.
func rhythmButtons(words *text.Words, intervals []time.Duration, holds time.Duration) [][]telegram.Button {
	var rows [][]telegram.Button
	for pair := range slices.Chunk(intervals, 2) {
		var row []telegram.Button
		for _, d := range pair {
			label := telegram.Plain(string(interval(words, d)))
			if d == holds {
				label = "✓ " + label
			}
			row = append(row, telegram.Button{Text: label, Data: "every:" + d.String()})
		}
		rows = append(rows, row)
	}
	pass := telegram.Button{Text: words.Plain("button.pass"), Data: "every:" + everyPass}
	if holds == live.Pass {
		pass.Text = "✓ " + pass.Text
	}
	return append(rows, []telegram.Button{pass})
}

// rhythm returns how often the stories of a walk come: an interval or live.Pass.
func rhythm(w store.Walk) time.Duration {
	if w.Pass {
		return live.Pass
	}
	return w.Interval
}

// statusMessage shows the state of a walk, with buttons that change it.
func statusMessage(words *text.Words, w store.Walk, intervals []time.Duration) telegram.Message {
	m := telegram.Message{
		HTML:    words.Say("live.status", "interval", interval(words, w.Interval), "n", w.Number),
		Buttons: rhythmButtons(words, intervals, rhythm(w)),
	}
	if w.Pass {
		m.HTML = words.Say("live.status_pass", "n", w.Number)
	}
	if w.Paused {
		m.HTML, m.Buttons = words.Say("live.status_paused", "n", w.Number), nil
	}
	if !w.Paused && w.Aim != (geo.Point{}) {
		m.HTML, m.Buttons = words.Say("live.status_tour", "n", w.Number), nil
	}
	m.Buttons = append(m.Buttons, walkButtons(words, w.Paused, w.Point)...)
	return m
}

func walkButtons(words *text.Words, paused bool, at geo.Point) [][]telegram.Button {
	first := telegram.Button{Text: words.Plain("button.pause"), Data: "live:pause"}
	if paused {
		first = telegram.Button{Text: words.Plain("button.resume"), Data: "live:resume"}
	}
	return [][]telegram.Button{
		{first, {Text: words.Plain("button.next"), Data: nextData(at, "")}},
		{{Text: words.Plain("button.stop"), Data: "live:stop"}},
	}
}

func pausedMessage(words *text.Words) telegram.Message {
	return telegram.Message{HTML: words.Say("live.paused"), Buttons: [][]telegram.Button{
		{{Text: words.Plain("button.resume"), Data: "live:resume"}},
		{{Text: words.Plain("button.stop"), Data: "live:stop"}},
	}}
}

func resumedMessage(words *text.Words, w store.Walk, now time.Time) telegram.Message {
	switch {
	case w.Aim != (geo.Point{}):
		return telegram.Message{HTML: words.Say("live.status_tour", "n", w.Number)}
	case w.Pass:
		return telegram.Message{HTML: words.Say("live.resumed_pass")}
	}
	return telegram.Message{HTML: words.Say("live.resumed", "interval", max(0, w.Due.Sub(now)))}
}

// noWalkMessage tells the person that they are not on a walk, and how to begin one.
func noWalkMessage(words *text.Words) telegram.Message {
	return telegram.Message{HTML: words.Say("live.none"), Buttons: [][]telegram.Button{{{Text: words.Plain("button.how_live"), Data: "live:how"}}}}
}

// fullMessage answers a share when there are too many walks: it offers a single story instead.
func fullMessage(words *text.Words, p geo.Point) telegram.Message {
	return telegram.Message{HTML: words.Say("live.full"), Buttons: [][]telegram.Button{{{Text: words.Plain("button.story_here"), Data: moreData(p)}}}}
}

// everyPass is what the button "every:pass" asks for instead of an interval.
const everyPass = "pass"

const (
	quietKey     = "live.quiet"
	quietPassKey = "live.quiet_pass"
)
