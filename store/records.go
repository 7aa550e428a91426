package store

import (
	"time"

	"excursobot/geo"
)

// User is one person.
type User struct {
	ID           int64
	Language     string   // chosen with /language or taken at the first contact; "" = not chosen
	LanguageCode string   // what Telegram last said, as given
	Length       Length   // "" = short for single locations, long for walks
	Interests    []string // ids from a fixed list
	HidePictures bool
	HidePins     bool
	Banned       bool
	Unreachable  bool      // the person blocked the bot
	HintAt       time.Time // of the last hint about live locations
	AskedAt      time.Time // when the person was asked how many stars to give; zero = answered
	Created      time.Time
	Seen         time.Time
	Walks        int     // that ended; SaveWalks counts
	Metres       float64 // of these walks together
}

// Length of a story.
type Length string

// The two lengths: 60-80 and 100-120 words.
const (
	Short Length = "short"
	Long  Length = "long"
)

// Place is something that stands at a point, as one language describes it.
type Place struct {
	ID          string // Wikidata Q-id, else "wp:<lang>:<pageid>", else the pack's own id; the same in every language
	Language    string // of Title, Description and Extract
	PageID      int64  // of the source's page; 0 if it has none
	Title       string
	Point       geo.Point
	Kind        string // the source's type ("landmark", "adm1st", ...); may be empty
	Dim         int    // size in metres as the source says it; 0 = unknown
	Description string // a few words
	Extract     string // up to 1200 characters of plain text, what a story may be told from
	Length      int    // bytes of the whole article: how much the source has to say
	URL         string // the article
	Picture     string // a free picture's address; may be empty
	Year        int    // 0 = unknown
	Source      string // "wikipedia" or "pack"
	Fetched     time.Time
}

// TileKey names one search of a source.
type TileKey struct {
	Cell     geo.Cell // level 13, or level 10 for the wide search
	Language string
}

// Tile is what one search found: metadata only.
type Tile struct {
	TileKey
	Pages   []Page
	Expires time.Time
}

// Page is one found article, before its details are known.
type Page struct {
	ID    int64
	Title string
	Point geo.Point
	Kind  string
	Dim   int
}

// StoryKey names a story.
type StoryKey struct {
	Place    string
	Language string
	Length   Length
}

// Story is a text about a place, shared by all people. It carries what is needed to show it without asking for the place.
type Story struct {
	StoryKey
	Title    string
	Point    geo.Point
	Kind     string
	URL      string
	Picture  string
	Text     string
	Source   string // "model" or "pack"
	Model    string // who wrote it
	Likes    int
	Dislikes int
	WrongBy  []int64 // at most two people who called it wrong
	Retired  bool
	Created  time.Time
	Expires  time.Time
}

// Mark is a person's vote on a story.
type Mark int8

// The votes.
const (
	NoMark  Mark = 0
	Like    Mark = 1
	Dislike Mark = 2
	Wrong   Mark = 3
)

// Delivery says what reached whom.
type Delivery struct {
	Update int64 // 0 = not the answer to an update
	Person int64
	Place  string
	Walk   string // "" = a single location
	Number int    // of the story in the walk, from 1; 0 = a single location
	Title  string
	Point  geo.Point // of the place; with Title for the walk's summary
	At     time.Time
}

// Day is a UTC day, "2006-01-02".
type Day string

// DayOf returns the UTC day of t.
func DayOf(t time.Time) Day { return Day(t.UTC().Format(time.DateOnly)) }

// Spent is a sum of tokens.
type Spent struct{ Day, Person int64 }
