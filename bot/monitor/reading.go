package monitor

import (
	"math"
	"time"
)

// Reading holds the numbers of all parts at one moment. Times in JSON are in seconds and sizes in bytes; counters start at 0 with the process. A part
// that does not exist has its zero value.
type Reading struct {
	Ingest Ingest `json:"ingest"`
	Inbox  Inbox  `json:"inbox"`
	Gate   Gate   `json:"gate"`
	Model  Model  `json:"model"`
	Budget Budget `json:"budget"`
	Live   Live   `json:"live"`
	Cache  Cache  `json:"cache"`
	Sender Sender `json:"sender"`
	Places Places `json:"places"`
	Guide  Guide  `json:"guide"`
	Speech Speech `json:"speech"`
	Store  Store  `json:"store"`
	Disk   Disk   `json:"disk"`

	Replicas Replicas `json:"replicas,omitzero"`

	StarsDifferences int `json:"stars_differences,omitzero"` // that the last comparison with Telegram's list of payments found
}

// Ingest describes how updates arrive.
type Ingest struct {
	Polling     bool    `json:"polling"`         // else a webhook, which may be silent for hours
	Silence     Seconds `json:"silence_seconds"` // since Telegram last posted an update or answered a poll; 0 if it never did
	InWork      int     `json:"in_work"`         // updates that are accepted and not done
	Capacity    int     `json:"capacity"`        // most updates in work; Telegram keeps further ones
	DeadLetters uint64  `json:"parked"`          // could not be decoded, or processes ended over them
	Dropped     uint64  `json:"dropped"`         // over the limit of a person
	Refused     uint64  `json:"refused"`         // left to Telegram for a later delivery
	Panics      uint64  `json:"panics"`
}

// Inbox counts the updates in the store.
type Inbox struct {
	Pending     int `json:"pending"` // accepted and not answered yet
	DeadLetters int `json:"parked"`  // processes ended over them
}

// Gate is the queue before the model.
type Gate struct {
	Slots    int            `json:"slots"`
	Running  int            `json:"running"`
	Peak     int            `json:"peak"`
	Room     int            `json:"room"`    // most jobs that may wait
	Waiting  map[string]int `json:"waiting"` // by class: interactive, live, next, judge, read_ahead, warm_up, pack
	Estimate Seconds        `json:"estimate_seconds"`
	Mean     Seconds        `json:"mean_seconds"` // recent length of a call
	Full     uint64         `json:"full"`         // refused because the queue was full
	Late     uint64         `json:"late"`         // refused because of the deadline
}

// Waits returns how many jobs wait in all classes.
func (g Gate) Waits() int {
	n := 0
	for _, class := range g.Waiting {
		n += class
	}
	return n
}

// Model describes the client of the language model.
type Model struct {
	Name        string `json:"name"` // "" = none: people get extracts
	BreakerOpen bool   `json:"breaker_open"`
	Unknown     bool   `json:"unknown"`            // its server says that it does not know the model
	Ends        string `json:"ends,omitzero"`      // the day on which the server shuts the model down, "2006-01-02"; "" = none is known
	DaysLeft    int    `json:"days_left,omitzero"` // until then
	EndsSoon    bool   `json:"ends_soon,omitzero"` // so soon that the operator must choose another one
}

// Budget holds the tokens of the UTC day.
type Budget struct {
	Spent int64 `json:"spent"`
	Limit int64 `json:"limit"` // 0 = none
}

// Share returns the spent part of the budget, 0 without a limit.
func (b Budget) Share() float64 {
	if b.Limit <= 0 {
		return 0
	}
	return float64(b.Spent) / float64(b.Limit)
}

// Live counts walks.
type Live struct {
	Sessions  int    `json:"sessions"`
	Cap       int    `json:"cap"`
	Parked    int    `json:"parked"`
	Delivered uint64 `json:"delivered"`
	Dropped   uint64 `json:"dropped"` // due times without a story
	Refused   uint64 `json:"refused"` // walks that found no place
}

