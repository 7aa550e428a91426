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

// enoughAfter is how long after its start Write begins no further call, if the server takes the places only in several calls.
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
	rest, single := ans.places, false
	for len(rest) > 0 && (len(rest) == len(ans.places) || time.Since(start) < enoughAfter) {
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
			return ans.result, err
		}
		rest = slices.DeleteFunc(slices.Clone(rest), func(p places.Place) bool {
			return ans.accepted[p.ID] || slices.ContainsFunc(asked, func(q places.Place) bool { return q.ID == p.ID })
		})
	}
	return ans.result, nil
}

// draft is a story as the model wrote it.
type draft struct {
	Place *string `json:"place"`
	Text  *string `json:"text"`
}

// read reads an object of the answer and reports whether it is a story.
func (a *answer) read(raw []byte) bool {
	var d draft
	if json.Unmarshal(raw, &d) != nil || d.Place == nil || d.Text == nil {
		return false
	}
	a.add(*d.Place, *d.Text)
	return true
}

// count adds what the calls needed.
func (a *answer) count(r chat.Reply) {
	a.result.PromptTokens += r.PromptTokens
	a.result.AnswerTokens += r.AnswerTokens
	a.result.Calls += r.Calls
	if a.result.FirstToken == 0 {
		a.result.FirstToken = r.FirstToken
	}
}
