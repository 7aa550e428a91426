package store

import (
	"context"
	"time"

	"excursobot/geo"
)

// Length of a story.
type Length string

// The two lengths: 60-80 and 100-120 words.
const (
	Short Length = "short"
	Long  Length = "long"
)

// StoryKey names a story.
type StoryKey struct {
	Place    string `json:"place,omitzero"`
	Language string `json:"language,omitzero"`
	Length   Length `json:"length,omitzero"`
	Aspect   int    `json:"aspect,omitzero"` // 0 = the story itself; 1 to MaxAspect = more about the place, each from another part of the article
}

// MaxAspect is the highest Aspect.
const MaxAspect = 2

// Judged is the verdict of the judge, a second call of the model, on a story.
type Judged string

// The states of a story before the judge. A story of the first edition, or of a pack, is Unjudged.
const (
	Unjudged      Judged = ""
	JudgedPending Judged = "pending" // it waits
	JudgedPassed  Judged = "passed"
	JudgedSkipped Judged = "skipped" // no verdict came: the other checks are enough
	JudgedRefused Judged = "refused" // it says what its source does not say; the story is retired
)

// Bounds of a story's quotes; a longer list or text is ErrInvalid.
const (
	MaxQuotes     = 4
	MaxQuoteBytes = 600
)

// Story is a text about a place, shared by all people. It carries what is needed to show it without asking for the place.
type Story struct {
	StoryKey
	Title    string    `json:"title,omitzero"` // as cards show the place in the story's language
	Point    geo.Point `json:"point"`
	Kind     string    `json:"kind,omitzero"`
	URL      string    `json:"url,omitzero"`
	Picture  string    `json:"picture,omitzero"`
	Text     string    `json:"text,omitzero"`
	Source   string    `json:"source,omitzero"` // "model" or "pack"
	Model    string    `json:"model,omitzero"`  // name of the model that wrote it
	Likes    int       `json:"likes,omitzero"`
	Dislikes int       `json:"dislikes,omitzero"`
	WrongBy  []int64   `json:"wrong_by,omitzero"` // at most two people who called it wrong
	Retired  bool      `json:"retired,omitzero"`
	Created  time.Time `json:"created,omitzero"`
	Expires  time.Time `json:"expires,omitzero"`

	Credit   Credit     `json:"credit,omitzero"` // of Picture
	Quotes   []string   `json:"quotes,omitzero"` // what of the article the text rests on, word for word
	Judged   Judged     `json:"judged,omitzero"`
	Version  int        `json:"version,omitzero"`  // of the rules by which the text was written and checked; 0 = the first edition's
	Article  ArticleKey `json:"article,omitzero"`  // the text was written from it; zero = from an intro, or not known
	Revision int64      `json:"revision,omitzero"` // of the Article or the intro; 0 = not known
	Packed   bool       `json:"packed,omitzero"`   // it came with a pack, and was not compared with its article since
}

// Stories is the library.
type Stories interface {
	// Stories returns the stories of the keys that exist and have not expired at now, also retired ones, in the order asked.
	Stories(ctx context.Context, keys []StoryKey, now time.Time) ([]Story, error)
	// StoriesIn returns at most limit stories of the language inside the ranges, neither expired nor retired, ordered by leaf cell, place, length.
	// It returns only those of Aspect 0; Stories returns the others, by their keys.
	StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]Story, error)
	// PutStories stores or replaces. If the text is unchanged, the stored votes stay (Likes, Dislikes, WrongBy, Retired);
	// a new text is stored with the votes in the argument.
	PutStories(ctx context.Context, stories []Story) error
	// RetiredStories returns at most limit retired stories that come after the given key, expired ones too, ordered by place, language,
	// length and aspect. The zero key comes before all.
	RetiredStories(ctx context.Context, after StoryKey, limit int) ([]Story, error)
	// RestoreStory makes a retired story one that is told again, without the people in WrongBy, and returns it. A refusal of the judge
	// becomes JudgedPassed. It returns ErrNotFound if the story is gone or not retired.
	RestoreStory(ctx context.Context, key StoryKey) (Story, error)
}

// StoryLife is the time that a story stays in the library.
const StoryLife = 180 * 24 * time.Hour
