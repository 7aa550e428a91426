package bot

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/speech"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/limiter"
	"excursobot/store"
)

// voices speaks stories: when the button is pressed, and after each story to the people who want that.
type voices struct {
	out     *telegram.Sender
	reply   *responder
	host    laneHost
	guide   *guide.Guide
	speech  *speech.Speech // nil = there are no voices
	users   store.Users
	silence *limiter.Keyed[int64] // by person: explanations why a voice did not come by itself
	observe Observe
	log     *slog.Logger

	mu      sync.Mutex
	pressed map[pressedButton]struct{} // buttons whose voice is under way
}

// pressedButton is a button of a message.
type pressedButton struct {
	chat    int64
	message int
	data    string
}

// silenceEvery is the least time between two explanations why voices do not come by themselves.
const silenceEvery = time.Hour

// offer puts the button that speaks a story into the first row, if there is a voice in its language.
func (v *voices) offer(rows [][]telegram.Button, words *text.Words, s guide.Story) [][]telegram.Button {
	key := s.Told()
	data := listenData(key)
	if data == "" || key.Place == "" || !v.speech.Speaks(key.Language) {
		return rows
	}
	listen := telegram.Button{Text: words.Plain("button.listen"), Data: data}
	for i, row := range rows {
		if len(row) > 0 && row[0].Text == words.Plain("button.tell_more") {
			rows[i] = append([]telegram.Button{listen}, row...)
			return rows
		}
	}
	return append([][]telegram.Button{{listen}}, rows...)
}

// button ("listen:<place>:<language>:<length>:<aspect>") speaks a story. While its voice is under way, a second press shows only a note.
func (v *voices) button(u *telegram.Update, args string) intake.Job {
	key, ok := parseListen(args)
	if !ok {
		return v.reply.oldButton()
	}
	v.mu.Lock()
	_, busy := v.pressed[pressOf(u)]
	v.mu.Unlock()
	if busy {
		return v.toast("toast.voice_coming")
	}
	return intake.Reply{Kind: "button", Lane: intake.Speaking, Run: v.reply.handle(func(ctx context.Context, u *update) error {
		defer v.press(u.Update)()
		return v.listen(ctx, u, key)
	})}
}

func pressOf(u *telegram.Update) pressedButton {
	p := pressedButton{chat: u.Chat, data: u.Callback.Data}
	if m := u.Callback.Message; m != nil {
		p.message = m.ID
	}
	return p
}

func (v *voices) press(u *telegram.Update) (release func()) {
	p := pressOf(u)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.pressed[p] = struct{}{} // at most as many as there are lanes
	return func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.pressed, p)
	}
}

func (v *voices) toast(key string) intake.Job {
	return v.reply.job("button", func(ctx context.Context, u *update) error {
		v.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(key))
		return nil
	})
}

// listen answers the press of the button with a voice that replies to the text.
func (v *voices) listen(ctx context.Context, u *update, key store.StoryKey) error {
	if !v.speech.Speaks(key.Language) {
		why := "toast.voice_off"
		if len(v.speech.Languages()) > 0 {
			why = "toast.voice_no_language"
		}
		v.out.AnswerCallback(ctx, u.Callback.ID, u.words.Plain(why))
		return nil
	}
	story, err := v.guide.Stored(ctx, key)
	if err != nil {
		gone := ""
		if errors.Is(err, guide.ErrNothing) {
			gone, err = u.words.Plain("toast.voice_gone"), nil
		}
		v.out.AnswerCallback(ctx, u.Callback.ID, gone)
		return err
	}
	spoken := spokenText(story)
	coming := ""
	if !v.speech.AtHand(ctx, spoken) {
		coming = u.words.Plain("toast.voice_coming")
	}
	v.out.AnswerCallback(ctx, u.Callback.ID, coming)
	to := u.To()
	if m := u.Callback.Message; m != nil {
		to.Reply = m.ID
	}
	why, err := v.say(ctx, u.words, u.user, to, story, speech.Waiting, false)
	if err != nil || why == "" {
		return err
	}
	to.Reply = 0
	_, err = v.out.Send(ctx, to, telegram.Message{HTML: u.words.Say(why), Silent: true})
	return err
}

// spokenText returns what is spoken of a story.
func spokenText(s guide.Story) speech.Text {
	return speech.Text{Key: s.Told(), Title: s.Place.Title, Text: s.Text}
}

