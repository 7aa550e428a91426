package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"excursobot/bot/guide/chat"
	"excursobot/geo/places"
)

// enoughAfter is how long after its start Write begins no further call, if the server takes the places only in several calls, or if a person waits and
// stories were dropped.
const enoughAfter = 15 * time.Second

// Write asks for the stories in one call, or in several if the server takes fewer places at a time. It calls onStory in its own goroutine as soon as a
// story is complete and has passed the checks. The error is nil if the answers were complete, even if stories were dropped; stories passed to onStory
// before an error are good. The error is one of package chat's. If ctx ended, it wraps ctx's error too.
func (c *Client) Write(ctx context.Context, req Request, onStory func(Story)) (Result, error) {
	ans, err := newAnswer(req, onStory)
	if err != nil {
		return Result{}, fmt.Errorf("%w: %w", chat.ErrRefused, err)
	}
	start := time.Now()
	if err := c.ask(ctx, req, ans, ans.places, start); err != nil {
		return ans.result, err
	}
	// Stories that the checks dropped are asked for once more, with the reasons.
	again := slices.DeleteFunc(slices.Clone(ans.places), func(p places.Place) bool { return ans.accepted[p.ID] || ans.reasons[p.ID] == "" })
	if len(again) > 0 && (!req.Waiting || time.Since(start) < enoughAfter) {
		ans.second = true
		if err := c.ask(ctx, req, ans, again, start); err != nil && len(ans.result.Stories) == 0 {
			return ans.result, err
		}
	}
	return ans.result, nil
}

// ask asks for the stories about some places, in as many calls as the server needs.
func (c *Client) ask(ctx context.Context, req Request, ans *answer, rest []places.Place, start time.Time) error {
	all, single := len(rest), false
	for len(rest) > 0 && (len(rest) == all || time.Since(start) < enoughAfter) {
		var asked []places.Place
		reply, err := c.server.Ask(ctx, chat.Request{
			Prompt: func(l chat.Limits) (chat.Prompt, bool) {
				var p chat.Prompt
				p, asked = ans.prompt(rest, l)
				return p, len(asked) > 0
			},
			Object:  ans.read,
			Single:  single,
			Waiting: req.Waiting,
		})
		ans.count(reply)
		single = reply.Single
		switch {
		case errors.Is(err, chat.ErrDeclined) && len(asked) == 1:
			ans.result.Declined = append(ans.result.Declined, asked[0].ID)
		case err != nil:
			return err
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(p places.Place) bool {
			return ans.accepted[p.ID] || slices.ContainsFunc(asked, func(q places.Place) bool { return q.ID == p.ID })
		})
	}
	return nil
}

// draft is a story as the model wrote it.
type draft struct {
	Place  *string  `json:"place"`
	Quotes []string `json:"quotes"`
	Text   *string  `json:"text"`
}

// read reads an object of the answer and reports whether it is a story.
func (a *answer) read(raw []byte) bool {
	var d draft
	if json.Unmarshal(raw, &d) != nil || d.Place == nil || d.Text == nil {
		return false
	}
	a.add(*d.Place, *d.Text, d.Quotes)
	return true
}

// count adds what the calls needed.
func (a *answer) count(r chat.Reply) {
	a.result.PromptTokens += r.PromptTokens
	a.result.AnswerTokens += r.AnswerTokens
	a.result.Calls += r.Calls
	a.result.Failed = append(a.result.Failed, r.Failed...)
	if a.result.FirstToken == 0 {
		a.result.FirstToken = r.FirstToken
	}
}
