package bot

import (
	"cmp"
	"html"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/store"
)

// cardMost is how long a card waits for its turn. If it cannot be sent by then, it is left out, because the story comes anyway. The call itself has
// the usual time: a card whose id is unknown would stay in the chat and promise a story forever.
const cardMost = 5 * time.Second

// cardMessage returns the card that is shown to a person until the story is ready. opening is the first sentence of the article, "" if there is
// none to show: then the card says what kind of place it is.
func cardMessage(words *text.Words, c guide.Card, from vantage, opening string) telegram.Message {
	line := cmp.Or(opening, capital(c.Place.Description), words.Plain("card.line"))
	return telegram.Message{Within: cardMost, HTML: closeGap(words.Say("card.text",
		"title", c.Place.Title, "where", where(words, from, c.Place.Point, c.Distance), "line", line))}
}

// closeGap removes the line that an unknown direction leaves empty.
func closeGap(markup string) string { return strings.Replace(markup, "\n\n\n", "\n\n", 1) }

// storyMessage returns a story for a person.
func storyMessage(words *text.Words, s guide.Story, from vantage, pictures bool) telegram.Message {
	m := telegram.Message{Tail: sourceLine(words, s), Buttons: storyButtons(words, s, moreButton(words, from))}
	m.Picture, m.Tail = pictured(words, s, pictures, m.Tail)
	m.HTML = storyText(words, s, from, 0)
	return m
}

// storyText returns a story for a person without the line of its source. number is the number in a walk, 0 = it is not in a walk. In a walk, which has
// no button for it, the line of where the place is opens the map.
func storyText(words *text.Words, s guide.Story, from vantage, number int) string {
	key := "story.text"
	if number > 0 {
		key = "story.text_walk"
	}
	line := where(words, from, s.Place.Point, s.Distance)
	if number > 0 && line != "" && located(s.Place) {
		line = text.HTML(`<a href="` + html.EscapeString(mapURL(s.Place.Point)) + `">` + string(line) + "</a>")
	}
	whole := strings.TrimRight(words.Say(key, "n", number, "title", s.Place.Title, "where", line,
		"text", unlinked(s.Text), "source", text.HTML("")), "\n")
	whole = closeGap(whole)
	if s.Reason != guide.NoReason {
		whole += "\n\n" + words.Say("reason."+string(s.Reason), "wait", s.Wait)
	}
	return whole
}

// moreMessage returns more about a place that was told.
func moreMessage(words *text.Words, s guide.Story) telegram.Message {
	whole := words.Say("tell.text", "title", s.Place.Title, "text", unlinked(s.Text))
	if s.Reason != guide.NoReason {
		whole += "\n\n" + words.Say("reason."+string(s.Reason), "wait", s.Wait)
	}
	return telegram.Message{HTML: whole, Tail: sourceLine(words, s), Buttons: append(tellMoreRow(words, s), voteButtons(words, s)...)}
}

// sourceLine returns the line that names the source, "" if there is no link.
func sourceLine(words *text.Words, s guide.Story) string {
	if !webAddress(s.Place.URL) {
		return ""
	}
	key, language := "story.source", sourceLanguage(words, s)
	switch s.Source {
	case guide.FromExtract: // the licence requires the title, a link and the name of the licence
		key = "story.extract_licence"
	case guide.FromPack:
		key, language = "story.pack_source", ""
	}
	line := words.Say(key, "url", s.Place.URL, "title", s.Place.Title)
	if language != "" {
		line = words.Say(key+"_in", "url", s.Place.URL, "title", s.Place.Title, "language", language)
	}
	if s.Place.Packed {
		line += "\n" + words.Say("story.from_pack")
	}
	return line
}

// sourceLanguage returns the name of the language of the article that a story was written from, "" if that is the story's own.
func sourceLanguage(words *text.Words, s guide.Story) string {
	told, article := s.Key.Language, places.EditionOf(s.Place.URL)
	if s.Source == guide.FromExtract {
		told, article = words.Language(), s.Place.Language
	}
	if told, _, _ = strings.Cut(told, "-"); article == "" || article == told {
		return ""
	}
	return text.LanguageName(article)
}