// say sends the voice of a story. why is the key of the sentence that tells why there is none, "" if it was sent.
func (v *voices) say(ctx context.Context, words *text.Words, user store.User, to telegram.Target, s guide.Story, class limiter.Class, silent bool) (why string, err error) {
	stop := v.out.ShowRecording(ctx, to)
	defer stop()
	spoken := spokenText(s)
	message := telegram.Voice{Caption: captionOf(words, s), Silent: silent, Title: s.Place.Title}
	private := to.Chat > 0
	var sent telegram.SentVoice
	send := func(ctx context.Context, r speech.Recording) (_ string, err error) {
		m := message
		m.FileID, m.Data, m.Name, m.Duration, m.Music = r.FileID, r.Audio, r.Name, r.Duration, spoken.File
		sent, err = v.out.SendVoice(ctx, to, m)
		switch {
		case errors.Is(err, telegram.ErrAmbiguous): // it may have arrived, and twice would be worse than not at all
			v.log.Warn("voice_unconfirmed", "error", err)
			return "", nil
		case errors.Is(err, telegram.ErrNoFile):
			return "", speech.ErrForgotten
		}
		return sent.FileID, err
	}
	music := v.speech.Format() == speech.MP3 // what may be sent in place of a voice message
	spoken.File = music && private && user.VoiceForbidden
	err = v.speech.Say(ctx, spoken, class, send)
	if forbidden := errors.Is(err, telegram.ErrNoVoices); private && forbidden != user.VoiceForbidden && (err == nil && !spoken.File || forbidden) {
		v.remember(ctx, user.ID, forbidden)
	}
	if errors.Is(err, telegram.ErrNoVoices) && music && private && !spoken.File {
		spoken.File = true
		err = v.speech.Say(ctx, spoken, class, send)
	}
	if err == nil {
		v.guide.Showed(ctx, s, store.Shown{Chat: to.Chat, Message: sent.Message, Person: user.ID})
	}
	return whySilent(err)
}

// whySilent returns the key of the sentence for a voice that did not come. Other errors are returned.
func whySilent(err error) (why string, _ error) {
	switch {
	case err == nil:
		return "", nil
	case errors.Is(err, telegram.ErrNoVoices):
		return "voice.forbidden", nil
	case errors.Is(err, speech.ErrNoVoice):
		return "voice.off_now", nil
	case errors.Is(err, speech.ErrBudget):
		return "voice.budget", nil
	case errors.Is(err, speech.ErrBusy):
		return "voice.busy", nil
	case errors.Is(err, speech.ErrDown):
		return "voice.down", nil
	}
	return "", err
}

// remember stores whether the person's settings refuse voice messages.
func (v *voices) remember(ctx context.Context, person int64, forbidden bool) {
	_, err := v.users.UpdateUser(ctx, person, func(user *store.User) error {
		user.VoiceForbidden = forbidden
		return nil
	})
	if err != nil {
		v.observe.Error("store")
		v.log.Error("voice_setting_unsaved", "user_id", person, "error", err)
	}
}

// wants reports whether a person wants to hear a story without asking for it.
func (v *voices) wants(user store.User, walking bool) bool {
	if v.speech == nil || user.VoiceForbidden && v.speech.Format() != speech.MP3 {
		return false
	}
	return user.Voice == store.VoiceAlways || user.Voice == store.VoiceOnWalks && walking
}

// hears reports whether a voice follows a story, and whether it is ready: then the text needs no sound.
func (v *voices) hears(ctx context.Context, user store.User, s guide.Story, walking bool) (follows, atHand bool) {
	if !v.wants(user, walking) || !v.speech.Speaks(s.Told().Language) {
		return false, false
	}
	return true, v.speech.AtHand(ctx, spokenText(s))
}

// follow sends the voice of a story that was told, in the chat's lane of voices. A voice that was not ready makes no sound.
func (v *voices) follow(user store.User, words *text.Words, to telegram.Target, message int, s guide.Story, atHand bool) {
	to.Reply = message
	err := v.host.InLane(to.Chat, intake.Speaking, func(ctx context.Context) {
		err := v.host.Guarded(0, func() error {
			why, err := v.say(ctx, words, user, to, s, speech.Told, !atHand)
			if err != nil || why == "" || !v.silence.Allow(user.ID) {
				return err
			}
			_, err = v.out.Send(ctx, telegram.Target{Chat: to.Chat, Topic: to.Topic}, telegram.Message{HTML: words.Say(why), Silent: true})
			return err
		})
		if err != nil && v.host.Work().Err() == nil && !errors.Is(err, telegram.ErrUnreachable) {
			v.observe.Error("bot")
			v.log.Error("voice_unsent", "error", err)
		}
	})
	if err != nil {
		v.log.Warn("overload", "what", "voice", "error", err)
	}
}

// voiceLead is how long before a story of a walk is due its voice is made: by then it is nearly certain which story that will be.
const voiceLead = 20 * time.Second

// prepare makes the voice of the story that a walker will probably hear when the next one is due. next returns that story.
func (v *voices) prepare(user store.User, due time.Time, next func(context.Context) (guide.Story, bool, error)) {
	if !v.wants(user, true) {
		return
	}
	v.speech.PrepareAt(due.Add(-voiceLead), func(ctx context.Context) (speech.Text, bool) {
		s, ok, err := next(ctx)
		if err != nil {
			v.log.Warn("next_voice_unknown", "error", err)
		}
		return spokenText(s), ok && err == nil
	})
}
