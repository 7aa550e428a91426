package bot

import (
	"bytes"
	"context"
	"errors"
	"html"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/booklet"
	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/geo/track"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	// takeWithin is how far the stories of a booklet lie from the person at most, in metres.
	takeWithin = 3000
	// takeEvery is the time between two booklets of a person.
	takeEvery = 10 * time.Minute
)

// booklets sends people the stories around them, to take along where there is no network.
type booklets struct {
	out    *telegram.Sender
	reply  *responder
	guide  *guide.Guide
	live   *live.Live
	recent store.Recent
	wishes *wishes
	sent   *limiter.Keyed[int64]
	log    *slog.Logger
}

func newBooklets() *booklets {
	return &booklets{sent: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: 1 / takeEvery.Seconds(), Burst: 1})}
}

// takeAlongButton returns the button that sends the stories around a point as a file.
func takeAlongButton(words *text.Words, p geo.Point) telegram.Button {
	return telegram.Button{Text: words.Plain("button.take_along"), Data: "pack" + strings.TrimPrefix(moreData(p), "more")}
}

// onPack sends the stories around the person's last position.
func (b *booklets) onPack(ctx context.Context, u *update) error {
	if w, ok := b.live.Walk(u.Person); ok {
		return b.send(ctx, u, w.Point)
	}
	last, err := b.recent.LastPoint(ctx, u.Person, u.Chat, time.Now())
	if errors.Is(err, store.ErrNotFound) {
		b.wishes.put(u.Person, wish{pack: true}, time.Now())
		return b.reply.askLocation(ctx, u, "pack.locate")
	}
	if err != nil {
		return err
	}
	return b.send(ctx, u, last.Point)
}

// button ("pack:<lat>,<lon>") sends the stories around a point.
func (b *booklets) button(u *telegram.Update, args string) intake.Job {
	p, ok := parsePoint(args)
	if !ok || !u.Private {
		return b.reply.oldButton()
	}
	return b.reply.job("button", func(ctx context.Context, u *update) error {
		b.out.AnswerCallback(ctx, u.Callback.ID, "")
		return b.send(ctx, u, p)
	})
}

// send sends the stories around a point, or offers a first one if none is ready.
func (b *booklets) send(ctx context.Context, u *update, from geo.Point) error {
	sent, err := b.sendReady(ctx, u, from)
	if sent || err != nil {
		return err
	}
	_, err = b.out.Send(ctx, u.To(), telegram.Message{
		HTML:    u.words.Say("pack.none", "distance", text.HTML(u.words.Distance(takeWithin))),
		Buttons: [][]telegram.Button{{{Text: u.words.Plain("button.story_here"), Data: moreData(from)}}},
	})
	return err
}

// located sends the stories around the position that the person was asked for. It reports false if none is ready: then it tells the person that the first
// one follows.
func (b *booklets) located(ctx context.Context, u *update, from geo.Point) (sent bool, _ error) {
	sent, err := b.sendReady(ctx, u, from)
	if sent || err != nil {
		return sent, err
	}
	return false, b.reply.say(ctx, u, u.words.Say("pack.first", "distance", text.HTML(u.words.Distance(takeWithin))))
}

// sendReady sends the page and the file of places. It reports false if no story is ready.
func (b *booklets) sendReady(ctx context.Context, u *update, from geo.Point) (sent bool, _ error) {
	stories, err := b.guide.Best(ctx, from, takeWithin, u.words.Language(), u.user.Interests, booklet.MaxStops)
	if err != nil || len(stories) == 0 {
		return false, err
	}
	if !b.sent.Allow(u.Person) {
		return true, b.reply.say(ctx, u, u.words.Say("pack.again", "duration", takeEvery))
	}
	var page, gpx bytes.Buffer
	name := "excursobot-" + u.Arrived.UTC().Format(time.DateOnly)
	err = booklet.Write(&page, bookletPage(u.words, stories, from, u.Arrived))
	if err == nil {
		err = track.GPX(&gpx, bookletRoute(u.words, stories))
	}
	if err != nil {
		return true, err
	}
	caption := u.words.Say("pack.caption", "n", len(stories))
	if err := b.upload(ctx, u, name+".html", caption, page.Bytes()); err != nil {
		return true, err
	}
	if err := b.upload(ctx, u, name+".gpx", u.words.Say("pack.caption_gpx"), gpx.Bytes()); err != nil {
		b.log.Warn("file_failed", "update", u.ID, "error", err) // the stories are there
	}
	return true, nil
}

func (b *booklets) upload(ctx context.Context, u *update, name, caption string, data []byte) error {
	return b.out.Do(ctx, telegram.Request{To: u.To(), Method: "sendDocument", Payload: telegram.Form{
		Field: "document", Name: name, Data: data, Fields: map[string]string{"caption": caption, "parse_mode": "HTML"},
	}}, nil)
}

// bookletRoute returns the places of the stories for geo/track.
func bookletRoute(words *text.Words, stories []store.Story) track.Route {
	r := track.Route{Name: words.Say("pack.title")}
	for i, s := range stories {
		r.Places = append(r.Places, track.Place{Number: i + 1, Title: s.Title, Point: s.Point})
	}
	return r
}

// bookletPage returns the page of the stories around a point.
func bookletPage(words *text.Words, stories []store.Story, from geo.Point, at time.Time) booklet.Page {
	p := booklet.Page{
		Language: words.Language(), Title: words.Say("pack.title"), From: from,
		Lead: words.Say("pack.lead", "n", len(stories), "date", at.UTC().Format(time.DateOnly)),
		Words: booklet.Words{
			Start: words.Say("pack.start"), North: words.Say("route.north"), Metre: words.Say("route.metre"), Kilometre: words.Say("route.kilometre"),
			MapName: words.Say("pack.map"), OpenMap: words.Say("pack.open_map"), ReadOn: words.Say("pack.read_on"),
			Sources: words.Say("pack.sources"), Licence: words.Say("pack.licence"), Foot: words.Say("pack.foot"),
		},
	}
	for _, s := range stories {
		distance := geo.Distance(from, s.Point)
		stop := booklet.Stop{
			Title: s.Title, Text: s.Text, Point: s.Point, Map: mapURL(s.Point), Source: s.URL, Article: articleTitle(&s),
			Where: html.UnescapeString(string(where(words, standing(from), s.Point, distance))), Rights: words.Say("pack.rights_unknown"),
		}
		if s.Revision > 0 {
			stop.Rights = words.Say("pack.rights", "revision", strconv.FormatInt(s.Revision, 10))
		}
		if s.Packed {
			stop.Note = words.Say("story.from_pack")
		}
		p.Stops = append(p.Stops, stop)
	}
	return p
}

// articleTitle returns the title of the article that a story's address leads to, or the story's own title.
func articleTitle(s *store.Story) string {
	if places.EditionOf(s.URL) != "" {
		if _, name, ok := strings.Cut(s.URL, "/wiki/"); ok {
			if title, err := url.PathUnescape(name); err == nil && title != "" {
				return strings.ReplaceAll(title, "_", " ")
			}
		}
	}
	return s.Title
}