// pictured returns the picture of a story and the last lines with its credit. Without a known credit there is no picture.
func pictured(words *text.Words, s guide.Story, pictures bool, tail string) (picture, tailWithCredit string) {
	credit := s.Place.Credit
	if !pictures || !webAddress(s.Place.Picture) || !places.Credited(credit) || !webAddress(credit.Page) {
		return "", tail
	}
	return s.Place.Picture, strings.TrimLeft(tail+"\n"+photoLine(words, s), "\n")
}

// photoLine names who made the picture of a story, and its licence.
func photoLine(words *text.Words, s guide.Story) string {
	credit := s.Place.Credit
	if credit.Author == "" {
		return words.Say("story.photo_licence", "url", credit.Page, "licence", credit.License)
	}
	return words.Say("story.photo", "url", credit.Page, "author", credit.Author, "licence", credit.License)
}

// domain is a dot that clients would make a link of: between a letter or digit and at least two letters.
var domain = regexp.MustCompile(`([\p{L}\p{N}])\.(\p{L}{2,})`)

// unlinked returns text of which no client makes a link: names with a dot, such as Booking.com, get an invisible joiner.
func unlinked(s string) string {
	if !dotInside(s) { // as in most stories; the expression takes longer than all else of a message
		return s
	}
	return domain.ReplaceAllString(s, "$1.\u2060$2")
}

// dotInside reports whether a letter follows a dot.
func dotInside(s string) bool {
	for {
		_, after, found := strings.Cut(s, ".")
		if !found {
			return false
		}
		if r, _ := utf8.DecodeRuneInString(after); unicode.IsLetter(r) {
			return true
		}
		s = after
	}
}

// storyButtons returns the buttons under a story: about the story, about what comes next, and what the reader thinks of it. next is the button for the
// next story.
func storyButtons(words *text.Words, s guide.Story, next telegram.Button) [][]telegram.Button {
	rows := tellMoreRow(words, s)
	rows = append(rows, []telegram.Button{next, {Text: words.Plain("story.map"), URL: mapURL(s.Place.Point)}})
	return append(rows, voteButtons(words, s)...)
}

// tellMoreRow returns the row with the button that tells more about a story's place, none if there is no more.
func tellMoreRow(words *text.Words, s guide.Story) [][]telegram.Button {
	data := tellData(s.Place.ID, s.More)
	if s.More <= 0 || data == "" {
		return nil
	}
	return [][]telegram.Button{{{Text: words.Plain("button.tell_more"), Data: data}}}
}

// moreButton asks for one more story where the person is.
func moreButton(words *text.Words, from vantage) telegram.Button {
	p := from.Point
	if from.unknown {
		return telegram.Button{Text: words.Plain("button.near_me"), Data: "menu:near"}
	}
	return telegram.Button{Text: words.Plain("story.more"), Data: moreData(p)}
}

// voteButtons returns the row in which a reader judges a story or an extract.
func voteButtons(words *text.Words, s guide.Story) [][]telegram.Button {
	like, dislike := voteData(s.Key, store.Like), voteData(s.Key, store.Dislike)
	if s.Key.Place == "" || like == "" {
		return wrongButtons(words, s)
	}
	return [][]telegram.Button{{
		{Text: words.Plain("story.like"), Data: like},
		{Text: words.Plain("story.dislike"), Data: dislike},
	}}
}

// mapURL returns a link that opens the point in a map.
func mapURL(p geo.Point) string {
	return "https://www.google.com/maps/search/?api=1&query=" +
		strconv.FormatFloat(p.Lat, 'f', 6, 64) + "," + strconv.FormatFloat(p.Lon, 'f', 6, 64)
}

// inRows puts n buttons into each row.
func inRows(buttons []telegram.Button, n int) [][]telegram.Button {
	return slices.Collect(slices.Chunk(buttons, n))
}

func webAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

// capital returns s with its first letter in upper case.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if !unicode.IsLower(r) {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
