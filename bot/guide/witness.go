package guide

import (
	"time"

	"excursobot/bot/guide/model"
	"excursobot/limiter"
)

// Witness is told what happens on the way to a story, for reports to operators. Its functions may be nil; they are called in the guide's goroutines and
// must not keep or change what they get.
type Witness struct {
	Ranked func([]Card) // untold places of a ring, best first; the first that is free is told
	Asked  func(Asked)  // a question to the model is over
}

// Asked is a question to the model that is over.
type Asked struct {
	Class   limiter.Class // of the best of those who waited for it, or of nobody
	Request model.Request
	Result  model.Result
	Took    time.Duration
	Err     error // nil = the answer was complete
}

func (w *Witness) ranked(cards []Card) {
	if w != nil && w.Ranked != nil && len(cards) > 0 {
		w.Ranked(cards)
	}
}

func (w *Witness) asked(a Asked) {
	if w != nil && w.Asked != nil {
		w.Asked(a)
	}
}
