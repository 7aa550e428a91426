package bot

import (
	"context"
	"errors"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/store"
)

// tellButton ("tell:<place>:<aspect>") tells more about a place from its article.
func (s *stories) tellButton(_ *telegram.Update, args string) intake.Job {
	place, aspect, ok := parseTell(args)
	if !ok {
		return s.reply.oldButton()
	}
	return intake.Story{Kind: "button", Lane: intake.Telling, Run: s.reply.handle(func(ctx context.Context, u *update) error {
		return s.tellMore(ctx, u, place, aspect)
	})}
}

// tellMore tells the aspect of a place. It does not count as another place.
func (s *stories) tellMore(ctx context.Context, u *update, place string, aspect int) error {
	last, err := s.store.LastStory(ctx, u.Person, u.Chat, time.Now())
	if err == nil && last.Place == place && last.Aspect >= aspect { // pressed twice
		return s.reply.late(ctx, u, "tell.told")
	}
	stopTyping := s.out.ShowTyping(ctx, u.To())
	defer stopTyping()
	story, err := s.guide.More(ctx, guide.MoreRequest{
		Person: u.Person, Place: place, Aspect: aspect, Language: u.user.Language, Length: u.user.Length, Brief: u.Brief,
	})
	stopTyping()
	switch {
	case errors.Is(err, guide.ErrNoMore):
		return s.reply.say(ctx, u, u.words.Say("tell.no_more"))
	case errors.Is(err, guide.ErrSource):
		return s.reply.say(ctx, u, u.words.Say("error.source"))
	case err != nil:
		return err
	}
	m := moreMessage(u.words, story)
	if story.Source != guide.FromExtract { // its text is not kept
		m.Buttons = s.voices.offer(m.Buttons, u.words, story)
	}
	message, err := s.out.Send(ctx, u.To(), m)
	if err != nil && !errors.Is(err, telegram.ErrAmbiguous) {
		return err
	}
	note := store.LastStory{Person: u.Person, Chat: u.Chat, StoryKey: story.Told(), Message: message, At: time.Now()}
	note.Place, note.Aspect = place, aspect
	s.note(ctx, u, note)
	s.observe.Story("button", story.Source, time.Since(u.Arrived))
	s.guide.Showed(ctx, story, store.Shown{Chat: u.To().Chat, Message: message, Person: u.Person})
	return err
}

// note stores the story that was told last, to which a question refers. If that fails, the person has to reply to the story.
func (s *stories) note(ctx context.Context, u *update, last store.LastStory) {
	if err := s.store.NoteStory(ctx, last); err != nil && ctx.Err() == nil {
		s.observe.Error("store")
		s.log.Warn("last_story_unsaved", "update", u.ID, "error", err)
	}
}
