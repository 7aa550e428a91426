package bot

import (
	"time"

	"excursobot/bot/guide"
)

// Observe is called when something happens. Its functions may be nil. Labels are few and name no person.
type Observe struct {
	Update func(kind, outcome string)                           // each update that came in
	Call   func(method, outcome string)                         // each call to Telegram
	First  func(kind string, d time.Duration)                   // from arrival to a card or a story
	Story  func(kind string, src guide.Source, d time.Duration) // from arrival to the whole answer; src "busy" = refused for load
	// Question is called for each question, with how it was answered: as guide.Answered, or "talk", "lost" (no story that it could be about), "none".
	Question func(how string)
	Late     func(d time.Duration) // by how much a walk's story is late
	Error    func(part string)     // faults that the operator should see
}

func (o Observe) filled() Observe {
	if o.Update == nil {
		o.Update = func(string, string) {}
	}
	if o.Call == nil {
		o.Call = func(string, string) {}
	}
	if o.First == nil {
		o.First = func(string, time.Duration) {}
	}
	if o.Story == nil {
		o.Story = func(string, guide.Source, time.Duration) {}
	}
	if o.Question == nil {
		o.Question = func(string) {}
	}
	if o.Late == nil {
		o.Late = func(time.Duration) {}
	}
	if o.Error == nil {
		o.Error = func(string) {}
	}
	return o
}

// Today is what happened since the UTC day began or the process started, whichever is later.
type Today struct {
	Since   time.Time
	Answers map[string]uint64 // story requests by the names of guide.Source, and "busy" for those refused for load
	Errors  map[string]uint64 // faults by part, see Observe.Error
	First   time.Duration     // from arrival to a card or a story, 95th percentile
	Story   time.Duration     // from arrival to the whole answer, 95th percentile
}
