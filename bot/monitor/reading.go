package monitor

import (
	"time"
)

// Reading is what the parts say of themselves at one moment. Times in JSON are seconds, sizes bytes; counters grow from the start
// of the process. A part that is not there leaves its zero.
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
	Store  Store  `json:"store"`
	Disk   Disk   `json:"disk"`

	Replicas Replicas `json:"replicas,omitzero"`
}

// Ingest is how updates come in.
type Ingest struct {
	Polling  bool    `json:"polling"`         // else a webhook, which may rightly be silent for hours
	Silence  Seconds `json:"silence_seconds"` // since Telegram last posted or answered a poll; 0 if it never did
	InWork   int     `json:"in_work"`         // updates accepted and not done
	Capacity int     `json:"capacity"`        // most of them; over it Telegram keeps the others
	Parked   uint64  `json:"parked"`          // could not be read, or ended three processes
	Dropped  uint64  `json:"dropped"`         // over a person's limit
	Refused  uint64  `json:"refused"`         // given back to Telegram
	Panics   uint64  `json:"panics"`
}

// Inbox is what was accepted and must still be answered, also after a crash.
type Inbox struct {
	Pending int `json:"pending"`
	Parked  int `json:"parked"` // put aside because three processes ended over them, and kept on disk
}

// Gate is the queue before the model.
type Gate struct {
	Slots    int            `json:"slots"`
	Running  int            `json:"running"`
	Peak     int            `json:"peak"`
	Room     int            `json:"room"`    // most that may wait
	Waiting  map[string]int `json:"waiting"` // by class: interactive, live, read_ahead, warm_up
	Estimate Seconds        `json:"estimate_seconds"`
	Mean     Seconds        `json:"mean_seconds"` // recent length of a call
	Full     uint64         `json:"full"`         // refused because the room was full
	Late     uint64         `json:"late"`         // refused because of the deadline
}

// Waits is how many jobs wait, all classes together.
func (g Gate) Waits() int {
	n := 0
	for _, class := range g.Waiting {
		n += class
	}
	return n
}

// Model is the language model's client.
type Model struct {
	Name        string `json:"name"` // "" = none: people get the source's own words
	BreakerOpen bool   `json:"breaker_open"`
}

// Budget is the tokens of the UTC day.
type Budget struct {
	Spent int64 `json:"spent"`
	Limit int64 `json:"limit"` // 0 = none
}

// Share is how much of the budget is spent, 0 without one.
func (b Budget) Share() float64 {
	if b.Limit <= 0 {
		return 0
	}
	return float64(b.Spent) / float64(b.Limit)
}

// Live is the walks.
type Live struct {
	Sessions  int    `json:"sessions"`
	Cap       int    `json:"cap"`
	Parked    int    `json:"parked"`
	Delivered uint64 `json:"delivered"`
	Dropped   uint64 `json:"dropped"` // due times without a story
	Refused   uint64 `json:"refused"` // walks that found no place
}

// Cache is the stories of cells in memory.
type Cache struct {
	Hits     uint64 `json:"hits"`
	Misses   uint64 `json:"misses"`
	Bytes    uint64 `json:"bytes"`
	MaxBytes uint64 `json:"max_bytes"`
}

// Looks is how often it was asked.
func (c Cache) Looks() uint64 { return c.Hits + c.Misses }

// Sender is what goes out to Telegram.
type Sender struct {
	Waiting int     `json:"waiting"`
	Pause   Seconds `json:"pause_seconds"` // what is left of the one that Telegram asked for
}

// Places is the source of places.
type Places struct {
	TileHits   uint64  `json:"tile_hits"`
	TileMisses uint64  `json:"tile_misses"`
	Pause      Seconds `json:"pause_seconds"` // what is left of the one that Wikipedia asked for
}

// Guide is the guide's work.
type Guide struct {
	Cards    uint64 `json:"cards"`
	Written  uint64 `json:"written"`  // stories that passed the checks
	Dropped  uint64 `json:"dropped"`  // that failed them
	Joined   uint64 `json:"joined"`   // requests that shared a call under way
	Prepared uint64 `json:"prepared"` // calls ahead of a person
	Warmed   uint64 `json:"warmed"`   // calls ahead of everybody
	Likes    uint64 `json:"likes"`
	Dislikes uint64 `json:"dislikes"`
	Wrong    uint64 `json:"wrong"`
}

// Replicas is how this process shares the work on a database; zero = it is alone by design.
type Replicas struct {
	Name  string `json:"name"`  // of this one
	Alive int    `json:"alive"` // this one too
	Chats int    `json:"chats"` // that belong to this one
}

// Store is the data file, or the database's tables.
type Store struct {
	SizeBytes int64  `json:"size_bytes"`
	Writes    uint64 `json:"writes"`
	Commits   uint64 `json:"commits"`
}

// Disk is the volume of the data directory.
type Disk struct {
	FreeBytes  uint64 `json:"free_bytes"`
	TotalBytes uint64 `json:"total_bytes"` // 0 = unknown
}

// FreeShare is the free part, 1 where it is unknown.
func (d Disk) FreeShare() float64 {
	if d.TotalBytes == 0 {
		return 1
	}
	return float64(d.FreeBytes) / float64(d.TotalBytes)
}

// Seconds is a length of time, in JSON a number of seconds.
type Seconds float64

// InSeconds turns a duration into Seconds.
func InSeconds(d time.Duration) Seconds { return Seconds(round(d.Seconds())) }
