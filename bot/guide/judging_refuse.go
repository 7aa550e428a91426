package guide

import (
	"context"
	"slices"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// showedMost bounds the note that a message shows a pending story.
const showedMost = 5 * time.Second

// rewrite lets the model write the stories once more, inside the judge's slot. The new texts go before the judge as the last ones. A story whose new text
// is none, or fails the checks, goes before the judge again as it is.
func (j *judging) rewrite(ctx context.Context, files []*file) {
	for len(files) > 0 {
		language, length := files[0].story.Language, files[0].story.Length
		var same []*file
		same, files = partition(files, func(f *file) bool { return f.story.Language == language && f.story.Length == length })
		req := model.Request{Language: language, Long: length == store.Long, Passages: make(map[string]model.Passage, len(same)), Rejected: make(map[string]string, len(same)), Told: make(map[string][]string)}
		for _, f := range same {
			req.Places = append(req.Places, f.place)
			req.Passages[f.place.ID] = f.passage
			req.Told[f.place.ID] = f.told
			req.Rejected[f.place.ID] = "not in the text: " + strings.Join(f.objections, "; ")
		}
		done := make(map[string]bool, len(same))
		res, err := j.batches.model.Write(ctx, req, func(written model.Story) {
			f := fileAbout(same, written.Place)
			if f == nil || written.Text == f.story.Text {
				return
			}
			story := f.story
			story.Text, story.Quotes, story.Model = written.Text, written.Quotes, j.batches.model.Name()
			story.Likes, story.Dislikes, story.WrongBy = 0, 0, nil
			story.Created = time.Now()
			story.Expires = story.Created.Add(store.StoryLife)
			if err := j.batches.library.save(ctx, story); err != nil {
				j.log.Error("story_save_failed", "place", story.Place, "error", err)
				return
			}
			done[story.Place] = true
			j.put(ctx, &story, f.objections)
		})
		j.spend(ctx, res.PromptTokens, res.AnswerTokens)
		if err != nil {
			continue // those that are left are judged again after their lease
		}
		for _, f := range same {
			if !done[f.place.ID] {
				j.put(ctx, &f.story, f.objections)
			}
		}
	}
}

func partition[T any](all []T, first func(T) bool) (yes, no []T) {
	for _, one := range all {
		if first(one) {
			yes = append(yes, one)
		} else {
			no = append(no, one)
		}
	}
	return yes, no
}

// refuse retires a story and corrects the messages that show it. The messages come first: if the process ends in between, the judgement and its list of
// messages are still there, and correcting them twice does no harm.
func (j *judging) refuse(ctx context.Context, f *file) {
	j.log.Warn("story_refused", "place", f.place.ID, "language", f.story.Language, "objections", len(f.objections))
	j.settle(ctx, f, f.extract(), store.JudgedRefused)
}

// replace passes a story that was written again, and puts its text into the messages that show the one before, to which the judge objected.
func (j *judging) replace(ctx context.Context, f *file) {
	story := storyOf(&f.story, 0)
	story.Pending = false
	j.settle(ctx, f, story, store.JudgedPassed)
}

// settle puts a story into the messages of a judgement and ends it.
func (j *judging) settle(ctx context.Context, f *file, s Story, verdict store.Judged) {
	c := Correction{Language: f.story.Language, Story: s, Shown: f.judgement.Shown}
	j.send(ctx, c)
	ended := j.end(ctx, f.judgement, verdict)
	c.Shown = slices.DeleteFunc(slices.Clone(ended.Shown), func(s store.Shown) bool {
		return slices.ContainsFunc(c.Shown, func(o store.Shown) bool { return o.Chat == s.Chat && o.Message == s.Message })
	})
	j.send(ctx, c)
}

func (j *judging) send(ctx context.Context, c Correction) {
	if len(c.Shown) == 0 {
		return
	}
	if err := j.correct(ctx, c); err != nil && ctx.Err() == nil {
		j.log.Warn("correction_failed", "place", c.Story.Place.ID, "messages", len(c.Shown), "error", err)
	}
}

// extract returns the words of the source as an answer.
func (f *file) extract() Story {
	p := f.place
	p.Extract, p.Picture, p.Credit = f.intro, f.story.Picture, f.story.Credit
	if p.Extract == "" {
		const opening = 700 // characters
		p.Extract, p.URL = wikitext.Cut(f.passage.Text, opening), f.story.URL
	}
	return Story{Place: p, Text: p.Extract, Source: FromExtract, Reason: Unfit}
}

// Showed notes that a message shows a story, so that it can be corrected if the judge refuses the story. Call it after a story was sent.
func (g *Guide) Showed(ctx context.Context, s Story, shown store.Shown) {
	if !s.Pending || shown.Message == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), showedMost) // the person has the message, whatever ends now
	defer cancel()
	g.judging.showed(ctx, s, shown)
}

func (j *judging) showed(ctx context.Context, s Story, shown store.Shown) {
	if err := j.store.ShowPending(ctx, s.Key, shown); err != nil {
		j.log.Error("shown_unsaved", "place", s.Place.ID, "error", err)
		return
	}
	// The verdict may have come while the message was on its way.
	stories, err := j.store.Stories(ctx, []store.StoryKey{s.Key}, time.Now())
	if err != nil || len(stories) == 0 {
		return
	}
	c := Correction{Language: s.Key.Language, Shown: []store.Shown{shown}}
	switch now := &stories[0]; {
	case now.Judged == store.JudgedRefused:
		f := j.sourceOf(ctx, *now)
		if f == nil {
			return
		}
		c.Story = f.extract()
	case now.Judged == store.JudgedPassed && now.Text != s.Text:
		c.Story = storyOf(now, 0)
	default:
		return
	}
	j.send(ctx, c)
}
