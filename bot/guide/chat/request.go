package chat

import (
	"encoding/json"
	"time"
)

// Schema is the shape of an answer: the JSON Schema of an object in OpenAI's strict subset, and the same in words for servers that take no schemas.
type Schema struct {
	Name  string
	JSON  json.RawMessage
	Words string // the end of the instructions
}

// Prompt is what one HTTP call asks.
type Prompt struct {
	System string // the instructions
	User   string // the data
	Image  string // a picture beside the data, as a data URL; "" = none
	Schema Schema
	Room   int // most tokens of the answer's text
}

// Size returns the bytes of the messages.
func (p Prompt) Size() int { return len(p.System) + len(p.Schema.Words) + len(p.User) }

// Limits are what is known of how much a server takes in one call.
type Limits struct {
	Bytes  int  // most bytes of System, Words and User together; 0 = unknown
	Single bool // one subject only: the content filter refused several together
}

// Request asks one question.
type Request struct {
	// Prompt returns what is still to be asked within the limits, or false if nothing is left. It is called before each HTTP call, so that a repeat asks
	// only for what did not arrive. A prompt that cannot be made small enough is sent anyway.
	Prompt func(Limits) (Prompt, bool)
	// Object is called for each object that an answer to the schema can be, or that an entry of its list can be, as soon as it is closed. raw is JSON. It
	// reports whether the object is of the shape that was asked for. It may not keep raw.
	Object func(raw []byte) bool
	// Text is called for each piece of the answer's text as it arrives, without thoughts but with prose and code fences; nil = nobody wants it.
	Text func(piece string)
	// Single is the first value of Limits.Single.
	Single bool
	// Waiting is set while a person waits for the answer. It bounds the repeats for what a server refuses.
	Waiting bool
}

// Reply describes how a question was answered, also if it failed.
type Reply struct {
	PromptTokens, AnswerTokens int64         // counted by the server or estimated, of all calls
	Calls                      int           // HTTP calls
	FirstToken                 time.Duration // from the last call to its first sign of life; 0 = there was none
	Took                       time.Duration // all calls together
	Single                     bool          // the content filter took the subjects only one by one
	Failed                     []string      // why calls failed that were repeated or the last; for an operator who asked, not for a log: it may quote the answer
}

// Call describes one HTTP call, for metrics.
type Call struct {
	// Outcome is "ok", "error", "timeout", "refused", "answer", "adapted" (refused, and repeated in another form), "cancelled" (by the caller), or
	// "breaker" if the breaker was open and nothing was sent.
	Outcome                        string
	Duration                       time.Duration
	PromptTokens, CompletionTokens int
}
