// Package guide answers one question: what is worth telling this person here? It looks from ring to ring in the library, among the
// places and through the model, claims what it chose so that nobody hears a place twice, and falls back to the source's own words.
// It knows no Telegram and no words of the interface.
package guide

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Classes of the gate before the model, best first.
const (
	Interactive limiter.Class = iota // a person waits
	LiveTick                         // a walk's next story
	ReadAhead                        // stories that somebody will soon walk past
	WarmUp                           // the rest
)

// Errors of Tell, for errors.Is. The person gets a sentence of their own for each.
var (
	ErrNothing    = errors.New("guide: nothing known within 10 km")
	ErrAllTold    = errors.New("guide: everything near was told")
	ErrSource     = errors.New("guide: sources of places unavailable")
	ErrOverloaded = errors.New("guide: overloaded")
)

// Source is where a story came from, as the metrics name it.
type Source string

// The sources.
const (
	FromLibrary Source = "library"
	FromModel   Source = "generated"
	FromExtract Source = "extract"
	FromPack    Source = "pack"
	FromNone    Source = "none" // for the metrics only: no story
)

// Reason says why an extract stands in for a story.
type Reason string

// The reasons.
const (
	NoReason   Reason = ""
	ModelOff   Reason = "off"    // no key
	ModelDown  Reason = "down"   // failing, refusing, breaker open
	ModelBusy  Reason = "busy"   // gate full or too late
	OverBudget Reason = "budget" // tokens of the day are spent
	Unfit      Reason = "unfit"  // what it wrote failed the checks, or the story was retired
)

// Config wires a Guide.
type Config struct {
	Store                store.Store
	Places               *places.Finder // nil = the pack alone
	Pack                 *places.Pack
	Model                *model.Client // nil = source extracts only
	Gate                 *limiter.Gate // before the model
	Cache                *geo.Cache[[]store.Story]
	Log                  *slog.Logger
	PlacesPerCall        int   // default 4
	DailyTokens          int64 // 0 = no limit
	DailyTokensPerPerson int64 // 0 = no limit
}

// Request is one question.
type Request struct {
	Person    int64
	Point     geo.Point
	Language  string        // of the story
	Length    store.Length  // "" = short
	Class     limiter.Class // Interactive or LiveTick
	Interests []string
	Place     string    // id of the place already shown to the person (a card sent before a crash): go on with it
	Due       time.Time // LiveTick: when the story is due; it gives up on the model 2 s later
}

// Card is what can be shown before the story is ready.
type Card struct {
	Place    store.Place
	Distance float64 // metres from the person
}

// Story is an answer. Release must be called once it was delivered (after store.Delivered) or given up.
type Story struct {
	Place    store.Place // in the language of the text
	Distance float64
	Text     string
	Source   Source
	Reason   Reason         // of an extract
	Wait     time.Duration  // the gate's estimate when Reason is ModelBusy
	Key      store.StoryKey // of the library's story; zero for an extract
	release  func()
}

// Release ends the claim on the place. Calling it again, or on a zero Story, is harmless.
func (s Story) Release() {
	if s.release != nil {
		s.release()
	}
}

// Guide tells stories.
type Guide struct{ _ int }

// New returns a Guide. It starts nothing; Run must run for calls to be made.
func New(cfg Config) (*Guide, error) { panic("contract") }

// Run sweeps expired rows hourly and waits for calls and read-ahead that Tell and Prepare started. When ctx ends it cancels what
// is in flight and returns nil after the last one ended.
func (g *Guide) Run(ctx context.Context) error { panic("contract") }

// Tell chooses an unheard place near the point and returns its story. onCard is called at most once, from Tell's goroutine and before Tell returns,
// when the story will take a while; the story that follows is of the card's place.
func (g *Guide) Tell(ctx context.Context, req Request, onCard func(Card)) (Story, error) {
	panic("contract")
}

// Prepare asks, in the read-ahead class, for two unheard stories near the point the person will reach. It returns at once.
func (g *Guide) Prepare(req Request) { panic("contract") }
