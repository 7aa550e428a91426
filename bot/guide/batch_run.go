package guide

import (
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/store"
)

// maxAttempts is how often a batch calls the model: a story that failed the checks or was left out is asked for once more.
const maxAttempts = 2

// run waits for a slot and calls the model. No other goroutine finishes the batch's items.
func (b *batches) run(bt *batch) {
	reason := ModelBusy
	defer func() {
		bt.cancel()
		for _, it := range bt.items {
			b.finish(it, store.Story{}, reason)
		}
	}()
	queued := time.Now()
	gathered := b.gather(bt)
	slot, err := bt.ticket.Wait(bt.queued)
	if err != nil {
		return
	}
	defer slot.Release()
	if b.slot != nil { // taken inside the gate's slot, so that the gate's estimate includes this wait
		release, err := b.slot(bt.queued)
		if err != nil {
			if bt.queued.Err() == nil {
				b.log.Warn("model_slot_failed", "error", err)
				reason = ModelDown
			}
			return
		}
		defer release()
	}
	if !b.begin(bt) {
		return
	}
	b.counts.batches.Add(1)
	b.counts.waited.Add(int64(time.Since(queued)))
	open := bt.items
	if !bt.rewrite {
		open = b.skipWritten(bt)
	}
	if len(open) > 0 {
		gathered.wait(b.tasks.ctx)
	}
	if bt.rewrite { // another story from the intro would be no better
		open = slices.DeleteFunc(slices.Clone(open), func(it *item) bool { return it.material.Load() == nil })
	}
	for attempt := 0; attempt < maxAttempts && len(open) > 0; attempt++ {
		reasons, err := b.call(bt, open)
		open = unfinished(open)
		if err != nil || attempt == maxAttempts-1 {
			for _, it := range open {
				b.unable(it, reasons[it.place.ID], err == nil)
			}
		}
		for _, it := range open {
			if reasons[it.place.ID] == Unfit { // the model was asked twice, with the reasons
				b.unable(it, Unfit, true)
			}
		}
		if err != nil {
			b.tryLater(bt, open, err)
			return
		}
		open = unfinished(open)
	}
}

// begin marks the batch as started and returns true, or returns false if it was abandoned.
func (b *batches) begin(bt *batch) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	bt.started = !bt.abandoned
	return bt.started
}

// skipWritten finishes the items whose story has reached the library since the batch was made, and returns the others.
func (b *batches) skipWritten(bt *batch) []*item {
	keys := make([]store.StoryKey, len(bt.items))
	for i, it := range bt.items {
		keys[i] = it.key
	}
	written, err := b.library.stories.Stories(b.tasks.ctx, keys, time.Now())
	if err != nil {
		b.log.Error("library_read_failed", "error", err)
		return bt.items
	}
	for _, story := range written {
		for _, it := range bt.items {
			if it.key != story.StoryKey {
				continue
			}
			if story.Retired {
				b.finish(it, store.Story{}, withdrawnBy(&story))
			} else {
				b.finish(it, story, NoReason)
			}
		}
	}
	return unfinished(bt.items)
}

// call asks the model about the open items and finishes each one when its story arrives. It returns why the others have none, by place.
func (b *batches) call(bt *batch, open []*item) (map[string]Reason, error) {
	b.mu.Lock()
	waiting, class := bt.waiters > 0 && bt.class <= LiveTick, bt.class
	b.mu.Unlock()
	req := model.Request{Language: bt.language, Long: bt.length == store.Long, Waiting: waiting, Passages: map[string]model.Passage{}}
	for _, it := range open {
		p, passage := it.source()
		req.Places = append(req.Places, p)
		req.Passages[p.ID] = passage
	}
	if bt.more != nil {
		req.Told = map[string][]string{req.Places[0].ID: bt.more.told}
	}
	began := time.Now()
	res, err := b.model.Write(b.tasks.ctx, req, func(written model.Story) {
		for _, it := range open {
			if it.place.ID != written.Place {
				continue
			}
			story := newStory(it, written, b.model.Name())
			story.Judged = b.judging.first(b.tasks.ctx)
			if err := b.library.save(b.tasks.ctx, story); err != nil {
				// The story can still be told; it only has to be written again for the next person.
				b.log.Error("story_save_failed", "place", it.place.ID, "error", err)
			} else {
				b.judging.queue(b.tasks.ctx, &story, bt.person)
			}
			b.rests.forget(it.key)
			b.finish(it, story, NoReason)
		}
	})
	b.witness.asked(Asked{Class: class, Request: req, Result: res, Took: time.Since(began), Err: err})
	b.counts.written.Add(uint64(len(res.Stories)))
	for _, dropped := range res.Dropped {
		b.counts.drop(dropped.Rule)
		b.log.Warn("story_dropped", "place", dropped.Place, "rule", dropped.Rule, "detail", dropped.Detail, "language", bt.language)
	}
	// The tokens are spent even if the work is being cancelled.
	tokens := store.Tokens{Prompt: res.PromptTokens, Answer: res.AnswerTokens}
	if err := b.budget.spend(context.WithoutCancel(b.tasks.ctx), bt.person, tokens); err != nil {
		b.log.Error("token_count_failed", "tokens", tokens.All(), "error", err)
	}
	if err != nil {
		b.counts.failed.Add(1)
		if !chat.Logged(err) {
			b.log.Warn("model_call_failed", "places", len(open), "error", err)
		}
	}
	return reasonsOf(req.Places, res, err), err
}

// newStory builds the stored story from the model's text.
func newStory(it *item, written model.Story, modelName string) store.Story {
	now := time.Now()
	address, credit := it.place.Picture, it.place.Credit
	if p := it.pictured.Load(); p != nil {
		address, credit = p.address, p.credit
	}
	return store.Story{
		StoryKey: it.key,
		Title:    it.place.Title,
		Point:    it.place.Point,
		Kind:     it.place.Kind,
		URL:      articleURL(it.place, it.used),
		Picture:  address,
		Credit:   credit,
		Version:  storyVersion,
		Article:  it.used.article,
		Revision: it.used.revision,
		Packed:   it.used.packed,
		Text:     written.Text,
		Quotes:   written.Quotes,
		Source:   "model",
		Model:    modelName,
		Created:  now,
		Expires:  now.Add(store.StoryLife),
	}
}

// reasonsOf returns why places have no story after a call, by place.
func reasonsOf(asked []store.Place, res model.Result, err error) map[string]Reason {
	common := Silent
	switch {
	case errors.Is(err, chat.ErrRefused):
		common = ModelRefused
	case errors.Is(err, chat.ErrDeclined):
		common = Declined
	case errors.Is(err, chat.ErrUnavailable):
		common = ModelDown
	}
	reasons := make(map[string]Reason, len(asked))
	for _, p := range asked {
		reasons[p.ID] = common
	}
	for _, id := range res.Declined {
		reasons[id] = Declined
	}
	for _, dropped := range res.Dropped {
		if dropped.Rule != model.RulePlace {
			reasons[dropped.Place] = Unfit
		}
	}
	return reasons
}
