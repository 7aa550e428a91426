package model

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"excursobot/geo/places"
)

// maxRetries bounds the tries after the first.
const maxRetries = 2

// longestPause bounds how long one 429 can stop all calls.
const longestPause = time.Minute

// answer collects what the calls of one Write bring.
type answer struct {
	language string
	long     bool
	places   []places.Place
	ids      []string
	data     string // the user's message
	onStory  func(Story)
	told     map[string]bool
	result   Result
}

// newAnswer checks a request. A place given twice counts once.
func newAnswer(req Request, onStory func(Story)) (*answer, error) {
	if english[req.Language] == "" {
		return nil, fmt.Errorf("language %q", req.Language)
	}
	if onStory == nil {
		onStory = func(Story) {}
	}
	a := &answer{language: req.Language, long: req.Long, onStory: onStory, told: make(map[string]bool, len(req.Places))}
	for _, p := range req.Places {
		if p.ID == "" {
			return nil, errors.New("place without an id")
		}
		if !slices.Contains(a.ids, p.ID) {
			a.ids = append(a.ids, p.ID)
			a.places = append(a.places, p)
		}
	}
	if len(a.ids) == 0 || len(a.ids) > MaxPlaces {
		return nil, fmt.Errorf("%d places, want 1 to %d", len(a.ids), MaxPlaces)
	}
	a.data = data(a.language, a.long, a.places)
	return a, nil
}

// take checks a story as it arrives and hands it on. A second story of a place is dropped; one after a dropped one is not.
func (a *answer) take(id, text string) {
	id, text = strings.TrimSpace(id), strings.TrimSpace(text)
	i := slices.Index(a.ids, id)
	if i < 0 {
		a.drop(&CheckError{Place: plain(id, 50), Rule: "place", Detail: "not asked for"})
		return
	}
	if a.told[id] {
		a.drop(&CheckError{Place: id, Rule: "place", Detail: "told twice"})
		return
	}
	if e := check(a.places[i], a.language, text); e != nil {
		a.drop(e)
		return
	}
	a.told[id] = true
	s := Story{Place: id, Text: text}
	a.result.Stories = append(a.result.Stories, s)
	a.onStory(s)
}

// maxDropped bounds what is kept of an answer full of nonsense.
const maxDropped = 2 * MaxPlaces

func (a *answer) drop(e *CheckError) {
	if len(a.result.Dropped) < maxDropped {
		a.result.Dropped = append(a.result.Dropped, e)
	}
}

// write makes the call and its retries. It returns nil or a *fault.
func (c *Client) write(caller context.Context, ans *answer) error {
	if f := c.waitTurn(caller, c.cfg.Timeout); f != nil {
		return f
	}
	ctx, cancel := context.WithTimeoutCause(caller, c.cfg.Timeout, errTimeout)
	defer cancel()
	format := c.format.Load()
	for try := 0; ; {
		f := c.call(ctx, ans, format)
		if f == nil {
			c.remember(format)
			return nil
		}
		if errors.Is(f, ErrUnavailable) && f.after > 0 {
			c.pace.Pause(min(f.after, longestPause))
		}
		pause := time.Duration(0)
		switch {
		case f.format && errors.Is(f, ErrRefused) && format < byWords:
			format++
			c.remember(format)
		case f.format && errors.Is(f, ErrAnswer) && format == bySchema:
			format = byObject // remembered only if it works: perhaps the model just failed
		case f.retry && try < maxRetries:
			pause = max(f.after, backoff(try))
			try++
		default:
			return f
		}
		if !sleep(ctx, pause) || c.waitTurn(ctx, c.cfg.Timeout) != nil {
			if caller.Err() != nil {
				return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: caller.Err().Error(), cause: caller.Err()}
			}
			return f // what stopped the call says more than the clock
		}
	}
}

// remember keeps a format that the server takes; one that it refused never comes back.
func (c *Client) remember(format int32) {
	for {
		known := c.format.Load()
		if format <= known || c.format.CompareAndSwap(known, format) {
			return
		}
	}
}

// waitTurn waits, at most so long, for the pace of requests.
func (c *Client) waitTurn(ctx context.Context, atMost time.Duration) *fault {
	limited, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	if err := c.pace.Wait(limited, struct{}{}); err != nil {
		cause := errNotTried
		if ctx.Err() != nil {
			cause = ctx.Err()
		}
		return &fault{kind: ErrUnavailable, outcome: "cancelled", detail: "waiting for the pace of requests: " + err.Error(), cause: cause}
	}
	return nil
}

// backoff returns the pause before a retry: 0.25-0.75 s, then 0.75-2.25 s.
func backoff(try int) time.Duration {
	base := 500 * time.Millisecond
	for range try {
		base *= 3
	}
	return base/2 + rand.N(base)
}

// sleep waits and says whether ctx is still good for another try: a pause that outlives it is not begun.
func sleep(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
