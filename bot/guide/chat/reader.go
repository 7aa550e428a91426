package chat

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// afterFinish is how long a server may take from the finish reason to the end of its stream. The token counts come in between.
const afterFinish = 3 * time.Second

// heardMost bounds in bytes how much of a text is kept, give or take a piece, in case it cannot be used.
const heardMost = 120

// errEnough ends the reading of an answer that cannot get better.
var errEnough = errors.New("enough")

// reader reads one answer: a stream of events or a whole body, from whatever server. It passes on the text without thoughts and the objects in it, and
// decides at the end whether the answer was complete.
type reader struct {
	text  func(string) // may be nil
	alive func()       // is called at the first sign of life
	timer *time.Timer  // cancels the call if the first sign of life, or the end after the finish reason, is late
	key   string       // must not get into faults

	filter  thinkFilter
	objects objects
	event   event // reused

	living   bool
	events   int
	noise    string // the beginning of text that was not an event
	received int    // bytes of text
	heard    string // its beginning
	thoughts int    // bytes of reasoning
	finish   string
	done     bool   // the mark at the end of the stream was there
	refusing bool   // the model declined
	failure  []byte // an error of the server
	usage    usage  // zero if the server did not count
}

func newReader(req Request, known thinking, key string) *reader {
	return &reader{text: req.Text, key: key, filter: thinkFilter{known: known}, objects: objects{each: req.Object, comma: -1}}
}

// read reads the body to its end and returns why the answer is not complete; nil = it is.
func (r *reader) read(ctx context.Context, x *exchange) *fault {
	events := eventReader{event: r.readEvent, comment: r.live, other: r.noteNoise}
	err := events.run(x.body)
	if err != nil && r.finish != "" && context.Cause(ctx) != nil {
		err = nil // after the finish reason only the token counts can be missing
	}
	if held := r.filter.end(); err == nil && r.whole(held) {
		err = r.pass(held)
	}
	switch {
	case r.objects.complete():
		return nil // however it ended
	case r.failure != nil:
		return r.failed()
	case err != nil && !errors.Is(err, errEnough):
		if f := ended(ctx); f != nil {
			return f
		}
		if errors.Is(err, errTooLong) || errors.Is(err, errTooDeep) || errors.Is(err, errHeld) {
			return unusable("%s", err)
		}
		return broken("%s", sanitize(err.Error(), r.key))
	}
	return r.judge(x)
}

// whole reports whether text that was held back until the end is an answer. If the answer was cut, it may be the beginning of thoughts.
func (r *reader) whole(held string) bool {
	finish := strings.ToLower(r.finish)
	return r.filter.known == thinkNever || r.filter.closed || r.done && finish == "" || finish != "" && finish != "length" && finish != "max_tokens" ||
		json.Valid([]byte(held))
}

// failed returns the fault of an error inside the answer. The server of a later call may be another one, so it counts like an error response.
func (r *reader) failed() *fault {
	return refused(readRefusal(0, r.failure), r.key)
}

// judge decides what is wrong with an answer that ended by itself and is not complete.
func (r *reader) judge(x *exchange) *fault {
	finish := strings.ToLower(r.finish)
	switch {
	case r.refusing:
		return &fault{kind: ErrDeclined, outcome: "answer", detail: "the model declined"}
	case strings.Contains(finish, "filter"), strings.Contains(finish, "safety"), strings.Contains(finish, "prohibited"), strings.Contains(finish, "blocklist"),
		strings.Contains(finish, "recitation"), strings.Contains(finish, "sensitive"):
		return &fault{kind: ErrDeclined, outcome: "answer", detail: "finish reason " + sanitize(r.finish, r.key)}
	case r.events == 0:
		f := broken("no events, status %d, %s", x.status, sanitize(x.contentType, r.key))
		if r.noise != "" {
			f.detail += ": " + sanitize(r.noise, r.key)
		}
		return f
	case finish == "length" || finish == "max_tokens":
		f := unusable("finish reason %s", finish)
		f.short = r.received == 0 || r.thoughts > 0 || r.filter.hidden > 0
		return f
	case finish == "error":
		f := broken("finish reason error")
		f.format = true
		return f
	case finish == "" && !r.done:
		return broken("cut without a finish reason")
	case r.received == 0:
		return broken("empty")
	case r.objects.found == 0:
		f := unusable("nothing of the shape that was asked for in it")
		f.format = !r.objects.emptyList()
		return f
	}
	return unusable("JSON not closed, finish reason %s", sanitize(r.finish, r.key))
}

// live notes a sign of life.
func (r *reader) live() {
	if r.living {
		return
	}
	r.living = true
	r.timer.Stop()
	r.alive()
}

func (r *reader) noteNoise(text []byte) {
	if len(r.noise) < maxDetail {
		r.noise += string(text[:min(len(text), maxDetail)])
	}
}

// readEvent reads one event.
func (r *reader) readEvent(name string, data []byte) error {
	if isDone(data) {
		r.done = true
		return nil
	}
	ev := &r.event
	if err := decodeEvent(data, ev); err != nil {
		if name == "error" { // in words
			return r.fail(data)
		}
		return err
	}
	r.events++
	if failure := ev.error(name, data); failure != nil {
		return r.fail(failure)
	}
	if present(ev.usage) {
		if u := decodeUsage(ev.usage); u.prompt+u.completion >= r.usage.prompt+r.usage.completion { // some servers count in each event
			r.usage = u
		}
	}
	if r.events > 1 {
		r.live() // the first event may be sent before the model begins
	}
	choices := fieldsOf(ev.choices)
	for _, value, ok := choices.next(); ok; _, value, ok = choices.next() {
		if err := r.readChoice(decodeChoice(value)); err != nil {
			return err
		}
	}
	return nil
}

// fail ends the reading with an error of the server.
func (r *reader) fail(failure []byte) error {
	r.failure = bytes.Clone(failure)
	return errEnough
}

func (r *reader) readChoice(c choice) error {
	switch {
	case c.index != 0:
		return nil
	case present(c.failure):
		return r.fail(c.failure)
	case c.content != "" || c.refusal || c.thoughts > 0:
		r.live()
	}
	r.refusing = r.refusing || c.refusal
	r.thoughts += c.thoughts
	if c.content != "" {
		passed, err := r.filter.feed(c.content)
		if err != nil {
			return err
		}
		if err := r.pass(passed); err != nil {
			return err
		}
	}
	if c.finish != "" {
		r.finish = c.finish
		r.timer.Reset(afterFinish)
	}
	return nil
}

// pass passes text on that is not a thought.
func (r *reader) pass(text string) error {
	if text == "" {
		return nil
	}
	r.received += len(text)
	if len(r.heard) < heardMost {
		r.heard += text[:min(len(text), heardMost)]
	}
	if r.text != nil {
		r.text(text)
	}
	return r.objects.feed(text)
}

// tokens returns the tokens of the call. If the server did not count them, the result is an estimate that is too high rather than too low, or 0 if no
// event arrived.
func (r *reader) tokens(p Prompt) (prompt, completion int) {
	switch {
	case r.usage != usage{}:
		return r.usage.prompt, r.usage.completion
	case r.events == 0:
		return 0, 0
	}
	estimate := func(bytes int) int { return (bytes + 2) / 3 } // close for Latin, Cyrillic and CJK texts
	return estimate(p.Size()), estimate(r.received + r.thoughts + r.filter.hidden + len(r.filter.held))
}
