package bot

import (
	"strings"

	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/store"
)

// stillMetres is the shortest distance that counts as walked: Words.Distance shows no shorter one.
const stillMetres = 10

// summaryMessage returns the summary of a walk: why it ended and which places were told.
func summaryMessage(words *text.Words, w store.Walk, stops []store.Stop) telegram.Message {
	var b strings.Builder
	b.WriteString(words.Say(endingKey(w)) + "\n")
	key := "live.summary"
	if len(stops) == 0 {
		key = "live.summary_none"
	}
	if w.Metres < stillMetres {
		key += "_still"
	}
	b.WriteString(words.Say(key, "n", len(stops), "distance", words.Distance(w.Metres), "duration", w.Ended.Sub(w.Began)))
	if len(stops) > 0 {
		b.WriteString("\n")
	}
	for _, s := range stops {
		b.WriteString("\n" + stopLine(words, s, w.Point))
	}
	m := telegram.Message{HTML: b.String()}
	if known := w.Point != (geo.Point{}) && w.Point.Valid(); known && w.Chat > 0 && len(stops) > 0 {
		m.Buttons = [][]telegram.Button{{takeAlongButton(words, w.Point)}}
	}
	return m
}

// stopLine returns a stop's number and name, and where it is from the end of the walk. The name links to the map.
func stopLine(words *text.Words, s store.Stop, end geo.Point) string {
	if s.Point == (geo.Point{}) {
		return words.Say("live.stop_unplaced", "n", s.Number, "title", s.Title)
	}
	return words.Say("live.stop", "n", s.Number, "title", s.Title, "url", mapURL(s.Point),
		"where", where(words, standing(end), s.Point, geo.Distance(end, s.Point)))
}

// endingKeys maps the reason why a walk ended to its sentence.
var endingKeys = map[string]string{
	live.Unshared: "live.end_stopped",
	live.Expired:  "live.end_period",
	live.Stopped:  "live.end_stop_command",
	live.Replaced: "live.end_replaced",
	live.Silent:   "live.end_silent",
}

// endingKey returns the key of the first sentence of a summary.
func endingKey(w store.Walk) string {
	if key, ok := endingKeys[w.Reason]; ok {
		return key
	}
	return "live.end_stopped"
}
