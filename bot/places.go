package bot

import (
	"context"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/geo/maplink"
)

// findPlace returns the place that a text and the addresses behind its words name. A long post has many entities, of which few are links.
func findPlace(text string, entities []telegram.Entity) maplink.Answer {
	var links []string
	for _, e := range entities {
		if e.Type == telegram.EntityTextLink && len(links) < maplink.MaxLinks {
			links = append(links, e.URL)
		}
	}
	return maplink.Find(text, links...)
}

// placeJob returns the job of a text in which found was found. kind is that of an answer without a story, otherwise that answer.
func (r *router) placeJob(kind string, found maplink.Answer, otherwise handler) intake.Job {
	switch found.Result {
	case maplink.Found:
		return r.stories.job(jobLocation, found.Point)
	case maplink.Ambiguous:
		if found.DependsOnLanguage() { // which is not known at arrival
			run := func(ctx context.Context, u *update) error { return r.stories.onReadings(ctx, u, found) }
			return intake.Story{Kind: jobLocation, Lane: intake.Telling, Run: r.reply.handle(run)}
		}
		return r.reply.job(kind, func(ctx context.Context, u *update) error { return r.stories.askWhich(ctx, u, found.Choices) })
	case maplink.Hidden:
		return r.reply.job(kind, r.help.onHiddenPlace)
	case maplink.ShortCode:
		return r.reply.job(kind, r.help.onShortCode)
	default:
		return r.reply.job(kind, otherwise)
	}
}

// onReadings tells a story at the place that a text means in the person's language: the one they chose, or that of their Telegram. If neither settles
// it, it asks.
func (s *stories) onReadings(ctx context.Context, u *update, found maplink.Answer) error {
	switch found = found.In(u.user.Language, u.LanguageCode); {
	case found.Result == maplink.Ambiguous:
		return s.askWhich(ctx, u, found.Choices)
	case !found.Point.Valid():
		return s.reply.badLocation(ctx, u)
	default:
		return s.onLocation(ctx, u, found.Point)
	}
}

// askWhich asks which of the points the person means. The buttons tell a story there.
func (s *stories) askWhich(ctx context.Context, u *update, points []geo.Point) error {
	m := telegram.Message{HTML: u.words.Say("text.which_place")}
	for _, p := range points {
		if p.Valid() {
			m.Buttons = append(m.Buttons, []telegram.Button{{Text: u.words.Point(p.Lat, p.Lon), Data: moreData(p)}})
		}
	}
	if len(m.Buttons) == 0 {
		return s.reply.badLocation(ctx, u)
	}
	_, err := s.out.Send(ctx, u.To(), m)
	return err
}
