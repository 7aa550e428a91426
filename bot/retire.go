package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// onRetire ("/retire <place>", or "/retire" in reply to a story) withholds a place: in every language, length and aspect.
func (o *operators) onRetire(ctx context.Context, u *update) error {
	args := arguments(u.Message.Text)
	place := ""
	switch {
	case len(args) == 1:
		place = args[0]
	case len(args) == 0 && u.Message.ReplyTo != nil:
		place = o.placeOf(ctx, u, u.Message.ReplyTo)
	}
	if place == "" {
		return o.reply.say(ctx, u, u.words.Say("admin.retire_usage", "example", "Q243"))
	}
	title, err := o.guide.Retire(ctx, place)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return o.reply.say(ctx, u, u.words.Say("admin.retire_unknown", "place", place))
	case err != nil:
		return err
	}
	o.log.Warn("place_retired", "place", place, "by", u.Person)
	return o.reply.say(ctx, u, u.words.Say("admin.retire_done", "title", title, "place", place))
}

// placeOf returns the place that a message of the bot is about: by the buttons under it, or as the last story of the chat. "" if it is unknown.
func (o *operators) placeOf(ctx context.Context, u *update, m *telegram.Incoming) string {
	if m.ReplyMarkup != nil {
		for _, row := range m.ReplyMarkup.InlineKeyboard {
			for _, b := range row {
				if place := placeIn(b.Data); place != "" {
					return place
				}
			}
		}
	}
	last, err := o.store.LastStory(ctx, u.Person, u.Chat, time.Now())
	if err != nil || last.Message != m.ID {
		return ""
	}
	return last.Place
}

// placeIn returns the place that the data of a button names, "" if it names none.
func placeIn(data string) string {
	id, args, _ := strings.Cut(data, ":")
	switch id {
	case "tell":
		place, _, _ := parseTell(args)
		return place
	case "vote":
		key, _, _ := parseVote(args)
		return key.Place
	case "wrong":
		key, _ := parseReport(args)
		return key.Place
	case "next":
		_, place := parseNext(args)
		return place
	}
	return ""
}

// retiredPage is how many withdrawn texts one message lists.
const retiredPage = 5

// onRetired lists what is withdrawn, with a button for each that restores it.
func (o *operators) onRetired(ctx context.Context, u *update) error {
	return o.listRetired(ctx, u, retiredCursor{})
}

// retiredButton ("retired:<cursor>") lists what comes after the cursor.
func (o *operators) retiredButton(u *telegram.Update, args string) intake.Job {
	after, ok := parseCursor(args)
	if !ok || !o.operators.has(u.Person) {
		return o.reply.oldButton()
	}
	return o.reply.job("button", func(ctx context.Context, u *update) error {
		o.out.AnswerCallback(ctx, u.Callback.ID, "")
		return o.listRetired(ctx, u, after)
	})
}

// restoreButton ("restore:<cursor>") shows a text, or tells a story, again.
func (o *operators) restoreButton(u *telegram.Update, args string) intake.Job {
	what, ok := parseCursor(args)
	if !ok || !o.operators.has(u.Person) {
		return o.reply.oldButton()
	}
	return o.reply.job("button", func(ctx context.Context, u *update) error {
		var err error
		if what.stories {
			err = o.guide.RestoreStory(ctx, what.story)
		} else {
			err = o.guide.RestoreExtract(ctx, what.report)
		}
		toast := "toast.restored"
		switch {
		case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
			toast = "toast.restored_before"
		case err != nil:
			o.out.AnswerCallback(ctx, u.Callback.ID, "")
			return err
		default:
			o.log.Warn("text_restored", "what", args, "by", u.Person)
		}
		o.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(toast))
		return nil
	})
}

// listRetired sends the page of withdrawn texts that come after the cursor.
func (o *operators) listRetired(ctx context.Context, u *update, after retiredCursor) error {
	list, err := o.retiredAfter(ctx, after, retiredPage+1)
	if err != nil {
		return err
	}
	_, err = o.out.Send(ctx, u.To(), retiredMessage(u.words, list, after != retiredCursor{}))
	return err
}

// retired is a withheld extract or place, or a retired story.
type retired struct {
	at    retiredCursor
	title string
	text  string // of a story
	judge bool   // the story was refused by the judge
}

// retiredAfter returns at most limit withdrawn texts after the cursor: first extracts and places, then stories of places that are not withheld as a whole.
func (o *operators) retiredAfter(ctx context.Context, after retiredCursor, limit int) ([]retired, error) {
	var list []retired
	if !after.stories {
		reports, err := o.store.WithheldPlaces(ctx, after.report, limit)
		if err != nil {
			return nil, err
		}
		for _, r := range reports {
			list = append(list, retired{at: retiredCursor{report: r.ReportKey}, title: r.Title})
		}
		after = retiredCursor{stories: true}
	}
	for len(list) < limit {
		const batch = 50
		stories, err := o.store.RetiredStories(ctx, after.story, batch)
		if err != nil || len(stories) == 0 {
			return list, err
		}
		places := make([]store.ReportKey, len(stories))
		for i, s := range stories {
			places[i].Place = s.Place
		}
		whole, err := o.store.Withheld(ctx, places)
		if err != nil {
			return nil, err
		}
		for i, s := range stories {
			if after.story = s.StoryKey; !whole[i] && len(list) < limit {
				list = append(list, retired{
					at: retiredCursor{stories: true, story: s.StoryKey}, title: s.Title, text: s.Text, judge: s.Judged == store.JudgedRefused,
				})
			}
		}
		if len(stories) < batch {
			break
		}
	}
	return list, nil
}
