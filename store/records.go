package store

import (
	"time"

	"excursobot/geo"
)

// User is one person.
type User struct {
	ID           int64     `json:"id,omitzero"`
	Language     string    `json:"language,omitzero"`      // chosen with /language or taken at the first contact; "" = not chosen
	LanguageCode string    `json:"language_code,omitzero"` // what Telegram last said, as given
	Length       Length    `json:"length,omitzero"`        // "" = short for single locations, long for walks
	Interests    []string  `json:"interests,omitzero"`     // ids from a fixed list
	HidePictures bool      `json:"hide_pictures,omitzero"`
	HidePins     bool      `json:"hide_pins,omitzero"`
	Banned       bool      `json:"banned,omitzero"`
	Unreachable  bool      `json:"unreachable,omitzero"` // the person blocked the bot
	HintAt       time.Time `json:"hint_at,omitzero"`     // of the last hint about live locations
	AskedAt      time.Time `json:"asked_at,omitzero"`    // when the person was asked how many stars to give; zero = answered
	Created      time.Time `json:"created,omitzero"`
	Seen         time.Time `json:"seen,omitzero"`
	Walks        int       `json:"walks,omitzero"` // that ended; SaveWalks counts
	Metres       float64   `json:"metres"`         // of these walks together
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
	ID          string    `json:"id,omitzero"`       // Wikidata Q-id, else "wp:<lang>:<pageid>", else the pack's own id; the same in every language
	Language    string    `json:"language,omitzero"` // of Title, Description and Extract
	PageID      int64     `json:"page_id,omitzero"`  // of the source's page; 0 if it has none
	Title       string    `json:"title,omitzero"`
	Point       geo.Point `json:"point"`
	Kind        string    `json:"kind,omitzero"`        // the source's type ("landmark", "adm1st", ...); may be empty
	Dim         int       `json:"dim,omitzero"`         // size in metres as the source says it; 0 = unknown
	Description string    `json:"description,omitzero"` // a few words
	Extract     string    `json:"extract,omitzero"`     // up to 1200 characters of plain text, what a story may be told from
	Length      int       `json:"length,omitzero"`      // bytes of the whole article: how much the source has to say
	URL         string    `json:"url,omitzero"`         // the article
	Picture     string    `json:"picture,omitzero"`     // a free picture's address; may be empty
	Year        int       `json:"year,omitzero"`        // 0 = unknown
	Source      string    `json:"source,omitzero"`      // "wikipedia" or "pack"
	Fetched     time.Time `json:"fetched,omitzero"`
}

// TileKey names one search of a source.
type TileKey struct {
	Cell     geo.Cell `json:"cell,string,omitzero"` // level 13, or level 10 for the wide search
	Language string   `json:"language,omitzero"`
}

// Tile is what one search found: metadata only.
type Tile struct {
	TileKey
	Pages   []Page    `json:"pages,omitzero"`
	Expires time.Time `json:"expires,omitzero"`
}

// Page is one found article, before its details are known.
type Page struct {
	ID    int64     `json:"id,omitzero"`
	Title string    `json:"title,omitzero"`
	Point geo.Point `json:"point"`
	Kind  string    `json:"kind,omitzero"`
	Dim   int       `json:"dim,omitzero"`
}

// StoryKey names a story.
type StoryKey struct {
	Place    string `json:"place,omitzero"`
	Language string `json:"language,omitzero"`
	Length   Length `json:"length,omitzero"`
}

// Story is a text about a place, shared by all people. It carries what is needed to show it without asking for the place.
type Story struct {
	StoryKey
	Title    string    `json:"title,omitzero"`
	Point    geo.Point `json:"point"`
	Kind     string    `json:"kind,omitzero"`
	URL      string    `json:"url,omitzero"`
	Picture  string    `json:"picture,omitzero"`
	Text     string    `json:"text,omitzero"`
	Source   string    `json:"source,omitzero"` // "model" or "pack"
	Model    string    `json:"model,omitzero"`  // who wrote it
	Likes    int       `json:"likes,omitzero"`
	Dislikes int       `json:"dislikes,omitzero"`
	WrongBy  []int64   `json:"wrong_by,omitzero"` // at most two people who called it wrong
	Retired  bool      `json:"retired,omitzero"`
	Created  time.Time `json:"created,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`
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
