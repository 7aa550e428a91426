package bot

import (
	"context"
	"errors"
	"html"
	"strings"
	"time"
	"unicode"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo/maplink"
	"excursobot/store"
)

const (
	jobQuestion = "question" // the kind of questions in the metrics
	// longestQuestion is how many bytes of a text are taken for a question. The rest is cut off.
	longestQuestion = 4000
)

// Outcomes of a question that nobody answered, as labels of metrics.
const (
	smallTalk  = "talk"
	noSubject  = "lost"
	unanswered = "none"
)

// textJob returns the job of a private text that is not a command: a place, small talk, or a question about the last story. Amounts are numbers, and a text
// without letters asks nothing.
func (r *router) textJob(m *telegram.Incoming) intake.Job {
	found := findPlace(m.Text, m.Entities)
	switch {
	case found.Result != maplink.None:
		return r.placeJob("text", found, r.help.onText)
	case isSmallTalk(m.Text):
		return r.reply.job("text", func(ctx context.Context, u *update) error { return r.stories.onTalk(ctx, u, r.help.onText) })
	case !strings.ContainsFunc(m.Text, unicode.IsLetter):
		return r.reply.job("text", r.help.onText)
	}
	return r.questionJob()
}

// isQuestion reports whether an update asks a question and names no place.
func isQuestion(u *telegram.Update) bool {
	return u.Message != nil && u.Message.Text != "" && !strings.HasPrefix(u.Message.Text, "/") && findPlace(u.Message.Text, u.Message.Entities).Result == maplink.None
}

func (r *router) questionJob() intake.Job {
	return intake.Story{Kind: jobQuestion, Lane: intake.Telling, Run: r.reply.handle(func(ctx context.Context, u *update) error {
		if u.Private && r.help.isAmount(u) {
			return r.help.onText(ctx, u)
		}
		return r.stories.onQuestion(ctx, u, r.help.onText)
	})}
}

// onTalk answers thanks and the like with a friendly line. Before the first story, otherwise answers.
func (s *stories) onTalk(ctx context.Context, u *update, otherwise handler) error {
	if _, told, err := s.subject(ctx, u); err != nil || !told {
		return otherwise(ctx, u)
	}
	s.observe.Question(smallTalk)
	return s.reply.say(ctx, u, u.words.Say("talk.welcome"))
}

// onQuestion answers a question about a story: the one that the person replies to, or the last one. If there is none, otherwise answers.
func (s *stories) onQuestion(ctx context.Context, u *update, otherwise handler) error {
	told, ok, err := s.subject(ctx, u)
	if err != nil {
		return err
	}
	if !ok {
		s.observe.Question(noSubject)
		if !u.Private {
			return nil
		}
		return otherwise(ctx, u)
	}
	stopTyping := s.out.ShowTyping(ctx, u.To())
	defer stopTyping()
	drafts := s.reply.preview(ctx, u, func(draft string) string { return html.EscapeString(unlinked(draft)) })
	defer drafts.stop()
	answer, err := s.guide.Ask(ctx, guide.Question{
		Person: u.Person, Told: told, Text: telegram.Truncate(u.Message.Text, longestQuestion), Language: u.user.Language, Brief: u.Brief,
	}, drafts.set)
	stopTyping()
	first := drafts.stop()
	m, how := telegram.Message{HTML: u.words.Say("error.source")}, unanswered
	switch {
	case errors.Is(err, guide.ErrNoMore):
		m.HTML = u.words.Say("answer.gone")
	case err != nil && !errors.Is(err, guide.ErrSource):
		s.observe.Question(unanswered)
		return err
	case err == nil:
		m, how = answerMessage(u.words, u.user.Language, answer), string(answer.By)
	}
	noted := err == nil && s.guide.Answers() && !u.user.QuestionsNoted
	if noted { // no story has invited them to ask
		m.Tail = strings.TrimPrefix(m.Tail+"\n\n"+u.words.Say("answer.notice"), "\n\n")
	}
	if _, err := s.out.Send(ctx, u.To(), m); err != nil {
		return err
	}
	s.report.question(u.Person, told.Place, how, time.Since(u.Arrived), first)
	if noted {
		s.noted(ctx, u)
	}
	return nil
}

// subject returns the story that a question is about, false if there is none.
func (s *stories) subject(ctx context.Context, u *update) (store.StoryKey, bool, error) {
	last, err := s.store.LastStory(ctx, u.Person, u.Chat, time.Now())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.StoryKey{}, false, err
	}
	known := err == nil
	if reply := u.Message.ReplyTo; reply != nil && (!known || reply.ID != last.Message) {
		if key, ok := storyOf(reply, u.user.Language); ok {
			return key, true, nil
		}
	}
	return last.StoryKey, known, nil
}

// storyOf returns the story that a message of ours shows, by the data of its buttons.
func storyOf(m *telegram.Incoming, language string) (key store.StoryKey, ok bool) {
	if m.ReplyMarkup == nil {
		return key, false
	}
	for _, row := range m.ReplyMarkup.InlineKeyboard {
		for _, b := range row {
			id, args, _ := strings.Cut(b.Data, ":")
			switch id {
			case "vote":
				if key, _, ok := parseVote(args); ok {
					return key, true
				}
			case "wrong": // of an extract
				if report, ok := parseReport(args); ok {
					return store.StoryKey{Place: report.Place, Language: report.Language, Length: store.Extract}, true
				}
			case "tell":
				if place, _, ok := parseTell(args); ok {
					return store.StoryKey{Place: place, Language: language, Length: store.Short}, true
				}
			case "next": // of a story in a walk
				if _, place := parseNext(args); place != "" {
					return store.StoryKey{Place: place, Language: language, Length: store.Short}, true
				}
			case "listen": // of every story and extract: <place>:<language>:<length>:<aspect>
				if parts := strings.Split(args, ":"); len(parts) >= 4 {
					n := len(parts)
					key := store.StoryKey{Place: strings.Join(parts[:n-3], ":"), Language: parts[n-3], Length: store.Length(parts[n-2])}
					return key, key.Place != ""
				}
			}
		}
	}
	return key, false
}

// noted stores that the person knows where questions go. If that fails, they read it twice.
func (s *stories) noted(ctx context.Context, u *update) {
	_, err := s.store.UpdateUser(ctx, u.Person, func(user *store.User) error {
		user.QuestionsNoted = true
		return nil
	})
	if err != nil {
		s.observe.Error("store")
		s.log.Error("note_unsaved", "user_id", u.Person, "error", err)
	}
}

// answerMessage returns the answer to a question, which is in the language unless it is a quotation.
func answerMessage(words *text.Words, language string, a guide.Answer) telegram.Message {
	source := guide.Story{Place: a.Place, Source: guide.FromModel, Key: store.StoryKey{Language: language}}
	switch a.By {
	case guide.NotThere:
		return telegram.Message{HTML: words.Say("answer.absent", "title", a.Title), Tail: sourceLine(words, source)}
	case guide.ByModel:
		return telegram.Message{HTML: words.Say("answer.text", "title", a.Title, "text", unlinked(a.Text)), Tail: sourceLine(words, source)}
	}
	source.Source = guide.FromExtract
	why := "reason." + string(a.Reason)
	switch a.Reason {
	case guide.Unfit:
		why = "answer.unfit"
	case guide.ModelSlow:
		why = "answer.slow"
	}
	return telegram.Message{
		HTML: words.Say("answer.quote", "title", a.Title, "text", unlinked(a.Text)) + "\n\n" + words.Say(why, "wait", a.Wait),
		Tail: sourceLine(words, source),
	}
}
