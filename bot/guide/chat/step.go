package chat

import "errors"

import "net/http"

// adapt changes how the question is put after a fault, and reports whether a repeat makes sense at once.
func (a *asking) adapt(f *fault) bool {
	switch {
	case f.refusal != nil:
		return a.adaptToRefusal(f)
	case errors.Is(f.kind, ErrDeclined):
		return a.oneByOne(f)
	case f.short:
		return a.moreRoom(f)
	case f.format && a.form.changeable(aboutFormat):
		next, step := a.form.without(aboutFormat, nil, 0)
		a.tryGuess(next, step, f)
		return true
	}
	return false
}

// adaptToRefusal changes what the server's words are about.
func (a *asking) adaptToRefusal(f *fault) bool {
	r := f.refusal
	switch r.status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return false
	}
	about := r.about(a.form.changeable)
	switch {
	case about == aboutContext:
		return a.smaller(f)
	case r.status == http.StatusTooManyRequests:
		return false
	case about == aboutFilter:
		return a.oneByOne(f)
	case r.status == 0 || r.status >= http.StatusInternalServerError:
		if about != aboutFormat && about != aboutUsage {
			return false // words about tokens or a stream in a failure of the server mean nothing
		}
	case about == noTopic:
		return a.plainest(f)
	}
	next, step := a.form.without(about, r, a.form.room(a.last))
	if r.code == "json_validate_failed" { // the model failed to keep to the format; the server can
		a.tryGuess(next, step, f)
	} else {
		a.learn(next, step, f)
	}
	return true
}

// smaller makes the prompt smaller: fewer subjects, then shorter ones.
func (a *asking) smaller(f *fault) bool {
	const step = "asks about fewer places or with shorter texts, because the model's context is small"
	limit, fresh := a.client.memory.tooLong(a.last.Size(), step)
	if fresh {
		a.log(step, f)
	}
	a.limits.Bytes = limit
	p, more := a.req.Prompt(a.limits)
	return more && p.Size() < a.last.Size()
}

// oneByOne asks about the first subject alone, because one of several may have met the content filter.
func (a *asking) oneByOne(f *fault) bool {
	if a.limits.Single {
		return false
	}
	single := a.limits
	single.Single = true
	p, more := a.req.Prompt(single)
	if !more || p.Size() >= a.last.Size() {
		return false
	}
	a.limits = single
	a.client.cfg.Log.Info("model_filter_met", "model", a.client.cfg.Model, "error", f)
	return true
}

// maxReserve bounds the room for hidden reasoning in tokens.
const maxReserve = 8 * reserveStep

// moreRoom raises the limit of tokens, because hidden reasoning used it up.
func (a *asking) moreRoom(f *fault) bool {
	if a.form.reserve >= maxReserve || a.form.limit == noLimit || a.form.most > 0 {
		return false
	}
	next := a.form
	next.reserve = max(2*next.reserve, reserveStep)
	a.learn(next, "leaves more tokens for hidden reasoning", f)
	return true
}

// plainest leaves out everything that is optional, once, for a server that has never answered and whose words nobody understands.
func (a *asking) plainest(f *fault) bool {
	plain := a.form.plainest()
	if f.refusal.status != http.StatusBadRequest && f.refusal.status != http.StatusUnprocessableEntity || a.client.memory.hasWorked() || a.form == plain {
		return false
	}
	a.tryGuess(plain, "leaves out everything optional", f)
	return true
}

// learn changes the form for this and for later questions.
func (a *asking) learn(next form, step string, f *fault) {
	if a.client.memory.adopt(a.form, next, step) {
		a.log(step, f)
	}
	a.form = next
}

// tryGuess changes the form for this question.
func (a *asking) tryGuess(next form, step string, f *fault) {
	if a.guess == "" {
		a.guessFrom, a.guessFault = a.form, f
	}
	a.guess, a.form = step, next
}

// keepGuess remembers a guess that helped.
func (a *asking) keepGuess() {
	if a.guess != "" && a.client.memory.adopt(a.guessFrom, a.form, a.guess) {
		a.log(a.guess, a.guessFault)
	}
}

// log tells the operator of a step, once.
func (a *asking) log(step string, f *fault) {
	a.client.cfg.Log.Info("model_adapted", "model", a.client.cfg.Model, "server", a.client.Server(), "change", step, "error", f)
}
