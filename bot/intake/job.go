package intake

import (
	"context"
	"time"

	"excursobot/bot/telegram"
)

// Handler does the work of one update. If it returns an error, the update failed: Hooks.Failed is told.
type Handler func(ctx context.Context, t *Task) error

// Task is an update that a handler works on.
type Task struct {
	*telegram.Update
	// Brief means that all people together ask for too much: the answer must cost nothing.
	Brief bool
	// Shown is what the person sees of the answer, possibly from an earlier process.
	Shown Shown

	recorded bool // as done
	anywhere bool // handled here, whichever replica owns the chat
	kept     bool // in the inbox
}

// Shown is what a person sees of an answer that is not complete.
type Shown struct {
	Place   string // that was chosen; "" = none
	Message int    // that is to become the answer; 0 = none
}

// Job is what an update asks for. There is one type for each kind of update: Nothing, Reply, Story, Position and Money. Kind names it in the metrics.
type Job interface{ plan() plan }

// Nothing is the job of an update that gets no answer.
type Nothing struct{ Kind string }

// Reply is the job of a command, a button or a text.
type Reply struct {
	Kind string
	Lane Lane
	Run  Handler
}

// Story is the job of a request for a story. It costs a token of the story limits. A request that waited for too long is not answered any more.
type Story struct {
	Kind       string
	Lane       Lane
	NeverStale bool // the request is as welcome later: the start of a walk
	Run        Handler
}

// Position is the job of a step of a walk. It is lost with the process, and does no harm: a newer one follows.
type Position struct {
	Kind string
	Move func() bool // tried at arrival; true = that was all
	Run  Handler     // in the control lane, if Move is false
}

// Money is the job of a payment or a refund. It passes every limit and the pause, and is never dropped.
type Money struct {
	Kind string
	// Store records the payment before Telegram hears that the update is accepted. nil: the inbox must store the update instead. An error
	// makes Telegram send the update again, except for store.ErrInvalid, which will never succeed.
	Store func(ctx context.Context) error
	Run   Handler
}

// plan is how an update passes through: its job as classify decides on it, and as checkLimits may replace it.
type plan struct {
	kind        string
	lane        Lane
	run         Handler // nil = nothing to do
	story       bool    // costs a token of the story limits
	neverStale  bool
	skipInbox   bool
	mustPersist bool // never accepted without being stored
	money       bool // passes every limit
	storeMoney  func(ctx context.Context) error
	resumed     bool // an earlier process left it
	tries       int  // of a resumed update: how many processes ended soon after its beginning
	move        func() bool
}

func (j Nothing) plan() plan { return plan{kind: j.Kind} }
func (j Reply) plan() plan   { return plan{kind: j.Kind, lane: j.Lane, run: j.Run} }
func (j Story) plan() plan {
	return plan{kind: j.Kind, lane: j.Lane, run: j.Run, story: true, neverStale: j.NeverStale}
}

func (j Position) plan() plan {
	return plan{kind: j.Kind, run: j.Run, skipInbox: true, move: j.Move}
}

func (j Money) plan() plan {
	return plan{kind: j.Kind, run: j.Run, money: true, mustPersist: true, storeMoney: j.Store}
}

const checkoutKind = "checkout"

// Reason is why an update is answered with a sentence instead of its job.
type Reason uint8

// The reasons.
const (
	Paused         Reason = iota // an operator paused the bot
	OverStoryLimit               // the person asks for too many stories
	Stale                        // the request waited for too long: the person has walked on
)

// Refusal is an update that is answered with a sentence instead of its job.
type Refusal struct {
	Reason Reason
	Wait   time.Duration // of OverStoryLimit: after it the next request passes
}

// Recorded tells that the store knows, or will know, that the update is done: its story was saved with Intake.Delivered.
func (t *Task) Recorded() { t.recorded = true }
