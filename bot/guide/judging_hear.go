package guide

import (
	"context"
	"maps"
	"slices"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/limiter"
	"excursobot/store"
)

// file is a story before the judge, with what it was written from.
type file struct {
	judgement  store.Judgement
	story      store.Story
	place      store.Place // with the passage as its Extract
	intro      string      // what the place has as its Extract
	passage    model.Passage
	told       []string // before it, of the same place
	objections []string // of the verdict
}

func fileAbout(files []*file, place string) *file {
	for _, f := range files {
		if f.judgement.Place == place {
			return f
		}
	}
	return nil
}

// fileOf reads the story of a judgement and its source. It returns nil if the story is another one by now, or its source is gone.
func (j *judging) fileOf(ctx context.Context, one store.Judgement) *file {
	stories, err := j.store.Stories(ctx, []store.StoryKey{one.StoryKey}, time.Now())
	if err != nil || len(stories) == 0 || stories[0].Retired || store.TextHash(stories[0].Text) != one.Text {
		return nil
	}
	f := j.sourceOf(ctx, stories[0])
	if f != nil {
		f.judgement = one
	}
	return f
}

// sourceOf reads what a story was written from. It returns nil if that is gone.
func (j *judging) sourceOf(ctx context.Context, s store.Story) *file {
	f := &file{story: s}
	p, ok := j.placeOf(ctx, &f.story)
	if !ok {
		return nil
	}
	f.intro = p.Extract
	f.passage = model.Passage{Text: p.Extract, Language: p.Language, Title: p.Title, Labels: slices.Collect(maps.Values(p.Names))}
	if key := f.story.Article; key.Page != 0 {
		if j.batches.sources == nil {
			return nil
		}
		a, err := j.batches.sources.StoredArticle(ctx, key)
		if err != nil {
			return nil
		}
		f.passage.Text, f.passage.Language, f.passage.Title = wikitext.Passage(wikitext.Sections(a.Text), j.batches.passage), a.Edition, a.Title
		if s.Aspect > 0 && !j.moreOf(ctx, f, a) {
			return nil
		}
	}
	if f.passage.Text == "" {
		return nil
	}
	for _, l := range p.Sitelinks {
		f.passage.Labels = append(f.passage.Labels, l.Title)
	}
	slices.Sort(f.passage.Labels)
	f.passage.Labels = slices.Compact(f.passage.Labels)
	f.place = places.ForPerson(p, s.Language)
	f.place.Extract = f.passage.Text
	return f
}

// moreOf gives the file the passage and the earlier texts of a story that tells more about its place. It reports whether they are there.
func (j *judging) moreOf(ctx context.Context, f *file, a store.Article) bool {
	told, err := j.batches.library.aspects(ctx, f.story.StoryKey, f.story.Aspect-1)
	if err != nil {
		return false
	}
	f.passage.Text = wikitext.Passage(bare(unused(wikitext.Stored(a.Text), told, j.batches.passage)), j.batches.passage)
	for _, s := range told {
		if s != nil {
			f.told = append(f.told, s.Text)
		}
	}
	f.intro = ""
	return true
}

// placeOf returns the place of a story as an edition has it: the one with the revision that the story was written from, else the first one.
func (j *judging) placeOf(ctx context.Context, s *store.Story) (found store.Place, ok bool) {
	editions := []string{s.Language}
	if j.batches.sources != nil {
		editions = append(editions, j.batches.sources.Editions(s.Point, s.Language)...)
	}
	if s.Article.Edition != "" {
		editions = append(editions, s.Article.Edition)
	}
	for _, edition := range editions {
		p, err := j.store.Place(ctx, s.Place, edition)
		if err != nil || s.Article.Page == 0 && p.Extract == "" {
			continue
		}
		if s.Article.Page == 0 && s.Revision != 0 && p.Revision == s.Revision {
			return p, true
		}
		if !ok {
			found, ok = p, true
		}
	}
	return found, ok
}

// hear asks the judge and does what follows from its verdicts. Files without a verdict wait for the end of their lease.
func (j *judging) hear(ctx context.Context, files []*file) {
	release, err := j.slot(ctx)
	if err != nil {
		return
	}
	defer release()
	cases := make([]model.Case, len(files))
	for i, f := range files {
		cases[i] = model.Case{
			Place: f.place.ID, Title: f.place.Title, Description: f.place.Description, Passage: f.passage.Text, Story: f.story.Text,
			Marked: model.Marked(f.place, f.passage, f.story.Language, f.story.Text),
		}
	}
	verdicts, err := j.judge.Judge(ctx, cases)
	j.spend(ctx, verdicts.PromptTokens, verdicts.AnswerTokens)
	if err != nil && ctx.Err() == nil {
		j.log.Warn("judge_failed", "stories", len(cases), "error", err)
	}
	var again []*file
	for _, f := range files {
		objections, judged := verdicts.Objections[f.place.ID]
		if !judged {
			continue
		}
		if j.watch.note(len(objections) > 0, time.Now()) {
			j.log.Warn("judge_ignored", "objected", maxObjected+1, "of_last", watched, "until", "the end of the UTC day")
		}
		f.objections = objections
		switch {
		case len(objections) == 0 && f.judgement.Objections != nil:
			j.replace(ctx, f)
		case len(objections) == 0:
			j.end(ctx, f.judgement, store.JudgedPassed)
		case j.watch.ignored(time.Now()):
			j.end(ctx, f.judgement, store.JudgedSkipped)
		case f.judgement.Objections != nil:
			j.refuse(ctx, f)
		default:
			again = append(again, f)
			j.counts.judgeObjected.Add(1)
			j.log.Info("story_objected", "place", f.place.ID, "language", f.story.Language, "objections", len(objections))
		}
	}
	j.rewrite(ctx, again)
}

// slot takes a slot of the gate, and one of those that the processes share.
func (j *judging) slot(ctx context.Context) (release func(), err error) {
	b := j.batches
	slot, err := b.gate.Acquire(ctx, limiter.Job{Class: Judging, Deadline: time.Now().Add(aheadWithin)})
	if err != nil {
		return nil, err
	}
	if b.slot == nil {
		return slot.Release, nil
	}
	shared, err := b.slot(ctx)
	if err != nil {
		slot.Release()
		return nil, err
	}
	return func() { shared(); slot.Release() }, nil
}

// spend counts tokens that are nobody's, even if the work is being cancelled.
func (j *judging) spend(ctx context.Context, prompt, answer int64) {
	tokens := store.Tokens{Prompt: prompt, Answer: answer}
	if err := j.batches.budget.spend(context.WithoutCancel(ctx), 0, tokens); err != nil {
		j.log.Error("token_count_failed", "tokens", tokens.All(), "error", err)
	}
}
