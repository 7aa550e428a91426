package bot

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// A deep link https://t.me/<bot>?start=<parameter> opens the private chat and sends "/start <parameter>". The parameter of a place is
// p_<place>, with "-" for the ":" of its id. If only another edition than those of the interface's languages knows the place, _<edition> follows.

const (
	startPlace   = "p_"
	startLongest = 64 // characters of A-Z a-z 0-9 _ -
)

// placeParameter returns the parameter of a place, "" if the place can have none.
func placeParameter(place, edition string) string {
	parameter := startPlace + strings.ReplaceAll(place, ":", "-")
	if edition != "" {
		parameter += "_" + edition
	}
	if back, in, ok := parsePlaceParameter(parameter); !ok || back != place || in != edition {
		return ""
	}
	return parameter
}

// parsePlaceParameter reads the parameter of a place. ids are "Q129846" and "wp:en:123".
func parsePlaceParameter(s string) (place, edition string, ok bool) {
	rest, found := strings.CutPrefix(s, startPlace)
	if !found || len(s) > startLongest || strings.ContainsFunc(s, func(r rune) bool { return !startRune(r) }) {
		return "", "", false
	}
	place, edition, _ = strings.Cut(rest, "_")
	if page, isPage := strings.CutPrefix(place, "wp-"); isPage { // an edition may contain "-" too
		at := strings.LastIndexByte(page, '-')
		if at <= 0 {
			return "", "", false
		}
		place = "wp:" + page[:at] + ":" + page[at+1:]
	}
	return place, edition, place != "" && !strings.Contains(edition, "_")
}

func startRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
}

// links makes the links with which people share places.
type links struct {
	username func() string // of the bot; "" until Telegram told it
	words    *text.Catalog
}

// to returns the link to a place, "" if there can be none.
func (l *links) to(s guide.Story) string {
	edition := s.Place.Language
	if slices.Contains(l.words.Languages(), edition) {
		edition = ""
	}
	name, parameter := l.username(), placeParameter(s.Place.ID, edition)
	if name == "" || parameter == "" {
		return ""
	}
	return "https://t.me/" + name + "?start=" + parameter
}

// offer puts the button that shares a story's place beside the one for the map.
func (l *links) offer(rows [][]telegram.Button, words *text.Words, s guide.Story) [][]telegram.Button {
	link := l.to(s)
	if link == "" {
		return rows
	}
	query := "text=" + url.QueryEscape(s.Place.Title) + "&url=" + url.QueryEscape(link)
	share := telegram.Button{Text: words.Plain("button.share"), URL: "https://t.me/share/url?" + strings.ReplaceAll(query, "+", "%20")}
	pin := mapURL(s.Place.Point)
	for i, row := range rows {
		if slices.ContainsFunc(row, func(b telegram.Button) bool { return b.URL == pin }) {
			rows[i] = append(row, share)
			return rows
		}
	}
	return append(rows, []telegram.Button{share})
}

// errUnknownPlace is that a link names no place that can be told.
var errUnknownPlace = errors.New("the link's place is unknown")

// sharedJob returns the job of "/start p_<place>": the story of that place, told before or not.
func (s *stories) sharedJob(parameter string) intake.Job {
	place, edition, ok := parsePlaceParameter(parameter)
	if !ok {
		return s.reply.job("command", func(ctx context.Context, u *update) error { return s.explain(ctx, u, 0, errUnknownPlace) })
	}
	return intake.Story{Kind: "shared", Lane: intake.Telling, Run: s.reply.handle(func(ctx context.Context, u *update) error {
		_, err := s.tell(ctx, u, elsewhere, func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error) {
			req.Place = place
			story, claim, err := s.guide.TellPlace(ctx, req, slices.Concat([]string{edition, "en"}, s.links.words.Languages()), onCard)
			if errors.Is(err, guide.ErrNothing) {
				err = errUnknownPlace
			}
			return story, claim, err
		})
		return err
	})}
}
