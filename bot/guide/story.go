package guide

import (
	"errors"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

// Classes of the gate before the model, best first.
const (
	Interactive limiter.Class = iota // a person waits for the answer
	LiveTick                         // the story of a walk that is due
	NextTick                         // the next story of a walk, its corridor, the stops of a tour
	Judging                          // the second look at stories that are told already
	ReadAhead                        // stories that a person will soon need
	WarmUp                           // stories for future visitors, written while the model is idle
	Packing                          // stories for a pack
)

// Classes is how many classes the gate before the model has, and Background the first one that leaves the last free slot to the better ones.
const (
	Classes    = int(Packing) + 1
	Background = Judging
)

// Errors of Tell, for errors.Is. The person gets a different sentence for each.
var (
	ErrNothing    = errors.New("guide: nothing known within 10 km")
	ErrAllTold    = errors.New("guide: everything near was told")
	ErrSource     = errors.New("guide: sources of places unavailable")
	ErrOverloaded = errors.New("guide: overloaded")
	ErrNotReady   = errors.New("guide: the story is not written yet")
	ErrNoMore     = errors.New("guide: no more to tell about the place")
)

// Source tells where the text of a story comes from. The values are labels of metrics.
type Source string

// Sources.
const (
	FromLibrary Source = "library"   // written earlier
	FromModel   Source = "generated" // written for this request
	FromExtract Source = "extract"   // the opening of the article
	FromPack    Source = "pack"      // shipped with the program
	FromNone    Source = "none"      // only in metrics: no story
)

// Reason tells why an answer is an extract instead of a story.
type Reason string

// Reasons.
const (
	NoReason     Reason = ""
	ModelOff     Reason = "off"      // no API key
	ModelDown    Reason = "down"     // the model does not answer or its answers are damaged, or the circuit breaker is open
	ModelRefused Reason = "refused"  // the model's server refuses the key, the model or the request: the operator must act
	ModelBusy    Reason = "busy"     // the gate is full, or the call cannot start in time; Story.Wait holds the expected wait
	Crowd        Reason = "crowd"    // the request was Brief because too many people ask at once
	ModelSlow    Reason = "slow"     // the call started but did not end in time
	OverBudget   Reason = "budget"   // the tokens of the day are spent
	Silent       Reason = "silent"   // the model answered, but not with a story about the place
	Declined     Reason = "declined" // the model or its server's filter does not want to write about the place
	Unfit        Reason = "unfit"    // the model's text failed the checks
	Withdrawn    Reason = "retired"  // people retired the story
)

// Request describes one request for a story.
type Request struct {
	Person    int64
	Point     geo.Point
	Language  string        // of the story
	Length    store.Length  // "" = short
	Class     limiter.Class // Interactive or LiveTick
	Interests []string
	Place     string    // id of a place whose card the person has seen already; the story will be about it
	Only      bool      // no other place than Place: if it cannot be told, the error is ErrAllTold
	Ready     bool      // no story that must be written first: the error is ErrNotReady then. If the model cannot be asked, the extract is ready
	Within    float64   // how far the place may be away in metres; 0 = 10 km
	Brief     bool      // no call to the model and no card: a story from the library, or the extract
	more      *more     // nil = the story itself; else one of more about the place
	rewrite   bool      // the story is there already, and only a better one is wanted
	Due       time.Time // LiveTick: when the story is due; the guide stops waiting for the model 2 s later
}

// Card is what can be shown before the story is ready.
type Card struct {
	Place    store.Place
	Distance float64 // metres from the person
	Opening  string  // the first sentence of the article, "" if the person may not read its language
}

// Story is an answer of Tell.
type Story struct {
	Place    store.Place // in the language of the text
	Distance float64     // metres from the person
	Text     string
	Source   Source
	Reason   Reason         // only of an extract
	Wait     time.Duration  // the gate's estimate if Reason is ModelBusy
	Key      store.StoryKey // of the stored story; zero for an extract
	Pending  bool           // the judge has not seen it yet: report the message to Showed
	More     int            // the Aspect that can be told next; 0 = there is no more to tell

	stored *store.Story // nil = an extract. It may be shared: read only
}

// Told names what was told, also if it was an extract.
func (s Story) Told() store.StoryKey {
	if s.Key.Place != "" {
		return s.Key
	}
	return store.StoryKey{Place: s.Place.ID, Language: s.Place.Language, Length: store.Extract}
}

// storyOf turns a story of the library or the pack into an answer.
func storyOf(s *store.Story, distance float64) Story {
	source := FromLibrary
	if fromPack(s) {
		source = FromPack
	}
	return Story{
		Place: store.Place{
			ID: s.Place, Language: s.Language, Title: s.Title, Point: s.Point,
			Kind: s.Kind, URL: s.URL, Picture: s.Picture, Credit: s.Credit, Source: s.Source, Packed: s.Packed,
		},
		Distance: distance,
		Text:     s.Text,
		Source:   source,
		Key:      s.StoryKey,
		Pending:  s.Judged == store.JudgedPending,
		stored:   s,
	}
}

// withdrawnBy returns why a retired story is not told: the judge refused it, or people did.
func withdrawnBy(s *store.Story) Reason {
	if s.Judged == store.JudgedRefused {
		return Unfit
	}
	return Withdrawn
}

func fromPack(s *store.Story) bool { return s.Source == string(FromPack) }
