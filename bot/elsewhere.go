package bot

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode/utf16"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/maplink"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	offered     = 10          // results of an inline query
	offerFresh  = time.Minute // for which results are kept, here and at Telegram
	offersKept  = 500         // cells and languages
	startInline = "inline"    // parameter of the button that leads to the private chat
)

// elsewhereQueries answers people in chats in which the bot is not: inline queries ("@bot" typed in any chat) and guest messages that mention it. It tells
// only stories that are ready, stores nothing about the people, and knows their place only as a cell of about 280 m.
type elsewhereQueries struct {
	out      *telegram.Sender
	guide    *guide.Guide
	users    store.Users
	words    *text.Catalog
	links    *links
	pause    *pause
	pictures bool
	inline   *limiter.Keyed[int64] // by person
	guest    *limiter.Keyed[int64] // by chat
	log      *slog.Logger

	mu     sync.Mutex
	offers map[offerKey]offer // at most offersKept
}

// offerKey names the stories that are offered.
type offerKey struct {
	cell     geo.Cell
	language string
}

type offer struct {
	stories []guide.Story
	until   time.Time
}

// answer answers a query of either kind. ctx ends when nobody waits for the answer any more.
func (e *elsewhereQueries) answer(ctx context.Context, u *telegram.Update) error {
	user, err := e.users.User(ctx, u.Person) // of a stranger, or without the store, the language is that of their Telegram
	if user.Banned || e.pause.closedFor(ctx, u) {
		return nil
	}
	if err != nil || user.Language == "" {
		user.Language = e.words.MatchStory(u.LanguageCode)
	}
	words := e.words.Words(user.Language)
	if u.Inline != nil {
		err = e.answerInline(ctx, u, user.Language, words)
	} else {
		err = e.answerGuest(ctx, u, user.Language, words)
	}
	if err != nil && ctx.Err() == nil {
		e.log.Warn("query_unanswered", "error", err)
	}
	return nil
}

func (e *elsewhereQueries) answerInline(ctx context.Context, u *telegram.Update, language string, words *text.Words) error {
	if !e.inline.Allow(u.Person) {
		return nil
	}
	payload := map[string]any{
		"inline_query_id": u.Inline.ID, "is_personal": true, "cache_time": int(offerFresh.Seconds()), "results": []article{},
	}
	at, filter, ok := inlinePlace(u.Inline)
	if !ok {
		payload["button"] = map[string]string{"text": words.Plain("button.inline_open"), "start_parameter": startInline}
	} else {
		stories, err := e.near(ctx, at, language)
		if err != nil {
			return err
		}
		results := []article{}
		for _, s := range stories {
			if strings.Contains(strings.ToLower(s.Place.Title), filter) {
				results = append(results, e.article(words, s))
			}
		}
		payload["results"] = results
		if len(results) == 0 {
			payload["button"] = map[string]string{"text": words.Plain("button.inline_nothing"), "start_parameter": startInline}
		}
	}
	return e.out.Call(ctx, "answerInlineQuery", payload, nil)
}

// inlinePlace returns the place that a query is about: the one that its text names, or where the person is; then the text is a part of a title.
func inlinePlace(q *telegram.InlineQuery) (at geo.Point, filter string, ok bool) {
	if found := maplink.Find(q.Text); found.Result == maplink.Found {
		return found.Point, "", found.Point.Valid()
	}
	if q.Location == nil {
		return geo.Point{}, "", false
	}
	at = geo.Point{Lat: float64(q.Location.Lat), Lon: float64(q.Location.Lng)}
	return at, strings.ToLower(strings.TrimSpace(q.Text)), at.Valid()
}

// near returns the stories that are ready around the cell of a point.
func (e *elsewhereQueries) near(ctx context.Context, p geo.Point, language string) ([]guide.Story, error) {
	key := offerKey{geo.CellAt(p, geo.LevelCache), language}
	now := time.Now()
	e.mu.Lock()
	known, ok := e.offers[key]
	e.mu.Unlock()
	if ok && now.Before(known.until) {
		return known.stories, nil
	}
	stories, err := e.guide.Ready(ctx, key.cell.Center(), language, offered)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.offers) >= offersKept {
		clear(e.offers)
	}
	e.offers[key] = offer{stories, now.Add(offerFresh)}
	return stories, nil
}

func (e *elsewhereQueries) answerGuest(ctx context.Context, u *telegram.Update, language string, words *text.Words) error {
	if u.Guest.Chat == nil || !e.guest.Allow(u.Guest.Chat.ID) {
		return nil
	}
	result := article{Type: "article", ID: "none", Title: words.Plain("bot.guest_title")}
	result.Content = messageContent{Text: words.Say("guest.nothing"), Mode: "HTML", Preview: &pagePreview{Disabled: true}}
	s, ok, err := e.summoned(ctx, u.Guest, language)
	if err != nil {
		return err
	}
	if ok {
		result = e.article(words, s)
	}
	return e.out.Call(ctx, "answerGuestQuery", map[string]any{"guest_query_id": u.Guest.Query, "result": result}, nil)
}

// summoned returns the story that a guest message asks for: at the point that its text, or the message to which it replies, has; else of the place whose
// name it is.
func (e *elsewhereQueries) summoned(ctx context.Context, m *telegram.GuestMessage, language string) (s guide.Story, ok bool, err error) {
	said := withoutMentions(m.Text, m.Entities)
	found := findPlace(said, m.Entities)
	at, here := found.Point, found.Result == maplink.Found
	if !here && m.ReplyTo != nil {
		if at, here = location(m.ReplyTo); !here {
			found = findPlace(m.ReplyTo.Text, m.ReplyTo.Entities)
			at, here = found.Point, found.Result == maplink.Found
		}
	}
	if here {
		if !at.Valid() {
			return s, false, nil
		}
		stories, err := e.near(ctx, at, language)
		if err != nil || len(stories) == 0 {
			return s, false, err
		}
		return stories[0], true, nil
	}
	for _, in := range [...]string{language, "en"} {
		if s, err = e.guide.ReadyNamed(ctx, strings.Trim(said, " .,:;!?–—-"), in); err == nil {
			return s, true, nil
		}
	}
	return s, false, nil
}

// withoutMentions returns a text without the mentions in it.
func withoutMentions(said string, entities []telegram.Entity) string {
	units := utf16.Encode([]rune(said))
	for _, e := range entities {
		if from, to := e.Offset, e.Offset+e.Length; e.Type == telegram.EntityMention && from >= 0 && e.Length > 0 && to <= len(units) {
			for i := from; i < to; i++ {
				units[i] = ' '
			}
		}
	}
	return strings.Join(strings.Fields(string(utf16.Decode(units))), " ")
}