// Cache describes the cache of stories.
type Cache struct {
	Hits     uint64 `json:"hits"`
	Misses   uint64 `json:"misses"`
	Bytes    uint64 `json:"bytes"`
	MaxBytes uint64 `json:"max_bytes"`
}

// Lookups returns the number of lookups.
func (c Cache) Lookups() uint64 { return c.Hits + c.Misses }

// Sender describes the queue of messages to Telegram.
type Sender struct {
	Waiting int     `json:"waiting"`
	Pause   Seconds `json:"pause_seconds"` // the rest of the pause that Telegram asked for
}

// Places describes the source of places.
type Places struct {
	TileHits   uint64  `json:"tile_hits"`
	TileMisses uint64  `json:"tile_misses"`
	Pause      Seconds `json:"pause_seconds"` // the rest of the pause that Wikipedia asked for
}

// Guide counts the guide's work.
type Guide struct {
	Cards     uint64            `json:"cards"`
	Written   uint64            `json:"written"`    // stories that passed the checks
	Dropped   uint64            `json:"dropped"`    // stories that failed them
	DroppedBy map[string]uint64 `json:"dropped_by"` // the latter by rule
	Spared    uint64            `json:"spared"`     // answers without a call, because the model could not write the story lately
	Resting   int               `json:"resting"`    // stories that it is not asked for now
	Judged    Judged            `json:"judged"`
	Joined    uint64            `json:"joined"`   // requests that joined a batch in progress
	Prepared  uint64            `json:"prepared"` // batches of read-ahead
	Warmed    uint64            `json:"warmed"`   // batches of warm-up
	Likes     uint64            `json:"likes"`
	Dislikes  uint64            `json:"dislikes"`
	Wrong     uint64            `json:"wrong"`
	Reported  uint64            `json:"reported"` // extracts that a person called wrong
}

// Speech describes the voices; zero if stories are not spoken.
type Speech struct {
	Outcomes   map[string]uint64 `json:"outcomes"`   // of voices that were asked for or made ahead
	Characters uint64            `json:"characters"` // spoken since the start
	Today      uint64            `json:"today"`      // spoken in the UTC day by all replicas
	Limit      uint64            `json:"limit"`      // of a day; 0 = none
	Languages  []string          `json:"languages"`  // whose voices work
	Mean       Seconds           `json:"mean_seconds"`
	Down       bool              `json:"down"`
}

// Used reports whether stories are spoken, or were since the start.
func (s Speech) Used() bool { return len(s.Languages) > 0 || len(s.Outcomes) > 0 || s.Down }

// Judged counts stories by what the judge did.
type Judged struct {
	Passed   uint64 `json:"passed"`
	Objected uint64 `json:"objected"` // sent back to be rewritten
	Refused  uint64 `json:"refused"`  // retired
	Skipped  uint64 `json:"skipped"`  // no verdict: the judge was off, late or over its budget
	Ignored  bool   `json:"ignored"`  // the judge objects too often today
}

// Replicas describes the processes that share a database; zero with a data file.
type Replicas struct {
	Name  string `json:"name"`  // of this process
	Alive int    `json:"alive"` // including this process
	Chats int    `json:"chats"` // owned by this process
}

// Store describes the data file, or the tables of the database.
type Store struct {
	SizeBytes int64  `json:"size_bytes"`
	FreeBytes int64  `json:"free_bytes"` // of SizeBytes, without data; 0 for a database
	Writes    uint64 `json:"writes"`
	Commits   uint64 `json:"commits"`
}

// Disk describes the volume of the data directory.
type Disk struct {
	FreeBytes  uint64 `json:"free_bytes"`
	TotalBytes uint64 `json:"total_bytes"` // 0 = unknown
}

// FreeShare returns the free part, 1 if it is unknown.
func (d Disk) FreeShare() float64 {
	if d.TotalBytes == 0 {
		return 1
	}
	return float64(d.FreeBytes) / float64(d.TotalBytes)
}

// Seconds is a duration in seconds.
type Seconds float64

// InSeconds converts a duration.
func InSeconds(d time.Duration) Seconds { return Seconds(round(d.Seconds())) }

// round keeps three decimal places.
func round(x float64) float64 { return math.Round(x*1000) / 1000 }
