package bot

import (
	"strconv"
	"strings"
	"time"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/route"
	"excursobot/geo/track"
	"excursobot/store"
)

// tourID tells a tour from the person's others, in buttons.
func tourID(t store.Tour) string { return strconv.FormatInt(t.Planned.Unix(), 36) }

// tourData returns the data of a button of a tour, which belongs to its next stop.
func tourData(what string, t store.Tour) string {
	return "tour:" + what + ":" + tourID(t) + ":" + strconv.Itoa(t.Next)
}

// askTourMessage asks how long a tour should be.
func askTourMessage(words *text.Words) telegram.Message {
	m := telegram.Message{HTML: words.Say("tour.ask")}
	for _, minutes := range tourMinutes {
		length, data := time.Duration(minutes)*time.Minute, "tour:"+strconv.Itoa(minutes)
		m.Buttons = append(m.Buttons, []telegram.Button{
			{Text: words.Plain("button.tour_round", "duration", length), Data: data + ":round"},
			{Text: words.Plain("button.tour_oneway", "duration", length), Data: data + ":oneway"},
		})
	}
	return m
}

// noTourMessage says that there is too little around for a tour, and offers what there may be.
func noTourMessage(words *text.Words, w wish, from geo.Point) telegram.Message {
	return telegram.Message{
		HTML:    words.Say("tour.none", "duration", time.Duration(w.minutes)*time.Minute),
		Buttons: [][]telegram.Button{{{Text: words.Plain("button.story_here"), Data: moreData(from)}}},
	}
}

// tourMessage lists the stops of a tour with the minutes from its start. all means that it has all that is known.
func tourMessage(words *text.Words, t store.Tour, takes time.Duration) telegram.Message {
	length, distance := takes.Round(time.Minute), text.HTML(words.Distance(t.Metres))
	head := words.Say("tour.head_oneway", "n", len(t.Stops), "duration", length, "distance", distance)
	if t.Round {
		head = words.Say("tour.head_round", "n", len(t.Stops), "duration", length, "distance", distance)
	}
	lines := []string{head, ""}
	for i, s := range t.Stops {
		lines = append(lines, words.Say("tour.stop", "n", i+1, "url", mapURL(s.Point), "title", s.Title, "duration", minutesOf(s)))
	}
	if t.Round {
		lines = append(lines, words.Say("tour.back", "duration", length))
	}
	lines = append(lines, "", words.Say("tour.note"))
	if takes < time.Duration(t.Minutes)*time.Minute*2/3 {
		lines = append(lines, words.Say("tour.short"))
	}
	return telegram.Message{HTML: strings.Join(lines, "\n"), Buttons: [][]telegram.Button{
		{{Text: words.Plain("button.tour_start"), Data: tourData("start", t)}, mapButton(words, t)},
		{takeAlongButton(words, t.From)},
	}}
}

// minutesOf returns when the person arrives at a stop, at least a minute after the start.
func minutesOf(s store.TourStop) time.Duration { return time.Duration(max(s.Minutes, 1)) * time.Minute }

// nextStopMessage tells a person at from where the next stop is, or after the last one of a round tour, where the start is.
func nextStopMessage(words *text.Words, t store.Tour, from vantage) telegram.Message {
	last := []telegram.Button{{Text: words.Plain("story.map"), URL: mapURL(aimFor(t))}, {Text: words.Plain("button.tour_end"), Data: tourData("end", t)}}
	if goesBack(t) {
		return telegram.Message{HTML: words.Say("tour.go_back", "way", text.HTML(wayTo(words, from, t.From))), Buttons: [][]telegram.Button{last}}
	}
	stop := t.Stops[t.Next]
	return telegram.Message{
		HTML: words.Say("tour.next", "n", t.Next+1, "all", len(t.Stops), "title", stop.Title, "way", text.HTML(wayTo(words, from, stop.Point))),
		Buttons: [][]telegram.Button{
			{{Text: words.Plain("button.tour_there"), Data: tourData("there", t)}, {Text: words.Plain("button.tour_skip"), Data: tourData("skip", t)}},
			last,
		},
	}
}

// wayTo returns how far and in which direction a place is, and how long the way takes.
func wayTo(words *text.Words, from vantage, place geo.Point) string {
	metres := geo.Distance(from.Point, place)
	if metres < nextTo {
		return words.Say("tour.way_close")
	}
	return words.Say("tour.way", "distance", text.HTML(words.Distance(metres)),
		"direction", text.HTML(words.Say(directionOf(from, place))),
		"duration", max(route.Walk(metres).Round(time.Minute), time.Minute))
}

// endOfTourMessage sums up a tour, with the number of stops that the person heard.
func endOfTourMessage(words *text.Words, t store.Tour, heard int, now time.Time) telegram.Message {
	if heard == 0 {
		return telegram.Message{HTML: words.Say("tour.end_none")}
	}
	took := max(now.Sub(t.Started).Round(time.Minute), time.Minute)
	return telegram.Message{HTML: words.Say("tour.end", "n", heard, "all", len(t.Stops), "duration", took)}
}

// tourRoute returns the plan of a tour for geo/track: straight lines from stop to stop.
func tourRoute(words *text.Words, t store.Tour, takes time.Duration) track.Route {
	r := track.Route{
		Name:  words.Say("tour.name", "duration", takes.Round(time.Minute)),
		Track: []track.Fix{{Point: t.From}},
		Words: track.Words{North: words.Say("route.north"), Metre: words.Say("route.metre"), Kilometre: words.Say("route.kilometre")},
	}
	for i, s := range t.Stops {
		r.Track = append(r.Track, track.Fix{Point: s.Point})
		r.Places = append(r.Places, track.Place{Number: i + 1, Title: s.Title, Point: s.Point})
	}
	if t.Round {
		r.Track = append(r.Track, track.Fix{Point: t.From})
	}
	return r
}
